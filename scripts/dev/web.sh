# Sourced by ./dev: bincard's configuration, `bincard serve`, and the web server before it.
# shellcheck shell=bash

bin=
serve_pid=
web_pid=

bincard_write_config()
{
	local file=$state/conf/bincard.conf
	(umask 077 && cat >"$file") <<EOF || die "cannot write $file"
# Written anew by every ./dev up; the sample with all keys explained is conf/bincard.conf.
[server]
socket = $state/run/bincard.sock
run_dir = $state/run
pid_file = $state/run/bincard.pid
workers = $(($(nproc) * 2))

[database]
socket = $db_socket
name = bincard
app_user = bincard_app
app_password_file = $state/secrets/db_app
owner_user = bincard_owner
owner_password_file = $state/secrets/db_owner
report_user = bincard_report
report_password_file = $state/secrets/db_report

[auth]
issuer = $url
audience = bincard
master_key_file = $state/secrets/master_key
# There is no TLS here, so cookies go without the __Host- prefix and Secure.
secure_cookies = false

# A machine for trying out and measuring: nobody else is to be kept from it.
[rate]
api_read = 1000000/60
api_write = 1000000/60
page_read = 1000000/60
page_write = 1000000/60
sign_in = 1000000/60
token = 1000000/60

[log]
path = $state/log/bincard.log
level = info

[paths]
templates = $root/templates
sql = $root/sql
openapi = $root/openapi

[site]
name = bincard
public_url = $url
server_timing = true
EOF
}

bincard()
{
	"$bin" --config "$state/conf/bincard.conf" "$@" 9>&-
}

# serve_start SOCKET [--no-web]: until the socket is there
serve_start()
{
	local socket=$state/run/$1 tries=400
	rm -f "$socket"
	start "$state/log/serve.log" "$bin" --config "$state/conf/bincard.conf" serve "${@:2}"
	serve_pid=$started
	until [ -S "$socket" ]; do
		is_running "$serve_pid" || die "bincard serve did not start: $(tail -n 1 "$state/log/serve.log")"
		((tries-- > 0)) || die "bincard serve opened no socket within 20 seconds; see $state/log/serve.log"
		sleep 0.05
	done
}

# ---- lighttpd: FastCGI to the socket of `bincard serve` ----

lighttpd_write_config()
{
	local deflate=
	# compression is a Debian package of its own (lighttpd-mod-deflate) and no condition for working
	[ ! -e /usr/lib/lighttpd/mod_deflate.so ] || deflate='server.modules += ("mod_deflate")
deflate.mimetypes = ("text/html", "text/css", "text/javascript", "application/json")
deflate.allowed-encodings = ("br", "gzip")'
	cat >"$state/conf/lighttpd.conf" <<EOF
server.modules = ("mod_alias", "mod_setenv", "mod_proxy", "mod_fastcgi")
server.bind = "127.0.0.1"
server.port = $port
server.document-root = "$root/static"
server.errorlog = "$state/log/lighttpd.log"
server.pid-file = "$state/run/lighttpd.pid"
server.upload-dirs = ("$state/web-tmp")
server.tag = ""
server.max-request-size = 1100
server.max-read-idle = 30
server.max-connections = 512
server.listen-backlog = 1024
server.feature-flags = ("server.graceful-shutdown-timeout" => 10)
mimetype.assign = (
	".css" => "text/css; charset=utf-8", ".js" => "text/javascript; charset=utf-8",
	".svg" => "image/svg+xml", ".png" => "image/png", ".ico" => "image/x-icon",
	".woff2" => "font/woff2", ".webmanifest" => "application/manifest+json",
	".json" => "application/json", ".txt" => "text/plain; charset=utf-8"
)
$deflate
setenv.set-response-header = (
	"X-Content-Type-Options" => "nosniff",
	"Referrer-Policy" => "same-origin",
$(grep -m 1 -F '"Content-Security-Policy"' "$root/conf/lighttpd.conf.in")
)

\$HTTP["url"] =~ "^/oauth2/authorize(\$|\\?)" {
	setenv.set-response-header = (
		"X-Content-Type-Options" => "nosniff",
		"Referrer-Policy" => "same-origin"
	)
}

\$HTTP["url"] =~ "^/static/" {
	alias.url = ("/static/" => "$root/static/")
	setenv.set-response-header = (
		"Cache-Control" => "no-cache",
		"X-Content-Type-Options" => "nosniff",
		"Referrer-Policy" => "same-origin",
		"Content-Security-Policy" => "default-src 'none'; frame-ancestors 'none'"
	)
} else {
	fastcgi.server = ("/" => ((
		"socket" => "$state/run/bincard.sock",
		"check-local" => "disable",
		"fix-root-scriptname" => "enable",
		"disable-time" => 1
	)))
}
\$HTTP["url"] =~ "^/v1/events/(stream|ws)\$" {
	proxy.server = ("" => (("host" => "$state/run/events.sock")))
	proxy.header = ("upgrade" => "enable")
	server.stream-response-body = 2
}
\$HTTP["url"] == "/v1/events" {
	\$HTTP["querystring"] =~ "(^|&)wait=" {
		proxy.server = ("" => (("host" => "$state/run/events.sock")))
		server.stream-response-body = 2
	}
}
EOF
}

