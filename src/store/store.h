/* Store: the SQLite database of a contest home.  It can be made again from the
 * archive and its journal; accepted entries in it are append-only by triggers, and every
 * effect has a row in the audit chain.  The data dictionary is schema.sql in schema.c.
 *
 * A unit of work is one transaction: store_begin ... store_commit; the functions that
 * write say so and must stand inside one.  All functions return 0, or -1 and fill the Err
 * (ERR_DISK for a full or read-only disk, ERR_BUG for anything a query should never do);
 * look-ups return 1 when found, 0 when not, -1 on error.  Texts that come out live in the
 * arena given. */
#ifndef XINLV_STORE_STORE_H
#define XINLV_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"

typedef struct Store Store;

#define STORE_PATH "spool/xinlv.db" /* below a home; SQLite sets STORE_PATH "-wal" and "-shm" beside it */

/* Opens the database below the folder `home`, creating or migrating it.
 * readonly: for list, show, status; then a missing database is an empty one in memory. */
int store_open(int home, bool readonly, Store **out, Err *e);
void store_close(Store *s);
/* Gives back the memory that a walk over much has left in the page cache. */
void store_shrink(Store *s);
/* A copy of the whole database as it is at this moment, durable, at the absolute path: a new file. */
int store_backup(Store *s, const char *path, Err *e);
/* From the next statement on, until store_rollback, the database is seen as it is at that moment, whatever a run does to it. */
int store_begin_reading(Store *s, Err *e);
int store_begin(Store *s, Err *e);
int store_commit(Store *s, Err *e);
void store_rollback(Store *s);

/* ---- small facts: key and value, mutable (progress, last run, told-once marks) */
int store_fact_get(Store *s, Arena *a, const char *key, char **value, Err *e);
int store_fact_set(Store *s, const char *key, const char *value, Err *e); /* writes; NULL removes */
int store_fact_keep(Store *s, const char *key, const char *value, Err *e); /* the same in a transaction of its own */

/* ---- messages.  `seq` is the order in the journal, from 1. */
typedef struct {
	int64_t seq;
	Hash sha256;        /* meaningless when neither archived nor headed */
	bool archived;      /* false: known to the server only, never fetched */
	bool headed;        /* of those: the header block was kept, sha256 is of that; not in the database */
	uint64_t bytes;
	int64_t received;   /* arrival, the moment deadlines are judged by */
	const char *source; /* maildir:spool/inbox, imap:user@host/INBOX#uidvalidity.uid */
} MessageRow;

int store_message_add(Store *s, const MessageRow *m, Err *e); /* writes */
/* By hash: is this one known? seq of the first. */
int store_message_find(Store *s, Hash sha256, int64_t *seq, Err *e);
int store_message_last(Store *s, int64_t *seq, Err *e); /* 0 when none; highest seq */
/* The message of that order number. */
int store_message_get(Store *s, Arena *a, int64_t seq, MessageRow *out, Err *e);
int store_message_hash(Store *s, int64_t seq, Hash *sha256, Err *e); /* its hash alone, for lists */
/* Messages without an outcome, in order, seq > after, at most max; for resuming. */
int store_message_pending(Store *s, Arena *a, int64_t after, size_t max, MessageRow **rows, size_t *n,
                          Err *e);

typedef struct {
	const char *severity; /* error or warning */
	const char *where, *field, *sentence;
	int form;             /* which form of the message, from 0; -1: none */
} ProblemRow;

/* What became of a message: written once, never changed. */
typedef struct {
	int64_t seq;
	const char *outcome;
	const char *detail; /* for the operator's log: which rule decided */
	int64_t decided;    /* when the robot looked */
	const char *message_id, *from_addr, *from_name, *subject, *in_reply_to;
	Hash content;       /* digest of what it says (forms or text), for re-deliveries */
	const char *rules;  /* hex hash of the rules it was judged by */
	const ProblemRow *problem;
	size_t problem_n;
} OutcomeRow;
int store_outcome_add(Store *s, const OutcomeRow *o, Err *e); /* writes */
/* An earlier message with this Message-ID, sender and content. */
int store_outcome_same(Store *s, const char *message_id, const char *from_addr, Hash content, int64_t *seq,
                       Err *e);
