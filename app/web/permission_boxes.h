/*
 * permission_boxes: a form's boxes for permissions, of roles and clients alike. The template shows them by
 * layout/_permissions.cs.
 */
#ifndef BINCARD_WEB_PERMISSION_BOXES_H
#define BINCARD_WEB_PERMISSION_BOXES_H

#include "web/route.h"

/* A field "permissions": those whose boxes are ticked. */
#define PERMISSION_BOXES                                                          \
	{                                                                         \
		.name = "permissions", .type = FIELD_ROWS, .max = PERMISSION_END, \
		.row = permission_box_fields                                      \
	}
extern const struct field permission_box_fields[];

/* What was ticked, as texts that the domain checks; *set are those that are known. */
struct str *permission_boxes_texts(struct call *c, const struct value *v, perm_set *set);
/* boxes.N for all that there are; those of `ticked` are. */
void permission_boxes_show(struct call *c, perm_set ticked);

#endif
