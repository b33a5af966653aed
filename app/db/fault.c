#include "db/fault.h"

#define RETRY_AFTER_S 2

/* clang-format off */
static const struct {
	unsigned number;
	enum err_code code;
} meanings[] = {
	{1062, ERR_DB_DUPLICATE_KEY},
	{1586, ERR_DB_DUPLICATE_KEY},	/* the same, named by key */
	{4025, ERR_DB_CHECK},		/* MariaDB */
	{3819, ERR_DB_CHECK},		/* MySQL */
	{1451, ERR_DB_REFERENCED},	/* a row that others refer to */
	{1452, ERR_DB_REFERENCED},	/* a row that refers to nothing */
	{1205, ERR_DB_LOCK_WAIT},	/* lock wait; MariaDB's NOWAIT too */
	{1213, ERR_DB_DEADLOCK},	/* deadlock; a failed certification in a Galera cluster too */
	{3572, ERR_DB_LOCK_WAIT},	/* MySQL's NOWAIT */
	{2000, ERR_DB_LOST},		/* unknown client error */
	{2006, ERR_DB_LOST},		/* gone away */
	{2012, ERR_DB_LOST},		/* handshake */
	{2013, ERR_DB_LOST},		/* lost while waiting, or the read timeout */
	{2014, ERR_DB_LOST},		/* commands out of step: only a new connection helps */
	{2027, ERR_DB_LOST},		/* malformed packet */
	{2055, ERR_DB_LOST},		/* lost, with the system's error */
	{1053, ERR_DB_LOST},		/* the server shuts down */
	{1077, ERR_DB_LOST},
	{1078, ERR_DB_LOST},
	{1079, ERR_DB_LOST},
	{1080, ERR_DB_LOST},
	{1152, ERR_DB_LOST},		/* aborted */
	{1158, ERR_DB_LOST},		/* reading, writing, and their timeouts as the server saw them */
	{1159, ERR_DB_LOST},
	{1160, ERR_DB_LOST},
	{1161, ERR_DB_LOST},
	{1184, ERR_DB_LOST},
	{1927, ERR_DB_LOST},		/* killed */
	{4031, ERR_DB_LOST},		/* MySQL: idle for too long */
	{3169, ERR_DB_LOST},		/* MySQL: killed */
	{2001, ERR_UNAVAILABLE},	/* no socket */
	{2002, ERR_UNAVAILABLE},	/* nobody listens */
	{2003, ERR_UNAVAILABLE},
	{2004, ERR_UNAVAILABLE},
	{2005, ERR_UNAVAILABLE},	/* unknown host */
	{2026, ERR_UNAVAILABLE},	/* TLS */
	{1040, ERR_UNAVAILABLE},	/* too many connections */
	{1203, ERR_UNAVAILABLE},
	{1226, ERR_UNAVAILABLE},
	{1129, ERR_UNAVAILABLE},	/* host blocked after failures */
	{1135, ERR_UNAVAILABLE},	/* no thread for it */
	{3032, ERR_UNAVAILABLE},	/* MySQL: offline */
	{3168, ERR_UNAVAILABLE},
	{1461, ERR_UNAVAILABLE},	/* too many prepared statements in all */
	{1615, ERR_UNAVAILABLE},	/* prepared anew too often: its cache of tables is too small */
	{1047, ERR_UNAVAILABLE},	/* a Galera node that is not in step */
	{1223, ERR_UNAVAILABLE},	/* FLUSH TABLES WITH READ LOCK, as backups do */
	{1290, ERR_UNAVAILABLE},	/* read only */
	{1792, ERR_UNAVAILABLE},
	{1836, ERR_UNAVAILABLE},
	{1874, ERR_UNAVAILABLE},	/* InnoDB is read only */
	{1317, ERR_UNAVAILABLE},	/* KILL QUERY */
	{1206, ERR_UNAVAILABLE},	/* no room for locks */
	{1637, ERR_UNAVAILABLE},	/* too many transactions */
	{1021, ERR_UNAVAILABLE},	/* disk full */
	{1026, ERR_UNAVAILABLE},	/* writing failed */
	{1030, ERR_UNAVAILABLE},	/* the storage engine's own number, such as 28: no space */
	{1114, ERR_UNAVAILABLE},	/* no room for the table */
	{1180, ERR_UNAVAILABLE},	/* the same, found at the commit */
	{1878, ERR_UNAVAILABLE},	/* no room for a temporary file */
	{1016, ERR_UNAVAILABLE},	/* too many open files */
	{1037, ERR_UNAVAILABLE},	/* no memory */
	{1038, ERR_UNAVAILABLE},
	{1041, ERR_UNAVAILABLE},
	{1, ERR_UNAVAILABLE},		/* its file layer's numbers: cannot make or write a file */
	{3, ERR_UNAVAILABLE},
	{5, ERR_UNAVAILABLE},		/* no memory */
	{20, ERR_UNAVAILABLE},		/* disk full */
	{28, ERR_UNAVAILABLE},
	{1044, ERR_SETUP},		/* account may not use this database */
	{1045, ERR_SETUP},		/* wrong account or password */
	{1698, ERR_SETUP},
	{1049, ERR_SETUP},		/* no such database */
	{1130, ERR_SETUP},		/* host not allowed */
	{1251, ERR_SETUP},		/* a way to sign in that the library does not know */
	{2059, ERR_SETUP},
	{1862, ERR_SETUP},		/* password expired */
	{1820, ERR_SETUP},
	{3118, ERR_SETUP},		/* account locked: MySQL */
	{4151, ERR_SETUP},		/* account locked: MariaDB */
	{30001, ERR_DB_REFUSED},	/* SIGNALs of sql/routines */
	{30002, ERR_DB_STALE},
	{1969, ERR_TIMEOUT},		/* max_statement_time */
	{3024, ERR_TIMEOUT},		/* MySQL's max_execution_time */
};
/* clang-format on */

enum err_code fault_code(unsigned number)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (meanings[i].number == number)
			return meanings[i].code;
	return ERR_INTERNAL;
}

struct err *fault_new(
	struct arena *a, const char *what, unsigned number, const char *sqlstate, const char *text)
{
	enum err_code code = fault_code(number);
	struct err *e;

	if (code == ERR_DB_LOST || code == ERR_UNAVAILABLE || code == ERR_SETUP)
		e = err_new(a, code, "The database cannot be used at the moment");
	else if (code == ERR_TIMEOUT)
		e = err_new(a, code, "The database took too long");
	else
		e = err_new(a, code, "The database refused a statement");
	if (err_status(code) == 503)
		e->retry_after_s = RETRY_AFTER_S;
	return err_because(e, "%s: %u (%s) %s", what, number, sqlstate, text);
}
