/* Valueread: what the files of `values` share.  Private to this room. */
#ifndef XINLV_RULES_VALUEREAD_H
#define XINLV_RULES_VALUEREAD_H

#include "rules/values.h"

/* One value on its way to a normal form. */
typedef struct {
	Arena *arena;
	const Field *field;
	RawKind kind;
	bool percent_cell;
	const char *tidy; /* as typed, without what nobody sees */
	const char *fold; /* text_fold of it */
} ValueIn;

/* OK where `text` is what was typed but for blanks, else REPAIRED.  Cells that
 * hold a number or a date are what they are: OK. */
Value value_good(const ValueIn *in, const char *text);
Value value_bad(const ValueIn *in, const char *problem);

Value value_read_number(const ValueIn *in);
Value value_read_percent(const ValueIn *in);
Value value_read_date(const ValueIn *in);
Value value_read_choice(const ValueIn *in);
Value value_read_choices(const ValueIn *in);
Value value_read_confirm(const ValueIn *in);
Value value_read_uscc(const ValueIn *in);
Value value_read_mobile(const ValueIn *in);
Value value_read_phone(const ValueIn *in);
Value value_read_email(const ValueIn *in);
Value value_read_postcode(const ValueIn *in);

/* What a choice is known by, however it is typed: of a table of these (Field.choice_key), or made anew. */
const char *value_choice_key(Arena *a, const char *text);
/* s without blanks, and with `hyphen` ("": nothing) for each hyphen of any kind (text_hyphen). */
char *value_solid(Arena *a, const char *s, const char *hyphen);
/* A code, number or address without what people write around it: a label before a colon, a remark in brackets behind it,
 * a stop at its end.  Only where no digit and no @ goes with that. */
char *value_bare(Arena *a, const char *fold);
/* A Chinese numeral at s (3 forms: by places as in 五百二十, digit by digit as in
 * 二〇二三, financial as in 伍佰): bytes used, 0 when there is none.  *large
 * (may be NULL): it holds 万 or 亿. */
size_t value_numeral(const char *s, int64_t *out, bool *large);
/* The digits of a cell that Excel keeps as a number, without exponent
 * ("1.38E+10" -> "13800000000"); NULL when it is no whole number.  *lost: more
 * digits than a cell can hold. */
const char *value_cell_digits(Arena *a, const char *s, bool *lost);

#endif
