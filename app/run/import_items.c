/* import items: a row is an item; one that is there already must be equal, or --update. */
#include "domain/category.h"
#include "domain/item.h"
#include "run/import.h"

enum column { SKU, NAME, DESCRIPTION, CATEGORY, UNIT, BARCODES };

/* clang-format off */
static const struct field columns[] = {
	[SKU] = {.name = "sku", .type = FIELD_CODE, .flags = FIELD_REQUIRED, .max = ITEM_SKU_MAX},
	[NAME] = {.name = "name", .type = FIELD_TEXT, .max = ITEM_NAME_MAX},
	[DESCRIPTION] = {.name = "description", .type = FIELD_MULTILINE, .max = ITEM_DESCRIPTION_MAX},
	[CATEGORY] = {.name = "category", .type = FIELD_TEXT, .max = 120},
	[UNIT] = {.name = "unit", .type = FIELD_TEXT, .max = ITEM_UNIT_MAX},
	[BARCODES] = {.name = "barcodes", .type = FIELD_TEXTS, .max = ITEM_BARCODES_MAX},
	{.name = NULL},
};
/* clang-format on */

/* What the file has not is not said; a new item without a name is called by its SKU. */
static struct item_input input_of(const struct value *in, bool new_one)
{
	struct item_input item = {
		.sku = in[SKU].text,
		.name = in[NAME].set ? in[NAME].text
			: new_one    ? in[SKU].text
				     : STR_NONE,
		.description = in[DESCRIPTION].set ? in[DESCRIPTION].text : STR_NONE,
		.unit = in[UNIT].set ? in[UNIT].text
			: new_one    ? STR("each")
				     : STR_NONE,
		.has_category = in[CATEGORY].set,
		.category = in[CATEGORY].set ? in[CATEGORY].text : STR_NONE,
		.has_barcodes = in[BARCODES].set,
		.barcodes = in[BARCODES].texts,
		.barcode_count = in[BARCODES].n,
	};

	return item;
}

static bool same_text(struct str asked, struct str there)
{
	return !asked.p || str_eq(asked, there) || (asked.n == 0 && there.n == 0);
}

static bool has_line(struct str lines, struct str line)
{
	while (lines.p) {
		if (str_eq(str_cut(lines, '\n', &lines), line))
			return true;
	}
	return false;
}

static size_t count_lines(struct str lines)
{
	size_t n = lines.n > 0;

	for (size_t i = 0; i < lines.n; i++)
		n += lines.p[i] == '\n';
	return n;
}

static bool same_barcodes(const struct item_input *in, const struct item *item)
{
	if (!in->has_barcodes)
		return true;
	for (size_t i = 0; i < in->barcode_count; i++)
		if (!has_line(item->barcodes, in->barcodes[i]))
			return false;
	return in->barcode_count == count_lines(item->barcodes);
}

static bool same(const struct item_input *in, const struct item *item)
{
	return same_text(in->name, item->name) && same_text(in->description, item->description) &&
		same_text(in->unit, item->unit) && same_text(in->category, item->category) &&
		same_barcodes(in, item);
}

static struct err *make_category(struct import *im, struct str name)
{
	struct category_filter f = {.q = STR_NONE,
		.name = name,
		.parent = STR_NONE,
		.after_text = STR_NONE,
		.limit = 1};
	struct category_rows rows;
	struct category_input in = {.name = name, .parent = STR_NONE};
	struct category made = {0};

	TRY(category_list(&im->ctx, &f, &rows));
	return rows.n > 0 ? NULL : category_create(&im->ctx, &in, &made);
}

static struct err *there_already(struct import *im, const struct value *in, const struct item *item)
{
	struct item_input input = input_of(in, false);
	struct item changed = {0};

	if (same(&input, item)) {
		im->unchanged++;
		return NULL;
	}
	if (!im->options.update)
		return err_new(im->ctx.arena, ERR_CONFLICT,
			"There is an item \"%.*s\" that differs; --update changes it.",
			STR_ARG(item->sku));
	TRY(item_update(&im->ctx, item->id, 0, &input, &changed));
	im->updated++;
	return NULL;
}

static struct err *apply(struct import *im, const struct value *in)
{
	struct item_filter f = {.q = STR_NONE,
		.sku = in[SKU].text,
		.category = STR_NONE,
		.status = STR_NONE,
		.after_text = STR_NONE,
		.limit = 1};
	struct item_input input = input_of(in, true);
	struct item_rows rows;
	struct item made = {0};

	if (in[CATEGORY].set)
		TRY(make_category(im, in[CATEGORY].text));
	TRY(item_list(&im->ctx, &f, &rows));
	if (rows.n > 0)
		return there_already(im, in, &rows.rows[0]);
	TRY(item_create(&im->ctx, &input, &made));
	im->added++;
	return NULL;
}

static struct err *row(
	struct import *im, const struct value *in, const struct http_pair *cells, int64_t line)
{
	struct err *e = apply(im, in);

	(void)cells;
	/* Another import was quicker, with the category or with the item: what is there now counts. */
	for (int again = 0; e && e->code == ERR_DUPLICATE && again < 2; again++)
		e = apply(im, in);
	if (e && !import_is_about_row(e))
		return e;
	if (e) {
		im->refused++;
		import_wrong_row(im, line, e);
	}
	import_forget(im);
	return NULL;
}

static struct err *bad_row(struct import *im, int64_t line, const struct http_pair *cells)
{
	(void)line;
	(void)cells;
	im->refused++;
	import_forget(im);
	return NULL;
}

static struct err *finish(struct import *im)
{
	(void)im;
	return NULL;
}

const struct import_kind import_items = {
	"items", columns, import_check_natural_key, row, bad_row, finish};
