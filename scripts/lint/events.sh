#!/usr/bin/env bash
# Types of events: what C code and SQL announce is what the table in app/domain/event_type.c has, no more and no
# less, and every data schema that the table names is in openapi/schemas.json.
set -u
cd "${BINCARD_SRCDIR:-$(dirname "$0")/../..}" || exit 1
table=app/domain/event_type.c
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

types() { grep -ohE "[\"']bincard\.[a-z_]+\.[a-z_]+\.v[0-9]+[\"']" "$@" | tr -d "\"'" | LC_ALL=C sort -u; }

# Comments show types as examples; balances' events are made of movements when they are read.
mapfile -t sources < <(find app sql -type f \( -name '*.c' -o -name '*.def' -o -name '*.sql' \) ! -path "$table" | LC_ALL=C sort)
sed -E 's@/\*.*\*/@@; s@^ \*.*@@; s@^--.*@@' "${sources[@]}" >"$scratch/code"
{ types "$scratch/code"; grep -ohE 'EVENT_OF_BALANCE "[^"]+"' app/domain/event_type.h | cut -d'"' -f2; } |
	LC_ALL=C sort -u >"$scratch/written"
{ types "$table"; grep -q '{EVENT_OF_BALANCE,' "$table" && grep -ohE 'EVENT_OF_BALANCE "[^"]+"' app/domain/event_type.h | cut -d'"' -f2; } |
	LC_ALL=C sort -u >"$scratch/table"

faults=0
while read -r type; do
	echo "$table: $type is announced and not in the table"
	faults=1
done < <(comm -23 "$scratch/written" "$scratch/table")
while read -r type; do
	echo "$table: $type is in the table and nothing announces it"
	faults=1
done < <(comm -13 "$scratch/written" "$scratch/table")
while read -r schema; do
	grep -q "^  \"$schema\": {" openapi/schemas.json && continue
	echo "$table: there is no schema $schema in openapi/schemas.json"
	faults=1
done < <(grep -oE 'PERM_[A-Z_]+, "[A-Za-z]+"' "$table" | cut -d'"' -f2)
[ $faults = 0 ] || exit 1
echo "events: $(wc -l <"$scratch/table") types are announced and described"
