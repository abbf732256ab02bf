/* Behind every stage: the data dictionary.  What stands here is what `.schema` shows in a contest's
 * database, comments included.  Refuses, by triggers, to change or drop what became final.
 *
 * To change the schema: change it here, raise VERSION, and add the rung that brings the version before to
 * the same tables; tests/unit/test_migrate.c compares the two.  A rung that rewrites rows of an append-only
 * table drops its triggers and makes them again in the same rung. */
#include "store/schema.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"

#define VERSION 4

#define REFUSE(trigger, when, table, why)             \
	"CREATE TRIGGER " trigger " BEFORE " when "\n"    \
	"BEGIN SELECT RAISE(ABORT, '" table ": " why "'); END;\n"

/* INSERT OR REPLACE removes the row in its way without a DELETE trigger being asked: `same` finds that row. */
#define NO_REPLACE(table, same)                                                                     \
	REFUSE(table "_no_replace", "INSERT ON " table "\nWHEN EXISTS (SELECT 1 FROM " table " WHERE " same ")", \
	       table, "a row is never replaced")

/* Rows that never change and never go. */
#define FINAL(table, same)                                                                    \
	REFUSE(table "_no_update", "UPDATE ON " table, table, "a row is never changed")           \
	REFUSE(table "_no_delete", "DELETE ON " table, table, "a row is never deleted")           \
	NO_REPLACE(table, same)

/* Personal values: never changed; they go only while the fact 'purge' stands, which the audited purge sets
 * inside its transaction and takes away again. */
#define PERSONAL(table, same)                                                                            \
	REFUSE(table "_no_update", "UPDATE ON " table, table, "a row is never changed")                      \
	REFUSE(table "_no_delete",                                                                           \
	       "DELETE ON " table "\nWHEN NOT EXISTS (SELECT 1 FROM fact WHERE key = 'purge')", table,       \
	       "a row goes only in an audited purge")                                                        \
	NO_REPLACE(table, same)

static const char facts[] =
	"-- Small mutable facts: how far the journal was read, the last run, what was told once.\n"
	"CREATE TABLE fact (\n"
	"	key TEXT PRIMARY KEY,\n"
	"	value TEXT NOT NULL\n"
	") STRICT, WITHOUT ROWID;\n"

	"CREATE TABLE mailbox ( -- how far each mailbox was fetched; mutable\n"
	"	mailbox TEXT PRIMARY KEY,     -- imap:user@host/INBOX\n"
	"	uidvalidity INTEGER NOT NULL,\n"
	"	last_uid INTEGER NOT NULL\n"
	") STRICT, WITHOUT ROWID;\n"

	"CREATE TABLE rules ( -- sets of rules taken into force, in order; final\n"
	"	id INTEGER PRIMARY KEY,\n"
	"	hash TEXT NOT NULL,           -- names the bundle in spool/archive/rules/\n"
	"	at INTEGER NOT NULL           -- moments are seconds since 1970 UTC, here and everywhere\n"
	") STRICT;\n"
	FINAL("rules", "id = NEW.id");

