#include "db/statements.h"

const struct stmt_text stmt_texts[STMT_COUNT] = {
#define STMT(id, in, out, sql) [id] = {#id, in, out, sql},
#include "sql/statements/all.def"
#include "sql/statements/owner.def"
#undef STMT
};
