#!/usr/bin/python3
"""Turns the sales lines of "Online Retail" into items.csv, locations.csv and movements.csv.

    tools/retail-to-csv.py SALES.csv[.xz] FOLDER

docs/example-retail.md tells what each row becomes and how to import the result.
"""

import collections
import csv
import lzma
import pathlib
import sys

STOCK = "WH-STOCK"


def sales(path):
    opened = lzma.open if path.suffix == ".xz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def kind_of(row):
    """Type, where from and where to of a row, and what it adds to the stock."""
    quantity = int(row["Quantity"])
    if float(row["UnitPrice"]) == 0 and not row["CustomerID"]:
        ends = ("@adjustment", STOCK) if quantity > 0 else (STOCK, "@adjustment")
        return "adjustment", *ends, quantity
    if quantity > 0:
        return "issue", STOCK, "@customer", -quantity
    return "return", "@customer", STOCK, -quantity


def occurred_at(row):
    return row["InvoiceDate"].replace(" ", "T") + "Z"


def survey(path):
    """Each code's name (its first description), and the stock that it must have begun with."""
    names, balance, lowest = {}, collections.Counter(), collections.Counter()
    first = None
    for row in sales(path):
        code = row["StockCode"]
        first = first or occurred_at(row)
        names[code] = names.get(code) or row["Description"].strip()
        balance[code] += kind_of(row)[3]
        lowest[code] = min(lowest[code], balance[code])
    return names, {code: -low for code, low in lowest.items() if low < 0}, first


def movements(path, opening, first):
    """Rows of movements.csv. Lines of an invoice that follow each other with one type and one time are
    one movement; a further one of the same invoice is called INVOICE/2."""
    for code, quantity in opening.items():
        yield "opening", "receipt", "opening stock", first, code, "@supplier", STOCK, quantity
    before, parts, empty = None, collections.Counter(), 0
    for number, row in enumerate(sales(path), start=2):
        invoice, (kind, source, target, change) = row["InvoiceNo"], kind_of(row)
        if change == 0:
            print(f"row {number}: quantity 0, left out: {row}", file=sys.stderr)
            empty += 1
            continue
        group = invoice, kind, row["InvoiceDate"]
        parts[invoice] += group != before
        before = group
        name = invoice if parts[invoice] == 1 else f"{invoice}/{parts[invoice]}"
        yield name, kind, invoice, occurred_at(row), row["StockCode"], source, target, abs(change)
    print(f"{empty} rows of quantity 0 were left out", file=sys.stderr)


def write(path, header, rows):
    count = 0
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for count, row in enumerate(rows, start=1):
            writer.writerow(row)
    print(f"{path}: {count} rows", file=sys.stderr)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: tools/retail-to-csv.py SALES.csv[.xz] FOLDER")
    source, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    names, opening, first = survey(source)
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "items.csv", ("sku", "name", "unit"),
          ((code, name or code, "each") for code, name in names.items()))
    write(folder / "locations.csv", ("code", "name", "kind", "role", "parent"),
          [(STOCK, "Shelves", "bin", "storage", "WH"), ("WH", "Warehouse", "site", "storage", "")])
    write(folder / "movements.csv",
          ("movement", "type", "reference", "occurred_at", "sku", "from", "to", "quantity"),
          movements(source, opening, first))


if __name__ == "__main__":
    main()