int store_seq_of_message_id(Store *s, const char *message_id, int64_t *seq, Err *e);
int store_outcome_get(Store *s, Arena *a, int64_t seq, char **outcome, Err *e);

/* ---- forms seen, for recognising the same one again */
typedef struct {
	Hash print;      /* digest of the form's normalised values and track */
	int64_t seq;
	int form;        /* index within the message */
	const char *sender;
	const char *outcome;
	const char *number; /* "" when none */
	const char *org_key, *title_key; /* text_key() */
	const char *track;
	int64_t received;
} FormRow;
int store_form_add(Store *s, const FormRow *f, Err *e); /* writes */
/* A form that was only checked. */
typedef struct {
	int64_t seq;
	int form;
	const char *sender, *track;
	int64_t received;
	const char *title, *org, *subject;
	int64_t errors; /* found in it */
} CheckedRow;
/* Those that arrived in [from, to] of which nothing was sent in since; seq and form only. */
int store_checked_list(Store *s, Arena *a, int64_t from, int64_t to, CheckedRow **rows, size_t *n, Err *e);
int store_checked_get(Store *s, Arena *a, int64_t seq, int form, CheckedRow *out, Err *e);
/* The first form with that print whose outcome is accepted, or late; one whose entry was withdrawn only where no other is accepted. */
int store_form_same(Store *s, Arena *a, Hash print, FormRow *out, Err *e);
/* The forms of a message, in order; what a ruling made an entry of counts as accepted. */
int store_form_list(Store *s, Arena *a, int64_t seq, FormRow **rows, size_t *n, Err *e);
/* How many entries its sender has had by messages behind f->seq: of f->org_key, or of any organisation where that is "".  Nothing
 * else of f is looked at. */
int store_form_entered(Store *s, const FormRow *f, int64_t *n, Err *e);
/* The standing entry (not withdrawn) of the same organisation and title. */
int store_entry_same(Store *s, Arena *a, const char *org_key, const char *title_key, char **number,
                     char **sender, Err *e);

/* ---- rulings: what the secretariat decided on a message, beside its outcome */
typedef struct {
	int64_t seq; /* of the message */
	int64_t at;
	const char *kind;     /* late, twin, read */
	const char *decision; /* take, refuse; not_twin, twin; read */
	const char *by, *reason;
} RulingRow;
int store_ruling_add(Store *s, const RulingRow *r, Err *e); /* writes; the message must have its outcome */
/* All on a message, the first one first; their number is the version of what is sealed about it. */
int store_ruling_list(Store *s, Arena *a, int64_t seq, RulingRow **rows, size_t *n, Err *e);
/* 1 when the last ruling of that kind on the message says so. */
int store_ruling_stands(Store *s, int64_t seq, const char *kind, const char *decision, Err *e);
/* The message waits for a ruling that does not follow from its outcome and forms: late, or a twin; form: the first it is
 * about, -1: none. */
int store_ruling_wanted(Store *s, int64_t seq, const char *kind, int form, int64_t at, Err *e); /* writes */

/* ---- entries */
typedef struct {
	const char *key;  /* project.title, members.name */
	int64_t row;      /* 0 plain; 1.. */
	const char *value;
	bool personal;
} FieldRow;

typedef struct {
	const char *name; /* as sent, decoded */
	const char *type; /* by its bytes */
	uint64_t bytes;
	Hash sha256;
	const char *path; /* relative to the home */
	const char *role; /* form, file, or a file rule's key */
	int64_t seq;      /* message it came with */
	int part;         /* index in that message's report, for filing again */
} FileRow;

typedef struct {
	const char *number, *track;
	int64_t track_seq; /* 7 of T4-0007 */
	int64_t seq;       /* message */
	int form;
	int64_t received, accepted;
	const char *sender;
	const char *title, *org, *uscc, *org_kind, *province;
	const char *contact, *mobile, *email; /* of today: an approved change may have named another than the form */
	const char *state;  /* read only: the projection */
	const char *edition, *form_version, *token;
	const char *folder; /* spool/tracks/T4/T4-0007 ... */
} EntryRow;

