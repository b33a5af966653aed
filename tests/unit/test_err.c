#include "tests/unit/unit.h"

#include "base/err.h"

static void table_is_complete(void **state)
{
	(void)state;
	for (int code = 0; code < ERR_CODES; code++) {
		int status = err_status((enum err_code)code);

		assert_in_range(status, 400, 599);
		assert_true(strlen(err_slug((enum err_code)code)) > 0);
		assert_true(strlen(err_title((enum err_code)code)) > 0);
	}
	assert_int_equal(err_status(ERR_INSUFFICIENT_STOCK), 409);
	assert_string_equal(err_slug(ERR_INSUFFICIENT_STOCK), "insufficient-stock");
	assert_string_equal(err_title(ERR_RATE), "Too many requests");
}

static void detail_and_cause(void **state)
{
	struct err *e = err_new(*state, ERR_NOT_FOUND, "No item %d.", 7);

	assert_str_is(e->detail, "No item 7.");
	assert_null(e->cause.p);
	assert_ptr_equal(err_because(e, "errno %d", 2), e);
	assert_str_is(e->cause, "errno 2");
	err_because(e, "reading %s", "x");
	assert_str_is(e->cause, "reading x: errno 2");
	assert_int_equal(e->retry_after_s, 0);
}

static void fields_keep_their_order(void **state)
{
	struct err *e = NULL;
	char pointer[] = "/sku";
	struct err_field *f = err_add_field(&e, *state, str_of(pointer), "required", "Needed.");

	pointer[1] = 'X'; /* the error has its own copy */
	assert_int_equal(e->code, ERR_INVALID);
	f->extra_name = STR("available");
	err_add_field(&e, *state, STR("/lines/0"), "too_long", "At most %d.", 64);
	assert_int_equal(e->field_count, 2);
	assert_str_is(e->fields->pointer, "/sku");
	assert_string_equal(e->fields->code, "required");
	assert_str_is(e->fields->next->detail, "At most 64.");
	assert_null(e->fields->next->next);
}

static void fields_join_an_error_of_another_kind(void **state)
{
	struct err *e = err_new(*state, ERR_INSUFFICIENT_STOCK, "Not enough.");

	err_add_field(&e, *state, STR(""), "insufficient_stock", "3 left.");
	assert_int_equal(e->code, ERR_INSUFFICIENT_STOCK);
	assert_str_is(e->fields->pointer, "");
}

static void fields_are_counted_past_the_maximum(void **state)
{
	struct err *e = NULL;
	unsigned kept = 0;

	for (int i = 0; i < ERR_FIELDS_MAX; i++)
		assert_non_null(err_add_field(&e, *state, STR("/a"), "bad", "No."));
	assert_null(err_add_field(&e, *state, STR("/a"), "bad", "No."));
	assert_int_equal(e->field_count, ERR_FIELDS_MAX + 1);
	for (struct err_field *f = e->fields; f; f = f->next)
		kept++;
	assert_int_equal(kept, ERR_FIELDS_MAX);
}

static void expect_pointers(const struct err *e, const char *const *pointers)
{
	for (const struct err_field *f = e->fields; f; f = f->next)
		assert_str_is(f->pointer, *pointers++);
	assert_null(*pointers);
}

static void joined_errors_name_each_thing_once(void **state)
{
	struct err *first = NULL, *more = NULL;

	err_add_field(&first, *state, STR("/lines/1/quantity"), "bad", "No.");
	err_add_field(&first, *state, STR("/lines/2"), "bad", "No.");
	err_add_field(&more, *state, STR("/lines/1/quantity"), "bad", "The same.");
	err_add_field(&more, *state, STR("/lines/1/sku"), "bad", "No.");
	err_add_field(&more, *state, STR("/lines/2/sku"), "bad", "In what is wrong already.");
	err_add_field(&more, *state, STR("/lines/20"), "bad", "No.");
	assert_ptr_equal(err_join(first, more), first);
	expect_pointers(first,
		(const char *[]){
			"/lines/1/quantity", "/lines/2", "/lines/1/sku", "/lines/20", NULL});
	assert_int_equal(first->field_count, 4);
	err_add_field(&first, *state, STR("/z"), "bad", "After the joined ones.");
	assert_int_equal(first->field_count, 5);
	assert_ptr_equal(err_join(NULL, more), more);
	assert_ptr_equal(err_join(first, NULL), first);
	assert_null(err_join(NULL, NULL));
}

static void joined_errors_keep_to_the_maximum(void **state)
{
	struct err *first = NULL, *more = NULL;
	unsigned kept = 0;

	for (int i = 0; i < ERR_FIELDS_MAX - 1; i++) {
		err_add_field(&first, *state, STR("/a"), "bad", "No.");
		err_add_field(&more, *state, STR("/b"), "bad", "No.");
	}
	(void)err_join(first, more);
	for (const struct err_field *f = first->fields; f; f = f->next)
		kept++;
	assert_int_equal(kept, ERR_FIELDS_MAX);
	assert_int_equal(first->field_count, 2 * (ERR_FIELDS_MAX - 1));
}

static struct err *hands_up(struct err *e, int *after)
{
	TRY(e);
	*after = 1;
	return NULL;
}

static void try_returns_the_error(void **state)
{
	struct err *e = err_new(*state, ERR_CONFLICT, "x");
	int after = 0;

	assert_ptr_equal(hands_up(e, &after), e);
	assert_int_equal(after, 0);
	assert_null(hands_up(NULL, &after));
	assert_int_equal(after, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(table_is_complete),
		UNIT_TEST(detail_and_cause),
		UNIT_TEST(fields_keep_their_order),
		UNIT_TEST(fields_join_an_error_of_another_kind),
		UNIT_TEST(fields_are_counted_past_the_maximum),
		UNIT_TEST(joined_errors_name_each_thing_once),
		UNIT_TEST(joined_errors_keep_to_the_maximum),
		UNIT_TEST(try_returns_the_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
