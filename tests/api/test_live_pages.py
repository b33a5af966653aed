"""What a page says so that it can follow the feed: of what its reader may see, and from before its data was read.
tests/browser/test_live.py is about what happens on screen."""

import html
import re

import pytest

import client
import feed
from catalogue import new_item, new_location, receive, unique


def live(page):
    """(types, filter, number), or None."""
    found = re.search(r'<main [^>]*data-live-query="([^"]*)" data-live-after="(\d+)"', page)
    if not found:
        assert "live.js" not in page
        return None
    assert '<script src="/static/js/live.js" defer></script>' in page
    types, _, rest = html.unescape(found[1]).removeprefix("type=").partition("&")
    return {type_.removeprefix("bincard.").removesuffix(".v1") for type_ in types.split(",")}, rest, int(found[2])


@pytest.fixture
def somebody(stack, api):
    """Signed in, with these permissions."""

    def make(*permissions):
        role, name = unique("role"), unique("user")
        made = api.post("/v1/roles", json={"name": role, "permissions": list(permissions)})
        assert made.status_code == 201, made.text
        return client.Browser(stack.url).sign_in(name, stack.add_user(name, role), stack.keep_secret)

    return make


@pytest.fixture
def item(api):
    made, place = new_item(api), new_location(api)
    receive(api, made, place, "2")
    return made


STOCK = {"stock_level.changed", "movement.posted"}


def test_a_page_names_what_it_is_about(browser, item, api):
    place = api.get("/v1/stock-levels", params={"item_id": item["id"]}).json()["data"][0]
    types, rest, _ = live(browser.get(f"/items/{item['id']}").text)
    assert (types, rest) == (STOCK, f"item_id={item['id']}")
    types, rest, _ = live(browser.get(f"/locations/{place['location_id']}").text)
    assert "stock_level.changed" in types and rest == f"location_id={place['location_id']}"
    count = browser.get("/movements/count", params={"sku": item["sku"], "location": place["location"]}).text
    assert live(count)[:2] == ({"stock_level.changed"}, f"subject=stock-levels/{item['id']}/{place['location_id']}")
    assert live(browser.get("/movements").text)[0] == {"movement.posted"}
    assert live(browser.get("/verification").text)[0] == STOCK


def test_the_stream_takes_what_a_page_asks_for(browser, api, item):
    for path in ("/", "/items", f"/items/{item['id']}", "/locations/1", "/movements", "/verification"):
        page = browser.get(path).text
        query = html.unescape(re.search(r'data-live-query="([^"]*)"', page)[1])
        answer = browser.get(f"/v1/events?{query}&after={live(page)[2]}&limit=1")
        assert answer.status_code == 200, (path, answer.text)


def test_the_number_is_that_of_the_feed(stack, browser, api, item):
    feed.settle(stack)
    last = api.get("/v1/feed").json()["last"]
    assert live(browser.get(f"/items/{item['id']}").text)[2] >= last
    receive(api, item, new_location(api), "1")
    feed.settle(stack)
    assert live(browser.get(f"/items/{item['id']}").text)[2] > last


def test_who_may_see_little_is_told_of_little(somebody, item):
    clerk = somebody("items:read", "movements:read")
    assert live(clerk.get(f"/items/{item['id']}").text)[0] == {"movement.posted"}
    assert "stock_level.changed" not in live(clerk.get("/").text)[0]
    reader = somebody("items:read")
    assert live(reader.get(f"/items/{item['id']}").text) is None
    assert live(reader.get("/items").text)[0] == {"item.created", "item.updated", "item.archived", "item.restored"}
    assert live(somebody("users:read").get("/").text) is None


def test_a_form_that_is_shown_again_is_as_of_then(browser, item):
    answer = browser.submit(f"/items/{item['id']}/archive", version="1")
    assert answer.status_code == 409 and live(answer.text) is None


def test_a_balance_says_which_version_is_shown(browser, api, item):
    level = api.get("/v1/stock-levels", params={"item_id": item["id"]}).json()["data"][0]
    for path in (f"/items/{item['id']}", f"/locations/{level['location_id']}"):
        assert (f'<span data-balance="{item["id"]}/{level["location_id"]}" data-version="{level["version"]}">2</span>'
                in browser.get(path).text)
