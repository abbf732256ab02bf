/* Inside of the judge: what its files share.  Private to this room.
 *
 * A Case is one mail on its way through; a Form is one form of it. */
#ifndef XINLV_JUDGE_INNER_H
#define XINLV_JUDGE_INNER_H

#include "judge/judge.h"

#define JUDGE_MAX_PROBLEMS 1000      /* written out for one form; it is not accepted anyway */
#define JUDGE_FOUND_CHARS 60         /* of a value repeated in a sentence */
#define JUDGE_TINY_IMAGE 8192        /* bytes: an inline picture this small is a signature's */
#define JUDGE_LOOK_BYTES 3000        /* of the body, in which wishes and numbers are looked for */
#define JUDGE_NOTE_CHARS 200         /* a longer text is more than thanks */
#define JUDGE_WISH_CHARS 24 /* a line that asks for forms, help or progress: longer ones are questions */
#define JUDGE_THREAD_IDS 50          /* ids of References that are looked up */
#define JUDGE_LISTED_FILES 10        /* names written out in one problem */

#define JUDGE_COMMA "\xE3\x80\x81"  /* U+3001 between the items of a list */

/* Lists of words that tell what a mail wants; words.yaml, group intent. */
typedef enum {
	LIST_PRECHECK,
	LIST_SUBMIT,
	LIST_NO_SUBMIT, /* the opposite, though it holds the word */
	LIST_CHANGE,
	LIST_WITHDRAW, /* of these, what asks to leave */
	LIST_OBJECT,   /* and what objects */
	LIST_BLANK,    /* an empty form is wanted */
	LIST_JOIN,     /* wants to take part: forms, unless something was to be enclosed */
	LIST_HELP,
	LIST_PROGRESS,
	LIST_THANKS,
	LIST_QUESTION, /* no mere thanks */
	LIST_ENCLOSED, /* something was to be enclosed */
	LIST_ENTRY,
	LIST_CONTEST,  /* words of a contest's name */
	LIST_RELEASE,  /* held mails are to go; likewise: */
	LIST_CANCEL,
	LIST_EVERYBODY,
	LIST_NOBODY,
	LIST_POLITE,   /* what may stand around such a wish */
	LIST_STOP,     /* what makes it doubtful */
	LIST_NOTHING,  /* written where there is nothing to say */
	LIST_ASK_FIGURES, /* with what a subject of the secretariat's begins that asks for something */
	LIST_ASK_LIST,
	LIST_ASK_FIND,
	LIST_ASK_FILES,
	LIST_ASK_HANDBOOK,
	LIST_ASK_HELP,
	LIST_ASK_EXPERTS,
	LIST_ASK_ASSIGN,
	LIST_ASK_SCORES,
	LIST_ASK_RECOMMEND,
	LIST_ASK_CONFIRM,
	LIST_AGREE,    /* an expert's lines */
	LIST_RECUSE,
	LIST_MATERIAL,
	LIST_ASK_SETTINGS,
	LIST_ASK_ROADSHOW,
	LIST_ASK_AWARDS,
	LIST_ASK_BOOK,
	LIST_CONFIRM,  /* an answer to an invitation */
	LIST_MOVE,
	LIST_COUNT,
} ListId;

typedef struct {
	const char **word; /* text_key() */
	size_t n;
} WordList;

/* One track, seen through the form map. */
typedef struct {
	const Track *track;
	const Field **field; /* by FormMap index; NULL: not of this track */
	size_t plain_n, required_n; /* plain fields; those always required */
	const char *code;           /* folded, lower case */
	const char *ordinal, *name; /* text_key() */
	const char **keyword;       /* text_key(), as many as the track's */
} TrackView;

struct Judge {
	const Rules *rules;
	const FormMap *map;
	Store *store;
	Eval *eval;
	Arena *arena;
	TrackView *view; /* by track */
	size_t *holder;  /* by FormMap index: how many tracks have it */
	size_t least_required, least_plain; /* of the smallest form */
	WordList list[LIST_COUNT];
	JudgePast *past; /* NULL: see judge_recall() */
	void *past_ctx;
};

typedef VEC(Problem) Problems;

/* A mail we sent that this one answers. */
typedef struct {
	bool found;
	bool token;   /* only a form's token says so: the mail itself is a new one */
	bool checked; /* it told of a check: nothing was filed yet */
	OutboxRow mail;
} Thread;

/* A report of ours that leaves time to mend: of which message, until when. */
#define MEND_MAX 200
typedef struct {
	int64_t seq, until;
} Mend;

