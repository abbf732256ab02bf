/* Rules: the contest as data.  Everything that makes one contest differ from
 * another stands in rules/ (YAML) and templates/; this header is what the rest of the
 * program sees of it.  The format is documented in xinlv-rules(5).
 *
 * All pointers live as long as the Rules and are never NULL unless said; texts
 * are valid UTF-8, "" when not given. */
#ifndef XINLV_RULES_RULES_H
#define XINLV_RULES_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "rules/source.h"

#define RULES_MAX_FIELDS 400 /* fields and columns of one track's form */
#define RULES_MAX_TRACKS 60
#define RULES_MAX_CHOICES 3000
#define RULES_MAX_TABLE_ROWS 500

typedef enum { SEVERITY_ERROR, SEVERITY_WARNING } Severity;

/* What a value is; chooses how it is read, repaired, checked and shown. */
typedef enum {
	KIND_TEXT,     /* one line */
	KIND_LONGTEXT, /* paragraphs */
	KIND_INTEGER,
	KIND_NUMBER,
	KIND_PERCENT, /* 25.6 means 25.6 %; a cell of 0.256 formatted as % is read so */
	KIND_DATE,    /* normal form 2023-03-05 */
	KIND_MONTH,   /* normal form 2023-03 */
	KIND_CHOICE,  /* one of choices */
	KIND_CHOICES, /* several of choices, normal form joined by U+3001 */
	KIND_CONFIRM, /* a declaration: the one choice that means yes */
	KIND_USCC,    /* unified social credit code, GB 32100-2015 */
	KIND_MOBILE,
	KIND_PHONE, /* mobile or landline */
	KIND_EMAIL,
	KIND_POSTCODE,
} FieldKind;

/* What the program itself must understand of a field. */
typedef enum {
	ROLE_NONE,
	ROLE_TITLE,
	ROLE_ORG,
	ROLE_USCC,
	ROLE_ORG_KIND,
	ROLE_PROVINCE,
	ROLE_GROUP,
	ROLE_CONTACT_NAME,
	ROLE_CONTACT_MOBILE,
	ROLE_CONTACT_MAIL,
	ROLE_CONTACT2_NAME,
	ROLE_CONTACT2_MOBILE,
	ROLE_CONTACT2_MAIL,
	ROLE_SUMMARY,
	ROLE_FILES, /* the entrant's own list of supporting files (a column of a table) */
	ROLE_NOTICE_TO, /* who hears of the entry: the first choice the contact and the sender, then the contact, then the sender */
	ROLE_COUNT,
} FieldRole;

typedef struct Pattern Pattern; /* pattern.h */
typedef struct Table Table;

typedef struct {
	const char *key;   /* project.title; of a column: members.name */
	const char *label; /* as on the form */
	const char **alias; /* other labels it is known by */
	size_t alias_n;
	FieldKind kind;
	FieldRole role;
	bool personal;             /* kept apart, purged after the contest */
	bool required;             /* always */
	const char *required_when; /* condition (eval.h); "" when none */
	int64_t min_chars, max_chars; /* characters; -1: no limit */
	double min, max;              /* NAN: no limit */
	int64_t min_date, max_date;   /* WHEN_NONE: no limit; days since 1970 (value_days), inclusive */
	const char *unit;             /* 万元 */
	const Pattern *pattern;       /* NULL when none */
	const char *pattern_says;     /* what the pattern wants, for a person */
	bool literal;                 /* a sample says that case and blanks matter to the pattern */
	const char **choice;
	const char **choice_key; /* what each is known by (valueread.h), or NULL: to be made when it is wanted */
	size_t choice_n;
	const char *help, *example;
	bool identity;      /* of KIND_TEXT: folded with NFKC, as identifiers are */
	const Table *table; /* NULL for a plain field */
	size_t section;     /* index into the track's sections */
	size_t index;       /* position among the track's fields and columns, form order */
} Field;

struct Table {
	const char *key, *label, *help;
	size_t min_rows, max_rows;
	Field **column; /* point into TrackForm.field */
	size_t column_n;
	size_t section;
};

typedef struct {
	const char *key, *title, *note;
} Section;

/* A condition over the values of a form, and what to say when it is false. */
typedef struct {
	const char *id;
	const char *where; /* the condition that must hold, SQL expression (eval.h) */
	Severity severity;
	const char *says;   /* the sentence for the person; {{project.title}} gives a value */
	const char **blame; /* keys of the fields to mark */
	size_t blame_n;
	bool eligibility;   /* false result means not-eligible instead of a fault */
	const char *at;     /* file:line:column of its condition, for messages */
} Check;

