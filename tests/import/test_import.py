"""`bincard import`: what goes in, what is refused and where that is said, and that running it again, or
after a crash, applies nothing twice."""

import csv
import json
import os
import pathlib
import re
import signal
import subprocess
import tarfile
import time

import pytest

from catalogue import new_item, new_location, unique
from stack import BINARY
from feed import ANNOUNCED

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("BINCARD_DATA", ROOT.parent / "shared" / "data"))
ITEMS = "sku,name,description,category,unit,barcodes\n"
LOCATIONS = "code,name,kind,role,parent\n"
MOVEMENTS = "movement,type,reference,reason,occurred_at,sku,from,to,quantity\n"


class Importer:
    def __init__(self, stack, folder):
        self.stack, self.folder = stack, folder

    def file(self, text, name="data.csv"):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def __call__(self, kind, text, *options, status=0):
        path = self.file(text)
        done = self.stack.run("import", kind, str(path), *options)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def errors(self, name="data.csv.errors.csv"):
        with open(self.folder / name, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return [(int(row["line"]), row["column"], row["code"]) for row in rows]


@pytest.fixture
def run(stack, tmp_path):
    return Importer(stack, tmp_path)


def item(api, sku):
    data = api.get("/v1/items", params={"sku": sku}).json()["data"]
    return data[0] if data else None


def location(api, code):
    data = api.get("/v1/locations", params={"q": code}).json()["data"]
    return next((row for row in data if row["code"] == code), None)


def on_hand(api, sku, code):
    data = api.get("/v1/stock-levels", params={"sku": sku, "location": code}).json()["data"]
    return data[0]["on_hand"] if data else "0"


def movement_rows(name, lines):
    return "".join(f"{name},{kind},,,,{sku},{source},{to},{quantity}\n" for kind, sku, source, to, quantity in lines)


def receipt(name, sku, code, quantity):
    return movement_rows(name, [("receipt", sku, "@supplier", code, quantity)])


@pytest.fixture
def goods(new_api):
    api = new_api()  # a connection that was idle during a long import may be gone
    return new_item(api)["sku"], new_location(api)["code"]


# ---- items ----

def test_items_come_in_as_they_are_written(api, run):
    sku, category, barcode = unique("İtem,\"x\""), unique("Category"), unique("B")
    text = "\ufeff" + ITEMS + f'"{sku.replace(chr(34), chr(34) * 2)}","Ünï, ""quoted""","line one\r\nline two",' \
        f'{category},kg,{barcode};{barcode}-2\r\n'
    assert "1 added" in run("items", text)
    there = item(api, sku)
    assert (there["name"], there["unit"], there["category"]) == ('Ünï, "quoted"', "kg", category)
    assert there["description"] == "line one\nline two"
    assert sorted(there["barcodes"]) == [barcode, barcode + "-2"]


def test_an_item_that_is_equal_stays_and_one_that_differs_needs_update(api, run):
    sku = unique("SKU")
    run("items", f"sku,name\n{sku},One\n")
    version = item(api, sku)["version"]
    assert "1 there already" in run("items", f"sku,name\n{sku},One\n")
    assert item(api, sku)["version"] == version
    assert "1 refused" in run("items", f"sku,name\n{sku},Two\n", status=1)
    assert run.errors()[0][0] == 2
    assert item(api, sku)["name"] == "One"
    assert "1 updated" in run("items", f"sku,name\n{sku},Two\n", "--update")
    assert item(api, sku)["name"] == "Two"


def test_codes_that_differ_by_case_are_two_items(api, run):
    sku = unique("case")
    assert "2 added" in run("items", f"sku,name\n{sku}a,one\n{sku}A,two\n")
    assert item(api, sku + "a")["name"] == "one"
    assert item(api, sku + "A")["name"] == "two"


def test_columns_are_mapped_and_defaults_fill_what_is_not_there(api, run):
    sku = unique("SKU")
    out = run("items", f"Artikel,Text,Preis\n{sku},Schraube,3\n{sku}-2,,4\n", "--map", "Artikel=sku",
              "--map", "Text=name", "--default", "unit=box", "--default", "name=unknown")
    assert "2 added" in out
    assert (item(api, sku)["name"], item(api, sku)["unit"]) == ("Schraube", "box")
    assert item(api, sku + "-2")["name"] == "unknown"


def test_good_rows_are_kept_and_every_wrong_field_is_named(api, run):
    sku = unique("SKU")
    long = "x" * 300
    text = (ITEMS + f"{sku}-1,fine,,,,\n" + f",no code,,,{'u' * 20},\n" + f"{sku}-3,{long},,,,\n"
            + f"{sku}-4,few\n" + f'{sku}-5,"two\nlines",,,,\n' + f"{sku}-6,fine,,,,\n").encode()
    text += f"{sku}-7,".encode() + b"\xff\xfe,,,,\n"
    out = run("items", text, status=1)
    assert "2 added" in out and "5 refused" in out
    assert run.errors() == [(3, "sku", "required"), (3, "unit", "too_long"), (4, "name", "too_long"),
                            (5, "", "column_count"), (6, "name", "invalid_text"), (9, "name", "invalid_text")]
    assert item(api, sku + "-1") and item(api, sku + "-6") and not item(api, sku + "-3")


def test_errors_name_the_header_of_the_file_and_go_where_told(run):
    run("items", "Artikel,name\n,x\n", "--map", "Artikel=sku", "--errors", str(run.folder / "wrong.csv"), status=1)
    assert run.errors("wrong.csv") == [(2, "Artikel", "required")]


def test_a_run_without_errors_leaves_no_report_of_an_earlier_one(run):
    sku = unique("SKU")
    run("items", f"sku,name\n,{sku}\n", status=1)
    run("items", f"sku,name\n{sku},{sku}\n")
    assert not (run.folder / "data.csv.errors.csv").exists()


@pytest.mark.parametrize("option", ["--atomic", "--dry-run"])
def test_nothing_is_kept_when_all_or_nothing_is_asked(api, run, option):
    sku, category = unique("SKU"), unique("Category")
    text = ITEMS + f"{sku}-1,fine,,{category},,\n,wrong,,,,\n{sku}-2,fine,,,,\n"
    assert "nothing was changed" in run("items", text, option, status=1)
    assert item(api, sku + "-1") is None and item(api, sku + "-2") is None
    assert api.get("/v1/categories", params={"q": category}).json()["data"] == []


def test_atomic_keeps_all_when_all_is_right(api, run):
    sku = unique("SKU")
    run("items", f"sku,name\n{sku}-1,a\n{sku}-2,b\n", "--atomic")
    assert item(api, sku + "-1") and item(api, sku + "-2")


def test_dry_run_of_good_rows_changes_nothing(api, run):
    sku = unique("SKU")
    assert "1 added" in run("items", f"sku,name\n{sku},a\n", "--dry-run")
    assert item(api, sku) is None


def test_standard_input(api, stack, tmp_path):
    sku = unique("SKU")
    done = stack.run("import", "items", "-", "--errors", str(tmp_path / "e.csv"), input=f"sku,name\n{sku},a\n")
    assert done.returncode == 0, done.stderr
    assert item(api, sku)


# ---- csv-spectrum: real corners of the format ----

ARCHIVE = DATA / "csv-spectrum" / "csv-spectrum.tar.xz"


def spectrum():
    if not ARCHIVE.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="the csv-spectrum data is not here"))]
    with tarfile.open(ARCHIVE) as archive:
        return sorted(pathlib.Path(name).stem for name in archive.getnames() if name.endswith(".csv"))