static const char messages[] =
	"CREATE TABLE message ( -- one row a message, from the journal; final\n"
	"	seq INTEGER PRIMARY KEY,      -- its order in the journal, from 1\n"
	"	sha256 BLOB,                  -- its name in the archive; NULL: never fetched\n"
	"	bytes INTEGER NOT NULL,\n"
	"	received INTEGER NOT NULL,    -- arrival, by which deadlines are judged\n"
	"	source TEXT NOT NULL          -- where it was fetched from\n"
	") STRICT;\n"
	"CREATE INDEX message_sha256 ON message(sha256);\n"
	"CREATE INDEX message_received ON message(received);\n"
	FINAL("message", "seq = NEW.seq")

	"CREATE TABLE pending ( -- messages without an outcome; kept by triggers\n"
	"	seq INTEGER PRIMARY KEY REFERENCES message\n"
	") STRICT;\n"
	"CREATE TRIGGER message_pending AFTER INSERT ON message\n"
	"BEGIN INSERT INTO pending(seq) VALUES (NEW.seq); END;\n"

	"CREATE TABLE tidy ( -- messages to be tidied away at their source; mutable\n"
	"	source TEXT PRIMARY KEY,\n"
	"	seq INTEGER NOT NULL REFERENCES message\n"
	") STRICT, WITHOUT ROWID;\n"

	"CREATE TABLE outcome ( -- what became of a message; final\n"
	"	seq INTEGER PRIMARY KEY REFERENCES message,\n"
	"	outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'rejected', 'late', 'duplicate',\n"
	"		'not-eligible', 'precheck', 'supplement', 'request', 'change', 'decision', 'note',\n"
	"		'auto-reply', 'bounce', 'bulk', 'loop', 'unrecognised', 'quarantined')),\n"
	"	detail TEXT NOT NULL,         -- which rule decided, for the operator\n"
	"	decided INTEGER NOT NULL,     -- when the robot looked\n"
	"	content BLOB NOT NULL,        -- digest of what it says, for re-deliveries\n"
	"	rules TEXT NOT NULL,          -- hash of the rules it was judged by\n"
	"	personal BLOB NOT NULL        -- salted digest of its head and problems\n"
	") STRICT;\n"
	"CREATE INDEX outcome_outcome ON outcome(outcome);\n"
	FINAL("outcome", "seq = NEW.seq")

	"CREATE TABLE head ( -- who wrote, and about what; goes in an audited purge\n"
	"	seq INTEGER PRIMARY KEY REFERENCES outcome,\n"
	"	salt BLOB NOT NULL,\n"
	"	message_id TEXT NOT NULL,\n"
	"	from_addr TEXT NOT NULL COLLATE NOCASE,\n"
	"	from_name TEXT NOT NULL,\n"
	"	subject TEXT NOT NULL,\n"
	"	in_reply_to TEXT NOT NULL\n"
	") STRICT;\n"
	"CREATE INDEX head_message_id ON head(message_id) WHERE message_id <> '';\n"
	"CREATE INDEX head_from ON head(from_addr);\n"
	PERSONAL("head", "seq = NEW.seq")

	"CREATE TABLE problem ( -- what was to mend in a message; quotes it, so it goes with the head\n"
	"	seq INTEGER NOT NULL REFERENCES outcome,\n"
	"	n INTEGER NOT NULL,           -- order in the message, from 0\n"
	"	form INTEGER NOT NULL,        -- which of its forms, from 0; -1: none\n"
	"	severity TEXT NOT NULL,       -- error or warning\n"
	"	place TEXT NOT NULL,          -- sheet and cell, or a file's name\n"
	"	field TEXT NOT NULL,\n"
	"	sentence TEXT NOT NULL,       -- what the person read\n"
	"	PRIMARY KEY (seq, n)\n"
	") STRICT, WITHOUT ROWID;\n"
	PERSONAL("problem", "seq = NEW.seq AND n = NEW.n")

	"CREATE TABLE outcome_count ( -- messages by outcome; kept by a trigger\n"
	"	outcome TEXT PRIMARY KEY,\n"
	"	n INTEGER NOT NULL\n"
	") STRICT, WITHOUT ROWID;\n"
	"CREATE TRIGGER outcome_counted AFTER INSERT ON outcome BEGIN\n"
	"	DELETE FROM pending WHERE seq = NEW.seq;\n"
	"	INSERT INTO outcome_count(outcome, n) VALUES (NEW.outcome, 1)\n"
	"		ON CONFLICT (outcome) DO UPDATE SET n = n + 1;\n"
	"END;\n"

	"CREATE TABLE form ( -- forms seen, to know the same one again; final but for a purged sender\n"
	"	seq INTEGER NOT NULL REFERENCES message,\n"
	"	form INTEGER NOT NULL,        -- index in its message\n"
	"	print BLOB NOT NULL,          -- digest of track and normal forms\n"
	"	sender TEXT NOT NULL COLLATE NOCASE,\n"
	"	outcome TEXT NOT NULL,\n"
	"	number TEXT NOT NULL,         -- of its entry, '' when none\n"
	"	org_key TEXT NOT NULL,        -- organisation and title as two people would call the same\n"
	"	title_key TEXT NOT NULL,\n"
	"	track TEXT NOT NULL,\n"
	"	received INTEGER NOT NULL,\n"
	"	PRIMARY KEY (seq, form)\n"
	") STRICT, WITHOUT ROWID;\n"
	"CREATE INDEX form_print ON form(print);\n"
	"CREATE INDEX form_same ON form(org_key, title_key);\n"
	"CREATE INDEX form_checked ON form(seq) WHERE outcome = 'precheck';\n"
	"CREATE INDEX form_sender ON form(sender, seq);\n"
	REFUSE("form_no_update", "UPDATE ON form\nWHEN NEW.sender <> '' OR (NEW.seq, NEW.form, NEW.print, NEW.outcome,"
	       " NEW.number,\n	NEW.org_key, NEW.title_key, NEW.track, NEW.received) IS NOT (OLD.seq, OLD.form,"
	       " OLD.print,\n	OLD.outcome, OLD.number, OLD.org_key, OLD.title_key, OLD.track, OLD.received)",
	       "form", "a row is never changed")
	REFUSE("form_no_delete", "DELETE ON form", "form", "a row is never deleted")
	NO_REPLACE("form", "seq = NEW.seq AND form = NEW.form")

	"CREATE TABLE ruling ( -- what the secretariat decided on a message; its outcome stays; final\n"
	"	id INTEGER PRIMARY KEY,\n"
	"	seq INTEGER NOT NULL REFERENCES outcome,\n"
	"	at INTEGER NOT NULL,\n"
	"	kind TEXT NOT NULL CHECK (kind IN ('late', 'twin', 'read')),\n"
	"	decision TEXT NOT NULL CHECK (decision IN ('take', 'refuse', 'not_twin', 'twin', 'read')),\n"
	"	personal BLOB NOT NULL        -- salted digest of who and why\n"
	") STRICT;\n"
	"CREATE INDEX ruling_seq ON ruling(seq);\n"
	FINAL("ruling", "id = NEW.id")

	"CREATE TABLE ruling_personal ( -- goes in an audited purge\n"
	"	ruling INTEGER PRIMARY KEY REFERENCES ruling,\n"
	"	salt BLOB NOT NULL,\n"
	"	actor TEXT NOT NULL,          -- an address, or the operator's name\n"
	"	reason TEXT NOT NULL\n"
	") STRICT;\n"
	PERSONAL("ruling_personal", "ruling = NEW.ruling");