/* A file that an entry must or may bring. */
typedef struct {
	const char *key, *label, *help;
	bool required;
	const char *required_when;
	const char **format; /* pdf, jpg, png, docx, ... by bytes, never by name */
	size_t format_n;
	int64_t max_bytes;
	const char **name; /* words that tell it by its file name */
	size_t name_n;
} FileRule;

/* The whole form of one track: the common part and its own. */
typedef struct {
	Section *section;
	size_t section_n;
	Field *field; /* plain fields and table columns, in form order */
	size_t field_n;
	Table *table;
	size_t table_n;
	Check *check; /* errors and warnings, then eligibility */
	size_t check_n;
	FileRule *file;
	size_t file_n;
	const Field *role[ROLE_COUNT]; /* NULL where the contest has no such field */
	const Field **by_key;          /* all fields, for form_field */
} TrackForm;

typedef struct {
	const char *code;      /* T4 */
	const char *name;      /* 绿色数据中心 */
	const char *ordinal;   /* 赛项四 */
	const char *direction; /* name of its direction */
	const char *scope, *requires;
	const char **keyword; /* words in a mail's subject or a file's name that mean this track */
	size_t keyword_n;
	TrackForm form;
} Track;

#define RULES_MAX_REMINDERS 20 /* of one phase */

typedef struct {
	const char *id, *name, *text;
	int64_t opens, closes; /* inclusive seconds, as announced */
	int64_t grace;         /* seconds behind the announced closing in which it is still taken for open; told to nobody */
	bool takes_entries, takes_supplements;
	int64_t *remind;       /* days before the closing on which it is told that it comes; the earliest first */
	size_t remind_n;
	bool tells_opening, tells_closing; /* its opening and what stands at its closing are told to whom they concern */
} Phase;

typedef struct {
	const char *name, *phone, *mail;
} Contact;

typedef struct {
	const char *name;
	int64_t quota;     /* -1: not set */
	int64_t per_track; /* -1: not set */
} Award;

/* Minutes of a day, [from, to). */
typedef struct {
	int64_t from, to;
} ShowSpan;

typedef struct {
	int64_t midnight; /* its 00:00 */
	ShowSpan hours;
} ShowDay;

/* The final on a stage; day_n 0: there is none. */
typedef struct {
	ShowDay *day; /* in their order */
	size_t day_n;
	ShowSpan *pause; /* of every day */
	size_t pause_n;
	const char **room;
	size_t room_n;
	int64_t minutes; /* of one entry */
	int64_t apart;   /* minutes at the least between the beginnings of two entries of one organisation */
	const char *seed; /* the order is drawn from it; "": it comes by mail */
	const char *place, *note; /* told in the invitation */
} Roadshow;

/* The proposed list of awards is open to objections for so many days; 0: there is no such time. */
typedef struct {
	int64_t days;
	const char *note;
} Publicity;
/* When mail to many may go out; days are those since 1970 (value_days), in order. */
typedef struct {
	int from_minute, to_minute; /* office hours of a working day; equal: any hour of any day will do */
	int64_t *holiday, *workday; /* working days that are none, and days at a week's end that are one */
	size_t holiday_n, workday_n;
} Calendar;

/* How a notice of some event goes out. */
typedef enum {
	NOTICE_NONE,
	NOTICE_AT_ONCE, /* unless it goes to more than hold_above people */
	NOTICE_HELD,    /* until the secretariat releases it */
} NoticeMode;

#define RULES_MAX_EVENTS 40

typedef struct {
	int64_t hold_above;
	bool to_contact, to_sender; /* of an entry, unless its form chose one */
	NoticeMode mode[RULES_MAX_EVENTS]; /* by the order of rules_notice_events */
} NoticeConf;

/* What is scored, and how much it counts. */
#define ROUND_POINTS 3  /* places of a score: points are kept in thousandths */
#define ROUND_WEIGHTS 4 /* places of a weight */
#define ROUND_WEIGHT_ONE 10000 /* 1 in these */
#define ROUND_MAX_CRITERIA 12
#define ROUND_MAX_EXPERTS 15

