"""Posting and reversing movements, with the keyboard alone where a scanner would be."""

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait


def keys(site, *what):
    """Goes to whatever has the focus, as a keyboard does."""
    for text in what:
        site.focused().send_keys(text)


def lines_of(site):
    return [[cell.text for cell in row.find_elements("css selector", "th, td")]
            for row in site.all("section[aria-labelledby=lines] tbody tr")]


def test_a_receipt_with_the_keyboard_alone(site, api, item, bins):
    site.open("/movements/new?type=receipt")
    keys(site, item["sku"], Keys.ENTER, bins[0], Keys.ENTER, "4", Keys.ENTER)
    # a barcode does too, and the place of the line above is taken
    keys(site, item["barcodes"][0], Keys.ENTER, Keys.ENTER, "2.5", Keys.ENTER)
    page = site.one("html")
    keys(site, Keys.ENTER)
    assert "primary" in site.focused().get_attribute("class")
    keys(site, Keys.ENTER)
    WebDriverWait(site.driver, 10).until(lambda _: site._is_gone(page))
    assert site.one(".notice").text == "Posted."
    assert [line[0] for line in lines_of(site)] == [item["sku"], item["sku"]]
    assert site.focused().text == "Post another"
    level = api.get("/v1/stock-levels", params={"sku": item["sku"], "location": bins[0]}).json()["data"][0]
    assert level["on_hand"] == "6.5"


def test_a_form_that_is_sent_twice_posts_once(site, api, item, bins):
    site.open("/movements/new?type=receipt")
    site.type("lines.0.sku", item["sku"])
    site.type("lines.0.to", bins[0])
    site.type("lines.0.quantity", "3")
    site.submit()
    first = site.path()
    site.driver.back()
    site.submit()
    assert site.path() == first
    level = api.get("/v1/stock-levels", params={"sku": item["sku"], "location": bins[0]}).json()["data"][0]
    assert level["on_hand"] == "3"


def test_enter_below_the_lines_posts(site, item, bins):
    site.open("/movements/new?type=receipt")
    site.type("lines.0.sku", item["sku"])
    site.type("lines.0.to", bins[0])
    site.type("lines.0.quantity", "1")
    page = site.one("html")
    site.one("#f-reference").send_keys("PO-1", Keys.ENTER)
    WebDriverWait(site.driver, 10).until(lambda _: site._is_gone(page))
    assert site.one(".notice").text == "Posted."


def test_not_enough_says_what_is_there(site, stocked, bins):
    site.open("/movements/new?type=issue")
    site.type("lines.0.sku", stocked["sku"])
    site.type("lines.0.from", bins[0])
    site.type("lines.0.quantity", "11")
    site.submit()
    assert "10" in site.one("#e-lines-0-quantity").text
    site.type("lines.0.quantity", "10")
    site.submit()
    assert "Posted." in site.text()


def test_an_unknown_item_and_place(site, unique):
    site.open("/movements/new?type=scrap")
    site.type("lines.0.sku", "NO-" + unique)
    site.type("lines.0.from", "NOWHERE-" + unique)
    site.type("lines.0.quantity", "1")
    site.submit()
    assert site.one("#f-lines-0-sku").get_attribute("aria-invalid") == "true"
    assert site.one("#f-lines-0-from").get_attribute("aria-invalid") == "true"


def test_what_is_unknown_is_marked_together_with_what_cannot_be_read(site, unique):
    site.open("/movements/new?type=scrap")
    site.type("lines.0.sku", "NO-" + unique)
    site.type("lines.0.from", "NOWHERE-" + unique)
    site.type("lines.0.quantity", "many")
    site.submit()
    for field in ("sku", "from", "quantity"):
        assert site.one(f"#f-lines-0-{field}").get_attribute("aria-invalid") == "true"


def test_the_summary_names_the_line_and_no_field_of_the_api(site, item, bins):
    site.open("/movements/new?type=transfer")
    site.type("lines.0.sku", item["sku"])
    site.type("lines.0.from", bins[0])
    site.type("lines.0.to", bins[1])
    site.type("lines.0.quantity", "1")
    site.type("lines.1.sku", item["sku"])
    site.submit()
    assert site.one("#errors a").text == "Line 2, Quantity: This field is required."
    site.type("lines.1.quantity", "1")
    site.driver.execute_script("document.getElementById('f-occurred_at').value = '2999-01-01T00:00'")
    site.submit()
    assert site.one("#errors a").text == "When it happened, UTC: This lies in the future."
    assert site.one("#errors a").get_attribute("href").endswith("#f-occurred_at")


def test_an_adjustment_down(site, api, stocked, bins):
    site.open(f"/movements/new?type=adjustment&item={stocked['id']}")
    site.one("input[value=missing]").click()
    site.type("lines.0.to", bins[0])
    site.type("lines.0.quantity", "1")
    site.submit()
    assert "Posted." in site.text()
    level = api.get("/v1/stock-levels", params={"sku": stocked["sku"], "location": bins[0]}).json()["data"][0]
    assert level["on_hand"] == "9"


def on_hand(api, item, place):
    rows = api.get("/v1/stock-levels", params={"sku": item["sku"], "location": place}).json()["data"]
    return rows[0]["on_hand"] if rows else "0"