static const char entries[] =
	"CREATE TABLE entry ( -- an accepted entry; final\n"
	"	id INTEGER PRIMARY KEY,       -- order of acceptance\n"
	"	number TEXT NOT NULL UNIQUE,  -- T4-0007\n"
	"	track TEXT NOT NULL,\n"
	"	track_seq INTEGER NOT NULL,   -- 7 of T4-0007\n"
	"	seq INTEGER NOT NULL REFERENCES message,\n"
	"	form INTEGER NOT NULL,        -- which form of that message\n"
	"	received INTEGER NOT NULL,\n"
	"	accepted INTEGER NOT NULL,\n"
	"	title TEXT NOT NULL,\n"
	"	org TEXT NOT NULL,\n"
	"	uscc TEXT NOT NULL,           -- unified social credit code, '' when it has none\n"
	"	org_kind TEXT NOT NULL,\n"
	"	province TEXT NOT NULL,\n"
	"	edition TEXT NOT NULL,        -- of the form: edition, version, token\n"
	"	form_version TEXT NOT NULL,\n"
	"	token TEXT NOT NULL,\n"
	"	folder TEXT NOT NULL,         -- spool/tracks/T4/T4-0007 ...\n"
	"	personal BLOB NOT NULL,       -- salted digest of its personal values\n"
	"	UNIQUE (track, track_seq),\n"
	"	UNIQUE (seq, form)\n"
	") STRICT;\n"
	FINAL("entry", "id = NEW.id OR number = NEW.number OR (track = NEW.track AND track_seq = NEW.track_seq)\n"
	               "	OR (seq = NEW.seq AND form = NEW.form)")

	"CREATE TABLE entry_personal ( -- whom to reach about an entry; goes in an audited purge\n"
	"	entry INTEGER PRIMARY KEY REFERENCES entry,\n"
	"	salt BLOB NOT NULL,\n"
	"	sender TEXT NOT NULL COLLATE NOCASE,\n"
	"	contact TEXT NOT NULL,\n"
	"	mobile TEXT NOT NULL,\n"
	"	email TEXT NOT NULL COLLATE NOCASE\n"
	") STRICT;\n"
	"CREATE INDEX entry_personal_sender ON entry_personal(sender);\n"
	"CREATE INDEX entry_personal_email ON entry_personal(email);\n"
	PERSONAL("entry_personal", "entry = NEW.entry")

	/* One row an entry, not one a value: a form has some 200 values, and a row with its triggers costs ten times
	 * the value in it. */
	"CREATE TABLE answers ( -- the values of an entry's form; final\n"
	"	entry INTEGER PRIMARY KEY REFERENCES entry,\n"
	"	fields TEXT NOT NULL          -- JSON, in form order: [[key, table row or 0, value or null when personal], ...]\n"
	") STRICT;\n"
	FINAL("answers", "entry = NEW.entry")

	"CREATE TABLE answers_personal ( -- goes in an audited purge\n"
	"	entry INTEGER PRIMARY KEY REFERENCES entry,\n"
	"	fields TEXT NOT NULL          -- JSON: the values that are null in answers, in their order\n"
	") STRICT;\n"
	PERSONAL("answers_personal", "entry = NEW.entry")

	"CREATE VIEW field AS -- for people: one row a value; personal ones are NULL here\n"
	"	SELECT a.entry, j.key AS n, j.value ->> 0 AS key, j.value ->> 1 AS table_row, j.value ->> 2 AS value\n"
	"	FROM answers a, json_each(a.fields) j;\n"

	"CREATE TABLE file ( -- the files of an entry; final\n"
	"	entry INTEGER NOT NULL REFERENCES entry,\n"
	"	n INTEGER NOT NULL,           -- order of arrival, from 0\n"
	"	name TEXT NOT NULL,           -- as sent, decoded\n"
	"	type TEXT NOT NULL,           -- by its bytes\n"
	"	bytes INTEGER NOT NULL,\n"
	"	sha256 BLOB NOT NULL,\n"
	"	path TEXT NOT NULL,           -- from the home\n"
	"	role TEXT NOT NULL,           -- form, file, or the key of a file rule\n"
	"	seq INTEGER NOT NULL REFERENCES message, -- what it came with\n"
	"	part INTEGER NOT NULL,        -- index in that message's report\n"
	"	PRIMARY KEY (entry, n)\n"
	") STRICT, WITHOUT ROWID;\n"
	FINAL("file", "entry = NEW.entry AND n = NEW.n")

	"CREATE TABLE filing ( -- entries whose folder is not laid yet; mutable\n"
	"	entry INTEGER PRIMARY KEY REFERENCES entry\n"
	") STRICT;\n";

