/* Template: the wording of the robot's mails, templates/mail/NAME.txt and NAME.html, and the
 * data poured into them.  {{name}}, {{#name}}..{{/name}} (each of a list, or when filled),
 * {{^name}}..{{/name}} (when empty), {{>name}} (another file of the folder), {{! comment}}.  In HTML values
 * are escaped and line breaks become <br>.  Names are looked up outward through the sections.  An unknown
 * name, an unclosed section or a missing file is a fault with file:line:column at load. */
#ifndef XINLV_POST_TEMPLATE_H
#define XINLV_POST_TEMPLATE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "rules/rules.h"

/* Data: a tree of texts and lists in an arena. */
typedef struct Data Data;
Data *data_new(Arena *a);
void data_text(Data *d, const char *name, const char *value); /* NULL or "" is 'empty' */
void data_fmt(Data *d, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* HTML of our own making, poured as it stands; never of what came from outside. */
void data_html(Data *d, const char *name, const char *value);
void data_flag(Data *d, const char *name, bool on);
Data *data_item(Data *d, const char *list); /* appends an item to a list, made at first use */

/* What `over` says stands, over what d said by the same names; over must live as long as d. */
void data_lay(Data *d, const Data *over);

typedef struct Templates Templates;
/* Loads all mails of the rules' source.  All faults go into *faults like those of rules_load.  Every mail the
 * program sends is named in one table (kinds.c) with the names it may use. */
Templates *templates_load(const Rules *r, Buf *faults, Err *e);
void templates_free(Templates *t);
/* The subject line, and the two bodies. 0 or -1 (ERR_BUG when the mail is not in the table). */
int template_render(const Templates *t, const char *mail, const Data *d, Buf *subject, Buf *text, Buf *html,
                    Err *e);

/* A page that is no mail: in the same table with priority 0, templates/mail/NAME.html alone; appended. */
int template_page(const Templates *t, const char *page, const Data *d, Buf *html, Err *e);

#endif
