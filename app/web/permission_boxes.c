#include "web/permission_boxes.h"

#include "domain/reach.h"
#include "web/page.h"

enum { PERMISSION };
const struct field permission_box_fields[] = {
	[PERMISSION] = {.name = "permission", .type = FIELD_CODE, .max = 64},
	{.name = NULL},
};

struct str *permission_boxes_texts(struct call *c, const struct value *v, perm_set *set)
{
	struct str *texts = ARENA_ARRAY(c->arena, v->n, struct str);
	perm_set one;

	*set = 0;
	for (size_t i = 0; i < v->n; i++) {
		texts[i] = v->rows[i][PERMISSION].text;
		permission_parse(texts[i], &one);
		*set |= one;
	}
	return texts;
}

void permission_boxes_show(struct call *c, perm_set ticked)
{
	for (enum permission p = PERM_NONE + 1; p < PERMISSION_END; p++) {
		struct page_row *r = page_row(c, "boxes", (size_t)p - 1);

		row_set_cstr(r, "name", permission_name(p));
		row_set_cstr(r, "help", permission_help(p));
		if (perm_has(ticked, p))
			row_set_cstr(r, "checked", "1");
		if (!perm_has(reach_unlimited(&c->ctx), p))
			row_set_cstr(r, "not_yours", "1");
	}
}
