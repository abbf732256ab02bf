/* Booklet: the forms of the entries that an expert has to score, as one HTML page: enclosed in the mail, and the index of the
 * folder with their files.  Personal values are never in it; names of who entered are not where the round hides them. */
#ifndef XINLV_COURSE_BOOKLET_H
#define XINLV_COURSE_BOOKLET_H

#include "course/panel.h"

/* folder: with links to the files, as review_lay lays them. Appends to html. */
int booklet_html(Panel *p, const Expert *x, bool folder, Buf *html, Err *e);

#endif
