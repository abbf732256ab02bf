/* Cond: a condition of the rules -> a statement for the evaluator.  Private to
 * this room.
 *
 * Each field that is named becomes a numbered parameter, each table a common
 * table expression over cells('TABLE'), so that equal conditions of several tracks
 * are one statement and nothing else of the form is touched. */
#ifndef XINLV_RULES_COND_H
#define XINLV_RULES_COND_H

#include "rules/rules.h"

#define COND_MAX_BYTES 4000
#define COND_MAX_FIELDS 60 /* named in one condition */
#define COND_MAX_TABLES 8

typedef struct {
	char *sql;
	size_t sql_n;
	int *origin;    /* byte of sql -> 0-based character of the condition, or -1 */
	size_t *field;  /* parameter ?1.. -> index of its field in the track's form */
	size_t field_n;
	const Table *table[COND_MAX_TABLES]; /* that are read */
	size_t table_n;
	bool of_nothing; /* it may come out false, and not unknown, where something is empty */
} Cond;

/* 0, or -1 with the reason and the 0-based character where it is wrong. */
int cond_translate(Arena *a, const Track *t, const char *where, Cond *out, int *offset, Err *e);
/* Makes of what SQLite said of it the reason and the advice. */
void cond_explain(Arena *a, const Track *t, const Cond *c, Err *e);
bool cond_function(const char *name, size_t n); /* one of the functions offered */
bool cond_keyword(const char *name, size_t n);  /* a word of SQL's own, as far as conditions use them */

#endif
