"""Pages that follow the ledger: what others post appears without a reload, and nothing that a person does is lost."""

import os
import time

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

import stack as parts

OURS = "window.ours = (window.ours || 0) + 1"  # a page that was loaded anew would not have it


def post(api, item, to, quantity, from_="@supplier", type_="receipt"):
    answer = api.post("/v1/movements", json={"type": type_, "reference": "live", "lines": [
        {"sku": item["sku"], "from": from_, "to": to, "quantity": quantity}]})
    assert answer.status_code == 201, answer.text
    return answer.json()


def until(site, what, seconds=10):
    return WebDriverWait(site.driver, seconds * parts.PATIENCE, 0.05).until(lambda _: what())


def state(site):
    return site.driver.execute_script("return document.getElementById('live').dataset.state")


def text_of(site, selector):
    """Of the element as it is now: a region is taken out of the page now and then."""
    return site.driver.execute_script("return document.querySelector(arguments[0])?.textContent ?? null", selector)


@pytest.fixture
def live(site):
    def open_(path):
        site.open(path)
        until(site, lambda: state(site) == "live")
        assert site.one("#live").text == "Live"
        site.driver.execute_script(OURS)
        return site

    yield open_
    assert site.driver.execute_script("return window.ours") == 1, "the page was loaded anew"


def balance(item, level):
    return f'[data-balance="{item["id"]}/{level["location_id"]}"]'


def level_of(api, item, place):
    return api.get("/v1/stock-levels", params={"sku": item["sku"], "location": place}).json()["data"][0]


# ---- what appears ----

def test_a_balance_changes_as_it_is_posted(live, api, stocked, bins):
    cell = balance(stocked, level_of(api, stocked, bins[0]))
    site = live(f"/items/{stocked['id']}")
    assert text_of(site, cell) == "10"
    made = post(api, stocked, bins[0], "5")
    until(site, lambda: text_of(site, cell) == "15")
    until(site, lambda: text_of(site, '[data-live="stock"] .total strong') == "15")
    until(site, lambda: f'#{made["id"]}' in text_of(site, '[data-live="card"]'))
    until(site, lambda: "15 each" in text_of(site, "#live-news"))


def test_a_new_place_of_an_item_appears(live, api, stocked, bins):
    site = live(f"/items/{stocked['id']}")
    post(api, stocked, bins[1], "3", bins[0], "transfer")
    until(site, lambda: bins[1] in text_of(site, '[data-live="stock"]'))
    assert [text_of(site, balance(stocked, level_of(api, stocked, place))) for place in bins] == ["7", "3"]


def test_a_location_follows(live, api, stocked, bins):
    level = level_of(api, stocked, bins[0])
    site = live(f"/locations/{level['location_id']}")
    post(api, stocked, "@customer", "10", bins[0], "issue")
    until(site, lambda: "Empty." in text_of(site, '[data-live="stock"]'))
    post(api, stocked, bins[0], "2.5")
    until(site, lambda: text_of(site, balance(stocked, level)) == "2.5")


def test_movements_appear_in_their_list(live, api, stocked, bins):
    site = live("/movements")
    made = post(api, stocked, bins[0], "1")
    until(site, lambda: f'#{made["id"]}' in text_of(site, '[data-live="rows"] tbody tr'))


def test_the_overview_follows(live, api, stocked, bins):
    site = live("/")

    def moved():
        return int(site.driver.execute_script(
            "return [...document.querySelectorAll('[data-live=stats] dt')].find((e) => e.textContent.includes("
            "'Movements today')).nextSibling.textContent").replace(",", ""))

    before = moved()
    made = post(api, stocked, bins[0], "1")
    until(site, lambda: moved() > before)
    until(site, lambda: f'#{made["id"]}' in text_of(site, '[data-live="newest"]'))


def test_verification_follows(live, api, stocked, bins):
    site = live("/verification")
    before = text_of(site, '[data-live="stats"]')
    post(api, stocked, bins[0], "1")
    until(site, lambda: text_of(site, '[data-live="stats"]') != before)
    assert "The ledger proves every balance." in text_of(site, '[data-live="verdict"]')


def test_items_follow(live, api, stocked, bins):
    site = live(f"/items?q={stocked['sku']}&status=active")
    post(api, stocked, bins[0], "7")
    until(site, lambda: "17 each" in " ".join(text_of(site, '[data-live="rows"] tbody').split()))


def test_a_burst_loads_the_page_a_few_times_only(live, api, stocked, bins):
    cell = balance(stocked, level_of(api, stocked, bins[0]))
    site = live(f"/items/{stocked['id']}")
    for _ in range(40):
        post(api, stocked, bins[0], "1")
    until(site, lambda: text_of(site, cell) == "50")
    until(site, lambda: text_of(site, '[data-live="stock"] .total strong') == "50")
    began = site.driver.execute_script("return performance.now()") / 1000
    loads = site.driver.execute_script(
        "return performance.getEntriesByType('resource').filter((e) => e.initiatorType === 'fetch').length")
    assert 1 <= loads <= began / 1.0 + 1


