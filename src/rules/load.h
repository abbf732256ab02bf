/* Load: what the files of the loader share.  Private to this room.
 *
 * Each reader (contest_read, form_read, ...) takes the tree of one file, fills its part
 * of the Rules and reports what is wrong; the form is first read as written
 * (FormDef, with the places of its parts), then composed for each track. */
#ifndef XINLV_RULES_LOAD_H
#define XINLV_RULES_LOAD_H

#include "rules/eval.h"
#include "rules/fault.h"
#include "rules/rules.h"
#include "rules/yaml.h"

#define LOAD_MAX_COLUMNS 60 /* of one table */
#define LOAD_MAX_KEY 60     /* bytes of a key */
#define LOAD_MAX_LABEL 100  /* characters of a label or a name */
#define LOAD_MAX_LINE 1000  /* of a text of one line, and of an item of a list */
#define LOAD_MAX_LONG 10000 /* of paragraphs */
#define LOAD_MAX_UNIT 20

typedef struct {
	Field field;
	const Yaml *at;    /* its key's value */
	const Yaml *where; /* required_when, or NULL */
	const Yaml *samples;
} FieldDef;

typedef struct {
	Table table;
	const Yaml *at;
	FieldDef *column;
	size_t column_n;
} TableDef;

typedef struct {
	Section section;
	const Yaml *at;
	bool after_track;
	FieldDef *field;
	size_t field_n;
	TableDef *table;
	size_t table_n;
} SectionDef;

typedef struct {
	Check check;
	const Yaml *at, *where, *says, *blame;
} CheckDef;

typedef struct {
	FileRule file;
	const Yaml *at, *where;
} FileDef;

typedef struct {
	SectionDef *section;
	size_t section_n;
	CheckDef *check;
	size_t check_n;
	CheckDef *eligibility;
	size_t eligibility_n;
	FileDef *file;
	size_t file_n;
} FormDef;

/* A named list of choices of form.yaml. */
typedef struct {
	const char *name;
	const char **choice;
	size_t n;
} ChoiceList;

/* What the loader makes beside the public part, and rules_free gives back. */
typedef struct {
	Rules pub; /* first: a Rules * is a RulesWhole * */
	VEC(Pattern *) pattern;
} RulesWhole;

/* What a condition of the common part can never find in the form of a track; a fault where it is so in every track. */
typedef struct {
	const Yaml *where;
	size_t at; /* byte offset of the file */
	const char *text;
	size_t tracks;
} Finding;

typedef struct {
	Arena *arena;
	Rules *rules;
	Faults *faults;
	const Source *source;
	Eval *eval;
	FormDef common;     /* of form.yaml and contest.yaml's eligibility */
	ChoiceList *list;
	size_t list_n;
	struct Direction {
		const char *code, *name;
	} *direction;
	size_t direction_n;
	const Yaml **track_at; /* the tree of each track, in the order of their files */
	VEC(Finding) finding;
	const Yaml *casebook; /* its fields, NULL */
	const Yaml *sections; /* of form.yaml */
	bool role_unread; /* a role is misspelt: what it stands for is not said to be missing */
	bool common_broken; /* form.yaml or contest.yaml did not load: no check across files */
} Load;

/* contest.c, calendar.c, final.c, mailconf.c, form.c, track.c, words.c */
void contest_read(Load *l, const Yaml *root);
void roadshow_read(Load *l, const Yaml *root);  /* of contest.yaml */
void publicity_read(Load *l, const Yaml *root); /* of contest.yaml */
void casebook_read(Load *l, const Yaml *root);  /* of contest.yaml */
void draft_read(Load *l, const Yaml *root);     /* of contest.yaml */
void casebook_check(Load *l);                   /* its fields are those of some track */
/* The keys rounds and experts of contest.yaml; its phases are read already (rounds.c). */
void rounds_read(Load *l, const Yaml *root);
/* The keys calendar and notices of contest.yaml; what a phase tells, and when. */
void calendar_read(Load *l, const Yaml *root);
void calendar_phase(Load *l, const Yaml *map, Phase *p);
void mailconf_read(Load *l, const Yaml *root);
void form_read(Load *l, const Yaml *root);
/* The keys that form.yaml and a track's file share: sections, files, checks. */
void form_parts(Load *l, const Yaml *root, FormDef *out);
/* Conditions of eligibility, a list. */
CheckDef *form_checks(Load *l, const Yaml *list, bool eligibility, size_t *n);
void tracks_read(Load *l, const SourceFile *const *file, size_t n);
const struct Words *words_read(Load *l, const Yaml *root);

/* take.c: typed values out of a map.  A map that is NULL or no map gives the value for
 * 'absent', without a fault; `need` makes absence one. */
typedef struct {
	const char *name;
	int value;
} TakeName;

typedef enum { TAKE_OPTIONAL, TAKE_NEEDED } TakeNeed;

/* Reports keys of the map that are not in `known` (ended by NULL), with the
 * nearest one; false when it is no map (reported too). */
bool take_map(Load *l, const Yaml *y, const char *what, const char *const *known);
const Yaml *take(Load *l, const Yaml *map, const char *key, TakeNeed need);
/* The items of a list: reports what is no list.  *n is 0 then. */
const Yaml *const *take_list(Load *l, const Yaml *map, const char *key, TakeNeed need, size_t *n);
/* One line; "" when absent. */
const char *take_text(Load *l, const Yaml *map, const char *key, TakeNeed need);
/* The same, of what is shown as a name: no more than LOAD_MAX_LABEL characters. */
const char *take_label(Load *l, const Yaml *map, const char *key, TakeNeed need);
/* Paragraphs. */
const char *take_long(Load *l, const Yaml *map, const char *key, TakeNeed need);
/* A list of texts, none empty, none twice; a text alone is a list of one. */
const char **take_texts(Load *l, const Yaml *map, const char *key, TakeNeed need, size_t *n);
const char **take_items(Load *l, const Yaml *list, size_t *n);
bool take_bool(Load *l, const Yaml *map, const char *key, bool otherwise);
int64_t take_int(Load *l, const Yaml *map, const char *key, int64_t min, int64_t max,
                 int64_t otherwise);
/* A decimal number, in units of 10^-places; so are min, max and otherwise. */
int64_t take_decimal(Load *l, const Yaml *map, const char *key, int places, int64_t min, int64_t max, int64_t otherwise);
int take_name(Load *l, const Yaml *map, const char *key, const TakeName *names, int otherwise);
int64_t take_bytes(Load *l, const Yaml *map, const char *key, int64_t otherwise); /* 60M */
int64_t take_span(Load *l, const Yaml *y, int64_t otherwise);                     /* 2m 3h 1d */
/* A moment in the contest's zone; WHEN_NONE when absent or bad. */
int64_t take_moment(Load *l, const Yaml *map, const char *key, bool end_of_day);
/* A key of the form: [a-z][a-z0-9_]*, with one dot allowed when `dotted`. */
const char *take_key(Load *l, const Yaml *map, const char *key, bool dotted);
/* An entry of `names` that is `found` but for a slip of the pen, or NULL. */
const char *nearest_of(const char *found, const char *const *names, size_t n);
#define take_fault(l, y, ...) fault_at((l)->faults, (y)->file, (y)->at, __VA_ARGS__)

#endif