static const char events[] =
	"CREATE TABLE event ( -- the history of an entry; final\n"
	"	id INTEGER PRIMARY KEY,\n"
	"	entry INTEGER NOT NULL REFERENCES entry,\n"
	"	at INTEGER NOT NULL,\n"
	"	event TEXT NOT NULL,\n"
	"	state TEXT NOT NULL CHECK (state IN ('', 'accepted', 'eligible', 'ineligible', 'reviewed', 'unfit',\n"
	"		'shortlisted', 'eliminated', 'awarded', 'unplaced', 'withdrawn')), -- after it, '': as before\n"
	"	personal BLOB NOT NULL        -- salted digest of who and what\n"
	") STRICT;\n"
	"CREATE INDEX event_entry ON event(entry);\n"
	FINAL("event", "id = NEW.id")

	"CREATE TABLE event_personal ( -- may name a person; goes in an audited purge\n"
	"	event INTEGER PRIMARY KEY REFERENCES event,\n"
	"	salt BLOB NOT NULL,\n"
	"	actor TEXT NOT NULL,          -- robot, or an address\n"
	"	detail TEXT NOT NULL\n"
	") STRICT;\n"
	PERSONAL("event_personal", "event = NEW.event")

	"CREATE TABLE supplement ( -- files that came for an entry later, beside its own; final\n"
	"	event INTEGER NOT NULL REFERENCES event,\n"
	"	n INTEGER NOT NULL,           -- order of arrival, from 0\n"
	"	entry INTEGER NOT NULL REFERENCES entry,\n"
	"	name TEXT NOT NULL,           -- as in the table file, to the last column\n"
	"	type TEXT NOT NULL,\n"
	"	bytes INTEGER NOT NULL,\n"
	"	sha256 BLOB NOT NULL,\n"
	"	path TEXT NOT NULL,\n"
	"	role TEXT NOT NULL,           -- supplement, or the key of a file rule\n"
	"	seq INTEGER NOT NULL REFERENCES message,\n"
	"	part INTEGER NOT NULL,\n"
	"	PRIMARY KEY (event, n)\n"
	") STRICT, WITHOUT ROWID;\n"
	"CREATE INDEX supplement_entry ON supplement(entry);\n"
	"CREATE INDEX supplement_seq ON supplement(seq);\n"
	FINAL("supplement", "event = NEW.event AND n = NEW.n")

	"CREATE TABLE supplement_filing ( -- supplements whose folder is not laid yet; mutable\n"
	"	event INTEGER PRIMARY KEY REFERENCES event\n"
	") STRICT;\n"

	"CREATE TABLE entry_state ( -- where each entry stands: follows from its events; kept by a trigger\n"
	"	entry INTEGER PRIMARY KEY REFERENCES entry,\n"
	"	track TEXT NOT NULL,\n"
	"	state TEXT NOT NULL\n"
	") STRICT;\n"
	"CREATE INDEX entry_state_state ON entry_state(state);\n"
	"CREATE INDEX entry_state_track ON entry_state(track, state);\n"

	"CREATE TABLE entry_count ( -- entries by track and state; kept by the same trigger\n"
	"	track TEXT NOT NULL,\n"
	"	state TEXT NOT NULL,\n"
	"	n INTEGER NOT NULL,\n"
	"	PRIMARY KEY (track, state)\n"
	") STRICT, WITHOUT ROWID;\n"
	"CREATE TRIGGER event_state AFTER INSERT ON event WHEN NEW.state <> '' BEGIN\n"
	"	UPDATE entry_count SET n = n - 1 WHERE (track, state) =\n"
	"		(SELECT track, state FROM entry_state WHERE entry = NEW.entry);\n"
	"	INSERT INTO entry_state(entry, track, state) SELECT id, track, NEW.state FROM entry WHERE id = NEW.entry\n"
	"		ON CONFLICT (entry) DO UPDATE SET state = excluded.state;\n"
	"	INSERT INTO entry_count(track, state, n) SELECT track, NEW.state, 1 FROM entry WHERE id = NEW.entry\n"
	"		ON CONFLICT (track, state) DO UPDATE SET n = n + 1;\n"
	"END;\n";

static const char outgoing[] =
	"CREATE TABLE outbox ( -- mail to be sent; what it is never changes, how far it got does\n"
	"	id INTEGER PRIMARY KEY,\n"
	"	kind TEXT NOT NULL,           -- receipt, fault, late, ...\n"
	"	seq INTEGER NOT NULL,         -- the message it answers, 0: none\n"
	"	recipient TEXT NOT NULL COLLATE NOCASE, -- '' once purged, like subject and salt\n"
	"	subject TEXT NOT NULL,\n"
	"	message_id TEXT NOT NULL UNIQUE, -- the same for the same reply: never queued twice\n"
	"	priority INTEGER NOT NULL,    -- lower goes first\n"
	"	due INTEGER NOT NULL,         -- not before\n"
	"	state TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'sent', 'failed')),\n"
	"	attempts INTEGER NOT NULL DEFAULT 0,\n"
	"	error TEXT NOT NULL DEFAULT '',\n"
	"	created INTEGER NOT NULL,\n"
	"	sent INTEGER,                 -- NULL while it is not\n"
	"	account TEXT NOT NULL DEFAULT '', -- the one it was last tried by, '' where there are none\n"
	"	tried INTEGER,                -- when that was\n"
	"	from_domain TEXT NOT NULL,\n"
	"	salt BLOB,\n"
	"	personal BLOB NOT NULL,       -- salted digest of recipient and subject\n"
	"	body_sha256 BLOB NOT NULL,    -- of the whole mail; stays when the body is gone\n"
	"	until INTEGER NOT NULL DEFAULT 9223372036854775807, -- end of the time to mend it tells of; the largest: of none\n"
	"	joint INTEGER                 -- NULL: it goes alone; 0: held until it is joined with others; else the mail it went in\n"
	") STRICT;\n"
	"CREATE INDEX outbox_waiting ON outbox(priority, until, id, due) WHERE state = 'waiting';\n"
	"CREATE INDEX outbox_due ON outbox(due) WHERE state = 'waiting';\n"
	"CREATE INDEX outbox_state ON outbox(state);\n"
	"CREATE INDEX outbox_recipient ON outbox(recipient, created, kind);\n"
	"CREATE INDEX outbox_joint ON outbox(joint, due) WHERE joint IS NOT NULL;\n"
	"CREATE INDEX outbox_tried ON outbox(account, tried) WHERE tried IS NOT NULL; -- for pacing\n"
	REFUSE("outbox_no_update", "UPDATE OF id, kind, seq, message_id, created, from_domain, personal, body_sha256"
	       " ON outbox", "outbox", "what was queued is never changed")
	REFUSE("outbox_no_delete", "DELETE ON outbox", "outbox", "a row is never deleted")
	NO_REPLACE("outbox", "id = NEW.id OR message_id = NEW.message_id")

	"CREATE TABLE outbox_body ( -- the whole mail; dropped once it is sent\n"
	"	id INTEGER PRIMARY KEY REFERENCES outbox,\n"
	"	body BLOB NOT NULL\n"
	") STRICT;\n"

	"CREATE TABLE outbox_count ( -- mails by state; kept by triggers\n"
	"	state TEXT PRIMARY KEY,\n"
	"	n INTEGER NOT NULL\n"
	") STRICT, WITHOUT ROWID;\n"
	"CREATE TRIGGER outbox_queued AFTER INSERT ON outbox BEGIN\n"
	"	INSERT INTO outbox_count(state, n) VALUES (NEW.state, 1)\n"
	"		ON CONFLICT (state) DO UPDATE SET n = n + 1;\n"
	"END;\n"
	"CREATE TRIGGER outbox_moved AFTER UPDATE OF state ON outbox WHEN NEW.state <> OLD.state BEGIN\n"
	"	UPDATE outbox_count SET n = n - 1 WHERE state = OLD.state;\n"
	"	INSERT INTO outbox_count(state, n) VALUES (NEW.state, 1)\n"
	"		ON CONFLICT (state) DO UPDATE SET n = n + 1;\n"
	"END;\n";

