/* bincard verify: recompute every balance from the ledger and compare. */
#include "domain/verify.h"

#include <getopt.h>
#include <stdio.h>

#include "base/json_out.h"
#include "run/command.h"

#define REPORT_MAX ((size_t)1024 * 1024)

static void print_text(struct arena *a, const struct verification *v)
{
	printf("%lld balances, %lld movements, %lld lines\n", (long long)v->counts.balances,
		(long long)v->counts.movements, (long long)v->counts.lines);
	for (size_t i = 0; i < v->fault_count; i++)
		printf("%.*s\n", STR_ARG(verification_fault_text(a, &v->faults[i])));
	for (size_t i = 0; i < v->n; i++) {
		const struct difference *d = &v->differences[i];

		printf("%.*s at %.*s: the balance says %.*s, the ledger %.*s\n", STR_ARG(d->sku),
			STR_ARG(d->location), STR_ARG(qty_str(a, d->on_hand)),
			STR_ARG(qty_str(a, d->ledger)));
	}
	if ((int64_t)v->n < v->difference_count)
		printf("... and %lld more\n", (long long)v->difference_count - (long long)v->n);
	printf("%s\n",
		v->ok ? "ok: every balance is what its movements sum to"
		      : "NOT ok: the ledger does not prove the balances");
}

static void print_json(struct arena *a, const struct verification *v)
{
	struct buf b;
	struct json_out j;

	buf_init(&b, a, REPORT_MAX);
	json_init(&j, &b);
	verification_to_json(&j, v);
	printf("%s\n", buf_cstr(&b));
}

static bool read_options(int argc, char **argv, bool *json)
{
	static const struct option all[] = {
		{"json", no_argument, NULL, 'j'},
		{NULL, 0, NULL, 0},
	};
	int letter;

	*json = false;
	optind = 0; /* main() has read its own options */
	while ((letter = getopt_long(argc, argv, "", all, NULL)) == 'j')
		*json = true;
	return letter == -1 && optind == argc;
}

void verify_help(FILE *to)
{
	fputs("usage: bincard verify [--json]\n", to);
}

int verify_command(struct run *run, int argc, char **argv)
{
	struct verification v;
	struct ctx c;
	struct err *e;
	bool json;

	if (!read_options(argc, argv, &json))
		return command_misused(verify_help);
	e = command_ctx(run, &c);
	if (!e)
		e = verify_ledger(&c, &v);
	if (e)
		return command_fail(e);
	if (json)
		print_json(run->arena, &v);
	else
		print_text(run->arena, &v);
	return v.ok ? 0 : 1;
}
