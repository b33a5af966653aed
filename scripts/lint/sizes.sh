#!/usr/bin/env bash
# The size check: no function over 70 lines, no C file over 500. Prints one line per fault; exits 1
# when there is any.
set -u
cd "${BINCARD_SRCDIR:-$(dirname "$0")/../..}" || exit 1

function_lines_max=70
file_lines_max=500

mapfile -t files < <(find app bench tests -name '*.[ch]' -type f 2>/dev/null | LC_ALL=C sort)
mapfile -t sources < <(find app -name '*.c' -type f | LC_ALL=C sort)
((${#files[@]} > 0)) || { echo "sizes: no C files"; exit 1; }

faults=$({
	for file in "${files[@]}"; do
		lines=$(wc -l <"$file")
		((lines <= file_lines_max)) || echo "$file: $lines lines (at most $file_lines_max)"
	done
	if ctags --version 2>/dev/null | grep -q 'Universal Ctags'; then
		ctags --fields=+ne --kinds-C=f --output-format=u-ctags -f - "${sources[@]}" |
			awk -F '\t' -v max="$function_lines_max" '{
				line = end = 0
				for (i = 4; i <= NF; i++) {
					if ($i ~ /^line:/) line = substr($i, 6)
					if ($i ~ /^end:/) end = substr($i, 5)
				}
				if (line && end && end - line + 1 > max)
					print $2 ":" line ": " $1 "() has " end - line + 1 " lines (at most " max ")"
			}'
	else
		echo "sizes: function lengths not checked (Debian package universal-ctags)" >&2
	fi
})
[[ -z $faults ]] || { printf '%s\nsizes: %d faults\n' "$faults" "$(wc -l <<<"$faults")"; exit 1; }
echo "sizes: ${#files[@]} files within the limits"