typedef struct {
	Judge *j;
	Arena *a;
	const Report *r;
	int64_t received;
	Verdict *v;
	Err *e;
	Problems problem;
	bool pasted;      /* the body looks like a form, but is none */
	bool checking;    /* the sender wants a check only */
	unsigned aside;   /* ASIDE_... */
	bool *taken;      /* by part: holds a form that is judged */
	Thread thread;
	Mend *mend; /* what may be mended still, MEND_MAX at most */
	size_t mend_n, mend_used; /* of those that name no entry, by forms of this mail */
	const char *subject_key, *first_key, *text_key; /* text_key() of what the sender wrote */
} Case;

typedef struct {
	Judge *j;
	Arena *a;
	const Report *r;
	const FormRead *read;
	FormVerdict *v;
	const TrackView *view;  /* NULL: no track */
	bool **given;           /* by field index, then row: something stands there */
	const FormValue ***row; /* by table, then row: its first value */
	size_t *row_n;          /* by table: last row met, within the limit */
	size_t *over;           /* by table: rows in all when they are more than allowed, else 0 */
	const struct FormPlace **place; /* by field index */
	Problems problem;
	VEC(JudgedValue) value;
	VEC(EvalValue) unread;  /* what could not be read, or is missing where it must be filled */
	const char *near;       /* why it is no form of ours, "" */
	bool ineligible;
	size_t given_n;         /* values met */
} Form;

/* ---- words.c: lists and texts */
void lists_load(Judge *j);
/* key, as the words of a list: text_key().  It is one of them, wholly; it holds one: which, or NULL; it begins with one. */
bool list_is(const Judge *j, ListId list, const char *key);
const char *list_in(const Judge *j, ListId list, const char *key);
bool list_starts(const Judge *j, ListId list, const char *key);

/* ---- problem.c: one fault, with its place and what is wanted */
Problem *problem_add(Problems *list, Severity severity, const char *where, const char *field, const char *sentence);
Problem *problems_done(Arena *a, Problems *list, size_t *n); /* moves them into the arena */
void problems_sort(Form *f);                                 /* in the form's order */
bool problems_bad(const Problems *list);                     /* holds an error */
const char *where_value(const Form *f, const FormValue *v);
const char *where_field(const Form *f, const Field *field, size_t row);
const char *where_form(const Form *f); /* the form as a whole: its file's name */
const char *part_name(const Judge *j, Arena *a, const Report *r, int part);
/* What a field wants, for a person; "" when there is nothing to say. */
const char *field_wants(const Form *f, const Field *field);
/* A problem of the words key about a field; v may be NULL. */
Problem *field_problem(Form *f, Severity severity, const char *key, const Field *field, size_t row,
                       const FormValue *raw, const Value *v);

/* ---- check.c: the values of one form */
void check_values(Form *f);     /* reads them all; faults of single values */
void check_required(Form *f);   /* what is missing; rows */

/* ---- blame.c: what must hold between the values */
void check_conditions(Form *f); /* between fields, then eligibility */
const JudgedValue *check_value(const Form *f, Str key); /* the first of the field, NULL: none */
const char *check_shown(const Form *f, const Field *field, const char *text); /* as a sentence repeats it */

/* ---- route.c: which contest, which track */
const char *route_foreign(const Judge *j, Arena *a, const FormRead *f); /* near.<name>, or "" */
const TrackView *route_track(const Judge *j, Arena *a, const Report *r, const FormRead *f, Problems *out,
                             const char *where);
/* Track that a text names by code, ordinal, name or keyword, when it is one only; sure: by code or
 * ordinal. *conflict: it names several. */
const Track *route_named(const Judge *j, Arena *a, const char *text, bool sure, bool *conflict);

/* ---- whose.c: which file goes with which form; one may go with several */
void files_assign(Case *c, Form *form, size_t n);
bool files_cut(const Report *r);      /* the mail had more files than are read of one */
void files_say_cut(Case *c);          /* a hint, where it had, or more forms */

/* ---- files.c: what a file is for */
bool file_type_fits(const FileRule *rule, FileType t);
bool file_counts(const Report *r, size_t part); /* a file that a person meant to send */
const char *file_stem(Arena *a, const char *name); /* text_key() of a name without its suffix */
/* Which wanted file of the track it is by name and kind, NULL: none. */
const FileRule *file_rule(Arena *a, const Track *track, const Part *p);
bool file_is_volume(const Part *p); /* a piece of a split archive that cannot be looked into by itself */
const char *file_fault(const Part *p); /* key of the sentence that says why it cannot be looked into, NULL when it can */
bool file_fault_told(const Report *r, const Part *p); /* with that of the container it did not come out of */
void files_check(Form *f);

