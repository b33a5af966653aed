#include "base/json_copy.h"

#include <assert.h>

void json_copy(struct json_out *j, const char *name, const struct json_node *node)
{
	if (!node || node->type == JSON_NULL) {
		json_null(j, name);
	} else if (node->type == JSON_BOOL) {
		json_bool(j, name, node->num != 0);
	} else if (node->type == JSON_INT) {
		json_int(j, name, node->num);
	} else if (node->type == JSON_TEXT) {
		json_str(j, name, node->text);
	} else if (node->type == JSON_ARRAY) {
		json_array(j, name);
		for (const struct json_node *n = node->child; n; n = n->next)
			json_copy(j, NULL, n);
		json_array_end(j);
	} else {
		assert(node->type == JSON_OBJECT); /* what we write has no fraction */
		json_object(j, name);
		for (const struct json_node *n = node->child; n; n = n->next)
			json_copy(j, str_cstr(j->buf->arena, n->name), n);
		json_object_end(j);
	}
}