static const char audits[] =
	"CREATE TABLE audit ( -- every effect, chained; final\n"
	"	id INTEGER PRIMARY KEY,       -- from 1 without gaps\n"
	"	at INTEGER NOT NULL,\n"
	"	kind TEXT NOT NULL,           -- outcome, form, said, ruling, entry, event, rules, queued, sent, failed, purge\n"
	"	ref TEXT NOT NULL,            -- for people: a number, an order in the journal, a Message-ID\n"
	"	subject INTEGER NOT NULL,     -- key of the row it vouches for, 0: none\n"
	"	detail TEXT NOT NULL,         -- no personal values here\n"
	"	digest BLOB NOT NULL,         -- SHA-256 of what that row says (store/digest.c)\n"
	"	hash BLOB NOT NULL            -- SHA-256 over the hash of row id - 1 and all of the above\n"
	") STRICT;\n"
	"CREATE INDEX audit_purge ON audit(ref) WHERE kind = 'purge';\n"
	"CREATE INDEX audit_todo ON audit(ref) WHERE kind = 'todo'; -- 'late/7'\n"
	FINAL("audit", "id = NEW.id");

static const char reports[] =
	"CREATE TABLE arrival_count ( -- messages by quarter of an hour of arrival and outcome; kept by a trigger\n"
	"	slot INTEGER NOT NULL,        -- seconds since 1970 / 900: the quarters of any zone's day\n"
	"	outcome TEXT NOT NULL,\n"
	"	n INTEGER NOT NULL,\n"
	"	PRIMARY KEY (slot, outcome)\n"
	") STRICT, WITHOUT ROWID;\n"
	"CREATE TRIGGER outcome_arrival AFTER INSERT ON outcome BEGIN\n"
	"	INSERT INTO arrival_count(slot, outcome, n) SELECT received / 900, NEW.outcome, 1 FROM message\n"
	"		WHERE seq = NEW.seq ON CONFLICT (slot, outcome) DO UPDATE SET n = n + 1;\n"
	"END;\n"

	"CREATE TABLE said ( -- what a person must know to act on a message: of its forms that became no entry (title,\n"
	"                    -- organisation, whom to ring), of a bounce (whose mail, why); goes in an audited purge\n"
	"	seq INTEGER NOT NULL REFERENCES outcome,\n"
	"	form INTEGER NOT NULL,        -- which of its forms, from 0; -1: a bounce\n"
	"	title TEXT NOT NULL,\n"
	"	org TEXT NOT NULL,\n"
	"	contact TEXT NOT NULL,\n"
	"	mobile TEXT NOT NULL,\n"
	"	email TEXT NOT NULL COLLATE NOCASE,\n"
	"	reason TEXT NOT NULL,\n"
	"	PRIMARY KEY (seq, form)\n"
	") STRICT, WITHOUT ROWID;\n"
	PERSONAL("said", "seq = NEW.seq AND form = NEW.form")

	"CREATE TABLE todo ( -- messages that wait for a person; kept by triggers, taken away when it is done\n"
	"	kind TEXT NOT NULL CHECK (kind IN ('read', 'late', 'twin', 'quarantined', 'bounce')),\n"
	"	seq INTEGER NOT NULL REFERENCES message,\n"
	"	form INTEGER NOT NULL,        -- its first form of that kind, -1: none\n"
	"	PRIMARY KEY (kind, seq)\n"
	") STRICT, WITHOUT ROWID;\n"
	"CREATE INDEX todo_seq ON todo(seq);\n"
	"CREATE TRIGGER outcome_todo AFTER INSERT ON outcome\n"
	"WHEN NEW.outcome IN ('unrecognised', 'change', 'quarantined', 'bounce') BEGIN\n"
	"	INSERT INTO todo(kind, seq, form) VALUES (CASE WHEN NEW.outcome IN ('quarantined', 'bounce')\n"
	"		THEN NEW.outcome ELSE 'read' END, NEW.seq, -1);\n"
	"END;\n"
	"-- A duplicate is doubtful unless the very same form came from the same sender before.\n"
	"CREATE TRIGGER form_todo AFTER INSERT ON form WHEN NEW.outcome = 'late' OR (NEW.outcome = 'duplicate'\n"
	"	AND NOT EXISTS (SELECT 1 FROM form WHERE print = NEW.print AND sender = NEW.sender\n"
	"		AND outcome IN ('accepted', 'late'))) BEGIN\n"
	"	INSERT INTO todo(kind, seq, form) VALUES (iif(NEW.outcome = 'late', 'late', 'twin'), NEW.seq, NEW.form)\n"
	"		ON CONFLICT (kind, seq) DO NOTHING;\n"
	"END;\n"
	"-- A ruling is what they waited for.\n"
	"CREATE TRIGGER ruling_todo AFTER INSERT ON ruling BEGIN\n"
	"	DELETE FROM todo WHERE seq = NEW.seq AND (kind = NEW.kind\n"
	"		OR (NEW.kind = 'read' AND kind IN ('quarantined', 'bounce')));\n"
	"END;\n"

	"CREATE TABLE turned_away ( -- by the last mail of each sender whose entry was turned away and who has had none\n"
	"                           -- accepted since; kept by a trigger\n"
	"	seq INTEGER PRIMARY KEY REFERENCES message,\n"
	"	n INTEGER NOT NULL            -- how often in a row\n"
	") STRICT;\n"
	"CREATE TRIGGER head_turned AFTER INSERT ON head WHEN NEW.from_addr <> ''\n"
	"	AND (SELECT outcome FROM outcome WHERE seq = NEW.seq) IN ('accepted', 'rejected') BEGIN\n"
	"	INSERT INTO turned_away(seq, n) SELECT NEW.seq, 1 + ifnull((SELECT max(t.n) FROM head h\n"
	"		CROSS JOIN turned_away t ON t.seq = h.seq WHERE h.from_addr = NEW.from_addr), 0)\n"
	"		FROM outcome WHERE seq = NEW.seq AND outcome = 'rejected';\n"
	"	DELETE FROM turned_away WHERE seq <> NEW.seq AND seq IN\n"
	"		(SELECT seq FROM head WHERE from_addr = NEW.from_addr);\n"
	"END;\n"
	"-- Who writes again can be reached.\n"
	"CREATE INDEX said_bounced ON said(email) WHERE form = -1;\n"
	"CREATE TRIGGER head_reached AFTER INSERT ON head WHEN NEW.from_addr <> '' BEGIN\n"
	"	DELETE FROM todo WHERE kind = 'bounce' AND seq IN\n"
	"		(SELECT seq FROM said WHERE form = -1 AND email = NEW.from_addr);\n"
	"END;\n";

