# Sourced by ./dev: test, bench, fuzz, format.
# shellcheck shell=bash

python=/usr/bin/python3 # Debian's, with Debian's modules; another python3 may stand first in PATH
passed=0
failed=0
skipped=0

count()
{
	passed=$((passed + $1))
	failed=$((failed + $2))
	skipped=$((skipped + $3))
}

# For servers and unit tests of the sanitizer build: halt at the first finding, and leave a report that
# is found even when nobody noticed the death of a worker.
sanitizer_environment()
{
	local reports=$1
	rm -f "$reports".*
	export ASAN_OPTIONS="detect_leaks=1:halt_on_error=1:abort_on_error=0:exitcode=99:detect_stack_use_after_return=1:log_path=$reports"
	export UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1:log_path=$reports"
	export LSAN_OPTIONS="report_objects=0:print_suppressions=0"
}

# ---- make check: unit tests and lints, counted from the logs it leaves ----

# A cmocka program says how many passed; anything else counts as one.
count_log()
{
	local log=$1 result sums
	result=$(sed -n 's/^:test-result: //p' "${log%.log}.trs")
	sums=$(awk '/^\[  PASSED  \] [0-9]+ test/ { p += $4 }
		/^\[  FAILED  \] [0-9]+ test/ { f += $4 }
		/^\[  SKIPPED \] [0-9]+ test/ { s += $4 }
		END { print p + 0, f + 0, s + 0 }' "$log")
	case $result in
	PASS | SKIP) [ "$sums" != "0 0 0" ] || { [ "$result" = PASS ] && sums="1 0 0" || sums="0 0 1"; } ;;
	*) [ "${sums#* }" != "0 0" ] || sums="${sums%% *} 1 0" ;;
	esac
	# shellcheck disable=SC2086 # three numbers
	count $sums
	printf '%-5s %-36s %s\n' "$result" "$(basename "$log" .log)" "$(grep -v '(exit status' "$log" | tail -n 1 | cut -c1-120)"
	case $result in PASS | SKIP) ;; *) sed 's/^/    /' "$log" | tail -n 60 ;; esac
}

