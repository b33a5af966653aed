# Sourced by ./dev: messages, steps, free space, ports, processes.
# shellcheck shell=bash

say()
{
	printf '%s\n' "$*"
}

# die SENTENCE: every refusal is one sentence on stderr. up.sh hooks on_die to take down what stands;
# in a subshell only the subshell ends.
on_die=
die()
{
	printf 'dev: %s\n' "$*" >&2
	[ -z "$on_die" ] || [ "$BASHPID" != "$$" ] || "$on_die"
	exit 1
}

# A folder for this run, gone when ./dev ends, however that comes.
scratch=
leave()
{
	policy_drop
	[ -z "$scratch" ] || rm -rf "$scratch"
}

enter()
{
	trap leave EXIT
	scratch=$(mktemp -d) || die "cannot make a temporary folder in ${TMPDIR:-/tmp}"
}

# step WHAT LOG COMMAND...: run quietly; on failure say what failed and where its output is. Descriptor 9
# is the state's lock, which must end with ./dev, whatever still runs when it is killed.
step()
{
	local what=$1 log=$2
	shift 2
	"$@" >>"$log" 2>&1 </dev/null 9>&- && return 0
	tail -n 15 "$log" >&2
	die "$what failed; the whole output is in $log"
}

# absolute DIR: its full path, whether it exists or not
absolute()
{
	realpath -m -- "$1"
}

# existing_parent DIR: the nearest folder that exists
existing_parent()
{
	local dir=$1
	while [ ! -d "$dir" ]; do
		dir=$(dirname "$dir")
	done
	printf '%s\n' "$dir"
}

# free_mib DIR: what its file system has free
free_mib()
{
	df -Pk -- "$1" | awk 'NR == 2 { print int($4 / 1024) }'
}

# need_space DIR MIB: refuse early rather than stop half-way on a full disk
need_space()
{
	local at free
	at=$(existing_parent "$1")
	free=$(free_mib "$at")
	[ "${free:-0}" -ge "$2" ] ||
		die "the disk is too full: $1 has ${free:-0} MiB free and needs $2 MiB"
}

need_writable()
{
	local at
	at=$(existing_parent "$1")
	[ -w "$at" ] || die "cannot write to $at (for $1)"
}

port_is_busy()
{
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

free_port()
{
	local candidate=$((20000 + RANDOM % 10000))
	while port_is_busy "$candidate"; do
		candidate=$((candidate + 1))
	done
	printf '%s\n' "$candidate"
}

# random_hex BYTES
random_hex()
{
	od -An -v -N"$1" -tx1 /dev/urandom | tr -d ' \n'
}

# is_running PID [NAME]: alive, and (when named) still the program that it was
is_running()
{
	[ -n "$1" ] && kill -0 "$1" 2>/dev/null || return 1
	[ -z "${2:-}" ] || [ "$(cat "/proc/$1/comm" 2>/dev/null)" = "$2" ]
}

# wait_gone SECONDS PID...: true when all have ended in time
wait_gone()
{
	local tries=$(($1 * 20)) pid
	shift
	for pid in "$@"; do
		while is_running "$pid"; do
			((tries-- > 0)) || return 1
			sleep 0.05
		done
	done
}

# A background process of its own process group (Ctrl-C on the terminal reaches ./dev alone, which then
# stops things in order) but of the same session (Linux shares the CPU by session), that ends when
# ./dev ends, however that came. Sets $started. Without the state's lock, as in step.
# start_prefix is a command to run it under: outside of setpriv, since changing who one is forgets the
# signal.
started=
start_prefix=()
start()
{
	local log=$1
	shift
	set -m
	"${start_prefix[@]}" setpriv --pdeathsig TERM -- "$@" >>"$log" 2>&1 </dev/null 9>&- &
	started=$!
	set +m
}