@pytest.mark.parametrize("name", spectrum())
def test_csv_spectrum_is_read_as_its_json_says(api, run, name):
    with tarfile.open(ARCHIVE) as archive:
        text = archive.extractfile(f"csvs/{name}.csv").read()
        wanted = json.load(archive.extractfile(f"json/{name}.json"))
    wanted = wanted if isinstance(wanted, list) else [wanted]
    for header in wanted[0]:
        if header == "Contact Phone Number":  # the JSON has another number than the CSV
            continue
        rows = [row[header] for row in wanted]
        mark = unique("spectrum")
        newline = b"\r\n" if b"\r\n" in text else b"\n"
        out = run("items", number_rows(text, mark, newline), "--map", f"{header}=description")
        assert f"{len(rows)} added" in out
        for i, value in enumerate(rows):
            there = item(api, f"{mark}-{i}")
            assert there["description"] == value.replace("\r\n", "\n"), (name, header)


def number_rows(text, mark, newline):
    """The same file with a last column sku; its other bytes stay as they are."""
    out, quoted, row = bytearray(), False, 0
    for at, byte in enumerate(text):
        quoted ^= byte == 0x22
        ends = byte == newline[0] and not quoted and text[at:at + len(newline)] == newline
        if ends and at > 0:
            out += b",sku" if row == 0 else f",{mark}-{row - 1}".encode()
            row += 1
        out.append(byte)
    if not text.endswith(newline):
        out += f",{mark}-{row - 1}".encode()
    return bytes(out)