typedef struct {
	const char *key, *label, *help;
	int64_t min, max, step; /* thousandths of a point; step 0: any */
	int64_t weight;         /* ten-thousandths */
} Criterion;

typedef enum {
	SCORED_BY_EXPERTS, /* each returns a sheet of their own */
	SCORED_BY_SCORER,  /* the secretariat returns one workbook for all who judged on paper */
} ScoredBy;

/* A round in which entries are scored and the best go on. */
typedef struct {
	const char *id, *name;
	const Phase *phase;              /* within which it is scored; it closes with it */
	const char *from, *passed, *failed; /* states: of those who are scored, and after it */
	Criterion *criterion;
	size_t criterion_n;
	int64_t experts;                 /* who score an entry */
	int64_t drop_highest, drop_lowest; /* scores of an entry left out */
	int64_t decimals;                /* places of a result; results that are equal so are tied */
	int64_t outlier;                 /* thousandths: a score so far from the mean of the others is shown; 0: none is */
	ScoredBy scored_by;
	bool confirmed;                  /* SCORED_BY_SCORER: counts once a second person of the secretariat agreed */
	bool anonymous;                  /* who entered is not shown to experts */
	int64_t per_track;               /* how many of a track go on; -1: not set */
	int64_t share;                   /* per cent of a track's entries that go on, rounded up; -1: not set */
	int64_t *remind;                 /* days before the closing on which experts who have not answered are reminded */
	size_t remind_n;
} Round;

typedef enum {
	CONFLICT_ORG = 1 << 0,
	CONFLICT_USCC = 1 << 1,
	CONFLICT_DOMAIN = 1 << 2,
} Conflict;

typedef struct {
	const char *promise;        /* of confidentiality, which an expert must give first; "": none is asked for */
	bool formal;                /* the formal review is theirs, by track */
	unsigned conflict;          /* CONFLICT_...: such an entry is never theirs */
	const char **public_domain; /* of mail providers: no sign of an organisation */
	size_t public_domain_n;
} ExpertRules;

typedef struct {
	const char *name; /* may be "" */
	const char *addr; /* bare, lower-cased domain */
} Address;

typedef enum { AFTER_KEEP, AFTER_FLAG, AFTER_MOVE, AFTER_DELETE } AfterKind;
typedef enum { FIRST_DEFAULT, FIRST_HOLD, FIRST_ANSWER } FirstStart;
typedef enum { SCHEME_MAILDIR, SCHEME_IMAP, SCHEME_IMAPS, SCHEME_SMTP, SCHEME_SMTPS } Scheme;

/* A place that mail is fetched from or sent to. */
typedef struct {
	Scheme scheme;
	const char *text; /* as configured */
	const char *user, *host;
	uint16_t port;
	const char *path;     /* Maildir folder relative to the home, or the IMAP mailbox (UTF-8) */
	bool plaintext;       /* tls: none */
	const char *ca_file;  /* "": the system's */
	const char *password_file, *password_command, *password_env;
	const char *token_command; /* XOAUTH2 */
	int64_t per_minute, per_hour, per_day; /* 0: no limit */
	const char *from; /* of an account to send by: the only address it may write as; "": the robot's */
} Server;

typedef struct {
	Address robot;
	Address *office; /* the secretariat */
	size_t office_n;
	const char *operator_mail; /* who hears of faults of the machine; "": the first of the secretariat */
	Server fetch;
	const char **folder; /* UTF-8 names; at least one for IMAP */
	size_t folder_n;
	AfterKind after;
	const char *after_folder;
	int64_t after_days;
	FirstStart first_start;
	int64_t max_bytes;
	Server *send;
	size_t send_n;
	int64_t *retry; /* seconds to wait before each next attempt */
	size_t retry_n;
	int64_t replies_per_address_per_day;
	int64_t joined_every; /* seconds between the mails in which verdicts beyond that are joined */
	int64_t *remind; /* seconds before the entries close: of forms checked and never submitted */
	size_t remind_n;
	int64_t send_bytes; /* of one mail that carries files; what is larger goes in several */
	int digest_minute; /* minute of the day */
	int *probe_minute; /* when a mail to ourselves is sent */
	size_t probe_n;
	int64_t probe_within; /* seconds within which it must come back */
	const char **trusted_authserv; /* authserv-ids whose Authentication-Results count */
	size_t trusted_authserv_n;
} MailConf;

/* How many entries the edition before had so many days before its closing. */
typedef struct {
	int64_t days, entries;
} Pace;

