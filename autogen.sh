#!/bin/sh
# Makes ./configure from configure.ac. Needs the Debian packages autoconf, automake and pkg-config.
set -eu
cd "$(dirname "$0")"

for tool in autoreconf:autoconf aclocal:automake pkg-config:pkg-config; do
	if ! command -v "${tool%%:*}" >/dev/null 2>&1; then
		echo "autogen.sh: ${tool%%:*} is missing (Debian package ${tool#*:})" >&2
		exit 1
	fi
done

autoreconf --install --force --warnings=all,no-portability
echo "Now run ./configure (or, out of tree: mkdir build && cd build && ../configure)."
