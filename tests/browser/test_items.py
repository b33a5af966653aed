"""Items, categories and locations as a person keeps them."""

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait


def change(api, path, **fields):
    """As somebody else does meanwhile."""
    answer = api.patch(path, json=fields, headers={"If-Match": api.get(path).headers["ETag"]})
    assert answer.status_code == 200, answer.text


def stored_now(site):
    return {e.get_attribute("id")[2:]: e.text.removeprefix("Stored now: ") for e in site.all(".now")}


def test_the_summary_of_errors_names_the_fields_as_the_form_does(site, item):
    site.open("/items/new")
    site.type("unit", "")
    site.type("barcodes", "TWICE\nTWICE\n" + item["barcodes"][0])
    site.submit()
    named = [link.text.split(":")[0] for link in site.all("#errors a")]
    assert named[:3] == ["SKU", "Name", "Unit"]
    site.type("sku", "X" + item["sku"])
    site.type("name", "x")
    site.type("unit", "each")
    site.submit()
    links = site.all("#errors a")
    assert [link.text.split(":")[0] for link in links] == ["Barcodes", "Barcodes"]
    links[0].click()
    assert site.focused().get_attribute("id") == "f-barcodes"


def test_errors_stand_beside_their_fields_and_typed_values_stay(site, item):
    site.open("/items/new")
    site.type("sku", item["sku"])
    site.type("name", "<b>Kept & 'quoted'</b>")
    site.type("unit", "")
    site.submit()
    assert site.path() == "/items"
    assert site.one("#f-name").get_attribute("value") == "<b>Kept & 'quoted'</b>"
    unit = site.one("#f-unit")
    assert unit.get_attribute("aria-invalid") == "true"
    described = unit.get_attribute("aria-describedby").split()
    assert site.one("#" + described[0]).text
    assert site.focused().get_attribute("id") == "errors"
    site.one("#errors a").click()
    assert site.focused().get_attribute("id") == "f-unit"


def test_a_new_item_with_a_taken_sku_and_then_a_free_one(site, item, unique):
    site.open("/items/new")
    site.type("sku", item["sku"])
    site.type("name", "Second")
    site.submit()
    assert site.one("#f-sku").get_attribute("aria-invalid") == "true"
    site.type("sku", "NEW-" + unique)
    site.type("barcodes", f"X1{unique}\nX2{unique}")
    site.submit()
    assert "NEW-" + unique in site.one("h1").text
    assert "X2" + unique in site.text()
    assert site.one(".notice").text == "Made."


def test_edit_and_what_somebody_else_changed_meanwhile(site, api, item):
    site.open(f"/items/{item['id']}/edit")
    change(api, f"/v1/items/{item['id']}", name="Quicker", description="Theirs")
    site.type("name", "Mine")
    site.submit()
    assert "Somebody else saved this meanwhile" in site.one("#errors").text
    assert site.one("#f-name").get_attribute("value") == "Mine"
    assert stored_now(site) == {"name": "Quicker", "description": "Theirs"}
    assert "n-description" in site.one("#f-description").get_attribute("aria-describedby")
    # and once more before it is saved
    change(api, f"/v1/items/{item['id']}", name="Quickest")
    site.submit()
    assert stored_now(site) == {"name": "Quickest", "description": "Theirs"}
    site.submit()
    assert "Mine" in site.one("h1").text


def test_a_mistake_does_not_hide_what_somebody_else_changed(site, api, item):
    site.open(f"/items/{item['id']}/edit")
    site.type("name", "")
    site.submit()
    change(api, f"/v1/items/{item['id']}", unit="kg")
    site.type("name", "")
    site.submit()
    site.type("name", "Mine")
    site.submit()
    assert stored_now(site)["unit"] == "kg"


def test_what_somebody_else_changed_in_a_category_and_a_location(site, api, bins, unique):
    made = [api.post("/v1/categories", json={"name": name + unique}).json() for name in ("One ", "Two ")]
    site.open(f"/categories/{made[0]['id']}/edit")
    change(api, f"/v1/categories/{made[0]['id']}", parent_id=made[1]["id"])
    site.submit()
    assert stored_now(site) == {"parent_id": "Two " + unique}
    place = api.get("/v1/locations", params={"code": bins[0]}).json()["data"][0]
    site.open(f"/locations/{place['id']}/edit")
    change(api, f"/v1/locations/{place['id']}", role="quarantine", parent=None)
    site.submit()
    assert stored_now(site) == {"role": "quarantine", "parent": "nothing"}


def test_search_from_any_page_with_the_keyboard(site, item):
    site.open("/movements")
    site.one("body").send_keys("/")
    assert site.focused().get_attribute("id") == "find"
    search(site, item["sku"])
    assert site.one("tbody th").text == item["sku"]


