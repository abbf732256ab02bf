/* Report: what the secretariat's digest asks of the database.  Everything here is found by index, and costs as much as
 * the days asked for or the items still open, never as much as the history. */
#ifndef XINLV_STORE_REPORT_H
#define XINLV_STORE_REPORT_H

#include "store/store.h"

#define REPORT_SLOT 900 /* seconds of an arrival count: days of every zone are made of them */

/* ---- counts */
typedef struct {
	int64_t slot; /* begins at slot * REPORT_SLOT */
	const char *outcome;
	int64_t n;
} ArrivalRow;
/* Messages that arrived in [from, to), by quarter of an hour and outcome. */
int store_report_arrivals(Store *s, Arena *a, int64_t from, int64_t to, ArrivalRow **rows, size_t *n, Err *e);
/* Forms that arrived in [from, to) by track; .state is the outcome. */
int store_report_forms(Store *s, Arena *a, int64_t from, int64_t to, CountRow **rows, size_t *n, Err *e);

/* ---- what a message says that became no entry, or of a bounce */
typedef struct {
	int64_t seq;
	int form;           /* from 0; -1: a bounce */
	const char *title, *org, *contact, *mobile, *email;
	const char *reason; /* of a bounce */
} SaidRow;
int store_said_add(Store *s, const SaidRow *d, Err *e); /* writes */

/* ---- messages that wait for a person */
typedef struct {
	int64_t seq;
	Hash sha256;
	bool archived;
	int64_t received;
	const char *outcome, *detail;
	const char *from_addr, *from_name, *subject;
	int64_t times;      /* turned_away: how often in a row */
	int64_t rulings;    /* made on it so far: its version */
	const char *track;  /* of its form; "" */
	const char *number; /* twin: the entry that stands */
	const char *title, *org, *contact, *mobile, *email, *reason; /* SaidRow, "" when not known */
	const char *problem; /* the first thing to mend */
} TodoRow;
/* kind: read, late, twin, quarantined, bounce.  In order of arrival; each() returns false to stop; its row is valid
 * during the call. */
int store_todo_each(Store *s, const char *kind, bool (*each)(void *ctx, const TodoRow *row), void *ctx, Err *e);
/* It waits no longer: something else stands for it. */
int store_todo_done(Store *s, const char *kind, int64_t seq, int64_t at, Err *e); /* writes */
/* Senders turned away at least `times` times with no entry accepted since, by their last mail. */
int store_turned_each(Store *s, int64_t times, bool (*each)(void *ctx, const TodoRow *row), void *ctx, Err *e);

/* ---- of an entry: how many events it has (its version), and what the judge warned of, a line each, "" when nothing */
int store_report_entry(Store *s, Arena *a, const char *number, int64_t *version, char **warnings, Err *e);

#endif