/* ---- supplement.c: files for the entry v->number, and what its list still lacks */
int supplement_files(Case *c);
int supplement_take(Case *c); /* the files alone */
/* The form of an entry that stands came again from its sender with files that the entry has not: they are what the mail is for. */
int supplement_beside(Case *c, const FormVerdict *f);
/* The secretariat asked for something to be mended beside that entry, and still waits for it: 1, 0, -1. */
int supplement_wanted(Case *c, const char *number);

/* ---- petition.c: what an entrant asks for that a person decides */
/* The mail asks for a change about an entry that it names, or that is the only one of its sender. */
int petition_find(Case *c);
/* It answers ours about such a wish, with what was missing; 1 when it does. */
int petition_completes(Case *c);
/* ---- kind.c */
/* The entry that the mail is about, into v->number. */
int kind_number(Case *c);
/* A mail with a form that is meant beside an entry that stands: a change is asked for in its subject, or the secretariat
 * waits for something to be mended.  1, 0, -1. */
int kind_beside(Case *c);

/* Files for the entry v->number are taken now, or by a ruling: 1, 0, -1. */
int kind_takes_files(Case *c);
/* They are not, any more or yet: kept for a ruling. */
void kind_late_files(Case *c);

/* ---- same.c: seen before */
const char *same_key(Arena *a, const char *text);
bool mail_same(const char *a, const char *b); /* addresses */
int same_redelivery(Case *c);
int same_form(Case *c, Form *f, bool late);  /* 1: the very same form again */
int same_entry(Case *c, Form *f);            /* 1: the same organisation and title */
/* Drops what a mail holds twice; forms of one project that say different things are faults. */
void same_in_mail(Case *c, Form *form, size_t *n);

/* ---- late.c */
void late_missed(const Case *c, int64_t *opens, int64_t *closes); /* the window that a form outside all came after, if any */
bool late_excepted(const Case *c, int64_t received); /* its sender may still send then, by a setting */
/* The mail of ours that this one answers, into c->thread. */
int thread_find(Case *c);
/* A mail of ours, by its id; the one in which a form was sent back to be mended, by the form's token (the Message-ID without
 * its domain).  1 found. */
int thread_sent(Case *c, Str id, OutboxRow *out);
int thread_token(Case *c, OutboxRow *out);

/* ---- mend.c: after the closing */
int mend_time(Case *c, int64_t closes);     /* which reports of ours leave time still, into c->mend; 0, -1 */
int mend_takes(Case *c, const Form *f);     /* 1: the form mends what one of them is about, 0 not */

/* ---- print.c: digests */
Hash print_form(const Form *f);
Hash print_mail(const Case *c);

/* ---- kind.c: mails without a form, and robots */
bool kind_own(Case *c);
bool kind_robot(Case *c);  /* strong marks: no entry whatever it carries */
bool kind_weak(const Report *r); /* marks that a form outweighs, but that forbid an answer */
void kind_bulk(Case *c);
/* The number when it is an entry of this sender: theirs, or their being its contact.  1 with v->number, 0, -1. */
int own_number(Case *c, const char *number);
/* ---- invited.c: an answer to an invitation; of a reply 1 when it is one, of a calendar's 0; -1 */
int kind_invited(Case *c);
int kind_calendar(Case *c);
int kind_plain(Case *c);   /* neither form nor robot */
bool kind_precheck(const Case *c);

/* ---- answer.c: a copy of what the secretariat answered to somebody; 1 it is, -1 a fault of the store */
int kind_answers(Case *c);

/* ---- ask.c: what the secretariat asks of the robot */
bool kind_asked(Case *c);
int kind_confirms(Case *c); /* a setting, by its code: 1, 0, -1 */
bool ask_unknown(Case *c);   /* a subject alone that is none of its words: what they are is the answer; false: from others */

/* ---- trust.c: whose word counts */
int kind_decision(Case *c); /* 1: a workbook of decisions came back, from whomever */
/* 1: the sender is an expert of the roster, as far as that can be known; *code, "" for others. */
int trust_expert(Case *c, const char **code);
void trust_decision(Case *c, const char *what); /* into v: whether its sender may decide */
/* The code of held mails, or an answer to what was shown of them; 1 it is, -1 a fault of the store. */
int kind_release(Case *c);   /* release.c */
bool trust_staff(const Case *c); /* it comes from the secretariat, as far as that can be known */

/* ---- saying.c: what an expert says in a line */
int kind_expert(Case *c); /* 1: it is one of those */

/* ---- near.c: meant as an entry, without a form that can be read */
bool near_files(Case *c);  /* by what was enclosed; false: nothing was */
void near_miss(Case *c, const char *name, const char *file);
const char *near_sentence(const Judge *j, Arena *a, const char *name, const char *file, const char *kind);

#endif