def sends(site, *what):
    """Types into the focus; the last key leads to another page."""
    page = site.one("html")
    keys(site, *what)
    WebDriverWait(site.driver, 10).until(lambda _: site._is_gone(page))


def test_a_count_with_a_scanner_alone(site, api, stocked, bins):
    site.open("/movements/count")
    sends(site, stocked["barcodes"][0], Keys.ENTER)
    assert site.focused().get_attribute("name") == "location"
    sends(site, bins[0], Keys.ENTER)
    assert "Books say\n10 each" in site.one(".facts").text
    sends(site, "12", Keys.ENTER)
    assert "Counted." in site.one(".notice").text
    assert on_hand(api, stocked, bins[0]) == "12"
    # the next one at the same place: never there so far, and as the books say
    sends(site, Keys.ENTER)
    assert site.one("#f-location").get_attribute("value") == bins[0]
    sends(site, stocked["sku"], Keys.ENTER)
    sends(site, "12", Keys.ENTER)
    assert "The books say the same" in site.one(".notice").text
    assert site.focused().get_attribute("name") == "sku"
    assert len(api.get("/v1/movements", params={"sku": stocked["sku"]}).json()["data"]) == 2


def test_a_count_that_something_was_posted_under(site, api, stocked, bins):
    site.open(f"/items/{stocked['id']}")
    site.go(site.one(f"td a[href*='{bins[0]}']"))
    answer = api.post("/v1/stock/adjust", json={"sku": stocked["sku"], "location": bins[0], "delta": "-3"})
    assert answer.status_code == 201
    site.type("quantity", "9")
    site.type("reason", "Sheet 4")
    site.submit()
    assert "said 10 and say 7 now" in site.one("#e-quantity").text
    assert "Books say\n7 each" in site.one(".facts").text
    assert site.one("#f-quantity").get_attribute("value") == "9"
    site.submit()
    assert on_hand(api, stocked, bins[0]) == "9"
    assert "Sheet 4" in site.text()


def test_a_count_of_nothing_known(site, stocked, bins, unique):
    site.open(f"/movements/count?sku=NO-{unique}&location={bins[0]}")
    assert site.one("#f-sku").get_attribute("aria-invalid") == "true"
    site.open(f"/movements/count?sku={stocked['sku']}&location=%40supplier")
    assert "No stock is kept there." in site.one("#e-location").text
    site.open(f"/movements/count?sku={stocked['sku']}&location={bins[1]}")
    assert "Books say\n0 each" in site.one(".facts").text
    site.type("quantity", "-1")
    site.submit()
    assert site.one("#f-quantity").get_attribute("value") == "-1"
    assert site.one("#errors a").text.startswith("Counted quantity: ")


def test_more_lines_with_and_without_script(site):
    site.open("/movements/new?type=transfer")
    before = len(site.all("[data-line]"))
    site.one("[data-add]").click()
    assert len(site.all("[data-line]")) == before + 1
    assert site.focused().get_attribute("name") == f"lines.{before}.sku"
    names = [e.get_attribute("name") for e in site.all("[data-line] input")]
    assert len(names) == len(set(names))
    site.type("lines.0.sku", "KEPT")
    site.driver.execute_script(
        "const f = document.querySelector('form.posting'), i = document.createElement('input');"
        "i.type = 'hidden'; i.name = 'more'; i.value = 'true'; f.append(i); f.submit();")
    WebDriverWait(site.driver, 10).until(lambda _: len(site.all("[data-line]")) == 6)
    assert site.one("#f-lines-0-sku").get_attribute("value") == "KEPT"


def test_move_reverse_and_the_bin_card(site, stocked, bins):
    site.open("/movements/new?type=transfer")
    site.type("lines.0.sku", stocked["sku"])
    site.type("lines.0.from", bins[0])
    site.type("lines.0.to", bins[1])
    site.type("lines.0.quantity", "4")
    site.submit()
    site.type("reason", "wrong bin")
    site.one("form[action$=reverse] button").click()
    site.driver.switch_to.alert.accept()
    assert "Reversed." in site.text()
    assert "reversal" in site.one("h1").text
    site.go(site.one("main p a[href^='/movements/']"))
    assert "Reversed by" in site.text()
    assert not site.all("form[action$=reverse]")
    site.open(f"/items/{stocked['id']}")
    rows = [[c.text for c in r.find_elements("css selector", "td.num")] for r in site.all(".card tbody tr")]
    assert rows == [["0", "10"], ["0", "10"], ["+10", "10"]]
    assert site.one(".share .bar").get_attribute("class") == "bar w100"


def test_filters_of_movements(site, stocked, unique):
    site.open("/movements")
    site.type("sku", stocked["sku"])
    site.go(site.one(".filters button"))
    assert len(site.all("tbody tr")) == 1
    site.type("sku", stocked["barcodes"][0])
    site.go(site.one(".filters button"))
    assert len(site.all("tbody tr")) == 1
    site.type("sku", "NO-" + unique)
    site.go(site.one(".filters button"))
    assert site.one("#f-sku").get_attribute("aria-invalid") == "true"
    assert site.one("#f-sku").get_attribute("value") == "NO-" + unique


def test_verification(site, stocked):
    site.open("/verification")
    assert "proves every balance" in site.one(".verdict").text
