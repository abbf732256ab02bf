/* Judge: from what the reader saw to what becomes of it: which kind of mail, which
 * track, on time, eligible, valid, new.  Reads rules and store, writes nothing, knows no
 * wording: sentences come from words (templates/words.yaml). */
#ifndef XINLV_JUDGE_JUDGE_H
#define XINLV_JUDGE_JUDGE_H

#include "reader/formmap.h"
#include "reader/report.h"
#include "rules/eval.h"
#include "rules/rules.h"
#include "rules/values.h"
#include "store/store.h"

/* What became of a message (xinlv(1), OUTCOMES).  The first five are in the order 'the best wins'. */
typedef enum {
	OUTCOME_ACCEPTED,
	OUTCOME_LATE,
	OUTCOME_DUPLICATE,
	OUTCOME_NOT_ELIGIBLE,
	OUTCOME_REJECTED,
	OUTCOME_PRECHECK,
	OUTCOME_SUPPLEMENT,
	OUTCOME_REQUEST,
	OUTCOME_CHANGE,
	OUTCOME_DECISION,
	OUTCOME_NOTE,
	OUTCOME_AUTO_REPLY,
	OUTCOME_BOUNCE,
	OUTCOME_BULK,
	OUTCOME_LOOP,
	OUTCOME_UNRECOGNISED,
	OUTCOME_QUARANTINED,
} Outcome;
const char *outcome_name(Outcome o); /* as in --json: "not-eligible" */

typedef struct {
	Severity severity;
	const char *where;    /* 申报表!C7, a file's name, or the word for the mail's body */
	const char *field;    /* key, "" when it is about no field */
	const char *sentence; /* what the person reads */
	/* For those who show it in parts: */
	const char *label, *found, *want, *example;
	size_t row; /* of a table's field, from 1; 0: none, or the table as a whole */
	const struct ProblemCell *cell; /* the other cells that it is about */
	size_t cell_n;
} Problem;

typedef struct ProblemCell {
	const char *field; /* key */
	size_t row;
} ProblemCell;

/* One value as judged, empty ones left out. */
typedef struct {
	EvalValue norm;        /* field, row, normal form, number */
	const FormValue *raw;  /* where it came from */
	bool repaired;         /* normal form differs in more than blanks */
} JudgedValue;

/* A file that goes with a form. */
typedef struct {
	int part;              /* index into the report's parts */
	const FileRule *rule;  /* which required file it is taken for, NULL: other */
	bool is_form;
} JudgedFile;

typedef struct {
	const FormRead *read;
	const Track *track;    /* NULL: could not be told (a problem says so) */
	Outcome outcome;
	bool valid;            /* no errors (time and duplicates aside) */
	const char *near;      /* why it is no form of ours, "" (a name under near.) */
	Problem *problem;
	size_t problem_n;
	JudgedValue *value;
	size_t value_n;
	JudgedFile *file;
	size_t file_n;
	Hash print;            /* digest of track and normal forms, in key order */
	const char *role[ROLE_COUNT]; /* normal form by role, "" when empty */
	const char *org_key, *title_key;
	const char *same_as;   /* duplicate: number of the entry that stands ("" when it is a late form's twin) */
	bool same_form;        /* duplicate: the very same form again */
	bool same_sender;      /* duplicate: from the sender of the first */
	bool as_it_was;        /* judged today it would be another outcome (judge_recall) */
} FormVerdict;

/* What the secretariat asks of the robot by a subject that begins with a word of `ask.*`; answered to nobody else. */
typedef enum {
	ASK_NONE,
	ASK_FIGURES,
	ASK_LIST,
	ASK_FIND,  /* one entry's story, or what came from a person */
	ASK_FILES, /* of one entry */
	ASK_HANDBOOK,
	ASK_HELP,
	ASK_EXPERTS,   /* the roster */
	ASK_ASSIGN,    /* who scores what, of a round */
	ASK_SCORES,    /* how far the scores of a round are */
	ASK_RECOMMEND, /* the list of a round */
	ASK_SETTINGS, /* the workbook in which they are changed */
	ASK_CONFIRM,   /* scores that somebody else entered count; ask_for: the code (base/code.h) */
	ASK_ROADSHOW, /* the schedule to fill in, or the seed of its draw */
	ASK_AWARDS,   /* the list of awards to fill in */
	ASK_BOOK,     /* the casebook */
} Ask;

/* What an expert says to the robot in a line of their own. */
typedef enum {
	EXPERT_SAYS_NOTHING,
	EXPERT_AGREES,  /* to the promise of confidentiality */
	EXPERT_RECUSES, /* from the entry `number` */
	EXPERT_ASKS,    /* for the files of the entry `number` */
} ExpertSays;
/* What somebody wants done with mails that are held. */
typedef struct {
	const char *code;       /* base/code.h; "" when none was found */
	bool cancel;            /* they are not to go at all */
	bool everybody, nobody; /* the words that confirm such a batch */
	bool unclear;           /* something else stands beside the code */
} Release;

