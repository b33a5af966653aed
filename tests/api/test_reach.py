"""Who is limited to a part of the tree of locations sees nothing of the rest and changes nothing there. The walks
are made from the route table: a new route is walked, or fails until it is said here how."""

import re
import types

import pytest

import client
import routes
from catalogue import made, new_item, unique, walk, wrong
from routes import ROUTES, UNSAFE
from feed import ANNOUNCED

PLACES = {"locations:read", "locations:write", "stock:read", "stock:write", "movements:read", "movements:write"}
LIMITED = PLACES | {"items:read"}
NOBODY = "999999999"
KINDS = {"/v1/items/{id}": "item", "/items/{id}": "item", "/v1/categories/{id}": "category",
         "/v1/locations/{id}": "location", "/locations/{id}": "location",
         "/v1/movements/{id}": "movement", "/movements/{id}": "movement"}


def place(api, code, parent=None, kind="bin"):
    return made(api.post("/v1/locations", json={"code": unique(code), "name": unique(code + " name"), "kind": kind,
                                                **({"parent": parent["code"]} if parent else {})}))


def line(item, source, to, quantity):
    ends = [end if isinstance(end, str) else end["code"] for end in (source, to)]
    return {"sku": item["sku"], "from": ends[0], "to": ends[1], "quantity": quantity}


def post(api, kind, *lines, **fields):
    return api.post("/v1/movements", json={"type": kind, "lines": list(lines), **fields})


@pytest.fixture(scope="module")
def world(api, stack):
    """Warehouses A and B under one roof, and who is kept within B. What is A's is told apart by its codes, its
    quantities, its references and its reasons."""
    w = types.SimpleNamespace()
    w.roof = place(api, "ROOF", kind="site")
    w.a, w.b = place(api, "WHA", w.roof, "zone"), place(api, "WHB", w.roof, "zone")
    w.a1, w.a2, w.dock = (place(api, code, w.a) for code in ("ASHELF", "ASTORE", "ADOCK"))
    w.b1, w.b2 = place(api, "BSHELF", w.b), place(api, "BSTORE", w.b)
    w.shared, w.only_a = new_item(api), new_item(api)
    w.category = made(api.post("/v1/categories", json={"name": unique("Kept")}))
    w.in_a = made(post(api, "receipt", line(w.shared, "@supplier", w.a1, "71234.125"),
                       line(w.only_a, "@supplier", w.a2, "81234.25"), reference=unique("REFA"), reason=unique("WHYA")))
    w.in_b = made(post(api, "receipt", line(w.shared, "@supplier", w.b1, "20.5"), reference=unique("REFB")))
    w.mixed = made(post(api, "transfer", line(w.shared, w.a1, w.a2, "1111.0625"), line(w.shared, w.dock, w.b1, "3.5"))
                   if made(post(api, "receipt", line(w.shared, "@supplier", w.dock, "93333.75"),
                                reference=unique("REFDOCK"))) else None)
    w.scope = " ".join(sorted(LIMITED))
    w.token = client.get_token(stack.url, *stack.add_client(unique("robot"), w.scope, "--location", w.b["code"]))
    w.robot = client.Api(stack.url, w.token)
    w.name = unique("limited")
    w.person = client.Browser(stack.url).sign_in(w.name, stack.add_user(w.name, f"manager@{w.b['code']}"),
                                                 stack.keep_secret)
    w.secret = [w.in_a["reference"], w.in_a["reason"], "71234.125", "81234.25", "1111.0625", "93333.75", "93330.25",
                "70123.0625", "82345.3125", "164587.125"]
    for thing in (w.a, w.a1, w.a2):
        w.secret += [thing["code"], thing["name"]]
    w.secret.append(w.dock["name"])
    w.ids = {"item": [w.shared["id"], w.only_a["id"]], "category": [w.category["id"]],
             "location": [w.b["id"], w.b1["id"], 1], "movement": [w.in_b["id"], w.mixed["id"]]}
    w.hidden = {"location": [w.a["id"], w.a1["id"], w.dock["id"], w.roof["id"]], "movement": [w.in_a["id"]]}
    return w


