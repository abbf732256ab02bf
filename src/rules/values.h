/* Values: what was typed -> the normal form of a kind, with repairs that cannot
 * be wrong (full-width digits, blanks, letter case, +86, 2023年3月5日) made and reported. */
#ifndef XINLV_RULES_VALUES_H
#define XINLV_RULES_VALUES_H

#include "rules/rules.h"

/* How a raw value came out of the form; set by the reader. */
typedef enum {
	RAW_TEXT,
	RAW_NUMBER,     /* a numeric cell, text in shortest form */
	RAW_DATE,       /* a date cell, text ISO 8601 */
	RAW_BOOL,       /* TRUE or FALSE */
	RAW_ERROR,      /* #N/A and the like */
	RAW_NO_RESULT,  /* a formula without a cached value */
	RAW_PICTURE,    /* WPS DISPIMG */
} RawKind;

typedef enum {
	VALUE_OK,
	VALUE_REPAIRED, /* normal form differs in more than blanks; say so */
	VALUE_EMPTY,    /* nothing there (also: "无", "/" do NOT count as empty) */
	VALUE_BAD,      /* not of this kind: `problem` is a words key under problem. */
} ValueState;

typedef struct {
	ValueState state;
	const char *text; /* normal form, or for VALUE_BAD the tidied text as found */
	double number;
	const char *problem;  /* VALUE_BAD: words key, as problem.date */
	const char *nearest;  /* a choice: the nearest valid one; a percentage: what else may be meant; or "" */
	const char *warning;  /* words key of a warning (as problem.uscc_check), or NULL */
} Value;

/* percent_cell: a RAW_NUMBER cell formatted as a percentage. */
Value value_read(Arena *a, const Field *f, const char *raw, RawKind kind, bool percent_cell);
/* What is wrong with a value that was read (state OK or REPAIRED) by the field's
 * own limits: length, range, pattern.  A words key under problem., or NULL. */
const char *value_fault(const Field *f, const Value *v);
/* Days since 1970-01-01 of a normal form 2023-03-05, or of the first day of
 * 2023-03; WHEN_NONE when it is neither.  Field.min_date and max_date are such. */
int64_t value_days(const char *normal);
char *value_day_text(Arena *a, int64_t days); /* 2023-03-05 */
/* A number in shortest form with '.' whatever the locale; and back (NAN when
 * it is none). */
char *value_number_text(Arena *a, double v);
double value_number(const char *normal);
double value_plain(double v); /* what was calculated, as it is on paper: 0.1 + 0.2 is 0.3 */

/* GB 32100-2015: 18 characters of its alphabet, the division in digits. */
bool uscc_shape(const char *s);
/* GB 32100-2015: 18 characters of its alphabet with a right check character. */
bool uscc_ok(const char *s);
/* GB 11643-1999: an 18-digit resident identity number with a right check. */
bool id_number_ok(const char *s);
/* The first one that stands in a text, in ordinary or full-width signs, a blank or hyphen between them or not; NULL when
 * none does.  *bytes: how long it is there; number (may be NULL): its 18 signs. */
const char *id_number_in(const char *s, size_t *bytes, char number[19]);
/* A value as a mail shows it: the middle of each identity number masked, and that of a personal identifier. */
const char *value_shown(Arena *a, const Field *f, const char *text);
bool mail_address_ok(const char *s); /* a bare address we may write to: no control bytes, one @, a dotted domain */
/* The same, or with letters beyond ASCII: a server that knows SMTPUTF8 (RFC 6531) may take it. */
bool mail_address_sendable(const char *s);

#endif
