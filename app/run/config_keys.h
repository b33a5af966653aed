/*
 * config_keys: the one table of configuration keys.
 *
 * config.c reads and checks by it, `bincard config show` and `config keys` print it, and
 * scripts/lint/config.sh compares bincard.conf(5) and the sample conf/bincard.conf with it.
 *
 *	KEY(id, section, name, type, min, max, default, help)
 *
 * min and max are those of a number, or of a text's length in bytes (min 1: must not be empty). A
 * text that is empty or absent, and whose default is "", is not set. An octal mode's limits are
 * numbers.
 */
#ifndef BINCARD_RUN_CONFIG_KEYS_H
#define BINCARD_RUN_CONFIG_KEYS_H

/* A build without configure (an editor's, a test's) has these places as well. */
#ifndef BINCARD_DATADIR
#define BINCARD_DATADIR "/usr/share/bincard"
#endif
#ifndef BINCARD_SYSCONFDIR
#define BINCARD_SYSCONFDIR "/etc/bincard"
#endif
#ifndef BINCARD_RUNDIR
#define BINCARD_RUNDIR "/run/bincard"
#endif

enum config_type {
	CONFIG_TEXT,
	CONFIG_PATH, /* absolute, or made absolute against the configuration file's folder */
	CONFIG_INT,
	CONFIG_MODE, /* octal */
	CONFIG_BOOL, /* true, false */
	CONFIG_LEVEL,
	CONFIG_SECRET,
};

/* A socket's path has at most 107 bytes, and it is first bound under a name four bytes longer. */
#define CONFIG_SOCKET_PATH_MAX 103
#define CONFIG_PATH_MAX 1000

