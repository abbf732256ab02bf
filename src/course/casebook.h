/* Casebook: the winners' cases gathered below spool/publish/casebook: one book that prints well, an index, and what was sent with
 * each entry, for the editors. */
#ifndef XINLV_COURSE_CASEBOOK_H
#define XINLV_COURSE_CASEBOOK_H

#include "home/world.h"

#define CASEBOOK_FOLDER "spool/publish/casebook"

/* The book alone, appended to html. */
int casebook_html(World *w, Arena *a, Buf *html, size_t *cases, Err *e);
/* Lays it anew from the list of awards in force, without what is missing of the entries' files (each is logged); *cases, when
 * wanted, gets how many.  0 cases without a list: nothing is done.
 * ERR_REFUSED: see awards_read. */
int casebook_lay(World *w, Arena *a, size_t *cases, Err *e);

#endif