/* Behind the highest number of the track that an entry has, or the fact NUMBERED_TRACK with the track's code says was given. */
#define NUMBERED_TRACK "numbered:"
int store_next_track_seq(Store *s, const char *track, int64_t *out, Err *e);
typedef struct {
	int64_t id, seq; /* of the entry; its message */
	int form;
	const char *track;
	int64_t track_seq;
	bool own;        /* by itself, not by a ruling about it later */
} NumberRow;
/* Entries behind that id, in the order in which they were entered; each returns false to stop. */
int store_numbers_after(Store *s, int64_t id, bool (*each)(void *ctx, const NumberRow *row), void *ctx, Err *e);
/* Entry, values, files, its first event and audit rows. */
int store_entry_add(Store *s, const EntryRow *en, const FieldRow *f, size_t fn, const FileRow *file,
                    size_t file_n, Err *e); /* writes */
int store_entry_get(Store *s, Arena *a, const char *number, EntryRow *out, Err *e);
/* Of its sender, its contact, and whoever was its contact before; each once, in any case of letters. */
int store_entry_addresses(Store *s, Arena *a, const char *number, char ***addr, size_t *n, Err *e);
int store_entry_fields(Store *s, Arena *a, const char *number, FieldRow **f, size_t *n, Err *e);
int store_entry_files(Store *s, Arena *a, const char *number, FileRow **f, size_t *n, Err *e);

typedef struct {
	int64_t at;
	const char *event, *by, *detail, *state; /* state after it, "" when unchanged */
} EventRow;
int store_event_add(Store *s, const char *number, const EventRow *ev, Err *e); /* writes */
int store_entry_events(Store *s, Arena *a, const char *number, EventRow **ev, size_t *n, Err *e);

/* ---- supplements: files that came for an entry after its acceptance, beside its own and never instead of them */
int store_supplement_add(Store *s, const char *number, const EventRow *ev, const FileRow *file, size_t n, Err *e); /* writes */
/* All of an entry, the first that came first. */
int store_entry_supplements(Store *s, Arena *a, const char *number, FileRow **f, size_t *n, Err *e);
/* The entry for which that message brought files; 1, 0 none, -1. */
int store_supplement_of(Store *s, Arena *a, int64_t seq, char **number, Err *e);
/* Those whose folder is not laid yet, with the files of each; they wait while their entry's folder is not laid. */
typedef struct {
	int64_t event, at;
	const char *number, *by; /* by: of the event, "" once purged */
	FileRow *file;
	size_t file_n;
} SupplementRow;
int store_supplement_pending(Store *s, Arena *a, SupplementRow **rows, size_t *n, Err *e);
int store_supplement_done(Store *s, int64_t event, Err *e); /* writes */

/* Entries whose folder is not laid yet (filing comes after the commit). */
int store_filing_pending(Store *s, Arena *a, char ***numbers, size_t *n, Err *e);
/* All of them are laid again, supplements too: after a restore, which has no folders; writes. */
int store_filing_all(Store *s, Err *e);
int store_filing_done(Store *s, const char *number, Err *e); /* writes */

/* Walks entries in order of acceptance.  NULL or "" for no filter; find looks
 * in number, title, organisation, code, contact, mobile, addresses. each() returns false to stop;
 * its row is valid during the call. */
typedef struct {
	const char *track, *state, *find;
	const char *address; /* sender or contact */
	bool standing;       /* without those that were withdrawn */
} EntryFilter;
int store_entry_each(Store *s, const EntryFilter *f, bool (*each)(void *ctx, const EntryRow *en),
                     void *ctx, Err *e);
/* The row with its texts in the arena, for longer than such a call. */
EntryRow store_entry_keep(Arena *a, const EntryRow *en);
/* All that the walk would meet, at most `most` (0: all), in the arena. */
int store_entry_list(Store *s, Arena *a, const EntryFilter *f, size_t most, EntryRow **rows, size_t *n, Err *e);

/* ---- the log of messages */
typedef struct {
	MessageRow message;
	const char *outcome; /* "" not yet */
	const char *detail;
	int64_t decided;
	const char *message_id, *from_addr, *from_name, *subject;
	const char **entry; /* of those it became or brought files for, or asks something about */
	size_t entry_n;
	const ProblemRow *problem;
	size_t problem_n;
} LogRow;
typedef struct {
	const char *outcome, *from, *find;
	int64_t since; /* arrival, WHEN_NONE: all */
	int64_t seq;   /* one message, 0: all */
} LogFilter;
int store_log_each(Store *s, const LogFilter *f, bool (*each)(void *ctx, const LogRow *row), void *ctx,
                   Err *e);