# ---- what stays ----

def test_typed_text_and_focus_stay(live, api, stocked, bins):
    site = live("/movements")
    field = site.one("#f-reference")
    field.send_keys("half a wo")
    made = post(api, stocked, bins[0], "1")
    until(site, lambda: f'#{made["id"]}' in text_of(site, '[data-live="rows"]'))
    assert site.focused().get_attribute("id") == "f-reference"
    field.send_keys("rd")
    assert site.one("#f-reference").get_attribute("value") == "half a word"


def test_a_region_that_holds_the_focus_waits(live, api, stocked, bins):
    site = live("/movements")
    link = site.one('[data-live="rows"] tbody a')
    site.driver.execute_script("arguments[0].focus()", link)
    made = post(api, stocked, bins[0], "1")
    time.sleep(3)
    assert f'#{made["id"]}' not in text_of(site, '[data-live="rows"]')
    assert site.focused() == link
    site.driver.execute_script("document.activeElement.blur()")
    until(site, lambda: f'#{made["id"]}' in text_of(site, '[data-live="rows"]'))


def test_a_balance_changes_even_beside_the_focus(live, api, stocked, bins):
    cell = balance(stocked, level_of(api, stocked, bins[0]))
    site = live(f"/items/{stocked['id']}")
    site.driver.execute_script("document.querySelector('[data-live=stock] tbody a').focus()")
    post(api, stocked, bins[0], "5")
    until(site, lambda: text_of(site, cell) == "15")
    time.sleep(2)  # a page that was loaded anew has come by then
    assert text_of(site, '[data-live="stock"] .total strong') == "10"
    assert site.focused().tag_name == "a"


def test_who_counts_is_told_that_stock_changed(live, api, stocked, bins):
    site = live(f"/movements/count?sku={stocked['sku']}&location={bins[0]}")
    site.one("#f-quantity").send_keys("9")
    post(api, stocked, bins[0], "4")
    until(site, lambda: text_of(site, "[data-live-watch]") != "")
    assert "the books now say 14 each" in site.one("[data-live-watch]").text
    assert site.focused().get_attribute("id") == "f-quantity"
    assert site.one("#f-quantity").get_attribute("value") == "9"


# ---- when the stream breaks ----

def test_it_reconnects_when_the_feed_process_dies(live, stack, api, stocked, bins):
    cell = balance(stocked, level_of(api, stocked, bins[0]))
    site = live(f"/items/{stocked['id']}")
    for pid in stack.children("feed"):
        os.kill(pid, 9)
    until(site, lambda: state(site) == "wait")
    assert site.one("#live").text == "Reconnecting"
    post(api, stocked, bins[0], "5")
    until(site, lambda: state(site) == "live", 40)
    until(site, lambda: text_of(site, cell) == "15")
    site.console()  # it says that nobody answered for a moment


def test_out_of_sight_it_is_not_connected_and_catches_up(live, api, stocked, bins):
    cell = balance(stocked, level_of(api, stocked, bins[0]))
    site = live(f"/items/{stocked['id']}")

    def turn(hidden):
        site.driver.execute_script(
            "Object.defineProperty(document, 'hidden', {configurable: true, get: () => arguments[0]});"
            "document.dispatchEvent(new Event('visibilitychange'));".replace("arguments[0]", str(hidden).lower()))

    turn(True)
    time.sleep(4)
    post(api, stocked, bins[0], "5")
    time.sleep(1)
    assert text_of(site, cell) == "10"
    turn(False)
    until(site, lambda: text_of(site, cell) == "15")
    post(api, stocked, bins[0], "1")
    until(site, lambda: text_of(site, cell) == "16")


def test_who_is_signed_out_is_told(live, site, stack, api, stocked, bins):
    live(f"/items/{stocked['id']}")
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("DELETE FROM session")
    try:
        time.sleep(5.5)  # as long as a worker remembers a session that it has seen
        post(api, stocked, bins[0], "5")
        until(site, lambda: state(site) == "off", 40)
        assert site.one("#live").text == "Not live any more. Reload"
        assert site.one("#live a").get_attribute("href").endswith(site.path())
        assert "IT-" in site.one("h1").text
    finally:
        site.driver.get(site.base + "/login")
        site.sign_in()
        site.driver.execute_script(OURS)
        site.console()


# ---- without ----

def test_without_scripts_a_page_is_as_of_its_load(site, api, stocked, bins):
    site.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        site.open(f"/items/{stocked['id']}")
        assert not site.one("#live").is_displayed()
        assert site.one('[data-live="stock"] .total strong').text == "10"
        post(api, stocked, bins[0], "5")
        site.open(f"/items/{stocked['id']}")
        assert site.one('[data-live="stock"] .total strong').text == "15"
    finally:
        site.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_pages_that_show_no_stock_are_not_live(site):
    for path in ("/categories", "/users", "/movements/new?type=receipt", "/docs"):
        site.open(path)
        assert not site.all("#live") and not site.driver.find_elements(By.CSS_SELECTOR, 'script[src*="live"]')