# ---- wrong use ----

@pytest.mark.parametrize("kind,text,options,word", [
    ("items", "", (), "empty"),
    ("items", "name\nx\n", (), '"sku"'),
    ("items", "sku,sku\nx,y\n", (), "Two columns"),
    ("items", "sku\nx\n", ("--map", "a=name"), '"a"'),
    ("items", "sku\nx\n", ("--map", "sku=wrong"), '"wrong"'),
    ("items", "sku\nx\n", ("--default", "wrong=1"), '"wrong"'),
    ("items", "sku,name\nx,y\n", ("--key", "name"), "sku"),
    ("movements", "type,sku,from,to,quantity\n", (), "--key"),
    ("movements", MOVEMENTS, ("--key", "wrong"), '"wrong"'),
])
def test_wrong_use_is_one_clear_sentence(stack, run, kind, text, options, word):
    done = stack.run("import", kind, str(run.file(text)), *options)
    assert done.returncode == 2 and word in done.stderr, done.stderr


def test_a_file_that_is_not_there(stack):
    done = stack.run("import", "items", "/nowhere/x.csv")
    assert done.returncode == 2 and "/nowhere/x.csv" in done.stderr


def test_a_quote_that_is_never_closed_is_told_with_its_line(api, run):
    sku = unique("SKU")
    text = f"sku,name\n{sku},a\n{sku}-2,\"open\n" + "x,y\n" * 300000
    out = run("items", text, status=1)
    assert "1 added" in out
    assert run.errors() == [(3, "", "unreadable")]


# ---- locations ----

def test_parents_may_stand_before_and_after_their_children(api, run):
    code = unique("L")
    out = run("locations", LOCATIONS + f"{code}-bin,,bin,,{code}-zone\n{code}-zone,,zone,,{code}\n"
              f"{code},Site,site,,\n{code}-late,,bin,quarantine,{code}-zone\n")
    assert "4 added" in out
    assert location(api, f"{code}-bin")["parent"] == f"{code}-zone"
    assert location(api, f"{code}-late")["role"] == "quarantine"
    again = run("locations", LOCATIONS + f"{code}-bin,,bin,,{code}-zone\n{code},Site,site,,\n")
    assert "2 there already" in again


def test_a_parent_that_never_comes_and_a_wrong_kind_are_named(run):
    code = unique("L")
    run("locations", LOCATIONS + f"{code}-1,,bin,,{code}-none\n{code}-2,,shelf,,\n", status=1)
    assert sorted(run.errors()) == [(2, "parent", "unknown"), (3, "kind", "invalid_choice")]


def test_a_location_moves_with_update(api, run):
    code = unique("L")
    run("locations", LOCATIONS + f"{code}-a,,site,,\n{code}-b,,site,,\n{code},,bin,,{code}-a\n")
    run("locations", LOCATIONS + f"{code},,bin,,{code}-b\n", status=1)
    assert "1 updated" in run("locations", LOCATIONS + f"{code},,bin,,{code}-b\n", "--update")
    assert location(api, code)["parent"] == f"{code}-b"


# ---- movements ----

def test_rows_of_one_movement_become_its_lines(api, run, goods):
    sku, code = goods
    name = unique("M")
    text = MOVEMENTS + (f"{name},receipt,PO-1,first,2020-05-01T10:00:00+02:00,{sku},@supplier,{code},2.5\n"
                        f"{name},receipt,PO-1,first,2020-05-01T10:00:00+02:00,{sku},@supplier,{code},1\n")
    assert "1 added" in run("movements", text)
    there = api.get("/v1/movements", params={"sku": sku}).json()["data"]
    assert len(there) == 1
    whole = api.get(f"/v1/movements/{there[0]['id']}").json()
    assert (whole["type"], whole["reference"], whole["reason"]) == ("receipt", "PO-1", "first")
    assert whole["occurred_at"] == "2020-05-01T08:00:00Z"
    assert [line["quantity"] for line in whole["lines"]] == ["2.5", "1"]
    assert on_hand(api, sku, code) == "3.5"


