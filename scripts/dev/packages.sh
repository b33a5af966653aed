# Sourced by ./dev: the Debian packages of scripts/packages.txt, and installing what is missing.
# shellcheck shell=bash

packages_of()
{
	[ $# -gt 0 ] || set -- build run test
	awk -v groups=" $* " '/^[a-z]/ && index(groups, " " $1 " ") { print $2 }' \
		"$root/scripts/packages.txt"
}

packages_missing()
{
	local wanted
	mapfile -t wanted < <(packages_of "$@")
	dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null |
		awk '$2 == "installed" { print $1 }' | sort -u >"$scratch/installed"
	printf '%s\n' "${wanted[@]}" | sort -u | comm -23 - "$scratch/installed"
}

# Debian starts a service when it installs one. A policy file says no for as long as we install;
# a policy that stands already is the administrator's and stays.
policy=/usr/sbin/policy-rc.d
policy_is_ours=

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

policy_set()
{
	[ -e "$policy" ] && return 0
	policy_is_ours=1
	printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null &&
		as_root chmod 755 "$policy"
}

policy_drop()
{
	[ -z "$policy_is_ours" ] || as_root rm -f "$policy"
	policy_is_ours=
}

apt()
{
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 \
		-o Dpkg::Use-Pty=0 "$@"
}

packages_install()
{
	local log=$scratch/apt.log
	policy_set || die "cannot write $policy, which keeps packages from starting services"
	apt install --no-install-recommends "$@" >"$log" 2>&1 </dev/null ||
		{ apt update && apt install --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null
	local code=$?
	policy_drop
	[ $code = 0 ] ||
		die "apt could not install $*: $(grep -m1 '^E:' "$log" || tail -n 1 "$log")"
}

# packages_need GROUP...: install what is missing, or say by name what is
packages_need()
{
	local missing
	command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
		die "this is not a Debian system; bincard needs Debian 12's packages: $(packages_of "$@" | xargs)"
	missing=$(packages_missing "$@" | xargs)
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" != 0 ] && ! { command -v sudo >/dev/null && sudo -v; } 2>/dev/null; then
		die "not root and no sudo, so ask an administrator for: apt install $missing"
	fi
	say "installing Debian packages: $missing"
	# shellcheck disable=SC2086 # a list of names
	packages_install $missing
}
