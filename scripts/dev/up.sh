# Sourced by ./dev: up and down.
# shellcheck shell=bash

port=8080
state=
web=lighttpd
demo=yes
detach=
url=
fresh=

# What a running demo client may do: everything that there is.
scopes='items:read items:write locations:read locations:write stock:read stock:write'
scopes+=' movements:read movements:write ledger:verify audit:read flags:read flags:write feed:read metrics:read'

up_options()
{
	state=$root/var
	while [ $# -gt 0 ]; do
		case $1 in
		--port | --state | --web)
			[ $# -ge 2 ] || die "$1 needs a value"
			case $1 in
			--port) port=$2 ;;
			--state) state=$2 ;;
			--web) web=$2 ;;
			esac
			shift
			;;
		--port=*) port=${1#*=} ;;
		--state=*) state=${1#*=} ;;
		--web=*) web=${1#*=} ;;
		--empty) demo=no ;;
		--detach) detach=yes ;;
		*) die "up has no option \"$1\" (./dev help lists them)" ;;
		esac
		shift
	done
	[[ $port =~ ^[1-9][0-9]{0,4}$ ]] && [ "$port" -le 65535 ] || die "--port takes a number up to 65535, not \"$port\""
	[ "$web" = lighttpd ] || [ "$web" = apache ] || die "--web takes lighttpd or apache, not \"$web\""
	[ -n "$state" ] || die "--state needs a folder's name"
	state=$(absolute "$state")
	url=http://127.0.0.1:$port
	db_socket=$state/run/mariadbd.sock
	# BINCARD_BIN names another build, such as the sanitizers', which is then taken as it is
	bin=${BINCARD_BIN:-$root/build/bincard}
	[ -z "${BINCARD_BIN:-}" ] || [ -x "$bin" ] || die "BINCARD_BIN names $bin, which is no program"
}

# bytes TEXT: its length, which ${#TEXT} gives in characters
bytes()
{
	printf %s "$1" | wc -c
}

