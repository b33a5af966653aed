/*
 * qty: exact quantities. A qty_t counts millionths of the item's base unit; SQL holds the same as
 * DECIMAL(18,6), JSON as a decimal string. Never a float.
 */
#ifndef BINCARD_BASE_QTY_H
#define BINCARD_BASE_QTY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef int64_t qty_t;
/* A sum over any number of balances or lines, which a qty_t need not hold. */
__extension__ typedef __int128 qty_sum_t;

#define QTY_ONE ((qty_t)1000000)
/* The largest that DECIMAL(18,6) holds: 999999999999.999999 */
#define QTY_MAX ((qty_t)999999999999999999)
#define QTY_TEXT_MAX 48 /* bytes of any quantity or sum as text, with the NUL */

enum qty_result { QTY_OK, QTY_NOT_A_NUMBER, QTY_TOO_PRECISE, QTY_TOO_LARGE };

/* Reads "12", "12.5", "-0.000001". No white space, exponent, leading '+', digit grouping, or bare
 * '.'; at least one digit on both sides of a '.'. More than six decimals are QTY_TOO_PRECISE unless
 * the surplus is zeros. *out is set only on QTY_OK. */
enum qty_result qty_parse(struct str text, qty_t *out);
/* The same for a sum, which may pass QTY_MAX. */
enum qty_result qty_parse_sum(struct str text, qty_sum_t *out);
/* Without trailing zeros: "12.5", "40", "-3", "0". Returns the length. */
int qty_format(char out[static QTY_TEXT_MAX], qty_sum_t q);
/* The same as a view in the arena. */
struct str qty_str(struct arena *a, qty_sum_t q);
/* False when |a + b| is over QTY_MAX; *sum is then left alone. */
bool qty_add(qty_t a, qty_t b, qty_t *sum);

#endif