typedef struct {
	const char *title, *org, *award; /* the last two may be "" */
} PastWinner;

/* Who may send an entry although it is closed for others. */
typedef struct {
	const char *addr;
	int64_t until; /* inclusive */
} Exception;

/* What must come with a stamped page. */
enum { STAMP_CHANGE = 1 << 0, STAMP_WITHDRAW = 1 << 1, STAMP_OBJECT = 1 << 2 };

typedef struct Rules Rules;
struct Rules {
	Hash hash;           /* source_hash of what it was loaded from */
	const char *edition; /* [a-z0-9-]+ */
	const char *name, *short_name, *theme, *organiser, *committee, *website;
	const char *zone;
	const char *previous_edition; /* "" when none */
	Contact *contact;
	size_t contact_n;
	Phase *phase; /* in order of opening */
	size_t phase_n;
	Calendar calendar;
	NoticeConf notices;
	Award *award;
	size_t award_n;
	Roadshow roadshow;
	Publicity publicity;
	const char **casebook_field; /* keys of what the casebook prints; none: the summary alone */
	size_t casebook_field_n;
	Round *round; /* in the order of their phases */
	size_t round_n;
	Round formal; /* experts.formal: the formal review, seen as a round of one expert an entry, without scores */
	ExpertRules experts;
	const char *number_prefix; /* how entry numbers are made: rules_number() */
	int number_width;
	int amend_days;       /* for what the secretariat asks for beside an accepted entry */
	unsigned stamped;     /* STAMP_...: what an entrant asks for with a stamped page only */
	int64_t keep_days; /* how long personal data are kept after the last phase; -1: the rules do not say */
	int64_t mend_seconds; /* time to mend after a fault report, DESIGN 11 */
	const char *eligibility_text;
	const char *privacy_text; /* paragraphs */
	const char *form_title;
	const char *form_version; /* changes when the form does */
	const char *final_text;   /* the sentence that says entries are final */
	const char *bulletin;     /* stands under every mail to an entrant; "" when there is none */
	PastWinner *winner;       /* of the edition before */
	size_t winner_n;
	Pace *pace;               /* in order of days, the last days first */
	size_t pace_n;
	Exception *exception;     /* by a setting */
	size_t exception_n;
	bool settings_confirm;    /* a setting is in force only after a second of the secretariat confirmed it */
	struct RulesBase *base;   /* overlay.h: what the files said, NULL: nothing was laid over */
	Track *track;
	size_t track_n;
	MailConf mail;
	const struct Words *words;
	const char **lent_word; /* keys that words.yaml lacks: their texts came with the program */
	size_t lent_word_n;
	const Source *source; /* what it was loaded from, what was lent added; the templates' bytes stand there */
	Arena *arena; /* holds all of the above */
};

/* Loads and checks a whole set: syntax, unknown keys, types, references,
 * patterns with their samples, conditions (compiled against the fields), the
 * collision of defined names.  All faults found are put into *faults, one a
 * line, each "file:line:column: what is wrong; what to write instead", with the
 * source line and a caret.  NULL and ERR_RULES when there is any. */
Rules *rules_load(const Source *s, Buf *faults, Err *e);
void rules_free(Rules *r);

const Track *rules_track(const Rules *r, const char *code); /* NULL when none */
const char *rules_track_name(const Rules *r, const char *code); /* of a track that is no more: the code */
const Field *form_field(const TrackForm *f, const char *key);
int form_by_key(const void *a, const void *b); /* the order of TrackForm.by_key, for qsort(3) */
const Table *form_table(const TrackForm *f, const char *key);
/* What stands behind a number of that field: 万元, %, or " kg" with its blank; "" where it has no unit or is none. */
const char *field_unit(Arena *a, const Field *f);
/* Is it an address of the secretariat?  In any case of letters. */
bool rules_is_office(const Rules *r, const char *addr);
/* Of the secretariat, or the robot's own? */
bool rules_is_ours(const Rules *r, const char *addr);
/* The phase that takes entries at moment t, its grace counted in, or NULL. */
const Phase *rules_open_phase(const Rules *r, int64_t t);
/* The phase that takes entries which closed last before t, NULL: none did. */
const Phase *rules_missed_window(const Rules *r, int64_t t);
/* By a setting, that address may send an entry at t although the window before is closed; never before the first opening. */
bool rules_excepted(const Rules *r, const char *addr, int64_t t);
/* The phase that takes entries which opens next after t, NULL: none does. */
const Phase *rules_coming_window(const Rules *r, int64_t t);
/* Where t lies between two phases that take entries: the one that opens next, else NULL. */
const Phase *rules_next_window(const Rules *r, int64_t t);
/* The window to be told of at t: the one that is open; before the first of them that one; else what rules_entry_window
 * gives.  The phase that is open, or NULL. */