# test_unit DIR [MAKE ARGUMENTS]
test_unit()
{
	local dir=$1 log
	shift
	say "== unit tests and lints ($dir)"
	rm -f "$dir"/tests/unit/*.{log,trs} "$dir"/scripts/lint/*.{log,trs}
	make -C "$dir" -j"$(nproc)" --no-print-directory check "$@" >"$dir/check.log" 2>&1 </dev/null
	local code=$?
	for log in "$dir"/tests/unit/*.log "$dir"/scripts/lint/*.log; do
		[ ! -e "${log%.log}.trs" ] || count_log "$log"
	done
	if [ $code != 0 ] && [ $failed = 0 ]; then
		tail -n 40 "$dir/check.log"
		say "FAIL  make check (the whole output is in $dir/check.log)"
		count 0 1 0
	fi
}

# ---- everything against real servers ----

count_junit()
{
	"$python" - "$1" <<'EOF'
import sys
import xml.etree.ElementTree as tree
passed = failed = skipped = 0
for suite in tree.parse(sys.argv[1]).getroot().iter("testsuite"):
    bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    idle = int(suite.get("skipped", 0))
    failed += bad
    skipped += idle
    passed += int(suite.get("tests", 0)) - bad - idle
print(max(passed, 0), failed, skipped)
EOF
}

# test_suite FOLDER BIN ARGS...: one pytest, which starts its own throw-away servers
test_suite()
{
	local suite=$1 binary=$2 junit=$scratch/junit.xml code sums
	shift 2
	say "== tests against real servers: $suite"
	rm -f "$junit"
	# a server that the caller's environment names is not ours to test against
	(unset BINCARD_URL BINCARD_USER BINCARD_PASSWORD BINCARD_CLIENT_ID BINCARD_CLIENT_SECRET \
		BINCARD_DB_SOCKET BINCARD_CONFIG
	cd "$root" && BINCARD_BIN=$binary BINCARD_TEST_PORT=$(free_port) PYTHONDONTWRITEBYTECODE=1 \
		"$python" -m pytest -p no:cacheprovider -q -ra --junitxml="$junit" "$@" "$suite" </dev/null)
	code=$?
	sums=$(count_junit "$junit" 2>/dev/null) || sums="0 1 0"
	# pytest can fail without a failed test; that counts as one. 5: the arguments chose none of this folder.
	if [ $code = 5 ] && [ $# -gt 0 ]; then code=0; fi
	[ $code = 0 ] || [[ $sums != *" 0 "* ]] || sums="${sums%% *} 1 ${sums##* }"
	# shellcheck disable=SC2086 # three numbers
	count $sums
}

# test_python BIN ARGS...: each folder by itself, so that two may have files of one name
test_python()
{
	local suite
	for suite in api import browser web fault dev; do
		[ -z "$(find "$root/tests/$suite" -name 'test_*.py' -print -quit 2>/dev/null)" ] ||
			test_suite "tests/$suite" "$@"
	done
}

# OAuth clients that others have written, by their lock file; nothing is fetched when they are there.
test_npm()
{
	local dir=$root/tests/npm
	command -v npm >/dev/null || packages_need npm
	cmp -s "$dir/package-lock.json" "$dir/node_modules/.fetched" && return
	say "== fetching the clients of tests/npm"
	npm ci --prefix "$dir" --ignore-scripts --no-audit --no-fund --silent </dev/null ||
		die "npm cannot fetch what tests/npm/package-lock.json names"
	cp "$dir/package-lock.json" "$dir/node_modules/.fetched"
}

count_reports()
{
	local report
	for report in "$1".*; do
		[ -e "$report" ] || continue
		say "FAIL  a sanitizer report: $report"
		grep -E -m 12 'ERROR|runtime error|SUMMARY|^ +#[0-5] ' "$report"
		count 0 1 0
	done
}

# ---- fuzzing ----

fuzz_build()
{
	say "building the fuzz targets in $root/build/fuzz"
	build "$root/build/fuzz" "--enable-fuzz --enable-werror" fuzz-targets
}

# fuzz_run SECONDS: each target in turn; new inputs are kept in build/fuzz/corpus/NAME, and seeds are
# read from tests/fuzz/corpus/NAME
fuzz_run()
{
	local seconds=$1 dir=$root/build/fuzz source name corpus log
	for source in "$root"/tests/fuzz/fuzz_*.c; do
		[ -e "$source" ] || continue
		name=$(basename "$source" .c)
		corpus=$dir/corpus/$name
		log=$dir/$name.log
		mkdir -p "$corpus" "$dir/findings"
		local seeds=()
		[ ! -d "$root/tests/fuzz/corpus/${name#fuzz_}" ] || seeds+=("$root/tests/fuzz/corpus/${name#fuzz_}")
		[ ! -d "$root/tests/fuzz/corpus/$name" ] || seeds+=("$root/tests/fuzz/corpus/$name")
		if "$dir/tests/fuzz/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
			-print_final_stats=1 -artifact_prefix="$dir/findings/$name-" \
			"$corpus" "${seeds[@]}" >"$log" 2>&1 </dev/null; then
			say "PASS  $name: $(awk '/number_of_executed_units/ { print $2 }' "$log") runs in $seconds s"
			count 1 0 0
		else
			say "FAIL  $name (see $log)"
			grep -E -m 8 'ERROR|SUMMARY|Test unit written' "$log"
			count 0 1 0
		fi
	done
}

summary()
{
	say ""
	say "$passed passed, $failed failed, $skipped skipped"
	[ $failed = 0 ] && [ $passed -gt 0 ]
}

# build_for_test WHAT DIR OPTIONS TARGET...: a build that fails is a failed test, with its first errors
build_for_test()
{
	say "== building $2"
	if ! (build "$2" "$3" "${@:4}") 2>"$scratch/build"; then
		grep -hE -m 12 'error:|Error ' "$2/dev.log" || cat "$scratch/build"
		say "FAIL  $1 does not build (see $2/dev.log)"
		count 0 1 0
		return 1
	fi
}

dev_test()
{
	local part parts=() pytest_arguments=()
	while [ $# -gt 0 ]; do
		case $1 in
		unit | python | fuzz) parts+=("$1") ;;
		--) shift && pytest_arguments=("$@") && break ;;
		*) die "test knows the parts unit, python and fuzz, not \"$1\"" ;;
		esac
		shift
	done
	[ ${#parts[@]} -gt 0 ] || parts=(unit python fuzz)
	enter
	packages_need build run test
	need_space "$root/build" 500
	for part in "${parts[@]}"; do
		"test_part_$part" "${pytest_arguments[@]}"
	done
	summary
}

test_layout()
{
	say "== layout (./dev format mends it)"
	if dev_format --check 2>"$scratch/layout"; then
		count 1 0 0
	else
		grep -E -m 12 'error:' "$scratch/layout"
		say "FAIL  code that is not laid out by .clang-format"
		count 0 1 0
	fi
}

test_part_unit()
{
	test_layout
	build_for_test "the code" "$root/build/check" --enable-werror all || return
	test_unit "$root/build/check"
}

test_part_python()
{
	local dir=$root/build/sanitize
	# clang, because gcc's undefined-behaviour sanitizer cannot write its reports to files
	build_for_test "the sanitizer build" "$dir" "CC=clang --enable-sanitize --enable-werror" all || return
	sanitizer_environment "$dir/report"
	test_unit "$dir" lints=
	test_npm
	test_python "$dir/bincard" "$@"
	unset ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS
	count_reports "$dir/report"
}

test_part_fuzz()
{
	build_for_test "the fuzzers" "$root/build/fuzz" "--enable-fuzz --enable-werror" fuzz-targets || return
	say "== fuzz targets, a few seconds each"
	fuzz_run 4
}

dev_bench()
{
	enter
	packages_need build run test
	[ -f "$root/bench/run.py" ] || die "there is no bench/run.py"
	local program=run
	if [ "${1:-}" = streams ]; then
		program=streams
		shift
	fi
	build_release all bench/floor bench/readers
	cd "$root" || exit 1
	BINCARD_BIN=$root/build/bincard BINCARD_FLOOR=$root/build/bench/floor "$python" "bench/$program.py" "$@"
}

dev_fuzz()
{
	local seconds=${1:-60}
	[[ $seconds =~ ^[1-9][0-9]*$ ]] || die "fuzz takes a number of seconds, not \"$seconds\""
	enter
	packages_need build test
	fuzz_build
	fuzz_run "$seconds"
	summary
}

dev_format()
{
	local files
	[ -n "$scratch" ] || enter
	command -v clang-format >/dev/null || packages_need test
	mapfile -t files < <(find "$root"/app "$root"/tests "$root"/bench -name '*.[ch]' -type f | LC_ALL=C sort)
	if [ "${1:-}" = --check ]; then
		clang-format --dry-run -Werror "${files[@]}"
	else
		clang-format -i "${files[@]}"
	fi
}

# Slower than the checks in make check, so a command of its own: clang-tidy and cppcheck.
dev_lint()
{
	local dir=$root/build/check flags files code=0
	enter
	packages_need build test
	build "$dir" --enable-werror bincard
	eval "flags=($(make -s -C "$dir" print-cppflags | tail -n 1))"
	mapfile -t files < <(find "$root/app" -name '*.c' -type f | LC_ALL=C sort)
	say "== clang-tidy, ${#files[@]} files"
	printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -I{} clang-tidy --quiet {} -- \
		-std=c11 "${flags[@]}" 2>/dev/null || code=1
	say "== cppcheck"
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
		--suppress=missingIncludeSystem --error-exitcode=1 -j "$(nproc)" -D_GNU_SOURCE \
		-I "$root/app" -I "$root" "$root/app" || code=1
	return $code
}