lighttpd_start()
{
	lighttpd_write_config
	start "$state/log/lighttpd.log" lighttpd -D -f "$state/conf/lighttpd.conf"
	web_pid=$started
}

# ---- Apache httpd: mod_fcgid starts the workers itself ----

apache_write_config()
{
	local modules=/usr/lib/apache2/modules
	cat >"$state/conf/apache.conf" <<EOF
ServerRoot "$state/run"
DefaultRuntimeDir "$state/run"
PidFile "$state/run/apache.pid"
Mutex "file:$state/run" default
ServerName 127.0.0.1
Listen 127.0.0.1:$port
ErrorLog "$state/log/apache.log"
LogLevel warn
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule alias_module $modules/mod_alias.so
LoadModule mime_module $modules/mod_mime.so
LoadModule headers_module $modules/mod_headers.so
LoadModule filter_module $modules/mod_filter.so
LoadModule deflate_module $modules/mod_deflate.so
LoadModule reqtimeout_module $modules/mod_reqtimeout.so
LoadModule fcgid_module $modules/mod_fcgid.so
LoadModule proxy_module $modules/mod_proxy.so
LoadModule proxy_http_module $modules/mod_proxy_http.so
LoadModule rewrite_module $modules/mod_rewrite.so

ServerTokens Prod
TraceEnable off
AllowEncodedSlashes NoDecode
MergeSlashes off
DeflateAlterETag NoChange
$(grep '^Header always set' "$root/conf/apache-fcgid.conf.in")
Timeout 60
RequestReadTimeout header=20-40,MinRate=500 body=20,MinRate=500
TypesConfig /dev/null
AddType text/css .css
AddType text/javascript .js
AddType image/svg+xml .svg
AddType image/png .png
AddType image/x-icon .ico
AddType font/woff2 .woff2
AddType application/manifest+json .webmanifest
AddDefaultCharset off
AddCharset utf-8 .css .js .json .txt
DocumentRoot "$root/static"

# bincard's own limit is 1 MiB; these stand a little above. All three are needed: mod_fcgid alone would
# answer 500, and with LimitRequestBody alone it would pass a request on without its body.
<If "req_novary('Content-Length') -gt 1126400">
	Redirect 413 "/"
</If>
LimitRequestBody 1126400
FcgidMaxRequestLen 1310720
FcgidIPCDir "$state/run/fcgid"
FcgidProcessTableFile "$state/run/fcgid_shm"
FcgidMinProcessesPerClass 4
FcgidMaxProcessesPerClass 16
FcgidMaxProcesses 16
FcgidIOTimeout 60
FcgidConnectTimeout 10
FcgidOutputBufferSize 1048576
FcgidInitialEnv BINCARD_CONFIG "$state/conf/bincard.conf"

<Directory />
	AllowOverride None
	Require all denied
</Directory>
<Directory "$root/static">
	Require all granted
</Directory>
<Location "/">
	SetHandler fcgid-script
	Options +ExecCGI
	FcgidWrapper "$bin" virtual
	CGIPassAuth On
	Require all granted
	AddOutputFilterByType DEFLATE text/html text/css text/javascript application/json
</Location>
AliasMatch "^/(?!static/)" "$bin"
Alias "/static/" "$root/static/"
<Location "/static/">
	SetHandler none
	Options -ExecCGI
	Header always set Cache-Control "no-cache"
</Location>

<Location "/v1/events">
	ProxyPreserveHost On
</Location>
ProxyPass "/v1/events/stream" "unix:$state/run/events.sock|http://bincard-events/v1/events/stream" flushpackets=on timeout=60
ProxyPass "/v1/events/ws" "unix:$state/run/events.sock|http://bincard-events/v1/events/ws" upgrade=websocket timeout=60
RewriteEngine On
RewriteCond "%{QUERY_STRING}" "(^|&)wait="
RewriteRule "^/v1/events\$" "unix:$state/run/events.sock|http://bincard-events/v1/events" [P]
EOF
}

# Apache refuses to serve as root and drops to www-data, which can read neither a private checkout nor
# this state's secrets. In a user namespace of its own root merely looks like www-data.
apache_start()
{
	local www
	apache_write_config
	mkdir -p "$state/run/fcgid" && chmod 700 "$state/run/fcgid"
	start_prefix=()
	if [ "$(id -u)" = 0 ]; then
		www=$(id -u www-data)
		unshare --user --map-user="$www" --map-group="$www" true 2>/dev/null ||
			die "Apache does not serve as root and this kernel has no user namespaces: run ./dev as another user"
		start_prefix=(unshare --user --map-user="$www" --map-group="$www" --)
	fi
	start "$state/log/apache.log" apache2 -f "$state/conf/apache.conf" -DFOREGROUND
	start_prefix=()
	web_pid=$started
}

# Both web servers write their process id when they have the port: until then it may be somebody else's
# server that answers.
web_wait()
{
	local tries=400
	until [ -s "$state/run/$web.pid" ] && curl -fsS -o /dev/null --max-time 5 "$url/readyz" 2>"$scratch/curl"; do
		is_running "$web_pid" ||
			die "$web did not start: $(grep -v '^$' "$state/log/$web.log" | tail -n 1)"
		((tries-- > 0)) || die "$web does not reach bincard ($(cat "$scratch/curl")); see $state/log"
		sleep 0.05
	done
}