/* ---- the outbox.  A mail is queued in the transaction of its outcome and sent later. */
typedef struct {
	int64_t id;
	const char *kind;       /* receipt, fault, late, ... */
	int64_t seq;            /* the message it answers, 0 when none */
	const char *to, *subject, *message_id;
	int priority;           /* lower first: 1 fault reports, 2 receipts, 3 answers, 4 notices */
	int64_t due;            /* not before */
	const char *state;      /* waiting, held, sent, failed */
	int64_t attempts;
	const char *error;
	int64_t created, sent;  /* WHEN_NONE while not sent */
	const char *from_domain;
	int64_t until;          /* when the time to mend ends of which it tells; 0: it tells of none */
	bool joins;             /* held: it goes with others in one mail, from `due` on */
	int64_t joint;          /* the mail it went in, 0: none yet */
} OutboxRow;
/* Does nothing when the Message-ID is there already (0 all the same). body: the whole mail. */
int store_outbox_add(Store *s, const OutboxRow *o, Str body, Err *e); /* writes */
int store_outbox_body(Store *s, int64_t id, Buf *body, Err *e);
/* Waiting mails due at `now`, by priority, then by `until` (those without one last), then by id; the row's texts live in
 * the arena. */
int store_outbox_due(Store *s, Arena *a, int64_t now, size_t max, OutboxRow **rows, size_t *n, Err *e);
/* Result of one attempt. */
int store_outbox_sent(Store *s, int64_t id, int64_t at, Err *e);                 /* writes */
int store_outbox_retry(Store *s, int64_t id, int64_t due, const char *error, Err *e);  /* writes */
int store_outbox_failed(Store *s, int64_t id, const char *error, Err *e);              /* writes */
int store_outbox_each(Store *s, const char *state, bool (*each)(void *ctx, const OutboxRow *row),
                      void *ctx, Err *e);
/* Those that were last tried at `since` or later and failed for good, the last one first. */
int store_outbox_failed_each(Store *s, int64_t since, bool (*each)(void *ctx, const OutboxRow *row), void *ctx, Err *e);
/* All to an address, the first one first. */
int store_outbox_to(Store *s, Arena *a, const char *to, OutboxRow **rows, size_t *n, Err *e);
/* Earliest due of waiting mails, and of those to be joined; 0 when there is none. */
int store_outbox_next(Store *s, int64_t *due, Err *e);
/* Mails to be joined: an address of which some are due; all of an address, in order; the earliest due of an address's. */
int store_outbox_joint_due(Store *s, Arena *a, int64_t now, char **to, Err *e);
int store_outbox_joint_list(Store *s, Arena *a, const char *to, size_t max, OutboxRow **rows, size_t *n, Err *e);
int store_outbox_joint_next(Store *s, const char *to, int64_t *due, Err *e);
/* The mail of that Message-ID goes inside mail `joint`, and shares what becomes of it. */
int store_outbox_join(Store *s, const char *message_id, int64_t joint, Err *e); /* writes */
/* It goes by itself after all, from `due` on. */
int store_outbox_alone(Store *s, const char *message_id, int64_t due, Err *e); /* writes */
/* Mails queued to an address since t (any kind; what was joined counts once), for the cap. */
int store_outbox_count_to(Store *s, const char *to, int64_t since, int64_t *n, Err *e);
/* An attempt by an account (its URL), and how many mails it last tried after t: for pacing. */
int store_outbox_tried(Store *s, int64_t id, const char *account, int64_t at, Err *e); /* writes */
int store_outbox_count_tried(Store *s, const char *account, int64_t after, int64_t *n, Err *e);
/* The mail with that Message-ID (a bounce names it). */
int store_outbox_find(Store *s, Arena *a, const char *message_id, OutboxRow *out, Err *e);

/* The last mail of a kind queued to an address, by index (time to mend after a fault report). */
int store_outbox_last_to(Store *s, Arena *a, const char *to, const char *kind, OutboxRow *out, Err *e);

