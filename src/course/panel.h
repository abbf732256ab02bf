/* Panel: a round with its entries, its experts and who scores what, read once for whoever works on it.  Who scores what are
 * records of kind "assign": round, ref the entry, who the expert, state assigned, released or recused. */
#ifndef XINLV_COURSE_PANEL_H
#define XINLV_COURSE_PANEL_H

#include "course/experts.h"
#include "judge/ranking.h"
#include "mail/compose.h"

typedef struct {
	World *w;
	Arena *a;
	const Round *round;
	Expert *expert;    /* all of the roster */
	size_t expert_n;
	EntryRow *entry;   /* those that stand in round->from, by track and number */
	size_t entry_n;
	RecordRow *assign; /* in order of number, then code */
	size_t assign_n;
} Panel;

int panel_read(World *w, Arena *a, const Round *r, Panel *out, Err *e);
/* For the checks of rows: *kept when it is of that round, else read anew and kept. NULL on error. */
Panel *panel_keep(World *w, Arena *a, const Round *r, void **kept, Err *e);
/* The round a text names by id or name; the one that is held now, else the next one, where it names none.  NULL: none. */
const Round *panel_round(const World *w, Arena *a, const char *text);
bool panel_has(const Panel *p, const char *number, const char *code);
/* How often the assignment of the entry, or of the expert, was changed. */
int64_t panel_version(const Panel *p, const char *number);
int64_t panel_turns(const Panel *p, const char *code);
/* Records who scores what from now on. Within the open transaction. */
int panel_assign(const Panel *p, const char *number, const char *code, const char *state, const char *by, const char *why,
                 Err *e);
const EntryRow *panel_entry(const Panel *p, const char *number); /* NULL when it does not stand in the round */

/* How many of theirs an expert has scored; score: the round's, as store_record_list gives them. */
size_t panel_done(const Panel *p, const RecordRow *score, size_t n, const char *code, size_t *theirs);

/* Who has not scored all of theirs, in rounds that are still open; only: in that round, NULL: all. */
#define BEHIND_MAX 2000
typedef struct {
	Panel *panel;
	const Expert *expert;
	size_t done, theirs;
} Behind;
int panel_behind(World *w, Arena *a, const Round *only, Behind **out, size_t *n, Err *e);

/* The entries of an expert, in the order of the round. */
const EntryRow **panel_entries_of(const Panel *p, const char *code, size_t *n);

/* The sealed workbook of who scores what, with a proposal where an entry lacks experts. seed: of the proposal, recorded with
 * it, within the open transaction.  only: one entry; NULL: all. */
int panel_book(Panel *p, Hash seed, const char *only, Attachment *out, Err *e);
/* The same to every address of the secretariat, because the expert stepped back from the entry. */
int panel_again(Panel *p, const Expert *x, const char *number, const char *why, Err *e);

/* The score sheet alone. */
int panel_sheet_book(Panel *p, const Expert *x, const EntryRow **list, size_t n, Attachment *out, Err *e);
/* The sealed score sheet of an expert with what is theirs, and the booklet, by mail: where the promise was given.  The same
 * state is never mailed twice.  Within the open transaction. */
int panel_sheet(Panel *p, const Expert *x, Err *e);
/* What the heading of a criterion is on a sheet. */
const char *panel_heading(const World *w, Arena *a, const Criterion *c);

#endif
