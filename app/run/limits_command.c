/* bincard limits: how full the rate limits' buckets on this host are. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/timestamp.h"
#include "run/command.h"
#include "run/shared.h"

void limits_help(FILE *to)
{
	fprintf(to,
		"usage: bincard limits [--reset] [user ID | client ID | foreign ID | address ADDRESS]\n\n"
		"Prints what is left of each rate limit for that user, client or address on this "
		"host; without\n"
		"one, how many requests were refused and how full the table is. --reset fills "
		"the buckets up.\n");
}

struct asked {
	enum rate_region region;
	struct str name; /* STR_NONE: the whole table */
	bool reset;
};

static bool is_id(const char *text)
{
	int64_t id;

	return str_to_int(str_of(text), &id) && id > 0;
}

static bool read_whom(struct arena *a, const char *kind, const char *text, struct asked *out)
{
	out->region = RATE_KNOWN;
	if (strcmp(kind, "address") == 0) {
		out->region = RATE_STRANGERS;
		out->name = address_rate_name(a, str_of(text));
		return out->name.n > 0;
	}
	out->name = str_printf(a, "%s:%s", kind, text);
	return (strcmp(kind, "user") == 0 || strcmp(kind, "client") == 0 ||
		       strcmp(kind, "foreign") == 0) &&
		is_id(text);
}

static bool read_arguments(struct arena *a, int argc, char **argv, struct asked *out)
{
	int i = 1;

	*out = (struct asked){.name = STR_NONE};
	if (i < argc && strcmp(argv[i], "--reset") == 0) {
		out->reset = true;
		i++;
	}
	if (i == argc)
		return !out->reset;
	return argc - i == 2 && read_whom(a, argv[i], argv[i + 1], out);
}

static void print_table(struct rate_table *t)
{
	int64_t now_us = time_monotonic_us();
	const unsigned places = RATE_SETS * RATE_WAYS;

	printf("buckets in use: %u of %u of users and clients, %u of %u of addresses\n",
		rate_in_use(t, RATE_KNOWN, now_us), places, rate_in_use(t, RATE_STRANGERS, now_us),
		places);
	for (int g = 0; g < RATE_GROUPS; g++)
		printf("%-12s %llu refused\n", rate_group_name((enum rate_group)g),
			(unsigned long long)atomic_load(&t->refused[g]));
}

static void print_bucket(
	struct rate_table *t, const struct rate_who *who, const struct rate_policy *policy)
{
	struct rate_left left;

	if (policy->quota == 0) {
		printf("%-12s off\n", rate_group_name(who->group));
		return;
	}
	rate_look(t, who, policy, time_monotonic_us(), &left);
	printf("%-12s %u of %u left, full in %u s\n", rate_group_name(who->group), left.tokens,
		policy->burst, left.full_in_s);
}

static void do_it(struct run *run, const struct asked *asked, struct rate_table *t)
{
	if (!asked->name.p) {
		print_table(t);
		return;
	}
	for (int g = 0; g < RATE_GROUPS; g++) {
		const struct rate_who who = {(enum rate_group)g, asked->region, asked->name};

		if (asked->reset)
			rate_reset(t, &who);
		print_bucket(t, &who, &run->config->site.rates[g]);
	}
}

int limits_command(struct run *run, int argc, char **argv)
{
	const char *dir = run->config->server.run_dir;
	struct shared *shared;
	struct asked asked;
	struct err *e = NULL;

	if (!read_arguments(run->arena, argc, argv, &asked))
		return command_misused(limits_help);
	/* the file is the workers' to make */
	if (access(arena_printf(run->arena, "%s/bincard.shm", dir), F_OK) != 0)
		e = err_new(run->arena, ERR_USAGE, "No worker has run with run_dir = %s", dir);
	else
		e = shared_open(run->arena, dir, &shared);
	if (e)
		return command_fail(e);
	do_it(run, &asked, &shared->rate);
	return 0;
}
