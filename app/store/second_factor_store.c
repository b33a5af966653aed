#include "store/second_factor_store.h"

/* id, secret_sealed, last_step, confirmed_at, recovery codes left, now */
static void read_factor(const struct db_value *v, struct second_factor *out)
{
	*out = (struct second_factor){
		.id = v[0].num,
		.secret_sealed = v[1].text,
		.last_step = v[2].num,
		.confirmed = !v[3].null,
		.confirmed_at = v[3].null ? TIME_NONE : v[3].num,
		.codes_left = v[4].num,
		.now = v[5].num,
	};
}

struct err *second_factor_store_of(
	struct db *db, struct arena *a, int64_t user_id, struct second_factor *out, bool *found)
{
	struct db_rows rows;

	TRY(db_query(db, a, SECOND_FACTOR_OF, DB_ARGS(db_int(user_id)), &rows));
	*found = rows.n > 0;
	if (*found)
		read_factor(db_row(&rows, 0), out);
	return NULL;
}

struct err *second_factor_store_begin(
	struct db *db, struct arena *a, int64_t user_id, struct str secret_sealed)
{
	TRY(db_exec(db, a, SECOND_FACTOR_DROP_BEGUN, DB_ARGS(db_int(user_id)), NULL, NULL));
	return db_exec(db, a, SECOND_FACTOR_ADD, DB_ARGS(db_int(user_id), db_bytes(secret_sealed)),
		NULL, NULL);
}

/* What changes one row or none. */
static struct err *change_one(struct db *db, struct arena *a, enum stmt_id id,
	const struct db_value *args, size_t n, bool *done)
{
	int64_t changed;

	TRY(db_exec(db, a, id, args, n, &changed, NULL));
	*done = changed == 1;
	return NULL;
}

struct err *second_factor_store_confirm(
	struct db *db, struct arena *a, int64_t id, int64_t step, bool *done)
{
	return change_one(db, a, SECOND_FACTOR_CONFIRM, DB_ARGS(db_int(step), db_int(id)), done);
}

struct err *second_factor_store_use(
	struct db *db, struct arena *a, int64_t id, int64_t step, bool *done)
{
	return change_one(
		db, a, SECOND_FACTOR_USE, DB_ARGS(db_int(step), db_int(id), db_int(step)), done);
}

struct err *second_factor_store_remove(struct db *db, struct arena *a, int64_t user_id, bool *done)
{
	TRY(db_exec(db, a, RECOVERY_CODES_CLEAR, DB_ARGS(db_int(user_id)), NULL, NULL));
	return change_one(db, a, SECOND_FACTOR_REMOVE, DB_ARGS(db_int(user_id)), done);
}

struct err *recovery_code_store_put(struct db *db, struct arena *a, int64_t user_id,
	const struct str hashes[static RECOVERY_CODES])
{
	struct db_value args[2 * RECOVERY_CODES];

	for (size_t i = 0; i < RECOVERY_CODES; i++) {
		args[2 * i] = db_int(user_id);
		args[2 * i + 1] = db_bytes(hashes[i]);
	}
	TRY(db_exec(db, a, RECOVERY_CODES_CLEAR, DB_ARGS(db_int(user_id)), NULL, NULL));
	return db_exec(db, a, RECOVERY_CODES_ADD, args, 2 * RECOVERY_CODES, NULL, NULL);
}

struct err *recovery_code_store_use(
	struct db *db, struct arena *a, int64_t user_id, struct str hash, bool *done)
{
	return change_one(db, a, RECOVERY_CODE_USE, DB_ARGS(db_int(user_id), db_bytes(hash)), done);
}

struct err *pending_sign_in_store_add(struct db *db, struct arena *a, struct str token_hash,
	int life_s, int64_t user_id, struct str password_hash, bool *added)
{
	return change_one(db, a, PENDING_SIGN_IN_ADD,
		DB_ARGS(db_bytes(token_hash), db_int(life_s), db_int(user_id),
			db_text(password_hash)),
		added);
}

struct err *pending_sign_in_store_by_hash(struct db *db, struct arena *a, struct str token_hash,
	struct pending_sign_in *out, bool *found)
{
	struct db_rows rows;
	const struct db_value *v;

	TRY(db_query(db, a, PENDING_SIGN_IN_BY_HASH, DB_ARGS(db_bytes(token_hash)), &rows));
	*found = rows.n > 0;
	if (!*found)
		return NULL;
	v = db_row(&rows, 0);
	*out = (struct pending_sign_in){
		.user_id = v[0].num, .user_name = v[1].text, .password_hash = v[2].text};
	return NULL;
}

struct err *pending_sign_in_store_try(
	struct db *db, struct arena *a, struct str token_hash, int tries_max, bool *counted)
{
	return change_one(db, a, PENDING_SIGN_IN_TRY,
		DB_ARGS(db_bytes(token_hash), db_int(tries_max)), counted);
}

struct err *pending_sign_in_store_end(
	struct db *db, struct arena *a, struct str token_hash, bool *ended)
{
	return change_one(db, a, PENDING_SIGN_IN_END, DB_ARGS(db_bytes(token_hash)), ended);
}
