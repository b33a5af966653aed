#!/usr/bin/env bash
# The layering check: includes go only downward, and a foreign library's header stands in one file.
# Prints one line per fault; exits 1 when there is any.
set -u
cd "${BINCARD_SRCDIR:-$(dirname "$0")/../..}" || exit 1

# A layer and the layers that it may include, its own among them.
declare -A may=(
	[base]="base"
	[db]="base db"
	[store]="base db store"
	[domain]="base db store domain"
	[http]="base http"
	[web]="base db store domain http web"
	[feed]="base db store domain http web feed"
	[jobs]="base db store domain jobs"
	[run]="base db store domain http web feed jobs run"
)

# A library: the headers it is known by, and the files that may include them. "one" allows any single
# .c file, so that the place is chosen where it fits and then stays the only one.
libraries=(
	'MariaDB client|(mysql/|mariadb/)?(mysql|mysqld_error|errmsg|mysql_com|ma_[a-z]+)\.h|app/db/*.[ch]'
	'libfcgi|(fcgiapp|fcgios|fcgimisc|fastcgi|fcgi_stdio|fcgi_config)\.h|app/http/fcgi.c'
	'ClearSilver|(ClearSilver/)?(ClearSilver\.h|(util|cs|cgi)/[a-z_]+\.h|neo_[a-z]+\.h|cs\.h)|one:app/web/*.c'
	'jansson|jansson\.h|app/base/json_in.c'
	'libjwt|jwt\.h|one:app/domain/*.c'
	'OpenSSL|openssl/[a-z0-9_]+\.h|app/domain/token.c app/domain/token_*.c one:app/base/*.c'
	'libcurl|curl/[a-z]+\.h|app/base/fetch.c app/base/fetch_many.c'
	'libsodium|sodium(/[a-z0-9_]+)?\.h|one:app/*/*.c'
	'inih|ini\.h|one:app/run/*.c'
	'libcsv|csv\.h|one:app/*/*.c'
	'libqrencode|qrencode\.h|one:app/web/*.c'
	'librabbitmq|amqp(_[a-z_]+)?\.h|app/jobs/relay_rabbitmq.c'
	'librdkafka|librdkafka/[a-z_]+\.h|app/jobs/relay_kafka.c'
	'hiredis|hiredis/[a-z_]+\.h|app/jobs/relay_redis.c'
	'zlib|zlib\.h|one:app/*/*.c'
	'libwebsockets|libwebsockets\.h|app/feed/server.c app/feed/server_request.c'
)

# What the C library and the kernel bring.
system='(assert|complex|ctype|errno|fenv|float|inttypes|iso646|limits|locale|math|setjmp|signal'
system+='|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|strings'
system+='|tgmath|threads|time|uchar|wchar|wctype|dirent|dlfcn|endian|err|fcntl|fnmatch|ftw|getopt|glob|grp'
system+='|iconv|ifaddrs|langinfo|libgen|malloc|netdb|poll|pthread|pwd|regex|sched|search|semaphore'
system+='|spawn|sysexits|syslog|termios|unistd|utime|paths|execinfo|sanitizer/[a-z_]+|sys/[a-z_]+'
system+='|net/[a-z_]+|netinet/[a-z_]+|arpa/[a-z_]+|linux/[a-z_]+|asm/[a-z_]+)\.h'

faults=0
fault()
{
	printf '%s\n' "$1"
	faults=$((faults + 1))
}

mapfile -t files < <(find app -name '*.[ch]' -type f | LC_ALL=C sort)
((${#files[@]} > 0)) || { echo "layers: no C files under app/"; exit 1; }

# "file:line:header" for each of the two kinds of include
includes()
{
	grep -HnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*$1" "${files[@]}" |
		sed -E "s/^([^:]+):([0-9]+):[^\"<]*[\"<]([^\">]+)[\">].*/\1:\2:\3/"
}

check_own()
{
	local file line header from to
	while IFS=: read -r file line header; do
		from=${file#app/}
		from=${from%%/*}
		if [[ $header == sql/* || $header == statements/* ]]; then
			[[ $from == db ]] || fault "$file:$line: only db/ includes statement files ($header)"
			continue
		fi
		if [[ $header != */* ]]; then
			fault "$file:$line: write includes from app/, as in \"$from/$header\""
			continue
		fi
		to=${header%%/*}
		if [[ -z ${may[$from]:-} ]]; then
			fault "$file:$line: app/$from is not a known layer"
		elif [[ " ${may[$from]} " != *" $to "* ]]; then
			fault "$file:$line: $from/ must not include $to/ ($header)"
		fi
	done < <(includes '"')
}

# allowed FILE PATTERNS...: is the file matched by one of the shell patterns?
allowed()
{
	local file=$1 pattern
	shift
	for pattern in "$@"; do
		# shellcheck disable=SC2053 # the right side is meant as a pattern
		[[ $file == ${pattern#one:} ]] && return 0
	done
	return 1
}

check_library()
{
	local name regex places file line header rest=$1
	local -A single=()
	name=${rest%%|*}
	places=${rest##*|}
	regex=${rest#*|}
	regex=${regex%|*}
	read -ra places <<<"$places"
	while IFS=: read -r file line header; do
		[[ $header =~ ^$regex$ ]] || continue
		if ! allowed "$file" "${places[@]}"; then
			fault "$file:$line: <$header> ($name) belongs in ${places[*]#one:}"
			continue
		fi
		[[ " ${places[*]} " == *" one:"* ]] && ! allowed "$file" "${places[@]/#one:*/-}" && single[$file]=1
	done < <(includes '<')
	((${#single[@]} <= 1)) || fault "$name: one file includes a library's header, here: ${!single[*]}"
}

check_unknown()
{
	local file line header library regex
	while IFS=: read -r file line header; do
		[[ $header =~ ^$system$ ]] && continue
		for library in "${libraries[@]}"; do
			regex=${library#*|}
			regex=${regex%|*}
			[[ $header =~ ^$regex$ ]] && continue 2
		done
		fault "$file:$line: <$header> is of no known library: add it to scripts/lint/layers.sh"
	done < <(includes '<')
}

set -f # the patterns above are for matching, not for the file system
check_own
for library in "${libraries[@]}"; do
	check_library "$library"
done
check_unknown

((faults == 0)) || { echo "layers: $faults faults"; exit 1; }
echo "layers: ${#files[@]} files keep the layering"