/* What came with version 3: the same text for a fresh database and for one that climbs. */
static const char course[] =
	"-- The course of the contest, from the first notice to the awards.\n"

	"CREATE TABLE paper ( -- what the final is made of, version after version; final\n"
	"	id INTEGER PRIMARY KEY,\n"
	"	kind TEXT NOT NULL CHECK (kind IN ('seed', 'schedule', 'proposed', 'awards')),\n"
	"	version INTEGER NOT NULL,     -- of its kind, from 1; the last one is in force\n"
	"	at INTEGER NOT NULL,\n"
	"	body TEXT NOT NULL,           -- canonical JSON; names no person\n"
	"	sha256 BLOB NOT NULL,         -- of the body\n"
	"	UNIQUE (kind, version)\n"
	") STRICT;\n"
	FINAL("paper", "id = NEW.id OR (kind = NEW.kind AND version = NEW.version)")

	"CREATE TABLE objection ( -- to the proposed list of awards; what it says is the message's; final\n"
	"	id INTEGER PRIMARY KEY,       -- its number\n"
	"	seq INTEGER NOT NULL UNIQUE REFERENCES message,\n"
	"	at INTEGER NOT NULL,\n"
	"	number TEXT NOT NULL          -- of the entry it names, '' when it names none\n"
	") STRICT;\n"
	FINAL("objection", "id = NEW.id OR seq = NEW.seq")

	"CREATE TABLE objection_end ( -- what was decided on it; final\n"
	"	objection INTEGER PRIMARY KEY REFERENCES objection,\n"
	"	at INTEGER NOT NULL,\n"
	"	number TEXT NOT NULL,         -- the entry it is about after all, '' when about none\n"
	"	decision TEXT NOT NULL CHECK (decision IN ('upheld', 'dismissed')),\n"
	"	personal BLOB NOT NULL        -- salted digest of who and why\n"
	") STRICT;\n"
	FINAL("objection_end", "objection = NEW.objection")

	"CREATE TABLE objection_personal ( -- goes in an audited purge\n"
	"	objection INTEGER PRIMARY KEY REFERENCES objection_end,\n"
	"	salt BLOB NOT NULL,\n"
	"	actor TEXT NOT NULL,\n"
	"	reason TEXT NOT NULL\n"
	") STRICT;\n"
	PERSONAL("objection_personal", "objection = NEW.objection")

	"CREATE TABLE record ( -- what happens in the rounds: who judges, what is assigned, what is scored; final\n"
	"	id INTEGER PRIMARY KEY,\n"
	"	kind TEXT NOT NULL,           -- expert, promise, assign, score, ...\n"
	"	round TEXT NOT NULL,          -- of the rules, '': none\n"
	"	ref TEXT NOT NULL,            -- an entry's number and the like, '': none\n"
	"	who TEXT NOT NULL,            -- an expert's code, '': none\n"
	"	at INTEGER NOT NULL,\n"
	"	state TEXT NOT NULL,          -- what holds from now on\n"
	"	data TEXT NOT NULL,           -- no personal values here\n"
	"	personal BLOB NOT NULL        -- salted digest of the rest\n"
	") STRICT;\n"
	"CREATE INDEX record_of ON record(kind, round, ref, who);\n"
	FINAL("record", "id = NEW.id")

	"CREATE TABLE record_personal ( -- goes in an audited purge\n"
	"	record INTEGER PRIMARY KEY REFERENCES record,\n"
	"	salt BLOB NOT NULL,\n"
	"	actor TEXT NOT NULL,          -- who said so: an address, robot, or the operator's name\n"
	"	addr TEXT NOT NULL COLLATE NOCASE, -- of whom it is about\n"
	"	detail TEXT NOT NULL\n"
	") STRICT;\n"
	"CREATE INDEX record_addr ON record_personal(addr) WHERE addr <> '';\n"
	PERSONAL("record_personal", "record = NEW.record")

	"CREATE TABLE record_now ( -- the newest of each kind, round, ref and who; kept by a trigger\n"
	"	kind TEXT NOT NULL,\n"
	"	round TEXT NOT NULL,\n"
	"	ref TEXT NOT NULL,\n"
	"	who TEXT NOT NULL,\n"
	"	record INTEGER NOT NULL UNIQUE REFERENCES record,\n"
	"	n INTEGER NOT NULL,           -- how many there are\n"
	"	PRIMARY KEY (kind, round, ref, who)\n"
	") STRICT, WITHOUT ROWID;\n"
	"CREATE TRIGGER record_holds AFTER INSERT ON record BEGIN\n"
	"	INSERT INTO record_now(kind, round, ref, who, record, n) VALUES (NEW.kind, NEW.round, NEW.ref, NEW.who, NEW.id, 1)\n"
	"		ON CONFLICT (kind, round, ref, who) DO UPDATE SET record = excluded.record, n = n + 1;\n"
	"END;\n"

	"CREATE TABLE notice ( -- mails that were prepared together; what for never changes, how they stand does\n"
	"	id INTEGER PRIMARY KEY,\n"
	"	key TEXT NOT NULL UNIQUE,     -- what for: never prepared twice\n"
	"	title TEXT NOT NULL,          -- for the secretariat\n"
	"	made INTEGER NOT NULL,\n"
	"	until INTEGER NOT NULL,       -- of use until then\n"
	"	shared TEXT NOT NULL,         -- JSON: what all of its mails say: [name, value, ...]\n"
	"	state TEXT NOT NULL CHECK (state IN ('held', 'released', 'cancelled', 'expired')),\n"
	"	round INTEGER NOT NULL,       -- how often it was shown to the secretariat\n"
	"	shown INTEGER NOT NULL,       -- when last; the mails are made as of then\n"
	"	mails INTEGER NOT NULL,       -- how many there were then\n"
	"	digest BLOB NOT NULL          -- SHA-256 over all of them\n"
	") STRICT;\n"
	"CREATE INDEX notice_held ON notice(id, mails) WHERE state = 'held';\n"
	REFUSE("notice_no_update", "UPDATE OF id, key, title, made, until, shared ON notice", "notice",
	       "what was prepared is never changed")
	REFUSE("notice_no_delete", "DELETE ON notice", "notice", "a row is never deleted")
	NO_REPLACE("notice", "id = NEW.id OR key = NEW.key")

	"CREATE TABLE notice_item ( -- who is to hear what, by entry; goes in an audited purge\n"
	"	notice INTEGER NOT NULL REFERENCES notice,\n"
	"	n INTEGER NOT NULL,           -- in order, from 0\n"
	"	mail TEXT NOT NULL,           -- templates/mail/MAIL\n"
	"	number TEXT NOT NULL,         -- of the entry, '': none\n"
	"	events INTEGER NOT NULL,      -- how many the entry had then: what happened to it since makes this void\n"
	"	recipients TEXT NOT NULL,     -- JSON: [name, address, ...]; empty: as the entry has it\n"
	"	says TEXT NOT NULL,           -- JSON: [name, value, ...]\n"
	"	apart TEXT NOT NULL,          -- those with unlike ones never share a mail\n"
	"	PRIMARY KEY (notice, n)\n"
	") STRICT, WITHOUT ROWID;\n"
	PERSONAL("notice_item", "notice = NEW.notice AND n = NEW.n")

	"CREATE TABLE notice_file ( -- what is enclosed; goes in an audited purge\n"
	"	notice INTEGER NOT NULL REFERENCES notice,\n"
	"	n INTEGER NOT NULL,           -- of the item\n"
	"	k INTEGER NOT NULL,           -- in order, from 0\n"
	"	name TEXT NOT NULL,\n"
	"	media TEXT NOT NULL,\n"
	"	bytes BLOB NOT NULL,\n"
	"	PRIMARY KEY (notice, n, k)\n"
	") STRICT, WITHOUT ROWID;\n"
	PERSONAL("notice_file", "notice = NEW.notice AND n = NEW.n AND k = NEW.k")

	"CREATE TABLE notice_mail ( -- the mails of what is held, as shown; mutable, taken away when it is settled\n"
	"	notice INTEGER NOT NULL REFERENCES notice,\n"
	"	n INTEGER NOT NULL,           -- in order, from 0\n"
	"	kind TEXT NOT NULL,\n"
	"	recipient TEXT NOT NULL,\n"
	"	subject TEXT NOT NULL,\n"
	"	message_id TEXT NOT NULL,\n"
	"	PRIMARY KEY (notice, n)\n"
	") STRICT, WITHOUT ROWID;\n"

	"CREATE TABLE notice_code ( -- codes of release that were handed out, a round each; final\n"
	"	code TEXT PRIMARY KEY,\n"
	"	notice INTEGER NOT NULL REFERENCES notice,\n"
	"	round INTEGER NOT NULL\n"
	") STRICT, WITHOUT ROWID;\n"
	FINAL("notice_code", "code = NEW.code");

