"""Every page: names for controls, order of headings, contrast, focus, narrow screens. The checks are our
own and run in the page."""

import json

import pytest
from selenium.webdriver.common.keys import Keys

PAGES = ("/", "/items", "/items/new", "/items/{item}", "/items/{item}/edit", "/categories", "/categories/new",
         "/locations", "/locations/new", "/locations/{location}", "/locations/{location}/edit", "/movements",
         "/movements/{movement}", "/movements/new?type=receipt", "/movements/new?type=transfer",
         "/movements/new?type=adjustment", "/movements/count", "/movements/count?sku={sku}&location={place}",
         "/verification", "/clients", "/clients/new", "/clients/{client}", "/clients/{client}/edit",
         "/oauth2/authorize?response_type=code&client_id={client_id}&redirect_uri=https://app.example/back"
         "&scope=items:read&state=x&code_challenge=" + "c" * 43 + "&code_challenge_method=S256",
         "/webhooks", "/webhooks/new", "/webhooks/{hook}", "/webhooks/{hook}/edit", "/webhooks/deliveries/{delivery}",
         "/relays", "/keys", "/issuers", "/flags", "/flags/1/edit",
         "/users", "/users/new", "/users/1", "/roles", "/roles/new", "/roles/1",
         "/account", "/account/second-factor", "/audit", "/audit?from=nonsense", "/feed", "/docs", "/docs/events", "/nothing-here")

CHECKS = r"""
const faults = [];
const visible = (e) => e.getClientRects().length && getComputedStyle(e).visibility !== "hidden";
const name = (e) => (e.getAttribute("aria-label") || [...(e.labels || [])].map((l) => l.textContent).join(" ")
	|| e.textContent || e.alt || "").trim();

for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea, button, a[href]"))
	if (!name(e))
		faults.push("no name: " + e.outerHTML.slice(0, 80));
for (const e of document.querySelectorAll("img:not([alt])"))
	faults.push("no alt: " + e.outerHTML);
for (const id of [...document.querySelectorAll("[id]")].map((e) => e.id))
	if (document.querySelectorAll("#" + CSS.escape(id)).length > 1)
		faults.push("id twice: " + id);
for (const e of document.querySelectorAll("[aria-describedby], [aria-labelledby]"))
	for (const id of [e.getAttribute("aria-describedby"), e.getAttribute("aria-labelledby")].join(" ").split(" "))
		if (id && id !== "null" && !document.getElementById(id))
			faults.push("refers to nothing: " + id);

let level = 0;
for (const h of document.querySelectorAll("h1, h2, h3, h4")) {
	const now = Number(h.tagName[1]);
	if (now > level + 1)
		faults.push("heading skips a level: " + h.textContent);
	level = now;
}
if (document.querySelectorAll("h1").length !== 1)
	faults.push("not one h1");
for (const role of ["header", "main", "footer"])
	if (document.querySelectorAll("body > " + role).length !== 1)
		faults.push("not one " + role);
for (const e of document.querySelectorAll("[style], style, script:not([src])"))
	faults.push("inline: " + e.outerHTML.slice(0, 80));
for (const e of document.querySelectorAll("*"))
	if ([...e.attributes].some((a) => a.name.startsWith("on")))
		faults.push("handler: " + e.outerHTML.slice(0, 80));

const parse = (c) => c.match(/[\d.]+/g).map(Number);
const light = (c) => {
	const part = (v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
	return 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
};
const ground = (e) => {
	for (; e; e = e.parentElement) {
		const c = parse(getComputedStyle(e).backgroundColor);
		if (c.length < 4 || c[3] > 0)
			return c;
	}
	return [255, 255, 255];
};
const seen = new Set();
for (const e of document.querySelectorAll("body *")) {
	const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
	if (!(own || (e.matches("input") && e.value)) || !visible(e))
		continue;
	const style = getComputedStyle(e), a = light(parse(style.color)), b = light(ground(e));
	const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
	const key = style.color + " on " + ground(e);
	if (ratio < 4.5 && !seen.has(key)) {
		seen.add(key);
		faults.push("contrast " + ratio.toFixed(2) + ": " + key + ": " + e.outerHTML.slice(0, 80));
	}
}
for (const e of document.querySelectorAll("main input:not([type=hidden]):not([type=radio]), main select, main textarea")) {
	const a = light(parse(getComputedStyle(e).borderTopColor)), b = light(ground(e.parentElement));
	if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 3)
		faults.push("border contrast: " + e.name);
}
return faults;
"""


@pytest.fixture
def addresses(api, stocked, bins):
    location = api.get("/v1/locations", params={"code": bins[0]}).json()["data"][0]["id"]
    movement = api.get("/v1/movements", params={"sku": stocked["sku"]}).json()["data"][0]["id"]
    app = api.post("/v1/api-clients", json={
        "name": f"App {stocked['sku']}", "scope": "items:read", "redirect_uris": ["https://app.example/back"],
        "grant_types": ["authorization_code", "refresh_token"]}).json()
    hook = api.post("/v1/webhooks", json={"name": f"Hook {stocked['sku']}", "url": "https://hooks.example/",
                                          "types": ["bincard.role.*"]}).json()["id"]
    delivery = api.post(f"/v1/webhooks/{hook}/test").json()["id"]
    return [p.format(hook=hook, delivery=delivery, client=app["id"], client_id=app["client_id"], item=stocked["id"], location=location, movement=movement, sku=stocked["sku"],
                     place=bins[0]) for p in PAGES]