def search(site, text):
    """Into what has the focus, as a scanner does."""
    page = site.one("html")
    site.focused().send_keys(text, Keys.ENTER)
    WebDriverWait(site.driver, 10).until(lambda _: site._is_gone(page))


def test_one_scan_after_the_other_without_a_hand_on_the_page(site, api, item, unique):
    other = api.post("/v1/items", json={"sku": "OT-" + unique, "name": "Other", "barcodes": ["0" + unique]}).json()
    site.open("/items")
    search(site, item["barcodes"][0])
    assert item["sku"] in site.one("h1").text
    search(site, "NO-" + unique)
    assert "No item matches." in site.text()
    search(site, other["barcodes"][0])
    assert other["sku"] in site.one("h1").text
    search(site, item["barcodes"][0])
    assert item["sku"] in site.one("h1").text


def test_sort_and_pages(site, api, unique):
    for i in range(53):
        answer = api.post("/v1/items", json={"sku": f"{unique}-{i:02}", "name": f"Row {unique}", "unit": "each"})
        assert answer.status_code == 201, answer.text
    site.open(f"/items?q={unique}")
    skus = [e.text for e in site.all("tbody th")]
    assert skus == [f"{unique}-{i:02}" for i in range(50)]
    site.go(site.link("Next page"))
    assert [e.text for e in site.all("tbody th")] == [f"{unique}-{i:02}" for i in range(50, 53)]
    assert not site.driver.find_elements(By.LINK_TEXT, "Next page")
    site.go(site.link("First page"))
    assert len(site.all("tbody tr")) == 50
    site.go(site.one("thead a.sort"))
    assert site.one("thead th").get_attribute("aria-sort") == "descending"
    assert site.one("tbody th").text == f"{unique}-52"


def test_an_item_with_stock_is_not_archived(site, stocked, bins):
    site.open(f"/items/{stocked['id']}")
    site.one("form[action$=archive] button").click()
    site.driver.switch_to.alert.accept()
    assert bins[0] in site.one("#errors").text
    assert not site.all("h1 .off")
    assert [cell.text for cell in site.all(".card tbody .strong")] == ["10"]


def test_a_location_with_stock_is_not_archived(site, api, stocked, bins):
    place = api.get("/v1/locations", params={"code": bins[0]}).json()["data"][0]
    site.open(f"/locations/{place['id']}")
    site.one("form[action$=archive] button").click()
    site.driver.switch_to.alert.accept()
    assert stocked["sku"] in site.one("#errors").text
    assert [cell.text for cell in site.all("section[aria-labelledby=stock] tbody .num")] == ["10 each"]


def test_archive_and_restore(site, item):
    site.open(f"/items/{item['id']}")
    site.one("form[action$=archive] button").click()
    site.driver.switch_to.alert.accept()
    assert site.one("h1 .off").text == "archived"
    site.go(site.one("form[action$=restore] button"))
    assert not site.all("h1 .off")


def test_categories(site, unique):
    site.open("/categories/new")
    site.type("name", "Kind " + unique)
    site.submit()
    assert "Kind " + unique in site.text()
    row = next(r for r in site.all("tbody tr") if unique in r.text)
    site.go(row.find_element(By.CSS_SELECTOR, "a[href$=edit]"))
    site.type("name", "")
    site.submit()
    assert site.one("#f-name").get_attribute("aria-invalid") == "true"
    site.one("form[action$=delete] button").click()
    site.driver.switch_to.alert.accept()
    assert "Deleted." in site.text()
    assert "Kind " + unique not in site.text()


def test_the_tree_of_locations_and_moving_a_branch(site, bins, unique):
    site.open("/locations")
    tree = site.one(".tree").text
    assert tree.index("S-" + unique) < tree.index("A-" + unique)
    nested = site.driver.find_element(By.XPATH, f"//ul//ul//a[contains(., '{bins[0]}')]")
    site.go(nested)
    site.go(site.link("Edit or move"))
    site.type("parent", bins[1])
    site.submit()
    assert bins[1] in site.one(".crumbs").text
    site.go(site.link(bins[1]))
    site.go(site.link("Edit or move"))
    site.type("parent", bins[0])
    site.submit()
    assert site.one("#f-parent").get_attribute("aria-invalid") == "true"


def test_a_location_shows_its_stock_and_what_is_below(site, api, stocked, bins, unique):
    answer = api.get("/v1/locations", params={"code": "S-" + unique}).json()["data"][0]
    site.open(f"/locations/{answer['id']}")
    assert stocked["sku"] not in site.text()
    site.go(site.link("With all below"))
    assert stocked["sku"] in site.text()