def kind_of(route):
    """What {id} stands for."""
    if "{id}" not in route.path:
        return None
    base = route.path[:route.path.index("{id}") + 4]
    assert base in KINDS, f"say in KINDS what {route.path} is about"
    return KINDS[base]


def is_open_to_the_limited(route):
    return route.auth in ("AUTH_API", "AUTH_SESSION") and (
        route.permission == "PERM_NONE" or routes.permission(route) in LIMITED)


OPEN = [route for route in ROUTES if is_open_to_the_limited(route) and not route.path.startswith(("/account", "/logout"))
        and not route.path.startswith("/v1/second-factor")]
READS = [route for route in OPEN if route.method == "GET" and route.path not in routes.ENDLESS]
WRITES = [route for route in OPEN if route.method in UNSAFE and routes.permission(route) in PLACES]
CLOSED = [route for route in ROUTES if route.auth in ("AUTH_API", "AUTH_SESSION")
          and route.permission != "PERM_NONE" and routes.permission(route) not in LIMITED]


def who(world, route):
    return world.robot if route.kind == "ROUTE_API" else world.person


def plain(answer, *names):
    """The answer without what differs from request to request, and without the name that was asked for."""
    text = answer.text.replace(answer.headers.get("X-Request-Id", "-"), "ID")
    for name in map(str, names):
        before = r"(?:(?<=movement )|(?<=location )|(?<=ments/)|(?<=tions/))" if name.isdigit() else ""
        text = re.sub(before + re.escape(name), "NAME", text)
    return answer.status_code, re.sub(r'(name="once" value=|"generated_at":)"[^"]*"', "", text)


def tells_nothing(world, answer, asked=()):
    text = answer.text.replace(",", "")
    found = [secret for secret in world.secret if secret in text and secret not in asked]
    assert not found, f"{answer.request.method} {answer.request.url} tells of {found}"


# ---- reading ----

@pytest.mark.parametrize("route", READS, ids=routes.name)
def test_no_answer_tells_of_what_is_out_of_reach(world, route):
    session, kind = who(world, route), kind_of(route)
    for id_ in world.ids[kind] if kind else [None]:
        answer = session.get(routes.address(route, str(id_)))
        assert answer.status_code in (200, 303, 400, 404, 422), answer.text
        tells_nothing(world, answer)
    if "ROUTE_QUERY" in route.flags and not kind:
        for sort in ("", "path", "-updated_at", "name"):
            answer = session.get(route.path, params={"limit": "200", "sort": sort} if sort else {"limit": "200"})
            tells_nothing(world, answer)


@pytest.mark.parametrize("route", [r for r in READS if "{id}" in r.path and kind_of(r) in ("location", "movement")],
                         ids=routes.name)
def test_what_is_out_of_reach_is_answered_as_what_is_not_there(world, route):
    session = who(world, route)
    nothing = plain(session.get(routes.address(route, NOBODY)), NOBODY)
    assert nothing[0] == 404
    for id_ in world.hidden[kind_of(route)]:
        assert plain(session.get(routes.address(route, str(id_))), id_) == nothing


NAMED = {"location": "code", "under": "code", "parent": "code", "location_id": "id", "parent_id": "id"}


@pytest.mark.parametrize("route", [r for r in READS if "ROUTE_QUERY" in r.flags], ids=routes.name)
def test_a_filter_by_what_is_out_of_reach_finds_what_one_by_nothing_does(world, route):
    session = who(world, route)
    kind = kind_of(route)
    path = routes.address(route, str(world.ids[kind][0]) if kind else "")
    for field, named in NAMED.items():
        for thing in (world.a, world.a1, world.roof):
            value = str(thing[named])
            nobody = NOBODY if named == "id" else unique("NONE")
            answer = session.get(path, params={field: value})
            assert plain(answer, value) == plain(session.get(path, params={field: nobody}), nobody), field
    for text in (world.a1["code"], world.a1["name"], world.in_a["reference"]):
        for field in ("q", "reference"):
            tells_nothing(world, session.get(path, params={field: text}), (text,))


