#!/usr/bin/env bash
# The configuration's documents: docs/man/bincard.conf.5 and conf/bincard.conf name every key of the
# table in app/run/config_keys.h with the same words, default and limits, and no other.
# Needs the binary: ./bincard, or $BINCARD_BIN. `config.sh --man` prints the key part of the manual page.
set -u
src=$(realpath "${BINCARD_SRCDIR:-$(dirname "$0")/../..}") || exit 1
binary=${BINCARD_BIN:-./bincard}
[ -x "$binary" ] || { echo "config: no $binary: skipped"; exit 77; }
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# A line a key: section, name, default, words. Where files are depends on configure, so the defaults of
# an installation in /usr stand for all.
table()
{
	"$binary" config keys | awk -F '\t' -v OFS='\t' -v limits="$1" '{
		value = $6
		if (value ~ "/bincard.sock$") value = "/run/bincard/bincard.sock"
		else if ($2 == "run_dir") value = "/run/bincard"
		else if ($2 == "master_key_file") value = "/etc/bincard/master_key"
		else if ($1 == "paths") value = "/usr/share/bincard/" $2
		words = $7
		if (limits && $3 == "number") words = words " From " $4 " to " $5 "."
		print $1, $2, value, words
	}'
}

# conf/bincard.conf: each key is commented out at its default, with its words above it.
sample()
{
	awk -v OFS='\t' '
		/^#?\[.*\]$/ { sub(/^#/, ""); section = substr($0, 2, length($0) - 2); words = "" }
		/^$/ { words = "" }
		/^# / { words = words (words == "" ? "" : " ") substr($0, 3) }
		/^#[a-z0-9_]+ =/ {
			value = $0
			sub(/^#[a-z0-9_]+ = ?/, "", value)
			print section, substr($1, 2), value, words
			words = ""
		}' "$src/conf/bincard.conf"
}

manual()
{
	awk -v OFS='\t' '
		function done() { if (name != "") print section, name, value, words; name = "" }
		{ gsub(/\\-/, "-"); gsub(/\\&/, "") }
		/^\.S[SH]/ { done(); sub(/^\.S[SH] /, ""); section = substr($0, 2, length($0) - 2) }
		/^\.TP/ { done() }
		/^\.B [a-z0-9_]+ =/ { name = $2; value = $0; sub(/^\.B [a-z0-9_]+ = ?/, "", value); words = ""; next }
		name != "" && !/^\./ { words = words (words == "" ? "" : " ") $0 }
		END { done() }' "$src/docs/man/bincard.conf.5"
}

print_manual()
{
	table limits | sed 's/-/\\-/g' | awk -F '\t' '
		$1 != section { print ".SS [" $1 "]"; section = $1 }
		{ print ".TP"; print ".B " $2 " =" ($3 == "" ? "" : " " $3); print $4 }'
}

if [ "${1:-}" = --man ]; then
	print_manual
	exit
fi

faults=0
table '' >"$scratch/table"
table limits >"$scratch/table_limits"
sample >"$scratch/sample"
manual >"$scratch/manual"
diff "$scratch/table" "$scratch/sample" >"$scratch/diff" ||
	{ echo "conf/bincard.conf (>) is not as the table (<):"; cat "$scratch/diff"; faults=1; }
diff "$scratch/table_limits" "$scratch/manual" >"$scratch/diff" ||
	{ echo "docs/man/bincard.conf.5 (>) is not as the table (<):"; cat "$scratch/diff"; faults=1; }
[ $faults = 0 ] || exit 1
echo "config: $(wc -l <"$scratch/table") keys are documented"