typedef struct {
	Outcome outcome;
	/* Template of the reply to the sender (templates/mail/NAME.*), NULL: no reply.
	 * receipt, faults, late, duplicate, not_eligible, several (more forms, mixed),
	 * precheck, near_miss, forms, help, progress, unrecognised, too_large, supplement, late_files, change, move */
	const char *reply;
	const char *near;      /* of near_miss: no_form, link_only, scan_only, unreadable_kind, encrypted, damaged,
	                          empty_form, empty_mail, other_edition, other_contest, body_pasted ...; else "" */
	const char *near_file; /* the file it is about, "" when none */
	const char *near_kind; /* what that file is by its bytes, for people, "" */
	const char *detail;    /* English, for the log: what decided */
	bool redelivery;       /* the same mail again: no reply */
	bool suppress_reply;   /* a form in a mail that must not be answered */
	MailAddr sender;       /* whose mail it is: From, or whoever wrote what the secretariat forwards */
	bool forwarded;        /* the latter: `sender` is answered */
	Hash content;
	Problem *problem;      /* of the mail itself; the forms have their own */
	size_t problem_n;
	FormVerdict *form;
	size_t form_n;
	JudgedFile *file;      /* supplement, late_files: what is to be filed */
	size_t file_n;
	/* change: what its sender or contact asks for about the entry `number`: change, withdraw or object; "" when it is not
	 * known about which, or somebody else asks: then a person reads it.  What came with it is in `file`. */
	const char *petition;
	int64_t petition_of;   /* it completes the one that came with that message, 0: it is a new one */
	bool stamp_missing;    /* the rules want a stamped page, and no file came */
	const char *number;    /* entry it is about: supplement, change, note, progress; "" when none */
	int64_t opens, closes; /* the window it was judged by */
	bool before_opening;
	bool objects;          /* change: an objection, to the entry `named` or to none in particular ("") */
	const char *named;
	int64_t objection;     /* the number that it was given, 0: none */
	const char *urgent;    /* what the secretariat must know of it at once; NULL: nothing */
	const char *answer;    /* to the invitation of v->number: the event it is, roadshow_confirmed ...; "" when none */
	const Track *asked;    /* request for forms of one track, NULL: all */
	int64_t answers;       /* note: the message that the secretariat answered with it, 0: none */
	Ask ask;               /* request of the secretariat's; `reply` is NULL then */
	const char *ask_for;   /* what stands behind its word, one line; "" when nothing */
	const char *confirm;   /* decision: the code of a setting (base/code.h); "" when there is none */
	bool decides;          /* decision: it comes from somebody who may */
	const char *role;      /* who that is, as seals name them: "office", or an expert's code; "" when nobody */
	ExpertSays says;       /* `role` says so, and their address counts; `reply` is NULL then */
	const Release *release; /* decision: about mails that are held; NULL: a workbook */
	bool late_taken;       /* the deadline set aside, by a ruling or for its sender: time to mend runs from now */
	int64_t mend_until;    /* taken after the closing, in the time that a report of ours left: its end, INT64_MAX while
	                          that report is not sent; 0: it was not needed */
} Verdict;

typedef struct Judge Judge;

/* One judge for many messages. The store may be NULL (validate): then nothing is a duplicate. */
Judge *judge_new(const Rules *r, const FormMap *m, Store *s, Err *e);
void judge_free(Judge *j);

/* What became of a form when its message was settled first.  While the journal is replayed that counts, whatever is thought of
 * the form today: who was told of an entry has it, and nobody has one who was told of faults. */
typedef enum { PAST_UNKNOWN, PAST_ENTRY, PAST_NO_ENTRY } Past;
typedef Past JudgePast(void *ctx, size_t form, const char *track);
/* Asked for each form of the mails that are judged from now on; NULL: nobody knows. */
void judge_recall(Judge *j, JudgePast *past, void *ctx);

/* What the sender would be told of a file without any form: why, and what to send; NULL: no more than that. */
const char *judge_no_form(Judge *j, Arena *a, const Report *r, Err *e);
/* A message that arrived at `received`.  Everything in the verdict lives in the arena.  -1 only for faults of
 * the store. */
int judge_mail(Judge *j, Arena *a, const Report *r, int64_t received, Verdict *out, Err *e);
/* What a ruling of the secretariat sets aside when a message is judged again. */
enum {
	ASIDE_DEADLINE = 1 << 0,
	ASIDE_TWIN = 1 << 1, /* that it has come before, or looks like one that has */
};
/* The same for a message that has its outcome, which stays: what its forms are worth with that set aside. */
int judge_again(Judge *j, Arena *a, const Report *r, int64_t received, unsigned aside, Verdict *out, Err *e);
/* One form alone, as `validate` does: time, duplicates and files of the mail aside. */
void judge_form(Judge *j, Arena *a, const Report *r, const FormRead *f, FormVerdict *out);

#endif