@pytest.mark.parametrize("route", [r for r in READS if "ROUTE_QUERY" in r.flags], ids=routes.name)
def test_a_filter_by_what_is_built_in_tells_nothing_either(world, route):
    session = who(world, route)
    kind = kind_of(route)
    path = routes.address(route, str(world.ids[kind][0]) if kind else "")
    for built_in in walk(world.robot, "/v1/locations", kind="virtual"):
        for field, named in NAMED.items():
            for more in ({}, {"sku": world.shared["sku"]}, {"reference": world.in_a["reference"]}, {"type": "receipt"}):
                answer = session.get(path, params={field: str(built_in[named]), **more})
                tells_nothing(world, answer, more.values())


def test_lists_show_what_is_within_reach_and_built_in(world):
    codes = {l["code"] for l in walk(world.robot, "/v1/locations", limit=200)}
    assert codes == {world.b["code"], world.b1["code"], world.b2["code"]}
    built_in = {l["code"] for l in walk(world.robot, "/v1/locations", kind="virtual")}
    assert "@supplier" in built_in
    rows = walk(world.robot, "/v1/stock-levels")
    assert {(r["sku"], r["location"], r["on_hand"]) for r in rows} == {(world.shared["sku"], world.b1["code"], "24")}


def test_the_way_to_a_location_is_named_from_its_root(world):
    answer = world.robot.get(f"/v1/locations/{world.b1['id']}")
    assert answer.json()["path"] == [world.roof["code"], world.b["code"], world.b1["code"]]
    page = world.person.get(f"/locations/{world.b1['id']}").text
    assert world.roof["code"] in page and f'/locations/{world.roof["id"]}"' not in page
    assert f'/locations/{world.b["id"]}"' in page


def test_a_movement_has_the_lines_that_touch_what_is_within_reach(world):
    shown = world.robot.get(f"/v1/movements/{world.mixed['id']}").json()
    assert [(l["from"], l["to"], l["quantity"]) for l in shown["lines"]] == [
        (world.dock["code"], world.b1["code"], "3.5")]
    assert shown["line_count"] == 1
    for params in ({}, {"sku": world.shared["sku"]}, {"location": world.b1["code"]}):
        listed = {m["id"]: m for m in walk(world.robot, "/v1/movements", **params)}
        assert set(listed) == {world.in_b["id"], world.mixed["id"]}
        assert listed[world.mixed["id"]]["lines"] == shown["lines"]
        assert listed[world.mixed["id"]]["line_count"] == 1
    assert walk(world.robot, "/v1/movements", sku=world.only_a["sku"]) == []
    page = world.person.get(f"/movements/{world.mixed['id']}").text
    assert world.dock["code"] in page and f'/locations/{world.dock["id"]}"' not in page


def total(session, item):
    answer = session.post("/v1/stock-levels/query", json={"lines": [{"sku": item["sku"]}]})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"][0]["on_hand"]


def test_sums_within_reach_and_the_rest_make_the_whole(world, api, stack):
    rest = client.Api(stack.url, client.get_token(stack.url, *stack.add_client(
        unique("rest"), world.scope, "--location", world.a["code"])))
    for item in (world.shared, world.only_a):
        for read in (lambda s: total(s, item), lambda s: s.get(f"/v1/items/{item['id']}").json()["on_hand"],
                     lambda s: walk(s, "/v1/items", sku=item["sku"])[0]["on_hand"],
                     lambda s: str(sum(float(r["on_hand"]) for r in walk(s, "/v1/stock-levels", sku=item["sku"])))):
            assert float(read(world.robot)) + float(read(rest)) == float(read(api))
    assert total(world.robot, world.shared) == "24" and total(world.robot, world.only_a) == "0"


