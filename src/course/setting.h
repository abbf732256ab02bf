/* Setting: what the secretariat changes in mid-contest.  Each is a record of kind `setting`, the newest of its group and ref
 * holds; together they are laid over the rules (rules/overlay.h) whenever the world takes some. */
#ifndef XINLV_COURSE_SETTING_H
#define XINLV_COURSE_SETTING_H

#include "home/above.h"
#include "rules/overlay.h"
#include "store/record.h"

/* Those in force, group by group; texts in the arena. */
int setting_list(World *w, Arena *a, Setting **s, size_t *n, Err *e);
/* After a new one within the open transaction: lays them over the rules in force, and lets go of what was made from these. */
int setting_refresh(World *w, Err *e);
/* What one says, for a person: "案例征集阶段：截止改为4月10日24:00". */
const char *setting_says(const World *w, Arena *a, const Setting *s);
/* Whether anybody is left on the list of the secretariat with these rows over it, in their order. */
bool setting_staff_stays(const World *w, Arena *a, const RecordRow *row, size_t n);
/* A record to a setting; false when it is of a group that this program does not know. */
bool setting_of(Arena *a, const RecordRow *r, Setting *out);

/* The 设置 workbook, to be returned, as a file (from the current folder). */
int setting_book(World *w, Arena *a, const char *path, Err *e);

/* Proposed ones wait for a second person: told to all others with a code.  Within the open transaction. */
int setting_propose(World *w, Arena *a, const RecordRow *row, size_t n, const char *by, Err *e);
/* A mail with such a code.  Fills v->detail; makes what is told. */
int setting_confirm(World *w, Arena *a, const MessageRow *m, const Report *r, Verdict *v, Outgoing *out, size_t *n, Err *e);
/* Records them, lays them over the rules, judges again what is no longer late, and tells all of the secretariat. */
int setting_apply(World *w, Arena *a, const RecordRow *row, size_t n, const char *by, Err *e);

/* Within the open transaction: the blank forms are to be made anew by the next tick (or this one). */
int setting_forms_stale(World *w, Err *e);
extern const Due due_forms;

#endif