static const char likeness[] =
	"CREATE INDEX file_sha256 ON file(sha256);\n"
	"CREATE TABLE sketch ( -- of each long text of an entry, a few hashes of its runs, by which texts alike are found\n"
	"	hash INTEGER NOT NULL,\n"
	"	entry INTEGER NOT NULL REFERENCES entry,\n"
	"	field INTEGER NOT NULL,       -- its place in answers, from 0\n"
	"	PRIMARY KEY (hash, entry, field)\n"
	") STRICT, WITHOUT ROWID;\n"
	"CREATE TABLE alike ( -- an entry that says what an earlier one says, or brings its file; final\n"
	"	entry INTEGER NOT NULL REFERENCES entry,\n"
	"	other INTEGER NOT NULL REFERENCES entry, -- the earlier one\n"
	"	kind TEXT NOT NULL CHECK (kind IN ('text', 'file')),\n"
	"	what TEXT NOT NULL,           -- key of the field, or the file's name\n"
	"	percent INTEGER NOT NULL,\n"
	"	PRIMARY KEY (entry, other, kind, what)\n"
	") STRICT, WITHOUT ROWID;\n"
	REFUSE("alike_no_update", "UPDATE ON alike", "alike", "a row is never changed")
	REFUSE("alike_no_delete", "DELETE ON alike", "alike", "a row is never deleted");

