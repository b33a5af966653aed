/* RFC 9457. */
#include "http/problem.h"

#define UNAVAILABLE_RETRY_S 2

static void write_field(struct json_out *j, struct arena *a, const struct err_field *f)
{
	json_object(j, NULL);
	json_str(j, "pointer", f->pointer.p ? f->pointer : STR(""));
	json_cstr(j, "code", f->code);
	if (f->extra_name.n)
		json_str(j, str_cstr(a, f->extra_name), f->extra_value);
	json_str(j, "detail", f->detail);
	json_object_end(j);
}

void problem_to_json(struct json_out *j, const char *name, struct arena *a, const struct err *e,
	struct str instance)
{
	const int status = err_status(e->code);
	bool show = status < 500;

	json_object(j, name);
	json_str(j, "type", str_printf(a, "/problems/%s", err_slug(e->code)));
	json_cstr(j, "title", err_title(e->code));
	json_int(j, "status", status);
	if (show && e->detail.n)
		json_str(j, "detail", e->detail);
	json_str(j, "instance", instance.p ? instance : STR(""));
	if (show && e->fields) {
		json_array(j, "errors");
		for (const struct err_field *f = e->fields; f; f = f->next)
			write_field(j, a, f);
		json_array_end(j);
	}
	if (show && e->field_count > ERR_FIELDS_MAX)
		json_int(j, "error_count", e->field_count);
	json_object_end(j);
}

/* RFC 6750 section 3: no error code when the request carried no credentials at all. A client that
 * fails at the token endpoint is asked for what it may use there (RFC 6749 section 5.2). */
static void write_challenge(struct response *rs, enum err_code code)
{
	const char *challenge = "Bearer realm=\"bincard\"";

	if (code == ERR_INVALID_TOKEN)
		challenge = "Bearer realm=\"bincard\", error=\"invalid_token\"";
	else if (code == ERR_INVALID_CLIENT)
		challenge = "Basic realm=\"bincard\"";
	response_header(rs, "WWW-Authenticate", challenge);
}

static void write_retry(struct response *rs, int seconds)
{
	response_header_str(rs, "Retry-After", str_printf(rs->arena, "%d", seconds));
}

void problem_head(struct response *rs, const struct err *e)
{
	response_clear(rs);
	rs->status = err_status(e->code);
	if (rs->status == 401)
		write_challenge(rs, e->code);
	if (e->retry_after_s > 0)
		write_retry(rs, e->retry_after_s);
	else if (rs->status == 503)
		write_retry(rs, UNAVAILABLE_RETRY_S);
	rs->cache_control = "no-store";
}

void problem_render(struct response *rs, const struct request *rq, const struct err *e)
{
	struct json_out j;

	problem_head(rs, e);
	rs->content_type = "application/problem+json";
	json_init(&j, &rs->body);
	problem_to_json(&j, NULL, rs->arena, e, rq->id);
}