def test_a_bin_card_adds_up_within_reach(world):
    page = world.person.get(f"/items/{world.shared['id']}").text
    balances = re.findall(r'data-label="Balance"[^>]*>\s*([\d.,]+)', page)
    assert balances == ["24", "20.5"], page
    answer = world.person.get(f"/items/{world.shared['id']}", params={"location": world.a1["id"]})
    assert answer.status_code == 404


# ---- what a limited grant never gives ----

@pytest.mark.parametrize("route", CLOSED, ids=routes.name)
def test_a_limited_grant_has_nothing_that_is_not_about_places(world, route):
    options = {"json": {}} if "ROUTE_JSON_BODY" in route.flags else {}
    answer = who(world, route).request(route.method, routes.address(route, NOBODY), **options)
    assert answer.status_code == 403, answer.text


# ---- changing ----

def api_bodies(world, code):
    """What names a location, by route; {} where the address does."""
    shared = world.shared["sku"]
    return {
        "POST /v1/locations": [{"code": "NEW-IN", "kind": "bin", "parent": code}],
        "PATCH /v1/locations/{id}": [{"name": "Taken"}],
        "POST /v1/locations/{id}/archive": [None],
        "POST /v1/locations/{id}/restore": [None],
        "POST /v1/stock-levels/query": [{"lines": [{"sku": shared, "location": code}]}],
        "POST /v1/stock/adjust": [{"sku": shared, "location": code, "delta": "5", "reason": "x"},
                                  {"sku": shared, "location": code, "delta": "-5", "reason": "x"}],
        "POST /v1/stock/set": [{"sku": shared, "location": code, "quantity": "9", "expected": "8", "reason": "x"},
                               {"sku": shared, "location": code, "quantity": "8", "expected": "8", "reason": "x"}],
        "POST /v1/movements": [
            {"type": "receipt", "lines": [line(world.shared, "@supplier", code, "1")]},
            {"type": "issue", "lines": [line(world.shared, code, "@customer", "1")]},
            {"type": "transfer", "lines": [line(world.shared, code, world.b1, "1")]},
            {"type": "transfer", "lines": [line(world.shared, world.b1, code, "1")]},
            {"type": "receipt", "lines": [line(world.shared, "@supplier", world.b1, "1"),
                                          line(world.shared, "@supplier", code, "1")]}],
        "POST /v1/movements/{id}/reverse": [{}],
    }


def form_bodies(world, code):
    first = {"lines.0.sku": world.shared["sku"], "lines.0.quantity": "1"}
    return {
        "POST /locations": [{"code": "NEW-IN", "name": "New", "kind": "bin", "role": "storage", "parent": code}],
        "POST /locations/{id}": [{"code": "TAKEN", "name": "Taken", "kind": "bin", "role": "storage", "version": "1"}],
        "POST /locations/{id}/archive": [{"version": "1"}],
        "POST /locations/{id}/restore": [{"version": "1"}],
        "POST /movements": [{"type": "receipt", "lines.0.to": code, **first},
                            {"type": "issue", "lines.0.from": code, **first},
                            {"type": "transfer", "lines.0.from": world.b1["code"], "lines.0.to": code, **first}],
        "POST /movements/count": [{"sku": world.shared["sku"], "location": code, "expected": "8", "quantity": "9"}],
        "POST /movements/{id}/reverse": [{"reason": "x"}],
    }


def snapshot(api, world):
    return (walk(api, "/v1/stock-levels", under=world.roof["code"], limit=200),
            walk(api, "/v1/locations", under=world.roof["code"], limit=200),
            api.get("/v1/movements", params={"limit": "1"}).json()["data"])


def send(world, route, id_, body):
    path = routes.address(route, str(id_))
    if route.kind == "ROUTE_PAGE":
        return world.person.submit(path, **body)
    headers = {"If-Match": "*"} if "ROUTE_IF_MATCH" in route.flags else {}
    return world.robot.request(route.method, path, headers=headers, **({} if body is None else {"json": body}))