static const char *const parts[] = {facts, messages, entries, events, outgoing, audits, reports, course, likeness, NULL};

static const Rung rungs[] = {
	{2, "ALTER TABLE outbox ADD COLUMN until INTEGER NOT NULL DEFAULT 9223372036854775807;\n"
	    "DROP INDEX outbox_waiting;\n"
	    "CREATE INDEX outbox_waiting ON outbox(priority, until, id, due) WHERE state = 'waiting';\n"},
	{3, course},
	{3, likeness},
	{3, "CREATE INDEX form_checked ON form(seq) WHERE outcome = 'precheck';\n"
	    "CREATE INDEX form_sender ON form(sender, seq);\n"},
	{3, "ALTER TABLE outbox ADD COLUMN joint INTEGER;\n"
	    "CREATE INDEX outbox_joint ON outbox(joint, due) WHERE joint IS NOT NULL;\n"},
	/* From this message on, each form and what is said of it has its row in the audit. */
	{3, "INSERT INTO fact(key, value) SELECT 'audit.forms', CAST(max(seq) + 1 AS TEXT) FROM message HAVING count(*) > 0;\n"},
	{4, "DROP INDEX outbox_sent;\n"
	    "CREATE INDEX IF NOT EXISTS record_of ON record(kind, round, ref, who);\n"},
	/* From this message on, what a message waits for follows from what is recorded. */
	{4, "CREATE INDEX audit_todo ON audit(ref) WHERE kind = 'todo';\n"
	    "INSERT INTO fact(key, value) SELECT 'audit.todo', CAST(max(seq) + 1 AS TEXT) FROM message HAVING count(*) > 0;\n"},
};

const Ladder schema_ladder = {.version = VERSION, .fresh = parts, .rung = rungs, .rung_n = sizeof rungs / sizeof *rungs};

int schema_version(Db *db, Err *e) {
	int64_t version;
	if (db_number(db, "PRAGMA user_version", &version, e) < 0)
		return -1;
	return (int)version;
}

static int set_version(Db *db, int version, Err *e) {
	char sql[64];
	snprintf(sql, sizeof sql, "PRAGMA user_version = %d", version);
	return db_exec(db, sql, "set the version", e);
}

/* Into an empty database; one with tables but no version belongs to somebody else. */
static int lay_fresh(Db *db, const Ladder *l, Err *e) {
	int64_t tables;
	if (db_number(db, "SELECT count(*) FROM sqlite_schema", &tables, e) < 0)
		return -1;
	if (tables)
		return err_set(e, ERR_RULES, "the database has tables, but not ours");
	for (size_t i = 0; l->fresh[i]; i++)
		if (db_exec(db, l->fresh[i], "lay the schema", e) < 0)
			return -1;
	return set_version(db, l->version, e);
}

/* The one step up from `version`, inside a transaction. */
static int climb_one(Db *db, const Ladder *l, int version, Err *e) {
	if (version == 0)
		return lay_fresh(db, l, e);
	size_t climbed = 0;
	for (size_t i = 0; i < l->rung_n; i++) {
		if (l->rung[i].to != version + 1)
			continue;
		if (db_exec(db, l->rung[i].sql, "migrate", e) < 0)
			return err_wrap(e, "from version %d to %d", version, version + 1);
		climbed++;
	}
	if (climbed)
		return set_version(db, version + 1, e);
	return err_set(e, ERR_BUG, "no way from version %d of the database to %d", version, version + 1);
}

int schema_climb(Db *db, const Ladder *l, Err *e) {
	for (int done = 0;; done = 1) {
		int version = schema_version(db, e);
		if (version < 0)
			return -1;
		if (version == l->version)
			return done;
		if (version > l->version)
			return err_set(e, ERR_RULES, "the database is of version %d, this program knows %d: "
			               "install the newer program", version, l->version);
		if (db_exec(db, "BEGIN IMMEDIATE", "begin", e) < 0)
			return -1;
		/* Another process may have climbed while this one waited for the lock. */
		int now = schema_version(db, e);
		if (now < 0 || (now == version && climb_one(db, l, version, e) < 0)) {
			db_rollback(db);
			return -1;
		}
		step("store.migrate");
		if (db_exec(db, "COMMIT", "commit", e) < 0) {
			db_rollback(db);
			return -1;
		}
	}
}

void schema_plain(Str sql, Buf *out) {
	bool blank = false;
	for (size_t i = 0; i < sql.n; i++) {
		char c = sql.p[i];
		if (c == '-' && i + 1 < sql.n && sql.p[i + 1] == '-') {
			while (i < sql.n && sql.p[i] != '\n')
				i++;
			blank = true;
		} else if (strchr(" \t\r\n", c)) {
			blank = true;
		} else {
			if (blank && out->n && !strchr("(,)", c) && !strchr("(,)", out->p[out->n - 1]))
				buf_char(out, ' ');
			blank = false;
			buf_char(out, c);
		}
	}
}