# All refusals that can be known before anything is touched.
up_preflight()
{
	local running
	[ ! -e "$state" ] || [ -d "$state" ] || die "$state is not a folder"
	running=$(cat "$state/run/dev.pid" 2>/dev/null)
	! is_running "$running" || ! state_is_locked ||
		die "$state is up already at $(sed -n 's/^BINCARD_URL=//p' "$state/env") (process $running); ./dev down --state $state stops it"
	! port_is_busy "$port" || die "port $port on 127.0.0.1 is busy; choose another with --port"
	[ "$port" -ge 1024 ] || [ "$(id -u)" = 0 ] || die "port $port is for root only; choose one from 1024 on with --port"
	# a Unix socket's path has at most 107 bytes, and Apache adds a name of its own
	[ "$(bytes "$state")" -le 75 ] || die "the path $state is too long for Unix sockets (75 bytes); choose another with --state"
	[[ $state$root != *[\"\'\#\\\$\ $'\t\n']* ]] || die "neither $root nor $state may hold blanks, quotes, #, \$ or backslashes"
	need_writable "$state"
	# MariaDB's log of 256 MiB, the one of 64 MiB that it replaces, and the data
	[ -d "$state/db" ] || need_space "$state" 400
	need_space "$state" 50
}

state_is_locked()
{
	[ -e "$state/run/lock" ] && ! flock -n "$state/run/lock" true
}

up_lock_state()
{
	[ -d "$state/db" ] || fresh=yes
	umask 022
	mkdir -p "$state/run" "$state/log" "$state/conf" "$state/web-tmp" &&
		(umask 077 && mkdir -p "$state/secrets") || die "cannot make folders in $state"
	exec 9>>"$state/run/lock" || die "cannot write to $state/run"
	flock -n 9 || {
		on_die=
		die "another ./dev is using $state"
	}
	printf '%s\n' "$$" >"$state/run/dev.pid"
	rm -f "$state"/run/{ready,lighttpd.pid,apache.pid}
}

# ---- stopping ----

# stop_one PID SECONDS: ask it to end, wait, and only then end it
stop_one()
{
	is_running "$1" || return 0
	kill -TERM "$1" 2>/dev/null
	wait_gone "$2" "$1" || kill -KILL "$1" 2>/dev/null
}

up_stop()
{
	trap '' INT TERM HUP
	on_die=
	rm -f "$state/run/ready"
	stop_one "$web_pid" 15
	stop_one "$serve_pid" 30
	stop_one "$db_pid" 60
	wait 2>/dev/null
	rm -f "$state"/run/{dev.pid,mariadbd.pid,mariadbd.sock,serve.pid,web.pid,bincard.sock,events.sock,lighttpd.pid,apache.pid}
}

# A first start that failed leaves its logs and nothing else; a state with data is never removed.
up_failed()
{
	up_stop
	[ -n "$fresh" ] || return 0
	rm -rf "$state"/{db,db.new.*,db-tmp,secrets,conf,run,web-tmp,env,made}
}

up_interrupted()
{
	[ -n "$announced" ] || { up_failed; exit 130; }
	say ""
	say "stopping"
	up_stop
	exit 0
}

# ---- people, clients and demo data ----

# The lines "client_id ..." and "... secret ..." of `bincard client add`, whatever stands around them
client_field()
{
	sed -nE "s/^[\"[:space:]]*(client_)?$1[\"]?[[:space:]]*[:=]?[[:space:]]*\"?([^\"[:space:],]+).*/\2/p" "$2" |
		head -n 1
}

up_people()
{
	local out=$scratch/client
	if [ ! -s "$state/secrets/staff.done" ]; then
		secret staff >/dev/null
		bincard user add admin --role administrator --password-file "$state/secrets/staff" \
			>>"$state/log/setup.log" 2>&1 </dev/null ||
			die "could not add the staff login: $(tail -n 1 "$state/log/setup.log")"
		say done >"$state/secrets/staff.done"
	fi
	if [ ! -s "$state/secrets/client" ]; then
		(umask 077 && bincard client add demo --scope "$scopes" >"$out" 2>>"$state/log/setup.log" </dev/null) ||
			die "could not add the API client: $(tail -n 1 "$state/log/setup.log")"
		client_id=$(client_field id "$out")
		client_secret=$(client_field secret "$out")
		[ -n "$client_id" ] && [ -n "$client_secret" ] || die "bincard client add printed no id and secret"
		(umask 077 && printf '%s %s\n' "$client_id" "$client_secret" >"$state/secrets/client") ||
			die "cannot write $state/secrets/client"
	fi
	read -r client_id client_secret <"$state/secrets/client"
}

up_demo()
{
	local what
	[ ! -e "$state/made" ] || return 0
	if [ "$demo" = yes ]; then
		for what in locations items movements; do
			bincard import "$what" "$root/demo/$what.csv" >>"$state/log/setup.log" 2>&1 </dev/null ||
				die "importing demo/$what.csv failed: $(tail -n 1 "$state/log/setup.log")"
		done
	fi
	say "demo=$demo" >"$state/made"
}

up_write_env()
{
	(umask 077 && cat >"$state/env.new") <<EOF || die "cannot write $state/env"
BINCARD_URL=$url
BINCARD_USER=admin
BINCARD_PASSWORD=$(secret staff)
BINCARD_CLIENT_ID=$client_id
BINCARD_CLIENT_SECRET=$client_secret
BINCARD_DB_SOCKET=$db_socket
BINCARD_CONFIG=$state/conf/bincard.conf
EOF
	mv "$state/env.new" "$state/env" || die "cannot write $state/env"
}

announced=
up_announce()
{
	cat <<EOF

bincard is up behind $web.

  URL            $url/
  staff login    admin / $(secret staff)
  API client     $client_id
  its secret     $client_secret
  all of it      $state/env

Try the API:

  curl -sS -H "Authorization: Bearer \$(curl -sS -u '$client_id:$client_secret' -d grant_type=client_credentials $url/oauth2/token | sed -E 's/.*"access_token": *"([^"]*)".*/\\1/')" '$url/v1/items?limit=3'

EOF
	announced=yes
	printf '%s\n' "$$" >"$state/run/ready"
}

# ---- the two commands ----

up_servers()
{
	up_lock_state
	on_die=up_failed
	trap up_interrupted INT TERM HUP
	secret master_key 32 >/dev/null
	db_start
	db_accounts
	bincard_write_config
	bincard migrate >>"$state/log/setup.log" 2>&1 </dev/null ||
		die "bincard migrate failed: $(tail -n 1 "$state/log/setup.log")"
	up_people
	up_demo
	if [ "$web" = apache ]; then # which starts the workers itself; all else is the business of --no-web
		serve_start events.sock --no-web
		apache_start
	else
		serve_start bincard.sock
		lighttpd_start
	fi
	printf '%s\n' "$web_pid" >"$state/run/web.pid"
	printf '%s\n' "$serve_pid" >"$state/run/serve.pid"
	web_wait
	up_write_env
	up_announce
}

# Stay until Ctrl-C, or until one of the servers ends by itself, which takes the others down.
up_stay()
{
	local name
	[ -n "$BINCARD_DEV_CHILD" ] || say "Ctrl-C stops everything."
	wait -n 2>/dev/null
	for name in db:MariaDB serve:"bincard serve" web:"$web"; do
		local pid=${name%%:*}_pid
		[ -z "${!pid}" ] || is_running "${!pid}" || say "${name#*:} ended by itself; see $state/log" >&2
	done
	up_stop
	exit 1
}

# The same command again in a session of its own, with its words in a log; return when it is ready.
up_detached()
{
	local log=$scratch/detached child
	BINCARD_DEV_CHILD=yes setsid "$root/dev" up "$@" >"$log" 2>&1 </dev/null &
	child=$!
	trap 'kill -TERM "$child" 2>/dev/null; wait "$child"; cat "$log" >&2; exit 130' INT TERM HUP
	until [ "$(cat "$state/run/ready" 2>/dev/null)" = "$child" ]; do
		if ! is_running "$child"; then
			wait "$child"
			local code=$?
			cat "$log" >&2
			exit "$code"
		fi
		sleep 0.05
	done
	cat "$log"
	say "./dev down --state $state stops it."
}

BINCARD_DEV_CHILD=${BINCARD_DEV_CHILD:-}

dev_up()
{
	up_options "$@"
	enter
	up_preflight
	if [ -z "$BINCARD_DEV_CHILD" ]; then
		packages_need build run
		[ -n "${BINCARD_BIN:-}" ] || build_release
	fi
	if [ -n "$detach" ] && [ -z "$BINCARD_DEV_CHILD" ]; then
		up_detached "$@"
		return
	fi
	up_servers
	up_stay
}

dev_down()
{
	local pid
	state=$root/var
	while [ $# -gt 0 ]; do
		case $1 in
		--state)
			[ $# -ge 2 ] || die "--state needs a value"
			state=$2
			shift
			;;
		--state=*) state=${1#*=} ;;
		*) die "down has no option \"$1\"" ;;
		esac
		shift
	done
	state=$(absolute "$state")
	pid=$(cat "$state/run/dev.pid" 2>/dev/null)
	if ! is_running "$pid" || ! state_is_locked; then
		say "nothing runs on $state"
		return 0
	fi
	kill -TERM "$pid" || die "cannot stop process $pid"
	wait_gone 120 "$pid" || die "process $pid does not stop"
	say "stopped"
}