/* clang-format off */
#define CONFIG_KEYS(KEY) \
	KEY(SERVER_SOCKET, "server", "socket", CONFIG_PATH, 1, CONFIG_SOCKET_PATH_MAX, BINCARD_RUNDIR "/bincard.sock", \
	    "The unix socket on which the web server finds the workers of `bincard serve`.") \
	KEY(SERVER_SOCKET_MODE, "server", "socket_mode", CONFIG_MODE, 0600, 0777, "0660", \
	    "Permissions of the socket, in octal.") \
	KEY(SERVER_SOCKET_OWNER, "server", "socket_owner", CONFIG_TEXT, 0, 64, "", \
	    "User that owns the socket. Not set: as the process.") \
	KEY(SERVER_SOCKET_GROUP, "server", "socket_group", CONFIG_TEXT, 0, 64, "", \
	    "Group of the socket, as a rule the web server's. Not set: as the process.") \
	KEY(SERVER_RUN_DIR, "server", "run_dir", CONFIG_PATH, 1, CONFIG_PATH_MAX, BINCARD_RUNDIR, \
	    "Folder of the small memory file that the workers of one host share.") \
	KEY(SERVER_PID_FILE, "server", "pid_file", CONFIG_PATH, 0, CONFIG_PATH_MAX, "", \
	    "Where `bincard serve` writes its process id. Not set: nowhere.") \
	KEY(SERVER_WORKERS, "server", "workers", CONFIG_INT, 1, 128, "4", \
	    "Number of web workers; two for each processor is a good start.") \
	KEY(SERVER_REQUEST_TIMEOUT_MS, "server", "request_timeout_ms", CONFIG_INT, 100, 600000, "30000", \
	    "A request that takes longer is answered with 503 and its worker replaced, in milliseconds.") \
	KEY(SERVER_BODY_BYTES_MAX, "server", "body_bytes_max", CONFIG_INT, 1024, 67108864, "1048576", \
	    "Largest body of a request, in bytes.") \
	KEY(SERVER_TRUSTED_PROXIES, "server", "trusted_proxies", CONFIG_TEXT, 0, 2000, "", \
	    "Addresses and networks of proxies before the web server, separated by blanks; their X-Forwarded-For says who the client is. Not set: the header is not read.") \
	\
	KEY(DATABASE_SOCKET, "database", "socket", CONFIG_PATH, 0, 107, "", \
	    "The database server's unix socket. Not set: host and port are used.") \
	KEY(DATABASE_HOST, "database", "host", CONFIG_TEXT, 1, 255, "127.0.0.1", \
	    "The database server's host name or address.") \
	KEY(DATABASE_PORT, "database", "port", CONFIG_INT, 1, 65535, "3306", \
	    "The database server's port.") \
	KEY(DATABASE_NAME, "database", "name", CONFIG_TEXT, 1, 64, "bincard", \
	    "Name of the database.") \
	KEY(DATABASE_APP_USER, "database", "app_user", CONFIG_TEXT, 1, 80, "bincard_app", \
	    "Account of the workers and of most commands.") \
	KEY(DATABASE_APP_PASSWORD, "database", "app_password", CONFIG_SECRET, 0, 255, "", \
	    "Its password.") \
	KEY(DATABASE_APP_PASSWORD_FILE, "database", "app_password_file", CONFIG_PATH, 0, CONFIG_PATH_MAX, "", \
	    "File whose first line is the password; instead of app_password.") \
	KEY(DATABASE_OWNER_USER, "database", "owner_user", CONFIG_TEXT, 1, 80, "bincard_owner", \
	    "Account of `bincard migrate`, which owns the tables.") \
	KEY(DATABASE_OWNER_PASSWORD, "database", "owner_password", CONFIG_SECRET, 0, 255, "", \
	    "Its password.") \
	KEY(DATABASE_OWNER_PASSWORD_FILE, "database", "owner_password_file", CONFIG_PATH, 0, CONFIG_PATH_MAX, "", \
	    "File whose first line is the password; instead of owner_password. Workers never read it.") \
	KEY(DATABASE_REPORT_USER, "database", "report_user", CONFIG_TEXT, 1, 80, "bincard_report", \
	    "Account that only reads.") \
	KEY(DATABASE_REPORT_PASSWORD, "database", "report_password", CONFIG_SECRET, 0, 255, "", \
	    "Its password.") \
	KEY(DATABASE_REPORT_PASSWORD_FILE, "database", "report_password_file", CONFIG_PATH, 0, CONFIG_PATH_MAX, "", \
	    "File whose first line is the password; instead of report_password. Workers never read it.") \
	KEY(DATABASE_CONNECT_TIMEOUT_MS, "database", "connect_timeout_ms", CONFIG_INT, 100, 60000, "3000", \
	    "How long opening a connection may take, in milliseconds, rounded up to seconds.") \
	KEY(DATABASE_READ_TIMEOUT_MS, "database", "read_timeout_ms", CONFIG_INT, 1000, 3600000, "60000", \
	    "How long the server may be silent before the connection counts as lost, in milliseconds, rounded up to seconds.") \
	KEY(DATABASE_LOCK_WAIT_S, "database", "lock_wait_s", CONFIG_INT, 1, 300, "5", \
	    "How long a statement waits for a lock before its transaction is run again, in seconds.") \
	\
	KEY(AUTH_ISSUER, "auth", "issuer", CONFIG_TEXT, 1, 255, "http://127.0.0.1:8080", \
	    "Issuer (iss) of access tokens: the public address of this service.") \
	KEY(AUTH_AUDIENCE, "auth", "audience", CONFIG_TEXT, 1, 255, "bincard", \
	    "Audience (aud) of access tokens.") \
	KEY(AUTH_TOKEN_SECONDS, "auth", "token_seconds", CONFIG_INT, 10, 86400, "900", \
	    "Life of an access token, in seconds.") \
	KEY(AUTH_REFRESH_IDLE_DAYS, "auth", "refresh_idle_days", CONFIG_INT, 1, 365, "14", \
	    "An app that did not renew its tokens for so many days has to ask its user again.") \
	KEY(AUTH_REFRESH_DAYS, "auth", "refresh_days", CONFIG_INT, 1, 3650, "90", \
	    "An app has to ask its user again after so many days in any case.") \
	KEY(AUTH_SESSION_IDLE_MINUTES, "auth", "session_idle_minutes", CONFIG_INT, 1, 10080, "60", \
	    "A session that was not used for so many minutes has ended.") \
	KEY(AUTH_SESSION_HOURS, "auth", "session_hours", CONFIG_INT, 1, 8760, "12", \
	    "A session ends so many hours after the sign-in in any case.") \
	KEY(AUTH_MASTER_KEY_FILE, "auth", "master_key_file", CONFIG_PATH, 1, CONFIG_PATH_MAX, BINCARD_SYSCONFDIR "/master_key", \
	    "File of 32 bytes in hexadecimal that seals the signing keys in the database; the same on all hosts.") \
	KEY(AUTH_KEY_DAYS, "auth", "key_days", CONFIG_INT, 0, 3650, "90", \
	    "A signing key gets a successor after so many days. 0: by `bincard key rotate` alone.") \
	KEY(AUTH_SECURE_COOKIES, "auth", "secure_cookies", CONFIG_BOOL, 0, 0, "true", \
	    "Cookies with the __Host- prefix, which browsers send over TLS alone. False only where there is no TLS.") \
	KEY(AUTH_ARGON2_MEMORY_KIB, "auth", "argon2_memory_kib", CONFIG_INT, 8192, 1048576, "19456", \
	    "Memory that hashing one password takes, in KiB.") \
	KEY(AUTH_ARGON2_PASSES, "auth", "argon2_passes", CONFIG_INT, 1, 16, "2", \
	    "Passes over that memory.") \
	KEY(AUTH_PASSWORD_MIN, "auth", "password_min", CONFIG_INT, 8, 128, "12", \
	    "Least number of characters of a new password.") \
	KEY(AUTH_INVITE_DAYS, "auth", "invite_days", CONFIG_INT, 1, 90, "7", \
	    "A link with which somebody chooses a password can be used for so many days.") \
	KEY(AUTH_PASSWORDS, "auth", "passwords", CONFIG_BOOL, 0, 0, "true", \
	    "Staff sign in with passwords. False: by single sign-on alone, see [sso].") \
	\
	KEY(SSO_ISSUER, "sso", "issuer", CONFIG_TEXT, 0, 255, "", \
	    "Provider of single sign-on (OpenID Connect), an https address. Not set: there is none.") \
	KEY(SSO_CLIENT_ID, "sso", "client_id", CONFIG_TEXT, 0, 255, "", \
	    "The client as which bincard is registered there.") \
	KEY(SSO_CLIENT_SECRET_FILE, "sso", "client_secret_file", CONFIG_PATH, 0, CONFIG_PATH_MAX, "", \
	    "File whose first line is the client's secret. Not set: a public client.") \
	KEY(SSO_SCOPES, "sso", "scopes", CONFIG_TEXT, 1, 500, "openid profile", \
	    "What is asked for, separated by blanks; openid among it.") \
	KEY(SSO_ALGORITHMS, "sso", "algorithms", CONFIG_TEXT, 1, 100, "RS256 PS256 ES256 ES384 EdDSA", \
	    "Algorithms that ID tokens may be signed with, separated by blanks.") \
	KEY(SSO_NAME_CLAIM, "sso", "name_claim", CONFIG_TEXT, 1, 255, "preferred_username", \
	    "Claim with the name that a new user gets.") \
	KEY(SSO_ROLES_CLAIM, "sso", "roles_claim", CONFIG_TEXT, 0, 255, "", \
	    "Claim with roles or groups, which set a user's roles at each sign-in. Dots lead into objects. Not set: roles are given here.") \
	KEY(SSO_ROLES_MAP, "sso", "roles_map", CONFIG_TEXT, 0, 1900, "", \
	    "The role that a value of that claim gives, as in Stock Admins: administrator, stock: clerk@WH-B. Not set: values are names of roles.") \
	KEY(SSO_DEFAULT_ROLE, "sso", "default_role", CONFIG_TEXT, 0, 64, "", \
	    "Role of who gets none by the claim. Not set: who gets none stays out.") \
	KEY(SSO_CREATE_USERS, "sso", "create_users", CONFIG_BOOL, 0, 0, "true", \
	    "The first sign-in makes a user. False: bincard user link does.") \
	KEY(SSO_SECOND_FACTOR, "sso", "second_factor", CONFIG_TEXT, 0, 500, "", \
	    "Values of amr or acr, one of which an ID token must have where a role needs a second factor. Not set: the provider is trusted to ask for one.") \
	KEY(SSO_LABEL, "sso", "label", CONFIG_TEXT, 1, 64, "Sign in with single sign-on", \
	    "What the button says.") \
	KEY(SSO_CA_FILE, "sso", "ca_file", CONFIG_PATH, 0, CONFIG_PATH_MAX, "", \
	    "Authorities (PEM) that the provider's certificate may be from, instead of the system's.") \
	KEY(SSO_ALLOW_HTTP, "sso", "allow_http", CONFIG_BOOL, 0, 0, "false", \
	    "Also http, to this host's loopback address alone. True only for trying things out.") \
	\
	KEY(FEED_SOCKET, "feed", "socket", CONFIG_PATH, 0, CONFIG_SOCKET_PATH_MAX, "", \
	    "The unix socket on which the web server finds the streams of the feed; mode, owner and group are those of [server] socket. Not set: events.sock in run_dir.") \
	KEY(FEED_STREAMS_MAX, "feed", "streams_max", CONFIG_INT, 1, 100000, "10000", \
	    "How many streams there may be on this host. The limit of open files must be above it.") \
	KEY(FEED_STREAMS_PER_CALLER_MAX, "feed", "streams_per_caller_max", CONFIG_INT, 1, 100000, "200", \
	    "How many of them one user or client may have.") \
	KEY(FEED_KEEP_DAYS, "feed", "keep_days", CONFIG_INT, 1, 3650, "30", \
	    "How many days events are kept. Who was away for longer has to read everything anew.") \
	\
	KEY(WEBHOOKS_ALLOW_NETWORKS, "webhooks", "allow_networks", CONFIG_TEXT, 0, 1900, "", \
	    "Addresses and networks beside the public ones that webhooks may lead to, as in 10.1.0.0/16 192.168.7.20. Not set: public ones alone.") \
	KEY(WEBHOOKS_ALLOW_HTTP, "webhooks", "allow_http", CONFIG_BOOL, 0, 0, "false", \
	    "Webhooks may be called by http, too. True only where the way to them is safe.") \
	KEY(WEBHOOKS_TIMEOUT_MS, "webhooks", "timeout_ms", CONFIG_INT, 100, 60000, "15000", \
	    "How long a webhook may take to answer, in milliseconds.") \
	KEY(WEBHOOKS_GIVE_UP_DAYS, "webhooks", "give_up_days", CONFIG_INT, 1, 30, "5", \
	    "A webhook that has failed for so many days is paused.") \
	KEY(WEBHOOKS_KEEP_DAYS, "webhooks", "keep_days", CONFIG_INT, 1, 3650, "14", \
	    "How many days the history of what was sent to webhooks is kept.") \
	KEY(WEBHOOKS_OLD_SECRET_HOURS, "webhooks", "old_secret_hours", CONFIG_INT, 1, 720, "24", \
	    "How many hours the old secret of a webhook signs, too, after it got a new one.") \
	\
	KEY(AUDIT_KEEP_DAYS, "audit", "keep_days", CONFIG_INT, 0, 36500, "0", \
	    "How many days `bincard audit prune` leaves in the audit log. 0: everything is kept.") \
	\
	KEY(RATE_API_READ, "rate", "api_read", CONFIG_TEXT, 1, 40, "30000/60", \
	    "Reads of the API by one client or user: requests/seconds, or requests/seconds/burst, or off.") \
	KEY(RATE_API_WRITE, "rate", "api_write", CONFIG_TEXT, 1, 40, "12000/60", \
	    "All other requests to the API by one client or user.") \
	KEY(RATE_PAGE_READ, "rate", "page_read", CONFIG_TEXT, 1, 40, "1200/60", \
	    "Pages that one user looks at.") \
	KEY(RATE_PAGE_WRITE, "rate", "page_write", CONFIG_TEXT, 1, 40, "600/60", \
	    "Forms that one user sends.") \
	KEY(RATE_SIGN_IN, "rate", "sign_in", CONFIG_TEXT, 1, 40, "60/60", \
	    "Sign-ins with a password from one address.") \
	KEY(RATE_TOKEN, "rate", "token", CONFIG_TEXT, 1, 40, "60/60", \
	    "Requests for an access token from one address.") \
	\
	KEY(FETCH_PROXY, "fetch", "proxy", CONFIG_TEXT, 0, 255, "", \
	    "Proxy by which other servers are asked, as in http://proxy.example:3128. Not set: none; the environment's are not heeded.") \
	KEY(FETCH_TIMEOUT_MS, "fetch", "timeout_ms", CONFIG_INT, 100, 20000, "5000", \
	    "How long asking another server may take, in milliseconds.") \
	\
	KEY(LOG_PATH, "log", "path", CONFIG_PATH, 0, CONFIG_PATH_MAX, "", \
	    "The log file. Not set: standard error.") \
	KEY(LOG_LEVEL, "log", "level", CONFIG_LEVEL, 0, 0, "info", \
	    "The least that is logged: debug, info, warning or error.") \
	\
	KEY(PATHS_TEMPLATES, "paths", "templates", CONFIG_PATH, 1, CONFIG_PATH_MAX, BINCARD_DATADIR "/templates", \
	    "Folder of the page templates.") \
	KEY(PATHS_SQL, "paths", "sql", CONFIG_PATH, 1, CONFIG_PATH_MAX, BINCARD_DATADIR "/sql", \
	    "Folder of the migrations, routines and grants.") \
	KEY(PATHS_OPENAPI, "paths", "openapi", CONFIG_PATH, 1, CONFIG_PATH_MAX, BINCARD_DATADIR "/openapi", \
	    "Folder of the parts of the OpenAPI document.") \
	\
	KEY(SITE_NAME, "site", "name", CONFIG_TEXT, 1, 64, "bincard", \
	    "Name of this installation, on every page.") \
	KEY(SITE_PUBLIC_URL, "site", "public_url", CONFIG_TEXT, 0, 255, "", \
	    "Address under which browsers and clients reach it, without a slash at its end. Not set: that of the issuer.") \
	KEY(SITE_SERVER_TIMING, "site", "server_timing", CONFIG_BOOL, 0, 0, "false", \
	    "Server-Timing in every answer. False: in those to signed-in staff alone.")