def test_the_event_of_an_imported_movement_is_what_the_api_shows(api, root_db, run, goods):
    sku, code = goods
    run("movements", MOVEMENTS + receipt(unique("M"), sku, code, 4))
    there = api.get("/v1/movements", params={"sku": sku}).json()["data"][0]
    with root_db.cursor() as cursor:
        cursor.execute(f"SELECT data FROM {ANNOUNCED} WHERE type = 'bincard.movement.posted.v1' AND subject = %s",
                       (there["id"],))
        (data,), = cursor.fetchall()
    assert json.loads(data) == api.get(f"/v1/movements/{there['id']}").json()


def test_a_movement_is_applied_once_for_ever(api, run, goods):
    sku, code = goods
    text = MOVEMENTS + receipt(unique("M"), sku, code, 4) + receipt(unique("M"), sku, code, 5)
    run("movements", text)
    assert "0 added, 0 updated, 2 there already" in run("movements", text)
    assert on_hand(api, sku, code) == "9"


def test_a_known_key_with_other_content_is_refused(api, run, goods):
    sku, code = goods
    name = unique("M")
    run("movements", MOVEMENTS + receipt(name, sku, code, 4))
    run("movements", MOVEMENTS + receipt(name, sku, code, 5), status=1)
    assert run.errors() == [(2, "movement", "idempotency-key-reused")]
    assert on_hand(api, sku, code) == "4"


def test_a_movement_torn_apart_in_the_file_is_refused_the_second_time(api, run, goods):
    sku, code = goods
    name = unique("M")
    text = MOVEMENTS + receipt(name, sku, code, 4) + receipt(unique("M"), sku, code, 1) + receipt(name, sku, code, 2)
    run("movements", text, status=1)
    assert run.errors() == [(4, "movement", "idempotency-key-reused")]
    assert on_hand(api, sku, code) == "5"


def test_keys_may_be_any_columns_and_any_text(api, run, goods):
    sku, code = goods
    name = unique("Belegnümmer")
    text = (f"Beleg,Zeile,type,sku,from,to,quantity\n{name}|1,2,receipt,{sku},@supplier,{code},1\n"
            f"{name},1|2,receipt,{sku},@supplier,{code},10\n{name},{'x' * 90},receipt,{sku},@supplier,{code},100\n")
    options = ("--map", "Beleg=movement", "--map", "Zeile=reference", "--key", "Beleg,Zeile")
    assert "3 added" in run("movements", text, *options)
    assert "3 there already" in run("movements", text, *options)
    assert on_hand(api, sku, code) == "111"


def test_an_issue_is_covered_by_what_stands_before_it_and_no_other(api, run, goods):
    sku, code = goods
    bad, good = unique("M"), unique("M")
    text = (MOVEMENTS + movement_rows(bad, [("issue", sku, code, "@customer", 3)]) + receipt(unique("M"), sku, code, 5)
            + movement_rows(good, [("issue", sku, code, "@customer", 2), ("issue", sku, code, "@customer", 3)])
            + movement_rows(unique("M"), [("issue", sku, code, "@customer", 1)]))
    out = run("movements", text, status=1)
    assert "2 added" in out and "2 refused" in out
    assert run.errors() == [(2, "quantity", "insufficient_stock"), (6, "quantity", "insufficient_stock")]
    assert on_hand(api, sku, code) == "0"


def test_one_wrong_row_refuses_its_movement_and_names_its_other_rows(api, run, goods):
    sku, code = goods
    name = unique("M")
    text = (MOVEMENTS + receipt(name, sku, code, 1) + receipt(name, sku, code, "x") + receipt(name, sku + "?", code, 1)
            + f"{name},too few\n" + receipt(name, sku, code, 1) + receipt(unique("M"), sku, code, 7))
    out = run("movements", text, status=1)
    assert "1 added" in out and "1 refused" in out and "have 5 rows" in out
    assert run.errors() == [(3, "quantity", "not_a_number"), (5, "", "column_count"), (2, "", "movement_refused")]
    assert on_hand(api, sku, code) == "7"