@pytest.mark.parametrize("route", WRITES, ids=routes.name)
def test_nothing_changes_out_of_reach(world, api, route):
    bodies = api_bodies if route.kind == "ROUTE_API" else form_bodies
    assert routes.name(route) in bodies(world, ""), "say in api_bodies() or form_bodies() what it is sent"
    before = snapshot(api, world)
    nobody = unique("NONE")
    kind = kind_of(route)
    for thing in world.hidden[kind] if kind else (world.a, world.a1, world.dock, world.roof):
        known, unknown = (str(thing), NOBODY) if kind else (thing["code"], nobody)
        pairs = zip(bodies(world, known)[routes.name(route)], bodies(world, unknown)[routes.name(route)])
        for body, other in pairs:
            answer = send(world, route, thing if kind else "", body)
            assert answer.status_code in (404, 422), answer.text
            assert plain(answer, known) == plain(send(world, route, NOBODY, other), unknown)
    assert snapshot(api, world) == before


def test_within_reach_everything_goes_on(world):
    robot = world.robot
    assert made(post(robot, "receipt", line(world.shared, "@supplier", world.b2, "2")))["line_count"] == 1
    moved = made(post(robot, "transfer", line(world.shared, world.b2, world.b1, "2")))
    made(robot.post(f"/v1/movements/{moved['id']}/reverse", json={}))
    made(post(robot, "issue", line(world.shared, world.b2, "@customer", "2")))
    bin_ = place(robot, "BNEW", world.b)
    answer = robot.patch(f"/v1/locations/{bin_['id']}", json={"parent": world.b1["code"]}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    assert robot.post(f"/v1/locations/{bin_['id']}/archive").status_code == 200


def test_movements_of_a_built_in_location_are_narrowed_to_what_is_within_reach(world, api):
    mixed = made(post(api, "receipt", line(world.shared, "@supplier", world.a1, "5.5"),
                      line(world.only_a, "@supplier", world.b2, "0.75"), reference=unique("REFMIX")))
    for params in ({}, {"sku": world.shared["sku"]}, {"sku": world.only_a["sku"]}, {"reference": mixed["reference"]},
                   {"reference": world.in_a["reference"]}):
        all_ = walk(world.robot, "/v1/movements", limit=2, **params)
        for named in ({"location": "@supplier"}, {"location_id": "1"}):
            some = walk(world.robot, "/v1/movements", limit=2, **params, **named)
            assert some == [m for m in all_ if any("@supplier" in (l["from"], l["to"]) for l in m["lines"])]
    made(api.post(f"/v1/movements/{mixed['id']}/reverse", json={}))


def test_a_location_is_not_moved_out_of_reach_nor_made_a_root(world):
    bin_ = place(world.robot, "BKEPT", world.b)
    path = f"/v1/locations/{bin_['id']}"
    for fields, expected in (({"parent": world.a["code"]}, {"/parent": "unknown"}),
                             ({"parent_id": world.a["id"]}, {"/parent_id": "unknown"}),
                             ({"parent": None}, {"/parent": "required"})):
        assert wrong(world.robot.patch(path, json=fields, headers={"If-Match": "*"}), 422) == expected
    assert wrong(world.robot.post("/v1/locations", json={"code": unique("R"), "kind": "bin"}), 422) == {
        "/parent": "required"}
    assert world.robot.post(path + "/archive").status_code == 200
    own = world.robot.patch(f"/v1/locations/{world.b['id']}", json={"name": unique("Ours")}, headers={"If-Match": "*"})
    assert own.status_code == 200, own.text
    taken = world.robot.post("/v1/locations", json={"code": world.a1["code"], "kind": "bin", "parent": world.b["code"]})
    assert taken.status_code == 409 and str(world.a1["id"]) not in taken.text.replace(taken.headers["X-Request-Id"], "")


def test_a_movement_that_is_not_wholly_within_reach_is_not_reversed(world, api):
    before = snapshot(api, world)
    answer = world.robot.post(f"/v1/movements/{world.mixed['id']}/reverse", json={})
    assert answer.status_code == 409, answer.text
    tells_nothing(world, answer)
    assert snapshot(api, world) == before


def test_who_sees_all_and_works_in_one_place(world, api, stack):
    name = unique("both")
    person = client.Browser(stack.url).sign_in(
        name, stack.add_user(name, "viewer", f"clerk@{world.b['code']}"), stack.keep_secret)
    page = person.get(f"/locations/{world.a1['id']}")
    assert page.status_code == 200 and world.a1["code"] in page.text
    assert person.get(f"/v1/movements/{world.in_a['id']}").json()["line_count"] == 2
    assert total_of_session(person, world.shared) == total(api, world.shared)
    headers = {"X-CSRF-Token": person.csrf}
    body = {"type": "receipt", "lines": [line(world.shared, "@supplier", world.a1, "1")]}
    assert wrong(person.post("/v1/movements", json=body, headers=headers), 422) == {"/lines/0/to": "unknown"}
    body = {"type": "receipt", "lines": [line(world.shared, "@supplier", world.b2, "1")]}
    made(person.post("/v1/movements", json=body, headers=headers))
    made(post(api, "issue", line(world.shared, world.b2, "@customer", "1")))


def total_of_session(person, item):
    answer = person.post("/v1/stock-levels/query", json={"lines": [{"sku": item["sku"]}]},
                         headers={"X-CSRF-Token": person.csrf})
    return answer.json()["data"][0]["on_hand"]


def test_a_location_that_moves_out_of_reach_is_gone_at_once_and_for_replays(world, api):
    moving = place(api, "BMOVES", world.b)
    key = {"Idempotency-Key": unique("key")}
    body = {"type": "receipt", "lines": [line(world.shared, "@supplier", moving, "6.75"),
                                         line(world.shared, "@supplier", world.b1, "0.25")]}
    assert made(world.robot.post("/v1/movements", json=body, headers=key))["line_count"] == 2
    answer = api.patch(f"/v1/locations/{moving['id']}", json={"parent": world.a["code"]}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    assert world.robot.get(f"/v1/locations/{moving['id']}").status_code == 404
    again = world.robot.post("/v1/movements", json=body, headers=key)
    assert again.status_code == 201 and again.headers["Idempotency-Replayed"] == "true"
    assert [l["to"] for l in again.json()["lines"]] == [world.b1["code"]]
    made(post(api, "issue", line(world.shared, moving, "@customer", "6.75"), line(world.shared, world.b1, "@customer", "0.25")))


def test_a_replay_of_another_change_is_the_answer_of_then(world, api):
    key = {"Idempotency-Key": unique("key")}
    body = {"code": unique("BTHEN"), "name": "Then", "kind": "bin", "parent": world.b["code"]}
    first = made(world.robot.post("/v1/locations", json=body, headers=key))
    path = f"/v1/locations/{first['id']}"
    answer = api.patch(path, json={"parent": world.a["code"], "name": unique("Now")}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    assert world.robot.get(path).status_code == 404
    again = world.robot.post("/v1/locations", json=body, headers=key)
    assert again.headers["Idempotency-Replayed"] == "true" and made(again) == first


# ---- who may not see quantities, or not all ----

def with_permissions(stack, api, *permissions, place=None):
    """Somebody who is signed in and has these everywhere, and beside them a clerk's at a place."""
    role = made(api.post("/v1/roles", json={"name": unique("role"), "permissions": list(permissions)}))["name"]
    name = unique("reader")
    roles = [role] + ([f"clerk@{place['code']}"] if place else [])
    person = client.Browser(stack.url).sign_in(name, stack.add_user(name, *roles), stack.keep_secret)
    person.headers["X-CSRF-Token"] = person.csrf
    return person


def quantities(session, item):
    return [session.get(f"/v1/items/{item['id']}").json()["on_hand"],
            walk(session, "/v1/items", sku=item["sku"])[0]["on_hand"],
            session.get("/v1/items/lookup", params={"barcode": item["barcodes"][0]}).json()["on_hand"]]


@pytest.fixture
def stocked(world, api):
    """An item of which 7.5 lie in A and 2.25 in B."""
    item = new_item(api, barcodes=[unique("bar")])
    made(post(api, "receipt", line(item, "@supplier", world.a1, "7.5"), line(item, "@supplier", world.b2, "2.25")))
    return item


def test_an_item_has_its_quantity_within_reach_of_stock_read(world, api, stack, stocked):
    assert quantities(api, stocked) == ["9.75"] * 3
    clerk = with_permissions(stack, api, "items:read", place=world.b)
    assert quantities(clerk, stocked) == ["2.25"] * 3
    page = clerk.get(f"/items/{stocked['id']}").text
    assert "2.25" in page and "9.75" not in page
    page = clerk.get("/items", params={"q": stocked["sku"]}).text
    assert "2.25" in page and "9.75" not in page


def test_without_stock_read_an_item_has_no_quantity(world, api, stack, stocked):
    robot = client.Api(stack.url, client.get_token(stack.url, *stack.add_client(unique("robot"), "items:read")))
    reader = with_permissions(stack, api, "items:read", "locations:read")
    for session in (robot, reader):
        assert quantities(session, stocked) == [None] * 3
        assert session.get("/v1/stock-levels").status_code == 403
    for path in (f"/items/{stocked['id']}", f"/items?q={stocked['sku']}"):
        page = reader.get(path).text
        assert stocked["sku"] in page and "9.75" not in page and "On hand" not in page
    assert "hold stock" not in reader.get("/").text and "no stock" not in reader.get("/").text
    assert "hold stock" in with_permissions(stack, api, "items:read", "locations:read", "stock:read").get("/").text


def test_who_changes_an_item_without_stock_read_is_told_no_quantity(world, api, stack, stocked, db):
    robot = client.Api(stack.url, client.get_token(stack.url, *stack.add_client(unique("robot"), "items:read items:write")))
    path = f"/v1/items/{stocked['id']}"
    answer = robot.patch(path, json={"name": "Lamp"}, headers={"If-Match": "*"})
    assert answer.status_code == 200 and answer.json()["on_hand"] is None
    for action in ("restore", "restore"):
        key = {"Idempotency-Key": unique("key")}
        for _ in range(2):
            answer = robot.post(f"{path}/{action}", headers=key)
            assert answer.status_code == 200 and answer.json()["on_hand"] is None
    key = {"Idempotency-Key": unique("key")}
    made_ = [robot.post("/v1/items", json={"sku": "NEW" + key["Idempotency-Key"], "name": "x"}, headers=key) for _ in range(2)]
    assert made_[1].headers["Idempotency-Replayed"] == "true"
    assert [answer.json()["on_hand"] for answer in made_] == [None, None]
    with db.cursor() as cursor:
        cursor.execute(f"SELECT data FROM {ANNOUNCED} WHERE type = 'bincard.item.updated.v1' AND subject = %s", (stocked["id"],))
        assert '"on_hand":"9.75"' in cursor.fetchone()[0]
    answer = robot.post(f"{path}/archive")
    assert answer.status_code == 409 and answer.json()["detail"] == "Stock is left."


def test_a_refusal_to_archive_tells_of_no_stock_out_of_reach(world, api, stack, stocked):
    clerk = with_permissions(stack, api, "items:read", "items:write", place=world.b)
    answer = clerk.post(f"/v1/items/{stocked['id']}/archive")
    assert answer.status_code == 409 and answer.json()["detail"] == f"Stock is left: {world.b2['code']} (2.25), ..."
    keeper = with_permissions(stack, api, "locations:read", "locations:write", place=world.b)
    answer = keeper.post(f"/v1/locations/{world.a1['id']}/archive")
    assert answer.status_code == 409 and answer.json()["detail"] == "It still holds stock."
    writer = with_permissions(stack, api, "locations:write")
    answer = writer.post(f"/v1/locations/{world.a['id']}/archive")
    assert answer.status_code == 409 and answer.json()["detail"] == "It still has active locations in it."
    answer = keeper.post(f"/v1/locations/{world.b2['id']}/archive")
    assert answer.status_code == 409 and stocked["sku"] in answer.json()["detail"]


def test_a_form_for_posting_tells_nothing_that_one_may_not_read(world, api, stack, stocked):
    poster = with_permissions(stack, api, "movements:write", "stock:write")
    page = poster.get("/movements/new", params={"item": stocked["id"], "location": world.a1["id"]})
    assert page.status_code == 200 and stocked["sku"] not in page.text and world.a1["code"] not in page.text
    assert "/movements/count" not in page.text
    missing = poster.get("/movements/new", params={"item": NOBODY, "location": NOBODY})
    assert missing.status_code == 200
    page = poster.get("/movements/count", params={"sku": stocked["sku"], "location": world.a1["code"]})
    assert page.status_code == 403 and "7.5" not in page.text
    page = poster.submit("/movements/count", sku=stocked["sku"], location=world.a1["code"], expected="1", quantity="2")
    assert page.status_code == 403 and "7.5" not in page.text
    reader = with_permissions(stack, api, "movements:write", "stock:write", "stock:read", "items:read", "locations:read")
    page = reader.get("/movements/new", params={"item": stocked["id"], "location": world.a1["id"]}).text
    assert stocked["sku"] in page and world.a1["code"] in page and "/movements/count" in page
    assert "7.5" in reader.get("/movements/count", params={"sku": stocked["sku"], "location": world.a1["code"]}).text


# ---- giving it ----

@pytest.mark.parametrize("location", ["NOWHERE", "@supplier", ""])
def test_a_limit_needs_a_real_location(stack, location):
    done = stack.run("user", "add", unique("x"), "--role", f"clerk@{location}", "--password-file", "-",
                     input="a long enough one\n")
    assert done.returncode != 0 and "no location" in done.stderr
    if location:  # of a client an empty one is none
        done = stack.run("client", "add", "x", "--scope", "stock:read", "--location", location)
        assert done.returncode != 0 and "no location" in done.stderr


def test_a_limited_client_has_no_scope_that_it_could_not_use(world, stack):
    done = stack.run("client", "add", "x", "--scope", "stock:read items:write", "--location", world.b["code"])
    assert done.returncode != 0 and "items:write" in done.stderr


def test_a_limit_of_a_client_is_set_and_lifted_at_once(world, api, stack):
    client_id, secret = stack.add_client(unique("robot"), "locations:read")
    path = f"/v1/api-clients/{walk(api, '/v1/api-clients', q=client_id)[0]['id']}"
    robot = client.Api(stack.url, client.get_token(stack.url, client_id, secret))
    address = f"/v1/locations/{world.a1['id']}"
    for location, status in ((None, 200), (world.b["code"], 404), (world.a["code"], 200), (None, 200)):
        answer = api.patch(path, json={"location": location}, headers={"If-Match": "*"})
        assert answer.status_code == 200 and answer.json()["location"] == location, answer.text
        assert robot.get(address).status_code == status
    assert wrong(api.patch(path, json={"location": "@scrap"}, headers={"If-Match": "*"}), 422) == {
        "/location": "unknown_location"}
    assert wrong(api.patch(path, json={"location": world.b["code"], "scope": "items:write"},
                           headers={"If-Match": "*"}), 422) == {"/scope": "not_limited"}


def test_a_role_in_two_places_reaches_both(world, stack):
    name = unique("two")
    person = client.Browser(stack.url).sign_in(
        name, stack.add_user(name, f"viewer@{world.b1['code']}", f"viewer@{world.a2['code']}"), stack.keep_secret)
    listed = person.get("/v1/locations", params={"limit": "200", "status": "active"}).json()["data"]
    assert {l["code"] for l in listed} == {world.b1["code"], world.a2["code"]}
    listed = stack.run("user", "list").stdout
    assert f"viewer@{world.b1['code']}" in listed and f"viewer@{world.a2['code']}" in listed