/* Those of a section [issuer NAME], of which there may be several. They have no variable in the
 * environment. */
#define CONFIG_ISSUER_SECTION "issuer NAME"
#define CONFIG_ISSUER_KEYS(KEY) \
	KEY(ISSUER, CONFIG_ISSUER_SECTION, "issuer", CONFIG_TEXT, 1, 255, "", \
	    "Issuer (iss) of the tokens, an https address; its metadata says where its keys are.") \
	KEY(AUDIENCE, CONFIG_ISSUER_SECTION, "audience", CONFIG_TEXT, 1, 255, "", \
	    "Audience (aud) that its tokens must name.") \
	KEY(ALGORITHMS, CONFIG_ISSUER_SECTION, "algorithms", CONFIG_TEXT, 1, 100, "RS256 PS256 ES256 ES384 EdDSA", \
	    "Algorithms that its tokens may be signed with, separated by blanks.") \
	KEY(CLAIM, CONFIG_ISSUER_SECTION, "claim", CONFIG_TEXT, 1, 255, "scope", \
	    "Claim with scopes, roles or groups: words, or an array. Dots lead into objects, as in realm_access.roles.") \
	KEY(MAP, CONFIG_ISSUER_SECTION, "map", CONFIG_TEXT, 0, 1900, "", \
	    "What a value of the claim permits, as in reader: items:read stock:read, clerk: movements:write. Not set: the names of permissions count as they are.") \
	KEY(LOCATION, CONFIG_ISSUER_SECTION, "location", CONFIG_TEXT, 0, 64, "", \
	    "Code of the location that its tokens are kept within, with all below it. Not set: everywhere.") \
	KEY(JWKS_URI, CONFIG_ISSUER_SECTION, "jwks_uri", CONFIG_TEXT, 0, 255, "", \
	    "Where its keys are, for one without metadata. Not set: its metadata says so.") \
	KEY(CA_FILE, CONFIG_ISSUER_SECTION, "ca_file", CONFIG_PATH, 0, CONFIG_PATH_MAX, "", \
	    "Authorities (PEM) that its certificate may be from, instead of the system's.") \
	KEY(LEEWAY_SECONDS, CONFIG_ISSUER_SECTION, "leeway_seconds", CONFIG_INT, 0, 300, "30", \
	    "By how much its clock may be wrong, in seconds.") \
	KEY(ALLOW_HTTP, CONFIG_ISSUER_SECTION, "allow_http", CONFIG_BOOL, 0, 0, "false", \
	    "Also http, to this host's loopback address alone. True only for trying things out.")

