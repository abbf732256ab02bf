/* Bookout: a workbook told to the office program text by text (src/office/workbook.h has the grammar), so that its rows
 * are never all in memory.  A fault on the way is kept and comes out once, at the end. */
#ifndef XINLV_HOME_BOOKOUT_H
#define XINLV_HOME_BOOKOUT_H

#include "base/str.h"
#include "home/spawn.h"

#define BOOKOUT_TOKEN "_xinlv" /* heads the column of tokens; names the hidden sheet */

typedef struct {
	Child child;
	Buf buf;
	Err *e;
	bool bad;    /* whoever tells it sets this too, with the reason in e: half a workbook goes */
	bool broken; /* the program reads no more: its own words say why */
} BookOut;

/* The workbook will be the file `path`, as seen from the current folder. */
int bookout_start(BookOut *b, const Env *env, const char *path, Err *e);
void bookout_text(BookOut *b, const char *text); /* NULL as "" */
void bookout_num(BookOut *b, int64_t n);
/* Several texts, ended by NULL. */
void bookout_texts(BookOut *b, ...) __attribute__((sentinel));
/* The last sheet, hidden: what the workbook is, for the one who reads it when it comes back.  made: when it was handed out.
 * open: headings of the columns to fill in beside the decision and its reason, one a line. */
void bookout_identity(BookOut *b, const char *edition, const char *made, const char *open);
/* Ends the telling and waits: 0 when the workbook is written. */
int bookout_end(BookOut *b);

#endif
