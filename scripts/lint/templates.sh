#!/usr/bin/env bash
# The template lint: what ClearSilver would emit without escaping, and what the Content-Security-Policy
# would refuse. Prints one line per fault; exits 1 when there is any.
set -u
cd "${BINCARD_SRCDIR:-$(dirname "$0")/../..}" || exit 1

mapfile -t files < <(find templates -name '*.cs' -type f 2>/dev/null | LC_ALL=C sort)
((${#files[@]} > 0)) || { echo "templates: none yet"; exit 0; }

faults=0

# forbid REGEX WHY: no line of any template may match (Perl regular expression, any case)
forbid()
{
	local hit
	while IFS= read -r hit; do
		printf '%s\n    %s\n' "$hit" "$2"
		faults=$((faults + 1))
	done < <(grep -HniP -- "$1" "${files[@]}")
}

cs='<\?cs\s*'
forbid "${cs}(alt|name|uvar|evar|lvar)\s*[:!]" "emits its value without escaping: use var: (and if/else)"
forbid "${cs}l?include\s*[:!]\s*[^\"'\s]" "the name of an included file must be a literal"
forbid "${cs}l?include\s*:" "a missing file would be silent: use include!"
forbid "${cs}var\s*:[^?]*\w+_escape\s*\([^)]*\)\s*\+" "what is joined to an escape function stays raw: one call per var:"
forbid "${cs}var\s*:[^?]*\+\s*\w+_escape\s*\(" "what is joined to an escape function stays raw: one call per var:"
forbid "${cs}escape\s*:\s*[\"']none[\"']" "raw output"
# "0" is false to if:, and a code, a name or a quantity may be "0".
texts='(sku|code|name|barcodes?|reference|reason|description|unit|value|label|title|detail|q|parent|place|location'
texts+='|location_name|card_location|from|to|actor|request_id|on_hand|reserved|balance|quantity|expected|now)'
forbid "${cs}(el)?if\s*:([^?]*(&&|\|\|))?\s*!?\s*([\w.\[\]]+\.)?${texts}\s*(\?>|&&|\|\|)" \
	"a text \"0\" would be false: use string.length() or a flag"
forbid "<script\b(?![^>]*\bsrc\s*=)" "inline script: put it into static/js/"
forbid "<script\b[^>]*>\s*[^<\s]" "inline script: put it into static/js/"
forbid "<style\b" "inline style: put it into static/css/"
forbid "<[a-z][^>]*\sstyle\s*=" "style attribute: use a class"
forbid "<[a-z][^>]*\son[a-z]+\s*=" "event-handler attribute: add a listener in static/js/"
forbid "^\s*(style|on[a-z]+)\s*=" "style or event-handler attribute"
forbid "(href|src|action)\s*=\s*[\"']?\s*javascript:" "javascript: address"

((faults == 0)) || { echo "templates: $faults faults"; exit 1; }
echo "templates: ${#files[@]} files are clean"