const Phase *rules_window_at(const Rules *r, int64_t t, int64_t *opens, int64_t *closes);
/* First opening and last closing of all phases that take entries. */
void rules_entry_window(const Rules *r, int64_t *opens, int64_t *closes);
/* Last closing of all phases that take supplements; WHEN_NONE when none does. */
int64_t rules_supplements_close(const Rules *r);
/* What fetch.max_bytes leaves for the files of one mail, in whole MB: the coding of attachments and the mail's text
 * take their part.  The one limit that is told to people. */
uint64_t rules_files_limit(const Rules *r);
/* The limit told for one file: its own max_mb, or less where a mail cannot carry that. */
uint64_t rules_file_limit(const Rules *r, const FileRule *f);
const Round *rules_round(const Rules *r, const char *id); /* NULL when none */
/* All that experts work on, from 0: the rounds, then the formal review where it is theirs; NULL behind the last. */
const Round *rules_work(const Rules *r, size_t i);
/* From when on personal data are to be purged; WHEN_NONE when the rules do not say. */
int64_t rules_purge_due(const Rules *r);
/* The phase t falls into (the latest opened that has not closed), or NULL. */
const Phase *rules_phase_at(const Rules *r, int64_t t);
/* What the edition before had at that many days before its closing, between the points that are given; -1: not known. */
int64_t rules_pace(const Rules *r, int64_t days);
/* The end of the last day of amend_days from t on. */
int64_t rules_amend_until(const Rules *r, int64_t t);
/* Its closing as it is enforced: announced, and the grace behind it. */
int64_t phase_ends(const Phase *p);
/* calendar.c: is that day (since 1970) one on which the office works? */
bool rules_is_workday(const Rules *r, int64_t day);
/* The first moment from t on at which mail to many may go out. */
int64_t rules_office_moment(const Rules *r, int64_t t);
/* The moment at which a closing `days` days ahead is told: the office's opening of that day, or of the last working day
 * before it; never behind the closing itself. */
int64_t rules_remind_moment(const Rules *r, const Phase *p, int64_t days);
/* What notices may be about, ended by NULL: eligible, ineligible, amend, ...  The same as the mails' names. */
extern const char *const rules_notice_events[];
NoticeMode rules_notice_mode(const Rules *r, const char *event); /* NOTICE_NONE for one that is not in the list */

/* T4-0007 for track T4 and 7; and back: finds the first entry number in a text
 * (any case, full-width too, blanks around the hyphen; where none stands so, one
 * without its hyphen).  NULL when there is none. */
char *rules_number(const Rules *r, Arena *a, const char *track, int64_t seq);
char *rules_find_number(const Rules *r, Arena *a, const char *text);

/* Words: templates/words.yaml, the short texts that are not mails: problem
 * sentences, names of states, of days, of file kinds, headings of the form.
 * Keys are dotted; every key the program uses is listed in words_keys.h.  A key that is missing is taken from the source's
 * `words` and then becomes part of the source, as the file WORDS_LENT; where it is not there either, it is a fault
 * of the rules at load. */
#define WORDS_LENT "templates/words.lent.yaml"
const char *words(const Rules *r, const char *key);
/* The same with {{name}} replaced, and {{#name}}...{{/name}} left out where name is empty;
 * args are name, value, ..., NULL. */
char *words_fill(const Rules *r, Arena *a, const char *key, ...) __attribute__((sentinel));
/* 3月31日（星期五）24:00 as a polite office writes a moment: by the words
 * `when.*`.  A closing second of 23:59:59 is written 24:00. */
char *words_moment(const Rules *r, Arena *a, int64_t t);
char *words_day(const Rules *r, Arena *a, int64_t t);
/* 3天4小时 from a number of seconds, rounded down to what matters. */
char *words_span(const Rules *r, Arena *a, int64_t seconds);
char *words_bytes(const Rules *r, Arena *a, uint64_t bytes); /* 1.2 MB */

#endif
