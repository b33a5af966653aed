#include "domain/password.h"

#include "base/secret.h"

void password_check(struct err **e, const struct auth_config *config, struct arena *a,
	struct str password, const char *pointer)
{
	size_t n;

	if (!str_is_utf8(password)) {
		err_add_field(e, a, str_of(pointer), "not_utf8", "The password is not UTF-8 text.");
		return;
	}
	for (size_t i = 0; i < password.n; i++) {
		if ((unsigned char)password.p[i] < 0x20 || password.p[i] == 0x7f) {
			err_add_field(e, a, str_of(pointer), "not_text",
				"The password has a control character, which the sign-in form cannot send.");
			return;
		}
	}
	n = str_code_points(password);
	if (n < (size_t)config->password_min)
		err_add_field(e, a, str_of(pointer), "too_short",
			"The password needs at least %d characters.", config->password_min);
	else if (password_is_common(password))
		err_add_field(e, a, str_of(pointer), "common",
			"The password is one of those that are tried first. Take another one.");
	if (n > PASSWORD_MAX)
		err_add_field(e, a, str_of(pointer), "too_long",
			"The password may have at most %d characters.", PASSWORD_MAX);
}

struct err *password_hash(
	const struct auth_config *config, struct arena *a, struct str password, struct str *hash)
{
	struct err *e;

	if (secret_hash_password(
		    a, password, config->argon2_memory_kib, config->argon2_passes, hash))
		return NULL;
	e = err_new(a, ERR_UNAVAILABLE, "The password cannot be checked now.");
	e->retry_after_s = 5;
	return err_because(
		e, "argon2id: %u KiB of memory cannot be had", config->argon2_memory_kib);
}

bool password_matches(struct str hash, struct str password)
{
	return secret_password_matches(hash, password);
}

bool password_is_old(const struct auth_config *config, struct str hash)
{
	return secret_password_is_old(hash, config->argon2_memory_kib, config->argon2_passes);
}