/* ---- papers of the final: the seed of the draw, the roadshow's schedule, the proposed and the final list of awards.  Each
 * version is kept; the last one is in force. */
typedef struct {
	const char *kind;    /* seed, schedule, proposed, awards */
	int64_t version;     /* of its kind, from 1 */
	int64_t at;
	const char *body;    /* canonical JSON */
	Hash sha256;         /* of the body, as it was when it was added */
} PaperRow;
/* Writes; out may be NULL. */
int store_paper_add(Store *s, const char *kind, int64_t at, const char *body, PaperRow *out, Err *e);
int store_paper_last(Store *s, Arena *a, const char *kind, PaperRow *out, Err *e);
int store_paper_list(Store *s, Arena *a, const char *kind, PaperRow **rows, size_t *n, Err *e);

/* ---- objections to the proposed list of awards */
typedef struct {
	int64_t id;           /* its number, from 1 */
	int64_t seq, at;      /* the message that brought it, and its arrival */
	const char *number;   /* of the entry, "" when none is named */
	const char *decision; /* upheld, dismissed; "": open */
	int64_t ended;
	const char *by, *reason;
} ObjectionRow;
/* *id: the number it is to have, 0 for the next one: behind all there are, and the fact NUMBERED_OBJECTIONS.  The same message
 * brings no second one: *id is that of the first. */
#define NUMBERED_OBJECTIONS "numbered objections"
int store_objection_add(Store *s, int64_t seq, int64_t at, const char *number, int64_t *id, Err *e); /* writes */
/* id, number, decision, ended, by, reason of the row. */
int store_objection_end(Store *s, const ObjectionRow *o, Err *e); /* writes */
int store_objection_list(Store *s, Arena *a, ObjectionRow **rows, size_t *n, Err *e);

/* ---- fetching progress, by mailbox */
typedef struct {
	const char *mailbox; /* imap:user@host/INBOX */
	uint32_t uidvalidity, last_uid;
} MailboxRow;
int store_mailbox_get(Store *s, Arena *a, const char *mailbox, MailboxRow *out, Err *e);
int store_mailbox_set(Store *s, const MailboxRow *m, Err *e); /* writes */
/* Messages to be tidied at their source after their outcome; the source text as in MessageRow. */
int store_tidy_add(Store *s, const char *source, int64_t seq, Err *e); /* writes */
int store_tidy_each(Store *s, bool (*each)(void *ctx, const char *source, const MessageRow *m), void *ctx,
                    Err *e); /* only those whose message has an outcome */
int store_tidy_done(Store *s, const char *source, Err *e); /* writes */

/* ---- rules taken into force, as the journal has them */
int store_rules_add(Store *s, const char *hash, int64_t at, Err *e); /* writes */
/* The set taken into force as the n-th, from 1. */
int store_rules_get(Store *s, Arena *a, int64_t n, char **hash, int64_t *at, Err *e);
int store_rules_last(Store *s, Arena *a, char **hash, Err *e);

/* ---- the audit chain: each row hashes the one before */
int store_audit_add(Store *s, int64_t at, const char *kind, const char *ref, const char *detail, Err *e); /* writes */
int store_audit_last(Store *s, int64_t *id, char hash[HASH_HEX], Err *e);

/* ---- counts for status */
typedef struct {
	const char *track, *state;
	int64_t n;
} CountRow;
int store_count_entries(Store *s, Arena *a, CountRow **rows, size_t *n, Err *e); /* kept up, not counted */
int store_count_outcomes(Store *s, Arena *a, CountRow **rows, size_t *n, Err *e); /* .state is the outcome */
int store_count_outbox(Store *s, Arena *a, CountRow **rows, size_t *n, Err *e);

/* -1 (ERR_DISK, with what to do) when SQLite finds the database that lies there damaged; reads all of it. 0 also when it cannot
 * be looked into for another reason. */
int store_sound(int home, Err *e);

/* ---- verify: the database's own integrity, the chain, the projection, foreign keys.  fault() is
 * called for each fault found with a line in English. */
int store_verify(Store *s, void (*fault)(void *ctx, const char *line), void *ctx, Err *e);

#endif
