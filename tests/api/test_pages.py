"""Pages over HTTP: what a form holds, where a button leads, what is said when something was refused."""

import html.parser

import pytest

from catalogue import unique


class Forms(html.parser.HTMLParser):
    """The forms of a page by action: what each would send, as a browser reads it."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.form, self.select, self.area = {}, None, None, None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == "form":
            self.form = self.forms.setdefault(a["action"], {})
        elif tag == "select":
            self.select = a["name"]
        elif tag == "option" and (self.select not in self.form or "selected" in a):
            self.form[self.select] = a["value"]
        elif tag == "textarea":
            self.area = a["name"]
            self.form[self.area] = ""
        elif tag == "input" and "name" in a and (a.get("type") != "radio" or "checked" in a):
            self.form[a["name"]] = a.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.form[self.area] = self.form[self.area].removeprefix("\n")
            self.area = None
        elif tag == "form":
            self.form = None

    def handle_data(self, data):
        if self.area:
            self.form[self.area] += data


def form_of(answer, action):
    assert "text/html" in answer.headers["Content-Type"], answer.text
    return Forms(answer.text).forms[action]


# ---- categories that a select has no room for ----

@pytest.fixture
def many_categories(db):
    """More than a select offers, before every other by name."""
    prefix = unique("Many")
    with db.cursor() as cursor:
        cursor.executemany("INSERT INTO category (name, created_at, updated_at) VALUES (%s, NOW(6), NOW(6))",
                           [(f"!{prefix} {i:03}",) for i in range(505)])
        yield
        cursor.execute("DELETE FROM category WHERE name LIKE %s", (f"!{prefix}%",))


def test_a_form_keeps_a_category_that_its_select_has_no_room_for(api, browser, make, many_categories):
    last = make.category(name=unique("zz last"))
    child = make.category(name=unique("zz child"), parent_id=last["id"])
    item = make.item(category_id=last["id"])
    for path, field in ((f"/items/{item['id']}", "category_id"), (f"/categories/{child['id']}", "parent_id")):
        sent = form_of(browser.get(path + "/edit"), path)
        assert sent[field] == str(last["id"])
        answer = browser.post(path, data={**sent, "name": ""})
        assert answer.status_code == 422
        sent = form_of(answer, path)
        assert sent[field] == str(last["id"])
        assert browser.post(path, data={**sent, "name": unique("Renamed")}).status_code == 303
    assert api.get(f"/v1/items/{item['id']}").json()["category_id"] == last["id"]
    assert api.get(f"/v1/categories/{child['id']}").json()["parent_id"] == last["id"]


def test_the_list_of_items_names_the_category_that_it_is_filtered_by(browser, make):
    browser.get("/items")
    category = make.category()
    page = browser.get("/items", params={"category_id": category["id"]})
    assert form_of(page, "/items")["category_id"] == str(category["id"])


# ---- what is refused ----

def test_a_refused_archive_shows_the_page_as_it_is(browser, make):
    item, place = make.item(), make.location()
    for _ in range(51):
        make.receive(item, place, "1")
    path = f"/items/{item['id']}"
    answer = browser.post(path + "/archive", data=form_of(browser.get(path), path + "/archive"))
    assert answer.status_code == 409
    assert "No movement of this item yet" not in answer.text
    assert f'href="{path}?cursor=' in answer.text, "the card's next page"
    path = f"/locations/{place['id']}"
    answer = browser.post(path + "/archive", data=form_of(browser.get(path), path + "/archive"))
    assert answer.status_code == 409
    assert f'<a class="code" href="/items/{item["id"]}?' in answer.text


def test_an_error_page_names_what_is_wrong_in_the_address(browser):
    answer = browser.get("/items?status=none&category_id=x")
    assert answer.status_code == 422
    for name in ("status", "category_id"):
        assert f'<span class="code">{name}</span>: ' in answer.text


# ---- addresses ----

@pytest.mark.parametrize("path, page", [
    ("/items/7/archive", "/items/7"), ("/items/7", "/items/7"), ("/items", "/items"),
    ("/movements/7/reverse", "/movements/7"), ("/categories/7/delete", "/categories"), ("/categories/7", "/categories")])
def test_a_form_sent_after_the_session_ended(base, anyone, stack, path, page):
    answer = anyone.post(path, data={"csrf": "old", "name": "Lost"})
    assert answer.headers["Location"] == "/login?lost=true&next=" + page.replace("/", "%2F")
    answer = anyone.get(answer.headers["Location"])
    assert "What you sent was not saved" in answer.text
    form = form_of(answer, "/login")
    answer = anyone.post("/login", data={**form, "name": stack.user, "password": stack.password})
    anyone.cookies.clear()
    assert (answer.status_code, answer.headers["Location"]) == (303, page)


def test_nothing_is_said_to_be_lost_where_nothing_was_sent(anyone):
    assert anyone.post("/logout").headers["Location"] == "/login"
    assert "What you sent" not in anyone.get("/login?next=%2Fitems").text


@pytest.mark.parametrize("path, page", [
    ("/items/7/archive", "/items/7"), ("/movements/7/reverse", "/movements/7"), ("/categories/7/delete", "/categories"),
    ("/logout", "/")])
def test_the_address_of_a_form_leads_to_its_page(browser, path, page):
    answer = browser.get(path, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, page)


@pytest.mark.parametrize("method, path, status", [("GET", "/nothing", 404), ("PUT", "/items", 405)])
def test_an_error_page_keeps_the_menu(stack, browser, method, path, status):
    answer = browser.request(method, path, headers={"Accept": "text/html"})
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'action="/logout"' in answer.text and 'href="/items"' in answer.text
    browser.cookies.clear()
    answer = browser.request(method, path, headers={"Accept": "text/html"})
    assert answer.status_code == status and 'action="/logout"' not in answer.text


# ---- counting ----

def test_a_count_that_is_sent_twice_posts_once(browser, on_hand, make):
    item, place = make.stock("10")
    page = browser.get("/movements/count", params={"sku": item["sku"], "location": place["code"]})
    sent = {**form_of(page, "/movements/count"), "quantity": "12"}
    assert sent["expected"] == "10"
    first, again = (browser.post("/movements/count", data=sent) for _ in range(2))
    assert first.status_code == again.status_code == 303
    assert first.headers["Location"] == again.headers["Location"]
    assert on_hand(item, place) == "12"
    other = browser.post("/movements/count", data={**sent, "quantity": "13", "expected": "12"})
    assert other.status_code == 422 and "posted already" in other.text
    assert form_of(other, "/movements/count")["once"] != sent["once"]


# ---- one item ----

def test_the_bin_card_tells_when_a_row_was_recorded_much_later(api, browser, make):
    item, place = make.stock("5")
    page = browser.get(f"/items/{item['id']}")
    assert "order in which they were recorded" not in page.text
    answer = api.post("/v1/movements", json={"type": "issue", "occurred_at": "2020-02-29T10:00:00Z", "lines": [
        {"sku": item["sku"], "from": place["code"], "to": "@customer", "quantity": "1"}]})
    recorded = answer.json()["recorded_at"]
    page = browser.get(f"/items/{item['id']}")
    assert "order in which they were recorded" in page.text
    assert page.text.count("recorded " + recorded[:16].replace("T", " ")) == 1


def test_the_bin_card_of_a_place_with_nothing_left(api, browser, make):
    item, place = make.stock("5")
    post = {"type": "issue", "lines": [{"sku": item["sku"], "from": place["code"], "to": "@customer", "quantity": "5"}]}
    assert api.post("/v1/movements", json=post).status_code == 201
    page = browser.get(f"/items/{item['id']}", params={"location": place["id"]})
    assert f'at <span class="code">{place["code"]}</span>' in page.text
    assert f'<a href="/items/{item["id"]}">All locations</a>' in page.text
    assert browser.get(f"/items/{item['id']}?location=999999999").status_code == 404


def test_what_is_no_place_for_stock_has_no_bin_card(browser, make):
    item, _ = make.stock("5")
    answer = browser.get(f"/items/{item['id']}?location=1", allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/items/{item['id']}")


def test_a_barcode_that_is_0(browser, make):
    item = make.item(barcodes=["0"])
    assert '<span class="code lines">0</span>' in browser.get(f"/items/{item['id']}").text


# ---- the same data for programs ----

@pytest.mark.parametrize("page, call", [
    ("/items?q=a%20b&status=active&sort=-name", "/v1/items?q=a%20b&amp;status=active&amp;sort=-name"),
    ("/items", "/v1/items"),
    ("/locations?q=x&status=any", "/v1/locations?q=x&amp;sort=path"),
    ("/movements?type=receipt&reference=PO&from=2026-11-23&to=2026-11-23",
     "/v1/movements?type=receipt&amp;reference=PO&amp;occurred_from=2026-11-23T00%3A00%3A00Z"
     "&amp;occurred_before=2026-11-24T00%3A00%3A00Z")])
def test_the_api_call_of_a_list_has_its_filters(api, browser, page, call):
    assert f'<a class="code" href="{call}">' in browser.get(page).text
    assert api.get(call.replace("&amp;", "&")).status_code == 200


def test_the_api_call_of_movements_that_were_found_by_a_barcode(browser, make):
    item = make.item(barcodes=[unique("BC")])
    page = browser.get("/movements", params={"sku": item["barcodes"][0]})
    assert f'href="/v1/movements?item_id={item["id"]}"' in page.text


def test_a_barcode_among_filters_is_a_search(browser, make):
    item = make.item(barcodes=[unique("BC")])
    code = item["barcodes"][0]
    answer = browser.get("/items", params={"q": code}, allow_redirects=False)
    assert answer.headers["Location"] == f"/items/{item['id']}?done=found"
    answer = browser.get("/items", params={"q": code, "status": "active"}, allow_redirects=False)
    assert answer.status_code == 200 and item["sku"] in answer.text
