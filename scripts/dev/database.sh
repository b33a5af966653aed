# Sourced by ./dev: a private MariaDB on a unix socket, with its data in $state/db.
# shellcheck shell=bash

db_socket=
db_pid=

# Extra options when root: the server refuses to run as root unless told so.
db_user_option()
{
	[ "$(id -u)" != 0 ] || printf -- '--user=root\n'
}

# The administrator of this server is the operating-system user that runs ./dev, known by the socket;
# there is no password to leak and no other local user gets in.
db_admin()
{
	mariadb --no-defaults --protocol=socket -S "$db_socket" -u "$(id -un)" "$@"
}

db_write_config()
{
	mkdir -p "$state/db-tmp"
	cat >"$state/conf/my.cnf" <<EOF
[mariadbd]
datadir = $state/db
socket = $db_socket
pid-file = $state/run/mariadbd.pid
log-error = $state/log/mariadbd.log
tmpdir = $state/db-tmp
skip-networking
skip-name-resolve
skip-log-bin
local-infile = 0
character-set-server = utf8mb4
collation-server = utf8mb4_unicode_ci
default-time-zone = +00:00
transaction-isolation = READ-COMMITTED
sql-mode = STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY
innodb-flush-log-at-trx-commit = 1
innodb-buffer-pool-size = 512M
innodb-log-file-size = 256M
innodb-log-buffer-size = 8M
innodb-buffer-pool-dump-at-shutdown = 0
innodb-buffer-pool-load-at-startup = 0
key-buffer-size = 1M
aria-pagecache-buffer-size = 8M
max-connections = 200
performance-schema = OFF
EOF
}

# Built beside its place and moved in when complete, so that an interrupted first start leaves no half;
# under a name of its own, since that of a ./dev that was killed may still be at it.
# A starting MariaDB removes the temporary tables of any other one in its folder for these, so /tmp would
# break the server that the machine may already run.
db_create()
{
	rm -rf "$state"/db.new.*
	# shellcheck disable=SC2046 # none or one option
	step "creating the database" "$state/log/mariadbd.log" \
		env TMPDIR="$state/db-tmp" mariadb-install-db --no-defaults --datadir="$state/db.new.$$" $(db_user_option) \
		--auth-root-authentication-method=socket --auth-root-socket-user="$(id -un)" \
		--skip-test-db --innodb-log-file-size=64M --innodb-buffer-pool-size=32M
	mv "$state/db.new.$$" "$state/db" || die "cannot make $state/db"
}

# A server that a killed ./dev left behind was told to stop; let it finish.
db_wait_for_the_last()
{
	local pid
	pid=$(cat "$state/run/mariadbd.pid" 2>/dev/null)
	is_running "$pid" mariadbd || return 0
	say "waiting for the last MariaDB of this state to stop"
	kill -TERM "$pid" 2>/dev/null
	wait_gone 60 "$pid" || die "the MariaDB with process id $pid still uses $state/db"
}

db_start()
{
	db_wait_for_the_last
	db_write_config
	[ -d "$state/db" ] || db_create
	rm -f "$db_socket"
	db_log_from=$(touch "$state/log/mariadbd.log" && wc -c <"$state/log/mariadbd.log")
	# shellcheck disable=SC2046
	start "$state/log/mariadbd.log" mariadbd --defaults-file="$state/conf/my.cnf" $(db_user_option)
	db_pid=$started
	printf '%s\n' "$db_pid" >"$state/run/mariadbd.pid"
	local tries=2400
	until db_admin -e 'SELECT 1' >/dev/null 2>&1; do
		is_running "$db_pid" || die "MariaDB did not start: $(db_error)"
		((tries-- > 0)) || die "MariaDB did not answer within two minutes; see $state/log/mariadbd.log"
		sleep 0.05
	done
}

# Why the last start failed: what MariaDB says first is the cause, "Aborting" comes last.
db_log_from=0
db_error()
{
	local said
	said=$(tail -c "+$((db_log_from + 1))" "$state/log/mariadbd.log" | grep -F '[ERROR]')
	if grep -qiE 'no space left|disk (is )?full|err(or|no|code)[: ]+28\b' <<<"$said"; then
		printf 'the disk is too full for %s (%s MiB free)\n' "$state/db" "$(free_mib "$state/db")"
	else
		said=$(sed -n '1s/.*\[ERROR\] //p' <<<"$said")
		printf '%s; see %s\n' "${said:-it gave no reason}" "$state/log/mariadbd.log"
	fi
}

# secret NAME [BYTES]: a password of this state, made at its first use
secret()
{
	local file=$state/secrets/$1
	if [ ! -s "$file" ]; then
		(umask 077 && random_hex "${2:-16}" >"$file.new" && mv "$file.new" "$file") ||
			die "cannot write $file"
	fi
	cat "$file"
}

db_accounts()
{
	[ ! -e "$state/db/.accounts" ] || return 0
	sed -e "s/OWNER_PASSWORD/$(secret db_owner)/" -e "s/APP_PASSWORD/$(secret db_app)/" \
		-e "s/REPORT_PASSWORD/$(secret db_report)/" "$root/sql/accounts.sql" |
		db_admin 2>>"$state/log/mariadbd.log" ||
		die "could not create the database accounts; see $state/log/mariadbd.log"
	: >"$state/db/.accounts"
}
