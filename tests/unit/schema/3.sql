CREATE TABLE fact (
	key TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE mailbox ( -- how far each mailbox was fetched; mutable
	mailbox TEXT PRIMARY KEY,     -- imap:user@host/INBOX
	uidvalidity INTEGER NOT NULL,
	last_uid INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE rules ( -- sets of rules taken into force, in order; final
	id INTEGER PRIMARY KEY,
	hash TEXT NOT NULL,           -- names the bundle in spool/archive/rules/
	at INTEGER NOT NULL           -- moments are seconds since 1970 UTC, here and everywhere
) STRICT;
CREATE TRIGGER rules_no_update BEFORE UPDATE ON rules
BEGIN SELECT RAISE(ABORT, 'rules: a row is never changed'); END;
CREATE TRIGGER rules_no_delete BEFORE DELETE ON rules
BEGIN SELECT RAISE(ABORT, 'rules: a row is never deleted'); END;
CREATE TRIGGER rules_no_replace BEFORE INSERT ON rules
WHEN EXISTS (SELECT 1 FROM rules WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rules: a row is never replaced'); END;
CREATE TABLE message ( -- one row a message, from the journal; final
	seq INTEGER PRIMARY KEY,      -- its order in the journal, from 1
	sha256 BLOB,                  -- its name in the archive; NULL: never fetched
	bytes INTEGER NOT NULL,
	received INTEGER NOT NULL,    -- arrival, by which deadlines are judged
	source TEXT NOT NULL          -- where it was fetched from
) STRICT;
CREATE INDEX message_sha256 ON message(sha256);
CREATE INDEX message_received ON message(received);
CREATE TRIGGER message_no_update BEFORE UPDATE ON message
BEGIN SELECT RAISE(ABORT, 'message: a row is never changed'); END;
CREATE TRIGGER message_no_delete BEFORE DELETE ON message
BEGIN SELECT RAISE(ABORT, 'message: a row is never deleted'); END;
CREATE TRIGGER message_no_replace BEFORE INSERT ON message
WHEN EXISTS (SELECT 1 FROM message WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'message: a row is never replaced'); END;
CREATE TABLE pending ( -- messages without an outcome; kept by triggers
	seq INTEGER PRIMARY KEY REFERENCES message
) STRICT;
CREATE TRIGGER message_pending AFTER INSERT ON message
BEGIN INSERT INTO pending(seq) VALUES (NEW.seq); END;
CREATE TABLE tidy ( -- messages to be tidied away at their source; mutable
	source TEXT PRIMARY KEY,
	seq INTEGER NOT NULL REFERENCES message
) STRICT, WITHOUT ROWID;
CREATE TABLE outcome ( -- what became of a message; final
	seq INTEGER PRIMARY KEY REFERENCES message,
	outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'rejected', 'late', 'duplicate',
		'not-eligible', 'precheck', 'supplement', 'request', 'change', 'decision', 'note',
		'auto-reply', 'bounce', 'bulk', 'loop', 'unrecognised', 'quarantined')),
	detail TEXT NOT NULL,         -- which rule decided, for the operator
	decided INTEGER NOT NULL,     -- when the robot looked
	content BLOB NOT NULL,        -- digest of what it says, for re-deliveries
	rules TEXT NOT NULL,          -- hash of the rules it was judged by
	personal BLOB NOT NULL        -- salted digest of its head and problems
) STRICT;
CREATE INDEX outcome_outcome ON outcome(outcome);
CREATE TRIGGER outcome_no_update BEFORE UPDATE ON outcome
BEGIN SELECT RAISE(ABORT, 'outcome: a row is never changed'); END;
CREATE TRIGGER outcome_no_delete BEFORE DELETE ON outcome
BEGIN SELECT RAISE(ABORT, 'outcome: a row is never deleted'); END;
CREATE TRIGGER outcome_no_replace BEFORE INSERT ON outcome
WHEN EXISTS (SELECT 1 FROM outcome WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'outcome: a row is never replaced'); END;
CREATE TABLE head ( -- who wrote, and about what; goes in an audited purge
	seq INTEGER PRIMARY KEY REFERENCES outcome,
	salt BLOB NOT NULL,
	message_id TEXT NOT NULL,
	from_addr TEXT NOT NULL COLLATE NOCASE,
	from_name TEXT NOT NULL,
	subject TEXT NOT NULL,
	in_reply_to TEXT NOT NULL
) STRICT;
CREATE INDEX head_message_id ON head(message_id) WHERE message_id <> '';
CREATE INDEX head_from ON head(from_addr);
CREATE TRIGGER head_no_update BEFORE UPDATE ON head
BEGIN SELECT RAISE(ABORT, 'head: a row is never changed'); END;
CREATE TRIGGER head_no_delete BEFORE DELETE ON head
WHEN NOT EXISTS (SELECT 1 FROM fact WHERE key = 'purge')
BEGIN SELECT RAISE(ABORT, 'head: a row goes only in an audited purge'); END;
CREATE TRIGGER head_no_replace BEFORE INSERT ON head
WHEN EXISTS (SELECT 1 FROM head WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'head: a row is never replaced'); END;
CREATE TABLE problem ( -- what was to mend in a message; quotes it, so it goes with the head
	seq INTEGER NOT NULL REFERENCES outcome,
	n INTEGER NOT NULL,           -- order in the message, from 0
	form INTEGER NOT NULL,        -- which of its forms, from 0; -1: none
	severity TEXT NOT NULL,       -- error or warning
	place TEXT NOT NULL,          -- sheet and cell, or a file's name
	field TEXT NOT NULL,
	sentence TEXT NOT NULL,       -- what the person read
	PRIMARY KEY (seq, n)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER problem_no_update BEFORE UPDATE ON problem
BEGIN SELECT RAISE(ABORT, 'problem: a row is never changed'); END;
CREATE TRIGGER problem_no_delete BEFORE DELETE ON problem
WHEN NOT EXISTS (SELECT 1 FROM fact WHERE key = 'purge')
BEGIN SELECT RAISE(ABORT, 'problem: a row goes only in an audited purge'); END;
CREATE TRIGGER problem_no_replace BEFORE INSERT ON problem
WHEN EXISTS (SELECT 1 FROM problem WHERE seq = NEW.seq AND n = NEW.n)
BEGIN SELECT RAISE(ABORT, 'problem: a row is never replaced'); END;
CREATE TABLE outcome_count ( -- messages by outcome; kept by a trigger
	outcome TEXT PRIMARY KEY,
	n INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER outcome_counted AFTER INSERT ON outcome BEGIN
	DELETE FROM pending WHERE seq = NEW.seq;
	INSERT INTO outcome_count(outcome, n) VALUES (NEW.outcome, 1)
		ON CONFLICT (outcome) DO UPDATE SET n = n + 1;
END;
CREATE TABLE form ( -- forms seen, to know the same one again; final but for a purged sender
	seq INTEGER NOT NULL REFERENCES message,
	form INTEGER NOT NULL,        -- index in its message
	print BLOB NOT NULL,          -- digest of track and normal forms
	sender TEXT NOT NULL COLLATE NOCASE,
	outcome TEXT NOT NULL,
	number TEXT NOT NULL,         -- of its entry, '' when none
	org_key TEXT NOT NULL,        -- organisation and title as two people would call the same
	title_key TEXT NOT NULL,
	track TEXT NOT NULL,
	received INTEGER NOT NULL,
	PRIMARY KEY (seq, form)
) STRICT, WITHOUT ROWID;
CREATE INDEX form_print ON form(print);
CREATE INDEX form_same ON form(org_key, title_key);
CREATE INDEX form_checked ON form(seq) WHERE outcome = 'precheck';
CREATE INDEX form_sender ON form(sender, seq);
CREATE TRIGGER form_no_update BEFORE UPDATE ON form
WHEN NEW.sender <> '' OR (NEW.seq, NEW.form, NEW.print, NEW.outcome, NEW.number,
	NEW.org_key, NEW.title_key, NEW.track, NEW.received) IS NOT (OLD.seq, OLD.form, OLD.print,
	OLD.outcome, OLD.number, OLD.org_key, OLD.title_key, OLD.track, OLD.received)
BEGIN SELECT RAISE(ABORT, 'form: a row is never changed'); END;
CREATE TRIGGER form_no_delete BEFORE DELETE ON form
BEGIN SELECT RAISE(ABORT, 'form: a row is never deleted'); END;
CREATE TRIGGER form_no_replace BEFORE INSERT ON form
WHEN EXISTS (SELECT 1 FROM form WHERE seq = NEW.seq AND form = NEW.form)
BEGIN SELECT RAISE(ABORT, 'form: a row is never replaced'); END;
CREATE TABLE ruling ( -- what the secretariat decided on a message; its outcome stays; final
	id INTEGER PRIMARY KEY,
	seq INTEGER NOT NULL REFERENCES outcome,
	at INTEGER NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('late', 'twin', 'read')),
	decision TEXT NOT NULL CHECK (decision IN ('take', 'refuse', 'not_twin', 'twin', 'read')),
	personal BLOB NOT NULL        -- salted digest of who and why
) STRICT;
CREATE INDEX ruling_seq ON ruling(seq);
CREATE TRIGGER ruling_no_update BEFORE UPDATE ON ruling
BEGIN SELECT RAISE(ABORT, 'ruling: a row is never changed'); END;
CREATE TRIGGER ruling_no_delete BEFORE DELETE ON ruling
BEGIN SELECT RAISE(ABORT, 'ruling: a row is never deleted'); END;
CREATE TRIGGER ruling_no_replace BEFORE INSERT ON ruling
WHEN EXISTS (SELECT 1 FROM ruling WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'ruling: a row is never replaced'); END;
CREATE TABLE ruling_personal ( -- goes in an audited purge
	ruling INTEGER PRIMARY KEY REFERENCES ruling,
	salt BLOB NOT NULL,
	actor TEXT NOT NULL,          -- an address, or the operator's name
	reason TEXT NOT NULL
) STRICT;
CREATE TRIGGER ruling_personal_no_update BEFORE UPDATE ON ruling_personal
BEGIN SELECT RAISE(ABORT, 'ruling_personal: a row is never changed'); END;
CREATE TRIGGER ruling_personal_no_delete BEFORE DELETE ON ruling_personal
WHEN NOT EXISTS (SELECT 1 FROM fact WHERE key = 'purge')
BEGIN SELECT RAISE(ABORT, 'ruling_personal: a row goes only in an audited purge'); END;
CREATE TRIGGER ruling_personal_no_replace BEFORE INSERT ON ruling_personal
WHEN EXISTS (SELECT 1 FROM ruling_personal WHERE ruling = NEW.ruling)
BEGIN SELECT RAISE(ABORT, 'ruling_personal: a row is never replaced'); END;
CREATE TABLE entry ( -- an accepted entry; final
	id INTEGER PRIMARY KEY,       -- order of acceptance
	number TEXT NOT NULL UNIQUE,  -- T4-0007
	track TEXT NOT NULL,
	track_seq INTEGER NOT NULL,   -- 7 of T4-0007
	seq INTEGER NOT NULL REFERENCES message,
	form INTEGER NOT NULL,        -- which form of that message
	received INTEGER NOT NULL,
	accepted INTEGER NOT NULL,
	title TEXT NOT NULL,
	org TEXT NOT NULL,
	uscc TEXT NOT NULL,           -- unified social credit code, '' when it has none
	org_kind TEXT NOT NULL,
	province TEXT NOT NULL,
	edition TEXT NOT NULL,        -- of the form: edition, version, token
	form_version TEXT NOT NULL,
	token TEXT NOT NULL,
	folder TEXT NOT NULL,         -- spool/tracks/T4/T4-0007 ...
	personal BLOB NOT NULL,       -- salted digest of its personal values
	UNIQUE (track, track_seq),
	UNIQUE (seq, form)
) STRICT;
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'entry: a row is never changed'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'entry: a row is never deleted'); END;
CREATE TRIGGER entry_no_replace BEFORE INSERT ON entry
WHEN EXISTS (SELECT 1 FROM entry WHERE id = NEW.id OR number = NEW.number OR (track = NEW.track AND track_seq = NEW.track_seq)
	OR (seq = NEW.seq AND form = NEW.form))
BEGIN SELECT RAISE(ABORT, 'entry: a row is never replaced'); END;
CREATE TABLE entry_personal ( -- whom to reach about an entry; goes in an audited purge
	entry INTEGER PRIMARY KEY REFERENCES entry,
	salt BLOB NOT NULL,
	sender TEXT NOT NULL COLLATE NOCASE,
	contact TEXT NOT NULL,
	mobile TEXT NOT NULL,
	email TEXT NOT NULL COLLATE NOCASE
) STRICT;
CREATE INDEX entry_personal_sender ON entry_personal(sender);
CREATE INDEX entry_personal_email ON entry_personal(email);
CREATE TRIGGER entry_personal_no_update BEFORE UPDATE ON entry_personal
BEGIN SELECT RAISE(ABORT, 'entry_personal: a row is never changed'); END;
CREATE TRIGGER entry_personal_no_delete BEFORE DELETE ON entry_personal
WHEN NOT EXISTS (SELECT 1 FROM fact WHERE key = 'purge')
BEGIN SELECT RAISE(ABORT, 'entry_personal: a row goes only in an audited purge'); END;
CREATE TRIGGER entry_personal_no_replace BEFORE INSERT ON entry_personal
WHEN EXISTS (SELECT 1 FROM entry_personal WHERE entry = NEW.entry)
BEGIN SELECT RAISE(ABORT, 'entry_personal: a row is never replaced'); END;
CREATE TABLE answers ( -- the values of an entry's form; final
	entry INTEGER PRIMARY KEY REFERENCES entry,
	fields TEXT NOT NULL          -- JSON, in form order: [[key, table row or 0, value or null when personal], ...]
) STRICT;
CREATE TRIGGER answers_no_update BEFORE UPDATE ON answers
BEGIN SELECT RAISE(ABORT, 'answers: a row is never changed'); END;
CREATE TRIGGER answers_no_delete BEFORE DELETE ON answers
BEGIN SELECT RAISE(ABORT, 'answers: a row is never deleted'); END;
CREATE TRIGGER answers_no_replace BEFORE INSERT ON answers
WHEN EXISTS (SELECT 1 FROM answers WHERE entry = NEW.entry)
BEGIN SELECT RAISE(ABORT, 'answers: a row is never replaced'); END;
CREATE TABLE answers_personal ( -- goes in an audited purge
	entry INTEGER PRIMARY KEY REFERENCES entry,
	fields TEXT NOT NULL          -- JSON: the values that are null in answers, in their order
) STRICT;
CREATE TRIGGER answers_personal_no_update BEFORE UPDATE ON answers_personal
BEGIN SELECT RAISE(ABORT, 'answers_personal: a row is never changed'); END;
CREATE TRIGGER answers_personal_no_delete BEFORE DELETE ON answers_personal
WHEN NOT EXISTS (SELECT 1 FROM fact WHERE key = 'purge')
BEGIN SELECT RAISE(ABORT, 'answers_personal: a row goes only in an audited purge'); END;
CREATE TRIGGER answers_personal_no_replace BEFORE INSERT ON answers_personal
WHEN EXISTS (SELECT 1 FROM answers_personal WHERE entry = NEW.entry)
BEGIN SELECT RAISE(ABORT, 'answers_personal: a row is never replaced'); END;
CREATE VIEW field AS -- for people: one row a value; personal ones are NULL here
	SELECT a.entry, j.key AS n, j.value ->> 0 AS key, j.value ->> 1 AS table_row, j.value ->> 2 AS value
	FROM answers a, json_each(a.fields) j;
CREATE TABLE file ( -- the files of an entry; final
	entry INTEGER NOT NULL REFERENCES entry,
	n INTEGER NOT NULL,           -- order of arrival, from 0
	name TEXT NOT NULL,           -- as sent, decoded
	type TEXT NOT NULL,           -- by its bytes
	bytes INTEGER NOT NULL,
	sha256 BLOB NOT NULL,
	path TEXT NOT NULL,           -- from the home
	role TEXT NOT NULL,           -- form, file, or the key of a file rule
	seq INTEGER NOT NULL REFERENCES message, -- what it came with
	part INTEGER NOT NULL,        -- index in that message's report
	PRIMARY KEY (entry, n)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER file_no_update BEFORE UPDATE ON file
BEGIN SELECT RAISE(ABORT, 'file: a row is never changed'); END;
CREATE TRIGGER file_no_delete BEFORE DELETE ON file
BEGIN SELECT RAISE(ABORT, 'file: a row is never deleted'); END;
CREATE TRIGGER file_no_replace BEFORE INSERT ON file
WHEN EXISTS (SELECT 1 FROM file WHERE entry = NEW.entry AND n = NEW.n)
BEGIN SELECT RAISE(ABORT, 'file: a row is never replaced'); END;
CREATE TABLE filing ( -- entries whose folder is not laid yet; mutable
	entry INTEGER PRIMARY KEY REFERENCES entry
) STRICT;
CREATE TABLE event ( -- the history of an entry; final
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL REFERENCES entry,
	at INTEGER NOT NULL,
	event TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('', 'accepted', 'eligible', 'ineligible', 'reviewed', 'unfit',
		'shortlisted', 'eliminated', 'awarded', 'unplaced', 'withdrawn')), -- after it, '': as before
	personal BLOB NOT NULL        -- salted digest of who and what
) STRICT;
CREATE INDEX event_entry ON event(entry);
CREATE TRIGGER event_no_update BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'event: a row is never changed'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'event: a row is never deleted'); END;
CREATE TRIGGER event_no_replace BEFORE INSERT ON event
WHEN EXISTS (SELECT 1 FROM event WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'event: a row is never replaced'); END;
CREATE TABLE event_personal ( -- may name a person; goes in an audited purge
	event INTEGER PRIMARY KEY REFERENCES event,
	salt BLOB NOT NULL,
	actor TEXT NOT NULL,          -- robot, or an address
	detail TEXT NOT NULL
) STRICT;
CREATE TRIGGER event_personal_no_update BEFORE UPDATE ON event_personal
BEGIN SELECT RAISE(ABORT, 'event_personal: a row is never changed'); END;
CREATE TRIGGER event_personal_no_delete BEFORE DELETE ON event_personal
WHEN NOT EXISTS (SELECT 1 FROM fact WHERE key = 'purge')
BEGIN SELECT RAISE(ABORT, 'event_personal: a row goes only in an audited purge'); END;
CREATE TRIGGER event_personal_no_replace BEFORE INSERT ON event_personal
WHEN EXISTS (SELECT 1 FROM event_personal WHERE event = NEW.event)
BEGIN SELECT RAISE(ABORT, 'event_personal: a row is never replaced'); END;
CREATE TABLE supplement ( -- files that came for an entry later, beside its own; final
	event INTEGER NOT NULL REFERENCES event,
	n INTEGER NOT NULL,           -- order of arrival, from 0
	entry INTEGER NOT NULL REFERENCES entry,
	name TEXT NOT NULL,           -- as in the table file, to the last column
	type TEXT NOT NULL,
	bytes INTEGER NOT NULL,
	sha256 BLOB NOT NULL,
	path TEXT NOT NULL,
	role TEXT NOT NULL,           -- supplement, or the key of a file rule
	seq INTEGER NOT NULL REFERENCES message,
	part INTEGER NOT NULL,
	PRIMARY KEY (event, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX supplement_entry ON supplement(entry);
CREATE INDEX supplement_seq ON supplement(seq);
CREATE TRIGGER supplement_no_update BEFORE UPDATE ON supplement
BEGIN SELECT RAISE(ABORT, 'supplement: a row is never changed'); END;
CREATE TRIGGER supplement_no_delete BEFORE DELETE ON supplement
BEGIN SELECT RAISE(ABORT, 'supplement: a row is never deleted'); END;
CREATE TRIGGER supplement_no_replace BEFORE INSERT ON supplement
WHEN EXISTS (SELECT 1 FROM supplement WHERE event = NEW.event AND n = NEW.n)
BEGIN SELECT RAISE(ABORT, 'supplement: a row is never replaced'); END;
CREATE TABLE supplement_filing ( -- supplements whose folder is not laid yet; mutable
	event INTEGER PRIMARY KEY REFERENCES event
) STRICT;
CREATE TABLE entry_state ( -- where each entry stands: follows from its events; kept by a trigger
	entry INTEGER PRIMARY KEY REFERENCES entry,
	track TEXT NOT NULL,
	state TEXT NOT NULL
) STRICT;
CREATE INDEX entry_state_state ON entry_state(state);
CREATE INDEX entry_state_track ON entry_state(track, state);
CREATE TABLE entry_count ( -- entries by track and state; kept by the same trigger
	track TEXT NOT NULL,
	state TEXT NOT NULL,
	n INTEGER NOT NULL,
	PRIMARY KEY (track, state)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER event_state AFTER INSERT ON event WHEN NEW.state <> '' BEGIN
	UPDATE entry_count SET n = n - 1 WHERE (track, state) =
		(SELECT track, state FROM entry_state WHERE entry = NEW.entry);
	INSERT INTO entry_state(entry, track, state) SELECT id, track, NEW.state FROM entry WHERE id = NEW.entry
		ON CONFLICT (entry) DO UPDATE SET state = excluded.state;
	INSERT INTO entry_count(track, state, n) SELECT track, NEW.state, 1 FROM entry WHERE id = NEW.entry
		ON CONFLICT (track, state) DO UPDATE SET n = n + 1;
END;
CREATE TABLE outbox ( -- mail to be sent; what it is never changes, how far it got does
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,           -- receipt, fault, late, ...
	seq INTEGER NOT NULL,         -- the message it answers, 0: none
	recipient TEXT NOT NULL COLLATE NOCASE, -- '' once purged, like subject and salt
	subject TEXT NOT NULL,
	message_id TEXT NOT NULL UNIQUE, -- the same for the same reply: never queued twice
	priority INTEGER NOT NULL,    -- lower goes first
	due INTEGER NOT NULL,         -- not before
	state TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'sent', 'failed')),
	attempts INTEGER NOT NULL DEFAULT 0,
	error TEXT NOT NULL DEFAULT '',
	created INTEGER NOT NULL,
	sent INTEGER,                 -- NULL while it is not
	account TEXT NOT NULL DEFAULT '', -- the one it was last tried by, '' where there are none
	tried INTEGER,                -- when that was
	from_domain TEXT NOT NULL,
	salt BLOB,
	personal BLOB NOT NULL,       -- salted digest of recipient and subject
	body_sha256 BLOB NOT NULL,    -- of the whole mail; stays when the body is gone
	until INTEGER NOT NULL DEFAULT 9223372036854775807, -- end of the time to mend it tells of; the largest: of none
	joint INTEGER                 -- NULL: it goes alone; 0: held until it is joined with others; else the mail it went in
) STRICT;
CREATE INDEX outbox_waiting ON outbox(priority, until, id, due) WHERE state = 'waiting';
CREATE INDEX outbox_due ON outbox(due) WHERE state = 'waiting';
CREATE INDEX outbox_state ON outbox(state);
CREATE INDEX outbox_recipient ON outbox(recipient, created, kind);
CREATE INDEX outbox_sent ON outbox(sent) WHERE sent IS NOT NULL;
CREATE INDEX outbox_joint ON outbox(joint, due) WHERE joint IS NOT NULL;
CREATE INDEX outbox_tried ON outbox(account, tried) WHERE tried IS NOT NULL;
CREATE TRIGGER outbox_no_update BEFORE UPDATE OF id, kind, seq, message_id, created, from_domain, personal, body_sha256 ON outbox
BEGIN SELECT RAISE(ABORT, 'outbox: what was queued is never changed'); END;
CREATE TRIGGER outbox_no_delete BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, 'outbox: a row is never deleted'); END;
CREATE TRIGGER outbox_no_replace BEFORE INSERT ON outbox
WHEN EXISTS (SELECT 1 FROM outbox WHERE id = NEW.id OR message_id = NEW.message_id)
BEGIN SELECT RAISE(ABORT, 'outbox: a row is never replaced'); END;
CREATE TABLE outbox_body ( -- the whole mail; dropped once it is sent
	id INTEGER PRIMARY KEY REFERENCES outbox,
	body BLOB NOT NULL
) STRICT;
CREATE TABLE outbox_count ( -- mails by state; kept by triggers
	state TEXT PRIMARY KEY,
	n INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER outbox_queued AFTER INSERT ON outbox BEGIN
	INSERT INTO outbox_count(state, n) VALUES (NEW.state, 1)
		ON CONFLICT (state) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER outbox_moved AFTER UPDATE OF state ON outbox WHEN NEW.state <> OLD.state BEGIN
	UPDATE outbox_count SET n = n - 1 WHERE state = OLD.state;
	INSERT INTO outbox_count(state, n) VALUES (NEW.state, 1)
		ON CONFLICT (state) DO UPDATE SET n = n + 1;
END;
CREATE TABLE audit ( -- every effect, chained; final
	id INTEGER PRIMARY KEY,       -- from 1 without gaps
	at INTEGER NOT NULL,
	kind TEXT NOT NULL,           -- outcome, form, said, ruling, entry, event, rules, queued, sent, failed, purge
	ref TEXT NOT NULL,            -- for people: a number, an order in the journal, a Message-ID
	subject INTEGER NOT NULL,     -- key of the row it vouches for, 0: none
	detail TEXT NOT NULL,         -- no personal values here
	digest BLOB NOT NULL,         -- SHA-256 of what that row says (store/digest.c)
	hash BLOB NOT NULL            -- SHA-256 over the hash of row id - 1 and all of the above
) STRICT;
CREATE INDEX audit_purge ON audit(ref) WHERE kind = 'purge';
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit: a row is never changed'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit: a row is never deleted'); END;
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'audit: a row is never replaced'); END;
CREATE TABLE arrival_count ( -- messages by quarter of an hour of arrival and outcome; kept by a trigger
	slot INTEGER NOT NULL,        -- seconds since 1970 / 900: the quarters of any zone's day
	outcome TEXT NOT NULL,
	n INTEGER NOT NULL,
	PRIMARY KEY (slot, outcome)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER outcome_arrival AFTER INSERT ON outcome BEGIN
	INSERT INTO arrival_count(slot, outcome, n) SELECT received / 900, NEW.outcome, 1 FROM message
		WHERE seq = NEW.seq ON CONFLICT (slot, outcome) DO UPDATE SET n = n + 1;
END;
CREATE TABLE said ( -- what a person must know to act on a message: of its forms that became no entry (title,
                    -- organisation, whom to ring), of a bounce (whose mail, why); goes in an audited purge
	seq INTEGER NOT NULL REFERENCES outcome,
	form INTEGER NOT NULL,        -- which of its forms, from 0; -1: a bounce
	title TEXT NOT NULL,
	org TEXT NOT NULL,
	contact TEXT NOT NULL,
	mobile TEXT NOT NULL,
	email TEXT NOT NULL COLLATE NOCASE,
	reason TEXT NOT NULL,
	PRIMARY KEY (seq, form)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER said_no_update BEFORE UPDATE ON said
BEGIN SELECT RAISE(ABORT, 'said: a row is never changed'); END;
CREATE TRIGGER said_no_delete BEFORE DELETE ON said
WHEN NOT EXISTS (SELECT 1 FROM fact WHERE key = 'purge')
BEGIN SELECT RAISE(ABORT, 'said: a row goes only in an audited purge'); END;
CREATE TRIGGER said_no_replace BEFORE INSERT ON said
WHEN EXISTS (SELECT 1 FROM said WHERE seq = NEW.seq AND form = NEW.form)
BEGIN SELECT RAISE(ABORT, 'said: a row is never replaced'); END;
CREATE TABLE todo ( -- messages that wait for a person; kept by triggers, taken away when it is done
	kind TEXT NOT NULL CHECK (kind IN ('read', 'late', 'twin', 'quarantined', 'bounce')),
	seq INTEGER NOT NULL REFERENCES message,
	form INTEGER NOT NULL,        -- its first form of that kind, -1: none
	PRIMARY KEY (kind, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX todo_seq ON todo(seq);
CREATE TRIGGER outcome_todo AFTER INSERT ON outcome
WHEN NEW.outcome IN ('unrecognised', 'change', 'quarantined', 'bounce') BEGIN
	INSERT INTO todo(kind, seq, form) VALUES (CASE WHEN NEW.outcome IN ('quarantined', 'bounce')
		THEN NEW.outcome ELSE 'read' END, NEW.seq, -1);
END;
CREATE TRIGGER form_todo AFTER INSERT ON form WHEN NEW.outcome = 'late' OR (NEW.outcome = 'duplicate'
	AND NOT EXISTS (SELECT 1 FROM form WHERE print = NEW.print AND sender = NEW.sender
		AND outcome IN ('accepted', 'late'))) BEGIN
	INSERT INTO todo(kind, seq, form) VALUES (iif(NEW.outcome = 'late', 'late', 'twin'), NEW.seq, NEW.form)
		ON CONFLICT (kind, seq) DO NOTHING;
END;
CREATE TRIGGER ruling_todo AFTER INSERT ON ruling BEGIN
	DELETE FROM todo WHERE seq = NEW.seq AND (kind = NEW.kind
		OR (NEW.kind = 'read' AND kind IN ('quarantined', 'bounce')));
END;
CREATE TABLE turned_away ( -- by the last mail of each sender whose entry was turned away and who has had none
                           -- accepted since; kept by a trigger
	seq INTEGER PRIMARY KEY REFERENCES message,
	n INTEGER NOT NULL            -- how often in a row
) STRICT;
CREATE TRIGGER head_turned AFTER INSERT ON head WHEN NEW.from_addr <> ''
	AND (SELECT outcome FROM outcome WHERE seq = NEW.seq) IN ('accepted', 'rejected') BEGIN
	INSERT INTO turned_away(seq, n) SELECT NEW.seq, 1 + ifnull((SELECT max(t.n) FROM head h
		CROSS JOIN turned_away t ON t.seq = h.seq WHERE h.from_addr = NEW.from_addr), 0)
		FROM outcome WHERE seq = NEW.seq AND outcome = 'rejected';
	DELETE FROM turned_away WHERE seq <> NEW.seq AND seq IN
		(SELECT seq FROM head WHERE from_addr = NEW.from_addr);
END;
CREATE INDEX said_bounced ON said(email) WHERE form = -1;
CREATE TRIGGER head_reached AFTER INSERT ON head WHEN NEW.from_addr <> '' BEGIN
	DELETE FROM todo WHERE kind = 'bounce' AND seq IN
		(SELECT seq FROM said WHERE form = -1 AND email = NEW.from_addr);
END;
CREATE TABLE paper ( -- what the final is made of, version after version; final
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL CHECK (kind IN ('seed', 'schedule', 'proposed', 'awards')),
	version INTEGER NOT NULL,     -- of its kind, from 1; the last one is in force
	at INTEGER NOT NULL,
	body TEXT NOT NULL,           -- canonical JSON; names no person
	sha256 BLOB NOT NULL,         -- of the body
	UNIQUE (kind, version)
) STRICT;
CREATE TRIGGER paper_no_update BEFORE UPDATE ON paper
BEGIN SELECT RAISE(ABORT, 'paper: a row is never changed'); END;
CREATE TRIGGER paper_no_delete BEFORE DELETE ON paper
BEGIN SELECT RAISE(ABORT, 'paper: a row is never deleted'); END;
CREATE TRIGGER paper_no_replace BEFORE INSERT ON paper
WHEN EXISTS (SELECT 1 FROM paper WHERE id = NEW.id OR (kind = NEW.kind AND version = NEW.version))
BEGIN SELECT RAISE(ABORT, 'paper: a row is never replaced'); END;
CREATE TABLE objection ( -- to the proposed list of awards; what it says is the message's; final
	id INTEGER PRIMARY KEY,       -- its number
	seq INTEGER NOT NULL UNIQUE REFERENCES message,
	at INTEGER NOT NULL,
	number TEXT NOT NULL          -- of the entry it names, '' when it names none
) STRICT;
CREATE TRIGGER objection_no_update BEFORE UPDATE ON objection
BEGIN SELECT RAISE(ABORT, 'objection: a row is never changed'); END;
CREATE TRIGGER objection_no_delete BEFORE DELETE ON objection
BEGIN SELECT RAISE(ABORT, 'objection: a row is never deleted'); END;
CREATE TRIGGER objection_no_replace BEFORE INSERT ON objection
WHEN EXISTS (SELECT 1 FROM objection WHERE id = NEW.id OR seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'objection: a row is never replaced'); END;
CREATE TABLE objection_end ( -- what was decided on it; final
	objection INTEGER PRIMARY KEY REFERENCES objection,
	at INTEGER NOT NULL,
	number TEXT NOT NULL,         -- the entry it is about after all, '' when about none
	decision TEXT NOT NULL CHECK (decision IN ('upheld', 'dismissed')),
	personal BLOB NOT NULL        -- salted digest of who and why
) STRICT;
CREATE TRIGGER objection_end_no_update BEFORE UPDATE ON objection_end
BEGIN SELECT RAISE(ABORT, 'objection_end: a row is never changed'); END;
CREATE TRIGGER objection_end_no_delete BEFORE DELETE ON objection_end
BEGIN SELECT RAISE(ABORT, 'objection_end: a row is never deleted'); END;
CREATE TRIGGER objection_end_no_replace BEFORE INSERT ON objection_end
WHEN EXISTS (SELECT 1 FROM objection_end WHERE objection = NEW.objection)
BEGIN SELECT RAISE(ABORT, 'objection_end: a row is never replaced'); END;
CREATE TABLE objection_personal ( -- goes in an audited purge
	objection INTEGER PRIMARY KEY REFERENCES objection_end,
	salt BLOB NOT NULL,
	actor TEXT NOT NULL,
	reason TEXT NOT NULL
) STRICT;
CREATE TRIGGER objection_personal_no_update BEFORE UPDATE ON objection_personal
BEGIN SELECT RAISE(ABORT, 'objection_personal: a row is never changed'); END;
CREATE TRIGGER objection_personal_no_delete BEFORE DELETE ON objection_personal
WHEN NOT EXISTS (SELECT 1 FROM fact WHERE key = 'purge')
BEGIN SELECT RAISE(ABORT, 'objection_personal: a row goes only in an audited purge'); END;
CREATE TRIGGER objection_personal_no_replace BEFORE INSERT ON objection_personal
WHEN EXISTS (SELECT 1 FROM objection_personal WHERE objection = NEW.objection)
BEGIN SELECT RAISE(ABORT, 'objection_personal: a row is never replaced'); END;
CREATE TABLE record ( -- what happens in the rounds: who judges, what is assigned, what is scored; final
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,           -- expert, promise, assign, score, ...
	round TEXT NOT NULL,          -- of the rules, '': none
	ref TEXT NOT NULL,            -- an entry's number and the like, '': none
	who TEXT NOT NULL,            -- an expert's code, '': none
	at INTEGER NOT NULL,
	state TEXT NOT NULL,          -- what holds from now on
	data TEXT NOT NULL,           -- no personal values here
	personal BLOB NOT NULL        -- salted digest of the rest
) STRICT;
CREATE TRIGGER record_no_update BEFORE UPDATE ON record
BEGIN SELECT RAISE(ABORT, 'record: a row is never changed'); END;
CREATE TRIGGER record_no_delete BEFORE DELETE ON record
BEGIN SELECT RAISE(ABORT, 'record: a row is never deleted'); END;
CREATE TRIGGER record_no_replace BEFORE INSERT ON record
WHEN EXISTS (SELECT 1 FROM record WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'record: a row is never replaced'); END;
CREATE TABLE record_personal ( -- goes in an audited purge
	record INTEGER PRIMARY KEY REFERENCES record,
	salt BLOB NOT NULL,
	actor TEXT NOT NULL,          -- who said so: an address, robot, or the operator's name
	addr TEXT NOT NULL COLLATE NOCASE, -- of whom it is about
	detail TEXT NOT NULL
) STRICT;
CREATE INDEX record_addr ON record_personal(addr) WHERE addr <> '';
CREATE TRIGGER record_personal_no_update BEFORE UPDATE ON record_personal
BEGIN SELECT RAISE(ABORT, 'record_personal: a row is never changed'); END;
CREATE TRIGGER record_personal_no_delete BEFORE DELETE ON record_personal
WHEN NOT EXISTS (SELECT 1 FROM fact WHERE key = 'purge')
BEGIN SELECT RAISE(ABORT, 'record_personal: a row goes only in an audited purge'); END;
CREATE TRIGGER record_personal_no_replace BEFORE INSERT ON record_personal
WHEN EXISTS (SELECT 1 FROM record_personal WHERE record = NEW.record)
BEGIN SELECT RAISE(ABORT, 'record_personal: a row is never replaced'); END;
CREATE TABLE record_now ( -- the newest of each kind, round, ref and who; kept by a trigger
	kind TEXT NOT NULL,
	round TEXT NOT NULL,
	ref TEXT NOT NULL,
	who TEXT NOT NULL,
	record INTEGER NOT NULL UNIQUE REFERENCES record,
	n INTEGER NOT NULL,           -- how many there are
	PRIMARY KEY (kind, round, ref, who)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER record_holds AFTER INSERT ON record BEGIN
	INSERT INTO record_now(kind, round, ref, who, record, n) VALUES (NEW.kind, NEW.round, NEW.ref, NEW.who, NEW.id, 1)
		ON CONFLICT (kind, round, ref, who) DO UPDATE SET record = excluded.record, n = n + 1;
END;
CREATE TABLE notice ( -- mails that were prepared together; what for never changes, how they stand does
	id INTEGER PRIMARY KEY,
	key TEXT NOT NULL UNIQUE,     -- what for: never prepared twice
	title TEXT NOT NULL,          -- for the secretariat
	made INTEGER NOT NULL,
	until INTEGER NOT NULL,       -- of use until then
	shared TEXT NOT NULL,         -- JSON: what all of its mails say: [name, value, ...]
	state TEXT NOT NULL CHECK (state IN ('held', 'released', 'cancelled', 'expired')),
	round INTEGER NOT NULL,       -- how often it was shown to the secretariat
	shown INTEGER NOT NULL,       -- when last; the mails are made as of then
	mails INTEGER NOT NULL,       -- how many there were then
	digest BLOB NOT NULL          -- SHA-256 over all of them
) STRICT;
CREATE INDEX notice_held ON notice(id, mails) WHERE state = 'held';
CREATE TRIGGER notice_no_update BEFORE UPDATE OF id, key, title, made, until, shared ON notice
BEGIN SELECT RAISE(ABORT, 'notice: what was prepared is never changed'); END;
CREATE TRIGGER notice_no_delete BEFORE DELETE ON notice
BEGIN SELECT RAISE(ABORT, 'notice: a row is never deleted'); END;
CREATE TRIGGER notice_no_replace BEFORE INSERT ON notice
WHEN EXISTS (SELECT 1 FROM notice WHERE id = NEW.id OR key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'notice: a row is never replaced'); END;
CREATE TABLE notice_item ( -- who is to hear what, by entry; goes in an audited purge
	notice INTEGER NOT NULL REFERENCES notice,
	n INTEGER NOT NULL,           -- in order, from 0
	mail TEXT NOT NULL,           -- templates/mail/MAIL
	number TEXT NOT NULL,         -- of the entry, '': none
	events INTEGER NOT NULL,      -- how many the entry had then: what happened to it since makes this void
	recipients TEXT NOT NULL,     -- JSON: [name, address, ...]; empty: as the entry has it
	says TEXT NOT NULL,           -- JSON: [name, value, ...]
	apart TEXT NOT NULL,          -- those with unlike ones never share a mail
	PRIMARY KEY (notice, n)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER notice_item_no_update BEFORE UPDATE ON notice_item
BEGIN SELECT RAISE(ABORT, 'notice_item: a row is never changed'); END;
CREATE TRIGGER notice_item_no_delete BEFORE DELETE ON notice_item
WHEN NOT EXISTS (SELECT 1 FROM fact WHERE key = 'purge')
BEGIN SELECT RAISE(ABORT, 'notice_item: a row goes only in an audited purge'); END;
CREATE TRIGGER notice_item_no_replace BEFORE INSERT ON notice_item
WHEN EXISTS (SELECT 1 FROM notice_item WHERE notice = NEW.notice AND n = NEW.n)
BEGIN SELECT RAISE(ABORT, 'notice_item: a row is never replaced'); END;
CREATE TABLE notice_file ( -- what is enclosed; goes in an audited purge
	notice INTEGER NOT NULL REFERENCES notice,
	n INTEGER NOT NULL,           -- of the item
	k INTEGER NOT NULL,           -- in order, from 0
	name TEXT NOT NULL,
	media TEXT NOT NULL,
	bytes BLOB NOT NULL,
	PRIMARY KEY (notice, n, k)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER notice_file_no_update BEFORE UPDATE ON notice_file
BEGIN SELECT RAISE(ABORT, 'notice_file: a row is never changed'); END;
CREATE TRIGGER notice_file_no_delete BEFORE DELETE ON notice_file
WHEN NOT EXISTS (SELECT 1 FROM fact WHERE key = 'purge')
BEGIN SELECT RAISE(ABORT, 'notice_file: a row goes only in an audited purge'); END;
CREATE TRIGGER notice_file_no_replace BEFORE INSERT ON notice_file
WHEN EXISTS (SELECT 1 FROM notice_file WHERE notice = NEW.notice AND n = NEW.n AND k = NEW.k)
BEGIN SELECT RAISE(ABORT, 'notice_file: a row is never replaced'); END;
CREATE TABLE notice_mail ( -- the mails of what is held, as shown; mutable, taken away when it is settled
	notice INTEGER NOT NULL REFERENCES notice,
	n INTEGER NOT NULL,           -- in order, from 0
	kind TEXT NOT NULL,
	recipient TEXT NOT NULL,
	subject TEXT NOT NULL,
	message_id TEXT NOT NULL,
	PRIMARY KEY (notice, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE notice_code ( -- codes of release that were handed out, a round each; final
	code TEXT PRIMARY KEY,
	notice INTEGER NOT NULL REFERENCES notice,
	round INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER notice_code_no_update BEFORE UPDATE ON notice_code
BEGIN SELECT RAISE(ABORT, 'notice_code: a row is never changed'); END;
CREATE TRIGGER notice_code_no_delete BEFORE DELETE ON notice_code
BEGIN SELECT RAISE(ABORT, 'notice_code: a row is never deleted'); END;
CREATE TRIGGER notice_code_no_replace BEFORE INSERT ON notice_code
WHEN EXISTS (SELECT 1 FROM notice_code WHERE code = NEW.code)
BEGIN SELECT RAISE(ABORT, 'notice_code: a row is never replaced'); END;
CREATE INDEX file_sha256 ON file(sha256);
CREATE TABLE sketch ( -- of each long text of an entry, a few hashes of its runs, by which texts alike are found
	hash INTEGER NOT NULL,
	entry INTEGER NOT NULL REFERENCES entry,
	field INTEGER NOT NULL,       -- its place in answers, from 0
	PRIMARY KEY (hash, entry, field)
) STRICT, WITHOUT ROWID;
CREATE TABLE alike ( -- an entry that says what an earlier one says, or brings its file; final
	entry INTEGER NOT NULL REFERENCES entry,
	other INTEGER NOT NULL REFERENCES entry, -- the earlier one
	kind TEXT NOT NULL CHECK (kind IN ('text', 'file')),
	what TEXT NOT NULL,           -- key of the field, or the file's name
	percent INTEGER NOT NULL,
	PRIMARY KEY (entry, other, kind, what)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER alike_no_update BEFORE UPDATE ON alike
BEGIN SELECT RAISE(ABORT, 'alike: a row is never changed'); END;
CREATE TRIGGER alike_no_delete BEFORE DELETE ON alike
BEGIN SELECT RAISE(ABORT, 'alike: a row is never deleted'); END;
PRAGMA user_version = 3;