def test_unknown_names_wrong_ends_and_rows_that_disagree(run, goods):
    sku, code = goods
    name = unique("M")
    text = (MOVEMENTS + receipt(unique("M"), sku + "?", code, 1) + receipt(unique("M"), sku, "nowhere", 1)
            + movement_rows(unique("M"), [("transfer", sku, code, code, 1)])
            + movement_rows(unique("M"), [("issue", sku, "@supplier", "@customer", 1)])
            + receipt(unique("M"), sku, code, -1)
            + receipt(name, sku, code, 1) + movement_rows(name, [("issue", sku, code, "@customer", 1)])
            + receipt("", sku, code, 1))
    run("movements", text, status=1)
    found = sorted(run.errors())
    assert (2, "sku", "unknown") in found and (3, "to", "unknown") in found
    assert (4, "to", "same_location") in found and (5, "to", "both_virtual") in found
    assert (6, "quantity", "not_positive") in found and (8, "movement", "differs") in found
    assert (9, "movement", "required") in found


def test_atomic_movements(api, run, goods):
    sku, code = goods
    text = MOVEMENTS + receipt(unique("M"), sku, code, 5) + movement_rows(unique("M"), [("issue", sku, code, "@customer", 6)])
    run("movements", text, "--atomic", status=1)
    assert on_hand(api, sku, code) == "0"
    text = MOVEMENTS + receipt(unique("M"), sku, code, 5) + movement_rows(unique("M"), [("issue", sku, code, "@customer", 5)])
    run("movements", text, "--dry-run")
    assert api.get("/v1/movements", params={"sku": sku}).json()["data"] == []
    assert "2 added" in run("movements", text, "--atomic")


def test_a_long_movement_is_cut_into_parts_of_a_thousand_lines(api, root_db, run, goods):
    sku, code = goods
    name = unique("M")
    text = MOVEMENTS + receipt(name, sku, code, 1) * 5500
    assert "6 added" in run("movements", text)
    assert on_hand(api, sku, code) == "5500"
    with root_db.cursor() as cursor:
        cursor.execute("SELECT m.line_count FROM movement m JOIN movement_line l ON l.movement_id = m.id"
                       " AND l.line_no = 1 JOIN item i ON i.id = l.item_id WHERE i.sku = %s ORDER BY m.id", (sku,))
        assert [row[0] for row in cursor.fetchall()] == [1000] * 5 + [500]
    assert "6 there already" in run("movements", text)


def test_an_archived_item_and_one_renamed_after_its_import(api, run, goods):
    sku, code = goods
    text = MOVEMENTS + receipt(unique("M"), sku, code, 1)
    run("movements", text)
    found = item(api, sku)
    read = api.get(f"/v1/items/{found['id']}")
    done = api.patch(f"/v1/items/{found['id']}", json={"sku": sku + "-new"}, headers={"If-Match": read.headers["ETag"]})
    assert done.status_code == 200, done.text
    assert "1 there already" in run("movements", text)
    run("movements", MOVEMENTS + receipt(unique("M"), sku, code, 1), status=1)
    assert run.errors() == [(2, "sku", "unknown")]


# ---- crash, progress, memory ----

def many(folder, sku, code, count, lines=20):
    path = folder / "many.csv"
    name = unique("M")
    with open(path, "w", encoding="utf-8") as file:
        file.write("movement,type,sku,from,to,quantity\n")
        for i in range(count):
            file.write(f"{name}-{i // lines},receipt,{sku},@supplier,{code},1\n")
    return path


def start(stack, *arguments, **options):
    return subprocess.Popen([BINARY, "--config", str(stack.conf), "import", *arguments], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, **options)


def test_killed_in_the_middle_and_run_again(api, stack, root_db, tmp_path, goods):
    sku, code = goods
    path = many(tmp_path, sku, code, 60000)
    for pause in (0.3, 0.5):
        running = start(stack, "movements", str(path))
        time.sleep(pause)
        running.send_signal(signal.SIGKILL)
        running.communicate()
    done = stack.run("import", "movements", str(path))
    assert done.returncode == 0, done.stderr
    with root_db.cursor() as cursor:
        cursor.execute("SELECT COUNT(*), COUNT(DISTINCT l.movement_id) FROM movement_line l"
                       " JOIN item i ON i.id = l.item_id WHERE i.sku = %s", (sku,))
        assert cursor.fetchall() == ((60000, 3000),)
    assert on_hand(api, sku, code) == "60000"