def check_all(site, addresses):
    faults = {}
    for address in addresses:
        site.open(address)
        found = site.driver.execute_script(CHECKS)
        if found:
            faults[address] = found
    assert not faults, faults


def test_every_page_in_light(site, addresses):
    check_all(site, addresses)


def test_every_page_in_dark(site, addresses):
    site.driver.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    try:
        check_all(site, addresses)
    finally:
        site.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_errors_of_a_form(site):
    site.open("/items/new")
    site.submit()
    assert site.driver.execute_script(CHECKS) == []


def test_no_page_scrolls_sideways_on_a_narrow_screen(narrow, addresses):
    wide = {}
    for address in addresses:
        narrow.open(address)
        width = narrow.driver.execute_script("return document.documentElement.scrollWidth")
        if width > 360:
            wide[address] = width
    assert not wide, wide


def test_long_words_do_not_widen_a_narrow_screen(narrow, api, unique):
    sku = ("W" * 50) + unique
    answer = api.post("/v1/items", json={"sku": sku, "name": "N" * 255, "unit": "each"})
    assert answer.status_code == 201, answer.text
    for address in (f"/items?q={unique}", f"/items/{answer.json()['id']}"):
        narrow.open(address)
        assert narrow.driver.execute_script("return document.documentElement.scrollWidth") <= 360


@pytest.fixture
def extreme(api, unique):
    """Addresses of what is as long as it may be: a quantity, and names of one word."""
    location = api.post("/v1/locations", json={"code": "L" * 54 + unique, "name": "P" * 255, "kind": "bin"}).json()
    category = api.post("/v1/categories", json={"name": "C" * 110 + unique}).json()
    item = api.post("/v1/items", json={"sku": "W" * 54 + unique, "name": "N" * 255, "unit": "U" * 16,
                                       "category_id": category["id"], "description": "D" * 1000}).json()
    posted = api.post("/v1/movements", json={
        "type": "receipt", "reference": "R" * 120, "reason": "Y" * 255,
        "lines": [{"sku": item["sku"], "from": "@supplier", "to": location["code"],
                   "quantity": "999999999999.999999"}]}).json()
    yield ["/", f"/items?q={unique}", f"/items/{item['id']}", f"/items/{item['id']}?location={location['id']}",
           f"/items/{item['id']}/edit", "/locations", f"/locations/{location['id']}", "/categories",
           f"/movements?sku={item['sku']}", f"/movements/{posted['id']}",
           f"/movements/count?sku={item['sku']}&location={location['code']}"]
    assert api.post(f"/v1/movements/{posted['id']}/reverse", json={}).status_code == 201
    assert api.post(f"/v1/items/{item['id']}/archive").status_code == 200
    assert api.post(f"/v1/locations/{location['id']}/archive").status_code == 200


OVERFLOW = """return [...document.querySelectorAll("html, .scroll")]
	.filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.tagName + " " + e.scrollWidth)"""


@pytest.mark.parametrize("width", [1280, 390, 360])
def test_nothing_is_so_long_that_a_page_scrolls_sideways(site, extreme, width):
    site.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                {"width": width, "height": 780, "deviceScaleFactor": 1, "mobile": width < 1000})
    try:
        wide = {}
        for address in extreme:
            site.open(address)
            found = site.driver.execute_script(OVERFLOW)
            if found:
                wide[address] = found
        assert not wide, wide
    finally:
        site.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_current_section_is_seen_on_a_narrow_screen(narrow):
    for address in ("/", "/items", "/locations", "/movements", "/categories", "/verification"):
        narrow.open(address)
        box = narrow.driver.execute_script(
            "return document.querySelector('.sections [aria-current]').getBoundingClientRect().toJSON()")
        assert box["left"] >= 0 and box["right"] <= 360, address


def test_touch_targets(narrow):
    narrow.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        for address in ("/items", "/items/new", "/movements/new?type=transfer"):
            narrow.open(address)
            small = narrow.driver.execute_script(
                "return [...document.querySelectorAll('button, .button, input:not([type=hidden]), select')]"
                ".filter((e) => e.getClientRects().length && e.getBoundingClientRect().height < 43.5)"
                ".map((e) => e.outerHTML.slice(0, 80))")
            assert not small, small
    finally:
        narrow.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


def test_focus_is_seen_on_every_stop(site):
    site.open("/items")
    stops = set()
    for _ in range(25):
        site.driver.switch_to.active_element.send_keys(Keys.TAB)
        state = site.driver.execute_script(
            "const e = document.activeElement, s = getComputedStyle(e);"
            "return [e.outerHTML.slice(0, 80), s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2]")
        if state[0].startswith("<body"):
            break
        assert state[1], state[0]
        stops.add(state[0])
    assert len(stops) > 5


def test_the_first_stop_skips_to_the_content(site):
    site.open("/locations")
    site.driver.switch_to.active_element.send_keys(Keys.TAB)
    assert site.focused().text == "Skip to content"
    site.focused().send_keys(Keys.ENTER)
    assert site.focused().get_attribute("id") == "main"


def test_every_page_links_to_its_api_call(site, addresses):
    for address in addresses:
        if "nothing" in address or address == "/" or "/oauth2/" in address:
            continue
        site.open(address)
        links = [a.get_attribute("href") for a in site.all("footer a.code")]
        if "/new" in address and "movements" not in address:
            continue
        assert links, address
        site.open(links[0].removeprefix(site.base))
        answer = json.loads(site.one("pre").text)
        assert not str(answer.get("type", "")).startswith("/problems/"), (address, answer)
