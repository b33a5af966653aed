"""The documented example on the whole data set: from the CSV to a ledger that proves its balances."""

import csv
import datetime
import io
import itertools
import lzma
import os
import pathlib
import subprocess
import sys
from decimal import Decimal

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("BINCARD_DATA", ROOT.parent / "shared" / "data"))
FILE = DATA / "online-retail" / "dev_2010-12_to_2011-08.csv.xz"


def sales():
    """(row, its quantity, whether it is an adjustment), straight from the file."""
    for row in csv.DictReader(io.TextIOWrapper(lzma.open(FILE), "utf-8", newline="")):
        yield row, int(row["Quantity"]), float(row["UnitPrice"]) == 0 and not row["CustomerID"]


def reference():
    """Code -> (sum of its rows, lowest running sum)."""
    sums, lowest, rows = {}, {}, 0
    for row, quantity, adjustment in sales():
        code = row["StockCode"]
        sums[code] = sums.get(code, 0) + (quantity if adjustment else -quantity)
        lowest[code] = min(lowest.get(code, 0), sums[code])
        rows += 1
    return {code: (sums[code], lowest[code]) for code in sums}, rows


def invoices():
    """(reference, type, when, ((code, what it adds), ...)) of each movement that the sales are."""
    def document(sale):
        row, quantity, adjustment = sale
        kind = "adjustment" if adjustment else "issue" if quantity > 0 else "return"
        return row["InvoiceNo"], kind, datetime.datetime.fromisoformat(row["InvoiceDate"])

    for (invoice, kind, when), group in itertools.groupby(sales(), document):
        lines = [(row["StockCode"], quantity if adjustment else -quantity) for row, quantity, adjustment in group]
        for begin in range(0, len(lines), 1000):
            yield invoice, kind, when, tuple(lines[begin:begin + 1000])


def recorded(db):
    """The same of what the ledger holds, in the order in which it was posted."""
    with db.cursor() as cursor:
        cursor.execute("SELECT m.id, m.reference, m.type, m.occurred_at, i.sku,"
                       " IF(l.to_id = w.id, l.quantity, -l.quantity)"
                       " FROM location w JOIN movement_line l ON w.id IN (l.from_id, l.to_id)"
                       " JOIN movement m ON m.id = l.movement_id JOIN item i ON i.id = l.item_id"
                       " WHERE w.code = 'WH-STOCK' ORDER BY m.id, l.line_no")
        rows = cursor.fetchall()
    return [(*document[1:], tuple((sku, int(quantity)) for *_, sku, quantity in lines))
            for document, lines in itertools.groupby(rows, lambda row: row[:4])]


@pytest.fixture
def run_bincard(server):
    """Runs a sub-command on the server's database; it must succeed."""
    binary = os.environ.get("BINCARD_BIN", ROOT / "build" / "bincard")

    def run(*words):
        done = subprocess.run([binary, "--config", server["BINCARD_CONFIG"], *words], capture_output=True,
                              text=True, timeout=500, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    return run


@pytest.mark.skipif(not FILE.exists(), reason="the online-retail data is not here")
def test_every_row_is_in_the_ledger_and_every_balance_is_right(new_api, db, run_bincard, tmp_path):
    subprocess.run([sys.executable, ROOT / "tools" / "retail-to-csv.py", FILE, tmp_path], check=True)
    before = new_api().get("/v1/ledger/verification").json()["lines"]
    for kind in ("items", "locations", "movements"):
        run_bincard("import", kind, tmp_path / f"{kind}.csv")
    wanted, rows = reference()
    assert len(wanted) == 3774
    opening = sum(-low for _, low in wanted.values())
    assert opening == 3375284

    with db.cursor() as cursor:
        cursor.execute("SELECT i.sku, s.on_hand FROM stock_level s JOIN item i ON i.id = s.item_id"
                       " JOIN location l ON l.id = s.location_id WHERE l.code = 'WH-STOCK'")
        balances = dict(cursor.fetchall())
        cursor.execute("SELECT BINARY sku FROM item")
        codes = {sku.decode() for (sku,) in cursor.fetchall()}
    assert set(wanted) <= codes
    for code, (total, low) in wanted.items():
        assert balances.get(code, Decimal(0)) == total - low, code

    posted = recorded(db)
    opened = [movement for movement in posted if movement[1] == "receipt"]
    begin = next(invoices())[2]
    assert {movement[:3] for movement in opened} == {("opening stock", "receipt", begin)}
    assert posted[:len(opened)] == opened
    for ours, theirs in itertools.zip_longest(posted[len(opened):], invoices()):
        assert ours == theirs

    verification = new_api().get("/v1/ledger/verification", timeout=120).json()
    assert verification["ok"], verification
    openings = sum(1 for _, low in wanted.values() if low < 0)
    assert verification["lines"] - before == rows + openings

    again = run_bincard("import", "movements", tmp_path / "movements.csv")
    assert " 0 added" in again.stdout and " 0 refused" in again.stdout
    assert new_api().get("/v1/ledger/verification", timeout=120).json()["lines"] == verification["lines"]
    run_bincard("verify")