def test_two_imports_of_one_file_at_once(api, stack, tmp_path, goods):
    sku, code = goods
    path = many(tmp_path, sku, code, 20000)
    both = [start(stack, "movements", str(path), "--errors", str(tmp_path / f"{i}.csv")) for i in range(2)]
    texts = [one.communicate() for one in both]
    assert [one.returncode for one in both] == [0, 0], texts
    added = [int(re.search(r"(\d+) added", text).group(1)) for text, _ in texts]
    assert sum(added) == 1000
    assert on_hand(api, sku, code) == "20000"


@pytest.mark.parametrize("kind", ["items", "locations"])
def test_two_imports_of_one_catalogue_at_once(api, stack, tmp_path, kind):
    name = unique("T")
    rows = {"items": (ITEMS, "{0}-{1},Thing {1},,{0} {1},each,{0}-b{1}\n"),
            "locations": (LOCATIONS, "{0}-{1},Place {1},bin,storage,\n")}[kind]
    path = tmp_path / "data.csv"
    path.write_text(rows[0] + "".join(rows[1].format(name, i) for i in range(150)))
    both = [start(stack, kind, str(path), "--errors", str(tmp_path / f"{i}.csv")) for i in range(2)]
    texts = [one.communicate() for one in both]
    assert [one.returncode for one in both] == [0, 0], texts
    assert len(api.get(f"/v1/{kind}", params={"q": name + "-", "limit": 200}).json()["data"]) == 150


def test_a_taken_barcode_is_told_in_the_column_of_barcodes(api, run):
    taken = new_item(api, barcodes=[unique("B")])
    run("items", f"{ITEMS}{unique('S')},x,,,,{unique('B')};{taken['barcodes'][0]}\n", status=1)
    assert run.errors() == [(2, "barcodes", "duplicate")]


def test_progress_is_plain_lines_without_a_terminal(stack, tmp_path):
    sku = unique("SKU")
    running = start(stack, "items", "-", "--errors", str(tmp_path / "e.csv"), stdin=subprocess.PIPE)
    running.stdin.write("sku,name\n")
    for i in range(70):
        running.stdin.write(f"{sku}-{i},x\n")
        running.stdin.flush()
        time.sleep(0.08)
    out, err = running.communicate()
    assert running.returncode == 0, err
    assert re.search(r"^\d+ rows, \d+ rows/s$", err, re.M) and "\r" not in err
    assert "70 added" in out


def test_progress_is_a_bar_on_a_terminal(stack, tmp_path, goods):
    path = many(tmp_path, *goods, 30000)
    leader, follower = os.openpty()
    running = subprocess.Popen([BINARY, "--config", str(stack.conf), "import", "movements", str(path)],
                               stdout=subprocess.DEVNULL, stderr=follower)
    os.close(follower)
    shown = b""
    while True:
        try:
            chunk = os.read(leader, 65536)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
    assert running.wait() == 0
    assert re.search(rb"\r\[#+\.*\] \d+ rows, \d+ rows/s, \d+ %, \d+ s left", shown), shown[-300:]


def test_memory_does_not_grow_with_the_file(stack, tmp_path, goods):
    sku, code = goods
    peaks = []
    # AddressSanitizer keeps freed memory for a while; without that the build makes no difference
    options = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0"
    for count in (20000, 400000):
        path = many(tmp_path, sku, code, count)
        pid = os.fork()
        if pid == 0:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            os.execve(BINARY, [str(BINARY), "--config", str(stack.conf), "import", "movements", str(path)],
                      os.environ | {"ASAN_OPTIONS": options})
        _, status, usage = os.wait4(pid, 0)
        assert status == 0
        peaks.append(usage.ru_maxrss)
    assert peaks[1] < peaks[0] * 1.3 + 2048, peaks


def test_the_ledger_proves_it_all(stack):
    done = stack.run("verify")
    assert done.returncode == 0, done.stdout