/* Those of a section [relay NAME], of which there may be several, too. */
#define CONFIG_RELAY_SECTION "relay NAME"
#define CONFIG_RELAY_KEYS(KEY) \
	KEY(TYPE, CONFIG_RELAY_SECTION, "type", CONFIG_TEXT, 1, 20, "", \
	    "The broker: rabbitmq, kafka or redis.") \
	KEY(ADDRESS, CONFIG_RELAY_SECTION, "address", CONFIG_TEXT, 1, 1000, "", \
	    "Where it is: host:port; of several, separated by blanks, the first that answers. Of Redis also the path of a unix socket.") \
	KEY(USER, CONFIG_RELAY_SECTION, "user", CONFIG_TEXT, 0, 255, "", \
	    "Account there. Not set: none; of Redis its default user.") \
	KEY(PASSWORD_FILE, CONFIG_RELAY_SECTION, "password_file", CONFIG_PATH, 0, CONFIG_PATH_MAX, "", \
	    "File whose first line is the account's password. Not set: none.") \
	KEY(TLS, CONFIG_RELAY_SECTION, "tls", CONFIG_BOOL, 0, 0, "false", \
	    "Speak TLS with RabbitMQ or Kafka, and check the certificate and its name.") \
	KEY(CA_FILE, CONFIG_RELAY_SECTION, "ca_file", CONFIG_PATH, 0, CONFIG_PATH_MAX, "", \
	    "Authorities (PEM) that its certificate may be from. Not set: the system's, with Kafka alone.") \
	KEY(TIMEOUT_MS, CONFIG_RELAY_SECTION, "timeout_ms", CONFIG_INT, 100, 60000, "10000", \
	    "How long the broker may take to connect, and to confirm what it was sent, in milliseconds.") \
	KEY(TYPES, CONFIG_RELAY_SECTION, "types", CONFIG_TEXT, 0, 1900, "", \
	    "Types of events that are sent, or how they begin, as in bincard.movement.* bincard.stock_level.*, separated by blanks. Not set: all.") \
	KEY(FROM, CONFIG_RELAY_SECTION, "from", CONFIG_TEXT, 1, 20, "now", \
	    "Where a new relay begins: now, or with the oldest event that is kept.") \
	KEY(VHOST, CONFIG_RELAY_SECTION, "vhost", CONFIG_TEXT, 0, 255, "", \
	    "RabbitMQ: the virtual host. Not set: /.") \
	KEY(EXCHANGE, CONFIG_RELAY_SECTION, "exchange", CONFIG_TEXT, 0, 127, "", \
	    "RabbitMQ: the exchange, which has to be there. Not set: the default exchange, where routing_key is a queue.") \
	KEY(ROUTING_KEY, CONFIG_RELAY_SECTION, "routing_key", CONFIG_TEXT, 0, 255, "", \
	    "RabbitMQ: the routing key. Not set: the event's type.") \
	KEY(MANDATORY, CONFIG_RELAY_SECTION, "mandatory", CONFIG_BOOL, 0, 0, "false", \
	    "RabbitMQ: an event that no queue takes is tried again. False: it counts as sent.") \
	KEY(TOPIC, CONFIG_RELAY_SECTION, "topic", CONFIG_TEXT, 0, 249, "", \
	    "Kafka: the topic, which has to be there, or to be made by itself.") \
	KEY(MECHANISM, CONFIG_RELAY_SECTION, "mechanism", CONFIG_TEXT, 0, 20, "", \
	    "Kafka: how the account signs in: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512. Not set: SCRAM-SHA-512.") \
	KEY(STREAM, CONFIG_RELAY_SECTION, "stream", CONFIG_TEXT, 0, 255, "", \
	    "Redis: the key of the stream. Not set: bincard.") \
	KEY(STREAM_MAX, CONFIG_RELAY_SECTION, "stream_max", CONFIG_INT, 0, 1000000000, "100000", \
	    "Redis: about so many entries stay in the stream. 0: all.")
/* clang-format on */

enum config_relay_key_id {
#define KEY(id, ...) RELAY_KEY_##id,
	CONFIG_RELAY_KEYS(KEY)
#undef KEY
		RELAY_KEY_COUNT
};

enum config_issuer_key_id {
#define KEY(id, ...) ISSUER_KEY_##id,
	CONFIG_ISSUER_KEYS(KEY)
#undef KEY
		ISSUER_KEY_COUNT
};

enum config_key_id {
#define KEY(id, ...) KEY_##id,
	CONFIG_KEYS(KEY)
#undef KEY
		KEY_COUNT
};

struct config_key {
	const char *section, *name;
	enum config_type type;
	long min, max;
	const char *fallback;
	const char *help;
};

extern const struct config_key config_keys[KEY_COUNT];
extern const struct config_key config_issuer_keys[ISSUER_KEY_COUNT];
extern const struct config_key config_relay_keys[RELAY_KEY_COUNT];

#endif
