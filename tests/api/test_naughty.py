"""The big list of naughty strings, in every text field: unchanged in JSON, escaped in HTML."""

import html.parser
import re

import pytest

from catalogue import naughty_strings, new_category, new_item, new_location, trimmed, unique


@pytest.fixture(scope="module")
def strings():
    """What a field of one line may hold."""
    return [s for s in naughty_strings() if s and not re.search(r"[\x00-\x1f\x7f]", s)]


class Page(html.parser.HTMLParser):
    """What a browser makes of a page: its tags with the names of their attributes, and all of its texts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, tuple(name for name, _ in attributes)))
        self.texts += [value for _, value in attributes if value]

    def handle_data(self, data):
        self.texts.append(data)

    def handle_comment(self, data):
        self.tags.append(("!--", data))


def shown(answer, text, tags):
    """The text is on the page, and the page has the tags that it has with a harmless text."""
    page = Page(answer.text)
    assert any(text in each for each in page.texts), repr(text)
    # a select has its options in the order of names, and no more than so many
    rest = lambda all_: [tag for tag in all_ if tag[0] != "option"]
    assert rest(page.tags) == rest(tags), repr(text)
    assert {tag for tag in page.tags if tag[0] == "option"} <= {("option", ("value",)), ("option", ("value", "selected"))}


def tags_of(answer):
    assert answer.status_code in (200, 422), answer.text
    return Page(answer.text).tags


def test_pages_of_items(api, browser, strings):
    """As name and description: on the page, in the form, in the list of what is found."""
    shapes = []
    for text in ["harmless", *strings]:
        name = trimmed(text[:255]) or "x"
        item = new_item(api, name=name, description=text)
        assert item["description"] == text
        pages = [browser.get(f"/items/{item['id']}"), browser.get(f"/items/{item['id']}/edit"),
                 browser.get("/items", params={"q": item["sku"]})]
        shapes = shapes or [tags_of(page) for page in pages]
        for page, shape in zip(pages, shapes):
            shown(page, name, shape)
        shown(pages[1], text, shapes[1])


def test_pages_of_locations(api, browser, strings):
    """As name: on the page, in the form, in the tree."""
    shapes = []
    for text in ["harmless", *strings]:
        name = trimmed(text[:120]) or "x"
        place = new_location(api, name=name)
        assert place["name"] == name
        pages = [browser.get(f"/locations/{place['id']}"), browser.get(f"/locations/{place['id']}/edit"),
                 browser.get("/locations", params={"q": place["code"]})]
        shapes = shapes or [tags_of(page) for page in pages]
        for page, shape in zip(pages, shapes):
            shown(page, name, shape)


def test_names_of_categories(api, browser, strings):
    """One category, renamed: on its form, with an item, and as a choice on the item's form."""
    category, shapes = new_category(api), []
    item = new_item(api, category=category["name"])
    path = f"/v1/categories/{category['id']}"
    for text in ["harmless", *strings]:
        name = trimmed(text[:80]) + unique("~")
        answer = api.patch(path, json={"name": name}, headers={"If-Match": "*"})
        assert answer.status_code == 200 and answer.json()["name"] == name, answer.text
        assert api.get(f"/v1/items/{item['id']}").json()["category"] == name
        pages = [browser.get(f"/categories/{category['id']}/edit"), browser.get(f"/items/{item['id']}"),
                 browser.get(f"/items/{item['id']}/edit")]
        shapes = shapes or [tags_of(page) for page in pages]
        for page, shape in zip(pages, shapes):
            shown(page, name, shape)


def test_units(api, browser, strings):
    """As they stand beside every quantity of an item."""
    shapes = []
    for text in ["harmless", *strings]:
        unit = trimmed(text[:16]) or "x"
        item = new_item(api, unit=unit)
        assert item["unit"] == unit
        page = browser.get(f"/items/{item['id']}")
        shapes = shapes or [tags_of(page)]
        shown(page, unit, shapes[0])


def test_pages_of_movements(api, browser, strings):
    place, shapes = new_location(api), []
    for text in ["harmless", *strings]:
        item = new_item(api)
        answer = api.post("/v1/movements", json={
            "type": "receipt", "reference": text[:120], "reason": text[:255],
            "lines": [{"sku": item["sku"], "from": "@supplier", "to": place["code"], "quantity": "1"}]})
        assert answer.status_code == 201, answer.text
        posted = answer.json()
        assert (posted["reference"], posted["reason"]) == (text[:120], text[:255])
        assert api.get(f"/v1/movements/{posted['id']}").json()["reason"] == text[:255]
        pages = [browser.get(f"/movements/{posted['id']}"), browser.get("/movements", params={"sku": item["sku"]})]
        shapes = shapes or [tags_of(page) for page in pages]
        for page, shape in zip(pages, shapes):
            shown(page, text[:120], shape)
        shown(pages[0], text[:255], shapes[0])


def test_codes(api, browser, strings):
    """As SKU, barcode and location code, which are exact: found again by them alone, and on pages."""
    shapes, count = [], 0
    for text in ["harmless", *strings]:
        code = text[:40] + unique("~")
        if code != trimmed(code) or code.startswith("@"):
            continue
        count += 1
        item, place = new_item(api, sku=code, barcodes=[code]), new_location(api, code=code)
        assert [row["id"] for row in api.get("/v1/items", params={"sku": code}).json()["data"]] == [item["id"]]
        assert api.get("/v1/items/lookup", params={"barcode": code}).json()["id"] == item["id"]
        answer = api.post("/v1/movements", json={"type": "receipt", "lines": [
            {"sku": code, "from": "@supplier", "to": code, "quantity": "2"}]})
        assert answer.status_code == 201, answer.text
        assert answer.json()["lines"] == [{"sku": code, "item_id": item["id"], "from": "@supplier", "to": code,
                                           "quantity": "2"}]
        row, = api.get("/v1/stock-levels", params={"sku": code, "location": code}).json()["data"]
        assert (row["sku"], row["location"], row["on_hand"]) == (code, code, "2")
        pages = [browser.get(f"/items/{item['id']}"), browser.get(f"/locations/{place['id']}")]
        shapes = shapes or [tags_of(page) for page in pages]
        for page, shape in zip(pages, shapes):
            shown(page, code, shape)
    assert count > 300


@pytest.mark.parametrize("path, field", [("/items", "q"), ("/movements", "reference")])
def test_searches(browser, strings, path, field):
    """What was searched for, and was not found, stands in its field again."""
    shape = tags_of(browser.get(path, params={field: "harmless-" + unique("none")}))
    for text in strings:
        text = trimmed(text[:60]) + "-" + unique("none")
        shown(browser.get(path, params={field: text}), text, shape)


def test_forms_that_come_back(browser, strings):
    """A form with a mistake shows what was typed."""
    shape = tags_of(browser.submit("/items", sku="", name="harmless", description="harmless"))
    for text in strings:
        answer = browser.submit("/items", sku="", name=trimmed(text[:255]) or "x", description=text)
        shown(answer, trimmed(text[:255]), shape)
        shown(answer, text, shape)


def test_sign_in_with_anything(anyone, strings):
    shape = tags_of(anyone.post("/login", data={"name": "harmless", "password": "x" * 12}))
    for text in strings[::40]:
        answer = anyone.post("/login", data={"name": text[:64], "password": "x" * 12, "next": text})
        assert answer.status_code == 422 and tags_of(answer) == shape
