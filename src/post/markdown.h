/* Markdown: a page as the secretariat's handbook is written, in parts that a mail's wording can show.  Read are headings
 * (# to ###), paragraphs, items (- and 1.), tables, **bold**, `code` and [links](to); all else is plain text. */
#ifndef XINLV_POST_MARKDOWN_H
#define XINLV_POST_MARKDOWN_H

#include "post/template.h"

#define MARKDOWN_MAX_BLOCKS 5000

/* Fills the list blocks of d.  Of each block one of the flags h1, h2, h3, p, item, table is set; no is what stands before an
 * item; its text is the list spans (text, and the flags b and code), of a table rows{head cells{spans}}. */
void markdown_data(Arena *a, Str page, Data *d);

/* The same names, for the table of mails. */
#define MARKDOWN_SPANS "spans{text b code} "
#define MARKDOWN_NAMES "blocks{h1 h2 h3 p item no table " MARKDOWN_SPANS "rows{head cells{" MARKDOWN_SPANS "}}} "

#endif
