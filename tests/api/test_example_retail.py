"""The documented example on the whole data set: from the CSV to a ledger that proves its balances."""

import csv
import io
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


def reference():
    """Code -> (sum of its rows, lowest running sum), straight from the file."""
    sums, lowest, rows = {}, {}, 0
    for row in csv.DictReader(io.TextIOWrapper(lzma.open(FILE), "utf-8", newline="")):
        quantity, code = int(row["Quantity"]), row["StockCode"]
        adjustment = float(row["UnitPrice"]) == 0 and not row["CustomerID"]
        sums[code] = sums.get(code, 0) + (quantity if adjustment else -quantity)
        lowest[code] = min(lowest.get(code, 0), sums[code])
        rows += 1
    return {code: (sums[code], lowest[code]) for code in sums}, rows


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

    verification = new_api().get("/v1/ledger/verification", timeout=120).json()
    assert verification["ok"], verification
    openings = sum(1 for _, low in wanted.values() if low < 0)
    assert verification["lines"] - before == rows + openings

    again = run_bincard("import", "movements", tmp_path / "movements.csv")
    assert " 0 added" in again.stdout and " 0 refused" in again.stdout
    assert new_api().get("/v1/ledger/verification", timeout=120).json()["lines"] == verification["lines"]
    run_bincard("verify")
