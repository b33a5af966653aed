# Sourced by ./dev: building out of tree. build/ is the ordinary build, build/sanitize and build/fuzz
# are the other two.
# shellcheck shell=bash

# One build at a time: two states may come up at once, and they share the build.
build_lock()
{
	mkdir -p "$root/build" || die "cannot make $root/build"
	exec 8>"$root/build/.lock" || die "cannot write to $root/build"
	flock 8
}

build_unlock()
{
	exec 8>&-
}

# Is configure older than what it is made from? Compares sources.am too: they are parts of Makefile.am.
configure_is_stale()
{
	[ -x "$root/configure" ] && [ -f "$root/Makefile.in" ] || return 0
	[ -n "$(find "$root/configure.ac" "$root/Makefile.am" "$root/autogen.sh" "$root"/app/*/sources.am \
		"$root/tests/unit/tests.am" -newer "$root/Makefile.in" -print -quit)" ]
}

# build_configure DIR OPTION...: configure when it has not been done, or with other options, or elsewhere
build_configure()
{
	local dir=$1 log=$1/dev.log
	shift
	if configure_is_stale; then
		step "autogen.sh" "$log" "$root/autogen.sh"
	fi
	if [ ! -f "$dir/Makefile" ] || [ "$(cat "$dir/.options" 2>/dev/null)" != "$root: $*" ] ||
		[ "$root/configure" -nt "$dir/config.status" ]; then
		step "configure" "$log" env -C "$dir" "$root/configure" -q "$@"
		printf '%s\n' "$root: $*" >"$dir/.options"
	fi
}

# build DIR "CONFIGURE OPTIONS" TARGET...
build()
{
	local dir=$1 options=$2 log=$1/dev.log
	shift 2
	build_lock
	mkdir -p "$dir" || die "cannot make $dir"
	: >"$log" || die "cannot write to $dir"
	# shellcheck disable=SC2086 # a list of options
	build_configure "$dir" $options
	step "the build" "$log" make -C "$dir" -j"$(nproc)" --no-print-directory "$@"
	build_unlock
}

build_release()
{
	need_writable "$root/build"
	need_space "$root/build" 100
	say "building in $root/build"
	build "$root/build" "--prefix=/usr --sysconfdir=/etc --localstatedir=/var --runstatedir=/run" "$@"
}
