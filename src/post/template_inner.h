/* Inside the templates: the data poured in, the names a mail may use, and a wording
 * as it stands after parsing.  Nobody outside template*.c and kinds.c needs this. */
#ifndef XINLV_POST_TEMPLATE_INNER_H
#define XINLV_POST_TEMPLATE_INNER_H

#include "post/template.h"
#include "rules/fault.h"

#define TEMPLATE_MAX_NESTING 16  /* sections in sections, through included files too */
#define TEMPLATE_MAX_INCLUDES 4  /* files in files */

/* ---- data */
typedef struct Cell Cell;
struct Cell {
	uint32_t key; /* template_key(name): compared before the name is */
	const char *name;
	const char *text; /* "" is empty */
	bool html;        /* text is HTML already */
	Data *first, *last; /* items of a list */
	Cell *next;
};
struct Data {
	Arena *arena;
	Cell *first, *last;
	Data *next; /* the item after this one */
};
uint32_t template_key(Str name);
const Cell *data_cell(const Data *d, uint32_t key, Str name); /* NULL when absent */

/* ---- names: "number sections{title fields{label value}} more" as a tree */
typedef struct Name Name;
struct Name {
	Str name;
	bool list;
	Name *child, *next;
};
Name *names_parse(Arena *a, const char *spec);

/* ---- a parsed wording */
typedef enum { OP_TEXT, OP_VALUE, OP_EACH, OP_UNLESS } OpKind;
typedef struct {
	OpKind kind;
	uint32_t key;
	Str text;   /* the literal, or the name */
	size_t end; /* of a section: index behind its last op */
} Op;
typedef struct {
	Op *op;
	size_t n;
} Body;

/* Parses bytes [from, to) of a file, with the files it includes.  own and common: the
 * names that may be used, of the mail and of all mails.  Faults go to `faults`, each place once. */
typedef struct {
	const SourceFile *file;
	size_t at;
} ToldFault;
typedef struct {
	Arena *arena;
	const Source *source;
	Faults *faults;
	const Name *own, *common;
	ToldFault told[FAULTS_MAX];
	size_t told_n;
} ParseWorld;

/* Can the bytes be a wording at all?  Else with a fault at the place. */
bool wording_readable(ParseWorld *w, const SourceFile *f);
Body template_parse(ParseWorld *w, const SourceFile *file, size_t from, size_t to, bool html);

#endif
