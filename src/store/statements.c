/* Behind every stage: what is asked of the database, and what is told to it.  CROSS JOIN fixes the order in
 * which tables are read, so that a plan does not change with what a contest's data look like; a condition
 * that may be off reads (?1 = '' OR ...). */
#include "store/statements.h"

#include <stddef.h>

#include "store/store.h"

#define SQL(id, text) [id] = {#id, text}

/* RecordRow, to the detail. */
#define RECORD_COLUMNS                                                                               \
	"r.kind, r.round, r.ref, r.who, r.at, r.state, r.data, ifnull(p.actor, ''), ifnull(p.addr, ''),"   \
	" ifnull(p.detail, '')"
#define RECORD_REST                                                                                  \
	" CROSS JOIN record r ON r.id = h.record LEFT JOIN record_personal p ON p.record = r.id"

#define MESSAGE_COLUMNS "m.seq, m.sha256, m.bytes, m.received, m.source"

/* MessageRow, then LogRow's own. */
#define LOG_COLUMNS                                                                                  \
	MESSAGE_COLUMNS ", ifnull(o.outcome, ''), ifnull(o.detail, ''), o.decided, ifnull(h.message_id, ''),"  \
	" ifnull(h.from_addr, ''), ifnull(h.from_name, ''), ifnull(h.subject, '')"
/* ?1 outcome, ?2 from, ?3 find, ?4 and ?5 first and last seq, ?6 arrival. */
#define LOG_WHERE                                                                                    \
	" AND m.received >= ?6 AND (?1 = '' OR o.outcome = ?1) AND (?2 = '' OR h.from_addr = ?2)"          \
	" AND (?3 = '' OR instr(lower(" LOG_TEXT "), lower(?3)) > 0"                                       \
	" OR EXISTS (SELECT 1 FROM said d WHERE d.seq = m.seq AND instr(lower(d.title || char(10) || d.org"  \
	" || char(10) || d.contact || char(10) || d.mobile || char(10) || d.email), lower(?3)) > 0)"         \
	" OR EXISTS (SELECT 1 FROM entry e WHERE e.seq = m.seq AND instr(lower(e.number), lower(?3)) > 0))"
#define LOG_TEXT                                                                                     \
	"ifnull(h.subject, '') || char(10) || ifnull(h.from_name, '') || char(10) || ifnull(h.from_addr, '')"  \
	" || char(10) || ifnull(h.message_id, '') || char(10) || ifnull(o.detail, '') || char(10)"         \
	" || ifnull(hex(m.sha256), '')"

#define ENTRY_OF(contact, mobile, email)                                                             \
	"e.number, e.track, e.track_seq, e.seq, e.form, e.received, e.accepted, ifnull(p.sender, ''), e.title,"  \
	" e.org, e.uscc, e.org_kind, e.province, " contact ", " mobile ", " email ", st.state, e.edition,"    \
	" e.form_version, e.token, e.folder"
/* As filed, and with the contact of today, which a record of kind contact names. */
#define ENTRY_FILED ENTRY_OF("ifnull(p.contact, '')", "ifnull(p.mobile, '')", "ifnull(p.email, '')")
#define ENTRY_TODAY(field) "ifnull(json_extract(cp.detail, '$." field "'), ifnull(p." field ", ''))"
#define ENTRY_COLUMNS ENTRY_OF(ENTRY_TODAY("contact"), ENTRY_TODAY("mobile"), ENTRY_TODAY("email"))
/* ?1 track, ?2 state, ?3 find, ?4 address, ?5 without the withdrawn ones. */
#define ENTRY_WHERE                                                                                  \
	"(?1 = '' OR e.track = ?1) AND (?2 = '' OR st.state = ?2) AND (?5 = 0 OR st.state <> 'withdrawn')" \
	" AND (?4 = '' OR p.sender = ?4 OR " ENTRY_TODAY("email") " = ?4 COLLATE NOCASE)"                  \
	" AND (?3 = '' OR instr(lower(e.number || char(10) || e.title || char(10) || e.org || char(10)"    \
	" || e.uscc || char(10) || ifnull(p.contact || char(10) || p.sender || char(10) || p.email || char(10) || p.mobile, '')),"  \
	" lower(?3)) > 0 OR instr(lower(" ENTRY_TODAY("contact") " || char(10) || " ENTRY_TODAY("email")    \
	" || char(10) || " ENTRY_TODAY("mobile") "), lower(?3)) > 0)"
#define ENTRY_PERSONAL                                                                               \
	" LEFT JOIN entry_personal p ON p.entry = e.id"                                                  \
	" LEFT JOIN record_now cn ON (cn.kind, cn.round, cn.ref, cn.who) = ('contact', '', e.number, '')" \
	" LEFT JOIN record_personal cp ON cp.record = cn.record"
#define ENTRY_REST " CROSS JOIN entry_state st ON st.entry = e.id" ENTRY_PERSONAL

#define FORM_SEEN                                                                                    \
	"SELECT f.seq, f.form, f.print, f.sender, iif(e.id IS NULL, f.outcome, 'accepted'),"             \
	" ifnull(e.number, f.number), f.org_key, f.title_key, f.track, f.received FROM form f"           \
	" LEFT JOIN entry e ON e.seq = f.seq AND e.form = f.form"

#define OUTBOX_COLUMNS                                                                               \
	"id, kind, seq, recipient, subject, message_id, priority, due, state, attempts, error, created, sent,"  \
	" from_domain, joint, until"

#define OBJECTION_COLUMNS                                                                            \
	"o.id, o.seq, o.at, ifnull(d.number, o.number), ifnull(d.decision, ''), ifnull(d.at, 0),"          \
	" ifnull(p.actor, ''), ifnull(p.reason, '')"
#define OBJECTION_REST                                                                               \
	" LEFT JOIN objection_end d ON d.objection = o.id LEFT JOIN objection_personal p ON p.objection = o.id"

#define NOTICE_COLUMNS "id, key, title, made, until, shared, state, round, shown, mails, digest"

/* TodoRow: of a table t with messages, and one of their forms. */
#define TODO_COLUMNS(times)                                                                          \
	"m.seq, m.sha256, m.received, o.outcome, o.detail, ifnull(h.from_addr, ''), ifnull(h.from_name, ''),"  \
	" ifnull(h.subject, ''), " times ", (SELECT count(*) FROM ruling r WHERE r.seq = m.seq),"              \
	" ifnull(f.track, ''),"                                          \
	" ifnull((SELECT e.number FROM form s INDEXED BY form_same CROSS JOIN entry e ON e.seq = s.seq AND e.form = s.form"  \
	" CROSS JOIN entry_state st ON st.entry = e.id WHERE s.org_key = f.org_key AND s.title_key = f.title_key"  \
	" AND f.org_key <> '' AND st.state <> 'withdrawn' ORDER BY e.id LIMIT 1), ''),"                    \
	" ifnull(d.title, ''), ifnull(d.org, ''), ifnull(d.contact, ''), ifnull(d.mobile, ''),"            \
	" ifnull(d.email, ''), ifnull(d.reason, ''), ifnull((SELECT p.sentence FROM problem p"             \
	" WHERE p.seq = m.seq AND p.severity = 'error' ORDER BY p.n LIMIT 1), '')"
#define TODO_REST(form)                                                                              \
	" CROSS JOIN message m ON m.seq = t.seq CROSS JOIN outcome o ON o.seq = t.seq"                     \
	" LEFT JOIN head h ON h.seq = t.seq LEFT JOIN form f ON f.seq = t.seq AND f.form = " form          \
	" LEFT JOIN said d ON d.seq = t.seq AND d.form = " form

static const struct {
	const char *name, *sql;
} table[STATEMENT_COUNT] = {
	/* facts */
	SQL(FACT_GET, "SELECT value FROM fact WHERE key = ?1"),
	SQL(FACT_SET, "INSERT INTO fact(key, value) VALUES (?1, ?2)"
	              " ON CONFLICT (key) DO UPDATE SET value = excluded.value"),
	SQL(FACT_REMOVE, "DELETE FROM fact WHERE key = ?1"),
	SQL(MAILBOX_GET, "SELECT mailbox, uidvalidity, last_uid FROM mailbox WHERE mailbox = ?1"),
	SQL(MAILBOX_SET, "INSERT INTO mailbox(mailbox, uidvalidity, last_uid) VALUES (?1, ?2, ?3)"
	                 " ON CONFLICT (mailbox) DO UPDATE SET uidvalidity = excluded.uidvalidity,"
	                 " last_uid = excluded.last_uid"),
	SQL(RULES_ADD, "INSERT INTO rules(hash, at) VALUES (?1, ?2) RETURNING id"),
	SQL(RULES_LAST, "SELECT hash FROM rules ORDER BY id DESC LIMIT 1"),

	/* messages */
	SQL(MESSAGE_ADD, "INSERT INTO message(seq, sha256, bytes, received, source) VALUES (?1, ?2, ?3, ?4, ?5)"),
	SQL(MESSAGE_FIND, "SELECT seq FROM message WHERE sha256 = ?1 ORDER BY seq LIMIT 1"),
	SQL(MESSAGE_LAST, "SELECT max(seq) FROM message"),
	SQL(MESSAGE_HASH, "SELECT sha256 FROM message WHERE seq = ?1"),
	SQL(MESSAGE_GET, "SELECT " MESSAGE_COLUMNS " FROM message m WHERE m.seq = ?1"),
	SQL(MESSAGE_PENDING, "SELECT " MESSAGE_COLUMNS " FROM pending p CROSS JOIN message m ON m.seq = p.seq"
	                     " WHERE p.seq > ?1 ORDER BY p.seq LIMIT ?2"),
	SQL(MESSAGE_SINCE, "SELECT min(seq) FROM message INDEXED BY message_received WHERE received >= ?1"),
	SQL(TIDY_ADD, "INSERT INTO tidy(source, seq) VALUES (?1, ?2)"
	              " ON CONFLICT (source) DO UPDATE SET seq = excluded.seq"),
	SQL(TIDY_PAGE, "SELECT t.source, " MESSAGE_COLUMNS " FROM tidy t CROSS JOIN outcome o ON o.seq = t.seq"
	               " CROSS JOIN message m ON m.seq = t.seq WHERE t.source > ?1 ORDER BY t.source LIMIT ?2"),
	SQL(TIDY_DONE, "DELETE FROM tidy WHERE source = ?1"),

	/* outcomes */
	SQL(OUTCOME_ADD, "INSERT INTO outcome(seq, outcome, detail, decided, content, rules, personal)"
	                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
	SQL(HEAD_ADD, "INSERT INTO head(seq, salt, message_id, from_addr, from_name, subject, in_reply_to)"
	              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
	SQL(PROBLEM_ADD, "INSERT INTO problem(seq, n, form, severity, place, field, sentence)"
	                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
	SQL(PROBLEM_LIST, "SELECT form, severity, place, field, sentence FROM problem WHERE seq = ?1 ORDER BY n"),
	SQL(OUTCOME_SAME, "SELECT h.seq FROM head h CROSS JOIN outcome o ON o.seq = h.seq"
	                  " WHERE h.message_id <> '' AND h.message_id = ?1 AND h.from_addr = ?2"
	                  " AND o.content = ?3 ORDER BY h.seq LIMIT 1"),
	SQL(SEQ_OF_MESSAGE_ID, "SELECT seq FROM head WHERE message_id <> '' AND message_id = ?1"
	                       " ORDER BY seq LIMIT 1"),
	SQL(OUTCOME_GET, "SELECT outcome FROM outcome WHERE seq = ?1"),
	SQL(OUTCOME_COUNT, "SELECT '', outcome, n FROM outcome_count WHERE n > 0 ORDER BY outcome"),

	/* forms */
	SQL(HEAD_SALT, "SELECT h.salt, o.decided FROM head h CROSS JOIN outcome o ON o.seq = h.seq WHERE h.seq = ?1"),
	SQL(FORM_ADD, "INSERT INTO form(seq, form, print, sender, outcome, number, org_key, title_key, track,"
	              " received) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"),
	/* A form that a ruling made an entry of later counts as accepted. */
	/* Checked and not sent in since: the last check of each sender's project. */
	SQL(CHECKED_LIST, "SELECT f.seq, f.form FROM form f INDEXED BY form_checked WHERE f.outcome = 'precheck'"
	                  " AND f.received >= ?1 AND f.received <= ?2 AND f.sender <> ''"
	                  " AND NOT EXISTS (SELECT 1 FROM form g INDEXED BY form_sender WHERE g.sender = f.sender AND g.seq > f.seq"
	                  " AND ((g.outcome = 'precheck' AND g.track = f.track AND g.title_key = f.title_key)"
	                  " OR (g.outcome <> 'precheck' AND g.track = f.track AND (g.title_key = f.title_key"
	                  " OR g.org_key = f.org_key OR f.org_key = '' OR f.title_key = ''))))"
	                  " AND NOT EXISTS (SELECT 1 FROM form g INDEXED BY form_same WHERE g.org_key = f.org_key"
	                  " AND g.title_key = f.title_key AND f.org_key <> '' AND g.outcome <> 'precheck')"
	                  " ORDER BY f.seq, f.form"),
	SQL(CHECKED_GET, "SELECT f.seq, f.form, f.sender, f.track, f.received, ifnull(d.title, ''), ifnull(d.org, ''),"
	                 " ifnull(h.subject, ''), (SELECT count(*) FROM problem p WHERE p.seq = f.seq AND p.form = f.form"
	                 " AND p.severity = 'error') FROM form f LEFT JOIN said d ON d.seq = f.seq AND d.form = f.form"
	                 " LEFT JOIN head h ON h.seq = f.seq WHERE f.seq = ?1 AND f.form = ?2"),
	SQL(FORM_SAME, FORM_SEEN " WHERE f.print = ?1 AND (f.outcome IN ('accepted', 'late') OR e.id IS NOT NULL)"
	               " ORDER BY iif(e.id IS NULL, f.outcome, 'accepted') = 'accepted' DESC, ifnull((SELECT st.state = 'withdrawn'"
	               " FROM entry_state st WHERE st.entry = e.id), 0), f.seq, f.form LIMIT 1"),
	SQL(FORM_LIST, FORM_SEEN " WHERE f.seq = ?1 ORDER BY f.form"),
	SQL(FORM_ENTERED, "SELECT count(*) FROM form f INDEXED BY form_sender LEFT JOIN entry e ON e.seq = f.seq AND e.form = f.form"
	                  " WHERE f.sender = ?1 AND f.seq > ?2 AND (?3 = '' OR f.org_key = ?3)"
	                  " AND (f.outcome = 'accepted' OR e.id IS NOT NULL)"),
	SQL(ENTRY_SAME, "SELECT e.number, ifnull(p.sender, '') FROM form f CROSS JOIN entry e ON e.seq = f.seq"
	                " AND e.form = f.form" ENTRY_REST " WHERE f.org_key = ?1 AND f.title_key = ?2"
	                " AND st.state <> 'withdrawn' ORDER BY e.id LIMIT 1"),

	/* rulings */
	SQL(RULING_ADD, "INSERT INTO ruling(seq, at, kind, decision, personal) VALUES (?1, ?2, ?3, ?4, ?5)"
	                " RETURNING id"),
	SQL(RULING_PERSONAL_ADD, "INSERT INTO ruling_personal(ruling, salt, actor, reason) VALUES (?1, ?2, ?3, ?4)"),
	SQL(RULING_LIST, "SELECT r.seq, r.at, r.kind, r.decision, ifnull(p.actor, ''), ifnull(p.reason, '') FROM ruling r"
	                 " LEFT JOIN ruling_personal p ON p.ruling = r.id WHERE r.seq = ?1 ORDER BY r.id"),
	SQL(RULING_LAST, "SELECT ifnull(max(id), 0) FROM ruling WHERE seq = ?1"),
	SQL(RULING_WANTED, "INSERT INTO todo(kind, seq, form) VALUES (?2, ?1, ?3) ON CONFLICT (kind, seq) DO NOTHING"),

	/* records of the rounds */
	SQL(RECORD_ADD, "INSERT INTO record(kind, round, ref, who, at, state, data, personal)"
	                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id"),
	SQL(RECORD_PERSONAL_ADD, "INSERT INTO record_personal(record, salt, actor, addr, detail) VALUES (?1, ?2, ?3, ?4, ?5)"),
	SQL(RECORD_GET, "SELECT " RECORD_COLUMNS ", h.n FROM record_now h" RECORD_REST
	                " WHERE h.kind = ?1 AND h.round = ?2 AND h.ref = ?3 AND h.who = ?4"),
	SQL(RECORD_AT, "SELECT " RECORD_COLUMNS ", 0 FROM record r INDEXED BY record_of LEFT JOIN record_personal p ON p.record = r.id"
	               " WHERE r.kind = ?1 AND r.round = ?2 AND r.ref = ?3 AND r.who = ?4 AND r.at <= ?5 ORDER BY r.id DESC LIMIT 1"),
	SQL(RECORD_LIST, "SELECT " RECORD_COLUMNS ", h.n FROM record_now h" RECORD_REST
	                 " WHERE h.kind = ?1 AND h.round = ?2 ORDER BY h.ref, h.who"),
	SQL(RECORD_LIST_REF, "SELECT " RECORD_COLUMNS ", h.n FROM record_now h" RECORD_REST
	                     " WHERE h.kind = ?1 AND h.round = ?2 AND h.ref = ?3 ORDER BY h.who"),
	SQL(RECORD_ADDR, "SELECT " RECORD_COLUMNS ", h.n FROM record_personal p CROSS JOIN record r ON r.id = p.record"
	                 " CROSS JOIN record_now h ON h.record = r.id"
	                 " WHERE p.addr = ?2 AND p.addr <> '' AND r.kind = ?1 ORDER BY r.id DESC LIMIT 1"),

	/* the log */
	SQL(LOG_ALL, "SELECT " LOG_COLUMNS " FROM message m LEFT JOIN outcome o ON o.seq = m.seq"
	             " LEFT JOIN head h ON h.seq = m.seq WHERE m.seq BETWEEN ?4 AND ?5" LOG_WHERE
	             " ORDER BY m.seq"),
	SQL(LOG_OUTCOME, "SELECT " LOG_COLUMNS " FROM outcome o CROSS JOIN message m ON m.seq = o.seq"
	                 " LEFT JOIN head h ON h.seq = o.seq WHERE o.outcome = ?1 AND o.seq BETWEEN ?4 AND ?5"
	                 LOG_WHERE " ORDER BY o.seq"),
	SQL(LOG_FROM, "SELECT " LOG_COLUMNS " FROM head h CROSS JOIN message m ON m.seq = h.seq"
	              " CROSS JOIN outcome o ON o.seq = h.seq WHERE h.from_addr = ?2 AND h.seq BETWEEN ?4 AND ?5"
	              LOG_WHERE " ORDER BY h.seq"),
	SQL(LOG_NUMBERS, "SELECT number FROM (SELECT number, form FROM entry WHERE seq = ?1 UNION"
	                 " SELECT e.number, 0 FROM supplement s CROSS JOIN entry e ON e.id = s.entry WHERE s.seq = ?1 AND s.part >= 0) a"
	                 " ORDER BY form"),
	SQL(LOG_ASKED, "SELECT DISTINCT ref FROM record_now WHERE kind = 'petition' AND who = CAST(?1 AS TEXT)"),

	/* entries */
	SQL(ENTRY_NEXT, "SELECT max(ifnull(max(track_seq), 0), ifnull((SELECT CAST(value AS INTEGER) FROM fact"
	                " WHERE key = '" NUMBERED_TRACK "' || ?1), 0)) FROM entry WHERE track = ?1"),
	SQL(ENTRY_AFTER, "SELECT e.id, e.seq, e.form, e.track, e.track_seq, ifnull(f.number = e.number, 0) FROM entry e"
	                 " LEFT JOIN form f ON f.seq = e.seq AND f.form = e.form WHERE e.id > ?1 ORDER BY e.id"),
	SQL(ENTRY_ADD, "INSERT INTO entry(number, track, track_seq, seq, form, received, accepted, title, org, uscc,"
	               " org_kind, province, edition, form_version, token, folder, personal)"
	               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
	               " RETURNING id"),
	SQL(ENTRY_PERSONAL_ADD, "INSERT INTO entry_personal(entry, salt, sender, contact, mobile, email)"
	                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"),
	SQL(ANSWERS_ADD, "INSERT INTO answers(entry, fields) VALUES (?1, ?2)"),
	SQL(ANSWERS_PERSONAL_ADD, "INSERT INTO answers_personal(entry, fields) VALUES (?1, ?2)"),
	SQL(FILE_ADD, "INSERT INTO file(entry, n, name, type, bytes, sha256, path, role, seq, part)"
	              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"),
	SQL(ENTRY_ID, "SELECT id FROM entry WHERE number = ?1"),
	SQL(ENTRY_GET, "SELECT " ENTRY_COLUMNS " FROM entry e" ENTRY_REST " WHERE e.number = ?1"),
	SQL(ENTRY_ADDRESSES, "SELECT sender FROM entry_personal WHERE entry = ?1 AND sender <> ''"
	                     " UNION SELECT email FROM entry_personal WHERE entry = ?1 AND email <> ''"
	                     " UNION SELECT p.addr FROM record r INDEXED BY record_of CROSS JOIN record_personal p ON p.record = r.id"
	                     " WHERE (r.kind, r.round, r.ref, r.who) = ('contact', '', ?2, '') AND p.addr <> ''"),
	SQL(ANSWERS_GET, "SELECT a.fields, ifnull(p.fields, '[]') FROM answers a"
	                 " LEFT JOIN answers_personal p ON p.entry = a.entry WHERE a.entry = ?1"),
	SQL(FILE_LIST, "SELECT name, type, bytes, sha256, path, role, seq, part FROM file"
	               " WHERE entry = ?1 ORDER BY n"),
	SQL(ENTRY_COUNT, "SELECT track, state, n FROM entry_count WHERE n > 0 ORDER BY track, state"),
	SQL(ENTRY_ALL, "SELECT " ENTRY_COLUMNS " FROM entry e" ENTRY_REST " WHERE " ENTRY_WHERE
	               " ORDER BY e.id"),
	SQL(ENTRY_TRACK, "SELECT " ENTRY_COLUMNS " FROM entry e" ENTRY_REST
	                 " WHERE e.track = ?1 AND " ENTRY_WHERE " ORDER BY e.track_seq"),
	SQL(ENTRY_STATE, "SELECT " ENTRY_COLUMNS " FROM entry_state st CROSS JOIN entry e ON e.id = st.entry"
	                 ENTRY_PERSONAL
	                 " WHERE st.state = ?2 AND " ENTRY_WHERE " ORDER BY st.entry"),
	SQL(ENTRY_TRACK_STATE, "SELECT " ENTRY_COLUMNS " FROM entry_state st CROSS JOIN entry e ON e.id = st.entry"
	                       ENTRY_PERSONAL
	                       " WHERE st.track = ?1 AND st.state = ?2 AND " ENTRY_WHERE " ORDER BY st.entry"),
	SQL(ENTRY_ADDRESS, "SELECT " ENTRY_COLUMNS " FROM (SELECT entry FROM entry_personal WHERE sender = ?4"
	                   " UNION SELECT entry FROM entry_personal WHERE email = ?4"
	                   " UNION SELECT x.id FROM record_personal cp CROSS JOIN record_now cn ON cn.record = cp.record"
	                   " CROSS JOIN entry x ON x.number = cn.ref WHERE cp.addr <> '' AND cp.addr = ?4 AND cn.kind = 'contact') a"
	                   " CROSS JOIN entry e ON e.id = a.entry" ENTRY_REST " WHERE " ENTRY_WHERE
	                   " ORDER BY a.entry"),
	SQL(FILING_ADD, "INSERT INTO filing(entry) VALUES (?1)"),
	SQL(FILING_ALL, "INSERT INTO filing(entry) SELECT id FROM entry WHERE id NOT IN (SELECT entry FROM filing)"
	                " AND seq > ifnull((SELECT max(subject) FROM audit WHERE kind = 'purge' AND ref = '*'), 0)"),
	SQL(FILING_PENDING, "SELECT e.number FROM filing f CROSS JOIN entry e ON e.id = f.entry ORDER BY f.entry"),
	SQL(FILING_DONE, "DELETE FROM filing WHERE entry = (SELECT id FROM entry WHERE number = ?1)"),
	SQL(SUPPLEMENT_ADD, "INSERT INTO supplement(event, n, entry, name, type, bytes, sha256, path, role, seq, part)"
	                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"),
	SQL(SUPPLEMENT_OF, "SELECT e.number FROM supplement s INDEXED BY supplement_seq CROSS JOIN entry e ON e.id = s.entry"
	                   " WHERE s.seq = ?1 LIMIT 1"),
	SQL(SUPPLEMENT_LIST, "SELECT name, type, bytes, sha256, path, role, seq, part FROM supplement"
	                     " WHERE entry = ?1 ORDER BY event, n"),
	SQL(SUPPLEMENT_FILES, "SELECT name, type, bytes, sha256, path, role, seq, part FROM supplement"
	                      " WHERE event = ?1 ORDER BY n"),
	SQL(SUPPLEMENT_FILING, "INSERT INTO supplement_filing(event) VALUES (?1)"),
	SQL(SUPPLEMENT_FILING_ALL, "INSERT INTO supplement_filing(event) SELECT DISTINCT event FROM supplement"
	                           " WHERE event NOT IN (SELECT event FROM supplement_filing)"
	                           " AND seq > ifnull((SELECT max(subject) FROM audit WHERE kind = 'purge' AND ref = '*'), 0)"),
	SQL(SUPPLEMENT_PENDING, "SELECT f.event, e.number, v.at, ifnull(p.actor, '') FROM supplement_filing f"
	                        " CROSS JOIN event v ON v.id = f.event"
	                        " CROSS JOIN entry e ON e.id = v.entry LEFT JOIN event_personal p ON p.event = v.id"
	                        " WHERE NOT EXISTS (SELECT 1 FROM filing WHERE filing.entry = e.id) ORDER BY f.event"),
	SQL(SUPPLEMENT_DONE, "DELETE FROM supplement_filing WHERE event = ?1"),

	/* entries alike */
	SQL(SKETCH_ADD, "INSERT INTO sketch(hash, entry, field) VALUES (?1, ?2, ?3)"),
	SQL(SKETCH_FIND, "SELECT entry, field FROM sketch WHERE hash = ?1 ORDER BY entry LIMIT ?2"),
	SQL(ALIKE_TEXT, "SELECT e.number, e.org, e.uscc, ifnull(json_extract(a.fields, '$[' || ?2 || '][2]'), '') FROM entry e"
	                " CROSS JOIN answers a ON a.entry = e.id WHERE e.id = ?1"),
	SQL(ALIKE_FILE, "SELECT DISTINCT e.number FROM file f INDEXED BY file_sha256 CROSS JOIN entry e ON e.id = f.entry"
	                " WHERE f.sha256 = ?1 AND e.number <> ?2 ORDER BY f.entry LIMIT ?3"),
	SQL(ALIKE_ADD, "INSERT INTO alike(entry, other, kind, what, percent) SELECT e.id, o.id, ?3, ?4, ?5 FROM entry e"
	               " CROSS JOIN entry o WHERE e.number = ?1 AND o.number = ?2 ON CONFLICT DO NOTHING"),
	SQL(ALIKE_LIST, "SELECT e.number, e.title, e.org, o.number, o.title, o.org, a.kind, a.what, a.percent, e.accepted"
	                " FROM alike a CROSS JOIN entry e ON e.id = a.entry CROSS JOIN entry o ON o.id = a.other"
	                " CROSS JOIN entry_state x ON x.entry = a.entry CROSS JOIN entry_state y ON y.entry = a.other"
	                " WHERE e.accepted >= ?1 AND x.state <> 'withdrawn' AND y.state <> 'withdrawn'"
	                " ORDER BY a.entry, a.other, a.kind, a.what"),

	/* events */
	SQL(EVENT_ADD, "INSERT INTO event(entry, at, event, state, personal) VALUES (?1, ?2, ?3, ?4, ?5)"
	               " RETURNING id"),
	SQL(EVENT_PERSONAL_ADD, "INSERT INTO event_personal(event, salt, actor, detail) VALUES (?1, ?2, ?3, ?4)"),
	SQL(EVENT_LIST, "SELECT v.at, v.event, ifnull(p.actor, ''), ifnull(p.detail, ''), v.state FROM event v"
	                " LEFT JOIN event_personal p ON p.event = v.id WHERE v.entry = ?1 ORDER BY v.id"),

	/* the outbox */
	SQL(OUTBOX_FIND, "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE message_id = ?1"),
	SQL(OUTBOX_ADD, "INSERT INTO outbox(kind, seq, recipient, subject, message_id, priority, due, state, created,"
	                " from_domain, salt, personal, body_sha256, until, joint)"
	                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) RETURNING id"),
	SQL(OUTBOX_BODY_ADD, "INSERT INTO outbox_body(id, body) VALUES (?1, ?2)"),
	SQL(OUTBOX_BODY, "SELECT iif(length(body) > ?2, NULL, body), length(body) > ?2 FROM outbox_body WHERE id = ?1"),
	SQL(OUTBOX_BODY_DROP, "DELETE FROM outbox_body WHERE id = ?1"),
	SQL(OUTBOX_GET, "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE id = ?1"),
	SQL(OUTBOX_DUE, "SELECT " OUTBOX_COLUMNS " FROM outbox INDEXED BY outbox_waiting"
	                " WHERE state = 'waiting' AND due <= ?1 ORDER BY priority, until, id LIMIT ?2"),
	SQL(OUTBOX_SENT, "UPDATE outbox SET state = 'sent', sent = ?2, attempts = attempts + 1, error = ''"
	                 " WHERE id = ?1 AND state = 'waiting' RETURNING message_id, due"),
	SQL(OUTBOX_RETRY, "UPDATE outbox SET due = ?2, attempts = attempts + 1, error = ?3"
	                  " WHERE id = ?1 AND state = 'waiting' RETURNING message_id, due"),
	SQL(OUTBOX_FAILED, "UPDATE outbox SET state = 'failed', attempts = attempts + 1, error = ?2"
	                   " WHERE id = ?1 AND state = 'waiting' RETURNING message_id, due"),
	/* What went inside another one is that one. */
	SQL(OUTBOX_FAILED_SINCE, "SELECT " OUTBOX_COLUMNS " FROM outbox INDEXED BY outbox_state WHERE state = 'failed'"
	                         " AND ifnull(tried, due) >= ?1 AND ifnull(joint, 0) = 0 ORDER BY id DESC"),
	SQL(OUTBOX_ALL, "SELECT " OUTBOX_COLUMNS " FROM outbox ORDER BY id"),
	SQL(OUTBOX_STATE, "SELECT " OUTBOX_COLUMNS " FROM outbox INDEXED BY outbox_state WHERE state = ?1"
	                  " ORDER BY id"),
	SQL(OUTBOX_JOIN, "UPDATE outbox SET joint = ?2 WHERE message_id = ?1 AND state = 'held' AND joint = 0"),
	SQL(OUTBOX_ALONE, "UPDATE outbox SET joint = NULL, state = 'waiting', due = ?2 WHERE message_id = ?1"
	                  " AND state = 'held' AND joint = 0"),
	SQL(OUTBOX_JOINED, "UPDATE outbox INDEXED BY outbox_joint SET state = ?2, sent = ?3, attempts = attempts + 1, error = ?4"
	                   " WHERE joint = ?1 AND state = 'held' RETURNING id, message_id"),
	SQL(OUTBOX_JOINT_DUE, "SELECT recipient FROM outbox INDEXED BY outbox_joint WHERE joint = 0 AND due <= ?1"
	                      " ORDER BY due LIMIT 1"),
	SQL(OUTBOX_JOINT_LIST, "SELECT " OUTBOX_COLUMNS " FROM outbox INDEXED BY outbox_joint"
	                       " WHERE joint = 0 AND recipient = ?1 ORDER BY id LIMIT ?2"),
	SQL(OUTBOX_JOINT_NEXT, "SELECT min(due) FROM outbox INDEXED BY outbox_joint WHERE joint = 0 AND (?1 = '' OR recipient = ?1)"),
	SQL(OUTBOX_NEXT, "SELECT min(due) FROM outbox INDEXED BY outbox_due WHERE state = 'waiting'"),
	SQL(OUTBOX_COUNT_TO, "SELECT count(*) FROM outbox WHERE recipient = ?1 AND created >= ?2 AND joint IS NULL"),
	SQL(OUTBOX_TRIED, "UPDATE outbox SET account = ?2, tried = ?3 WHERE id = ?1"),
	SQL(OUTBOX_COUNT_TRIED, "SELECT count(*) FROM outbox INDEXED BY outbox_tried"
	                        " WHERE account = ?1 AND tried IS NOT NULL AND tried > ?2"),
	SQL(OUTBOX_LAST_TO, "SELECT " OUTBOX_COLUMNS " FROM outbox INDEXED BY outbox_recipient"
	                    " WHERE recipient = ?1 AND kind = ?2 ORDER BY created DESC, id DESC LIMIT 1"),
	SQL(OUTBOX_TO, "SELECT " OUTBOX_COLUMNS " FROM outbox INDEXED BY outbox_recipient WHERE recipient = ?1"
	               " ORDER BY created, id"),
	SQL(OUTBOX_COUNT, "SELECT '', state, sum(n) FROM (SELECT state, n FROM outbox_count WHERE n > 0 UNION ALL"
	                  " SELECT 'held', mails FROM notice INDEXED BY notice_held WHERE state = 'held' AND mails > 0)"
	                  " GROUP BY state ORDER BY state"),

	/* the end of the contest */
	SQL(PAPER_ADD, "INSERT INTO paper(kind, version, at, body, sha256) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id"),
	SQL(PAPER_LAST, "SELECT kind, version, at, body, sha256 FROM paper WHERE kind = ?1 ORDER BY version DESC LIMIT 1"),
	SQL(PAPER_LIST, "SELECT kind, version, at, body, sha256 FROM paper WHERE kind = ?1 ORDER BY version"),
	SQL(OBJECTION_ADD, "INSERT INTO objection(id, seq, at, number) VALUES (iif(?4 > 0, ?4, 1 + max(ifnull((SELECT max(id)"
	                   " FROM objection), 0), ifnull((SELECT CAST(value AS INTEGER) FROM fact WHERE key = '" NUMBERED_OBJECTIONS
	                   "'), 0))), ?1, ?2, ?3) RETURNING id"),
	SQL(OBJECTION_OF, "SELECT id FROM objection WHERE seq = ?1"),
	SQL(OBJECTION_LIST, "SELECT " OBJECTION_COLUMNS " FROM objection o" OBJECTION_REST " ORDER BY o.id"),
	SQL(OBJECTION_END_ADD, "INSERT INTO objection_end(objection, at, number, decision, personal)"
	                       " VALUES (?1, ?2, ?3, ?4, ?5)"),
	SQL(OBJECTION_PERSONAL_ADD, "INSERT INTO objection_personal(objection, salt, actor, reason)"
	                            " VALUES (?1, ?2, ?3, ?4)"),

	/* the audit chain */
	SQL(AUDIT_ADD, "INSERT INTO audit(id, at, kind, ref, subject, detail, digest, hash)"
	               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
	SQL(AUDIT_LAST, "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1"),
	SQL(AUDIT_WALK, "SELECT id, at, kind, ref, subject, detail, digest, hash FROM audit ORDER BY id"),
	/* Of one thing by its name, or of everything that was recorded before. */
	SQL(AUDIT_PURGED, "SELECT 1 FROM audit WHERE kind = 'purge' AND ref IN (?1, '*')"
	                  " AND (ref <> '*' OR id > ?2) LIMIT 1"),
	SQL(PURGED_SEQ, "SELECT max(subject) FROM audit WHERE kind = 'purge' AND ref = '*'"),
	SQL(PURGED_MESSAGES, "SELECT " MESSAGE_COLUMNS " FROM message m WHERE m.seq <= ?1 ORDER BY m.seq"),
	SQL(PURGED_MAILS, "SELECT message_id FROM outbox WHERE salt IS NULL"),

	/* the digest */
	SQL(REPORT_ARRIVALS, "SELECT slot, outcome, n FROM arrival_count WHERE slot >= ?1 AND slot < ?2"),
	SQL(REPORT_FORMS, "SELECT f.track, f.outcome, count(*) FROM message m INDEXED BY message_received"
	                  " CROSS JOIN form f ON f.seq = m.seq WHERE m.received >= ?1 AND m.received < ?2"
	                  " GROUP BY 1, 2"),
	SQL(REPORT_ENTRY, "SELECT (SELECT count(*) FROM event v WHERE v.entry = e.id),"
	                  " ifnull((SELECT group_concat(p.sentence, char(10)) FROM problem p WHERE p.seq = e.seq"
	                  " AND p.form IN (e.form, -1) AND p.severity = 'warning'), '')"
	                  " FROM entry e WHERE e.number = ?1"),
	SQL(SAID_ADD, "INSERT INTO said(seq, form, title, org, contact, mobile, email, reason)"
	              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
	SQL(TODO_LIST, "SELECT " TODO_COLUMNS("0") " FROM todo t" TODO_REST("t.form")
	               " WHERE t.kind = ?1 ORDER BY t.seq"),
	SQL(TODO_DONE, "DELETE FROM todo WHERE kind = ?1 AND seq = ?2"),
	SQL(TURNED_LIST, "SELECT " TODO_COLUMNS("t.n") " FROM turned_away t"
	                 TODO_REST("(SELECT min(x.form) FROM said x WHERE x.seq = t.seq AND x.form >= 0)")
	                 " WHERE t.n >= ?1 ORDER BY t.n DESC, t.seq"),

	/* notices */
	SQL(NOTICE_ADD, "INSERT INTO notice(key, title, made, until, shared, state, round, shown, mails, digest)"
	                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?3, 0, zeroblob(32)) RETURNING id"),
	SQL(NOTICE_FIND, "SELECT " NOTICE_COLUMNS " FROM notice WHERE key = ?1"),
	SQL(NOTICE_GET, "SELECT " NOTICE_COLUMNS " FROM notice WHERE id = ?1"),
	SQL(NOTICE_HELD, "SELECT " NOTICE_COLUMNS " FROM notice INDEXED BY notice_held WHERE state = 'held' ORDER BY id"),
	SQL(NOTICE_SET, "UPDATE notice SET state = ?2, round = ?3, shown = ?4, mails = ?5, digest = ?6 WHERE id = ?1"),
	SQL(NOTICE_ITEM_ADD, "INSERT INTO notice_item(notice, n, mail, number, events, recipients, says, apart)"
	                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
	SQL(NOTICE_ITEMS, "SELECT mail, number, events, recipients, says, apart FROM notice_item WHERE notice = ?1"
	                  " ORDER BY n"),
	SQL(NOTICE_FILE_ADD, "INSERT INTO notice_file(notice, n, k, name, media, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"),
	SQL(NOTICE_FILES, "SELECT name, media, bytes FROM notice_file WHERE notice = ?1 AND n = ?2 ORDER BY k"),
	SQL(NOTICE_MAIL_ADD, "INSERT INTO notice_mail(notice, n, kind, recipient, subject, message_id)"
	                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"),
	SQL(NOTICE_MAILS, "SELECT a.kind, a.recipient, a.subject, a.message_id, b.shown FROM notice_mail a"
	                  " CROSS JOIN notice b ON b.id = a.notice ORDER BY a.notice, a.n"),
	SQL(NOTICE_MAILS_CLEAR, "DELETE FROM notice_mail WHERE notice = ?1"),
	SQL(NOTICE_CODE_ADD, "INSERT INTO notice_code(code, notice, round) VALUES (?1, ?2, ?3)"),
	SQL(NOTICE_CODE, "SELECT notice, round FROM notice_code WHERE code = ?1"),
	SQL(ADDRESS_BOUNCED, "SELECT max(d.seq) > ifnull((SELECT max(seq) FROM head WHERE from_addr = ?1), 0)"
	                     " FROM said d INDEXED BY said_bounced WHERE d.form = -1 AND d.email = ?1"
	                     " AND d.reason NOT LIKE '4.%'"),
	/* Who asked for forms and has sent none since, ours to write to. */
	SQL(ASKED_LIST, "SELECT h.from_addr, h.from_name FROM outcome o INDEXED BY outcome_outcome"
	                " CROSS JOIN head h ON h.seq = o.seq WHERE o.outcome = 'request'"
	                " AND o.detail IN ('asks for forms', 'wants to take part') AND h.from_addr <> ''"
	                " AND NOT EXISTS (SELECT 1 FROM head x CROSS JOIN outcome y ON y.seq = x.seq"
	                " WHERE x.from_addr = h.from_addr AND y.outcome IN ('accepted', 'rejected', 'late', 'duplicate',"
	                " 'not-eligible')) ORDER BY o.seq"),
	/* Whose entry came before the opening. */
	SQL(EARLY_LIST, "SELECT h.from_addr, h.from_name FROM outcome o INDEXED BY outcome_outcome"
	                " CROSS JOIN message m ON m.seq = o.seq CROSS JOIN head h ON h.seq = o.seq WHERE o.outcome = 'late'"
	                " AND m.received < ?1 AND h.from_addr <> ''"
	                " AND NOT EXISTS (SELECT 1 FROM head x CROSS JOIN outcome y ON y.seq = x.seq"
	                " WHERE x.from_addr = h.from_addr AND y.outcome = 'accepted') ORDER BY o.seq"),
	SQL(RULES_FIRST, "SELECT at FROM rules ORDER BY id LIMIT 1"),

	/* verify */
	SQL(VERIFY_INTEGRITY, "PRAGMA integrity_check(20)"),
	SQL(VERIFY_SOUND, "PRAGMA integrity_check(1)"),
	SQL(VERIFY_FOREIGN, "SELECT \"table\", \"rowid\", parent FROM pragma_foreign_key_check LIMIT 20"),
	SQL(VERIFY_SCHEMA, "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
	                   " AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY 1"),
	SQL(VERIFY_OUTCOME, "SELECT " MESSAGE_COLUMNS ", o.outcome, o.detail, o.decided, o.content, o.rules,"
	                    " o.personal, h.salt, h.message_id, h.from_addr, h.from_name, h.subject, h.in_reply_to"
	                    " FROM outcome o CROSS JOIN message m ON m.seq = o.seq LEFT JOIN head h ON h.seq = o.seq"
	                    " WHERE o.seq = ?1"),
	SQL(VERIFY_RULING, "SELECT r.seq, r.at, r.kind, r.decision, ifnull(p.actor, ''), ifnull(p.reason, ''), r.personal,"
	                   " p.salt FROM ruling r LEFT JOIN ruling_personal p ON p.ruling = r.id WHERE r.id = ?1"),
	SQL(VERIFY_RECORD, "SELECT " RECORD_COLUMNS ", r.personal, p.salt FROM record r"
	                   " LEFT JOIN record_personal p ON p.record = r.id WHERE r.id = ?1"),
	SQL(VERIFY_RECORD_NOW, "SELECT 'record ' || id FROM record r WHERE NOT EXISTS (SELECT 1 FROM record_now h"
	                       " WHERE h.kind = r.kind AND h.round = r.round AND h.ref = r.ref AND h.who = r.who"
	                       " AND (h.record > r.id OR (h.record = r.id AND h.n = (SELECT count(*) FROM record x"
	                       " WHERE x.kind = r.kind AND x.round = r.round AND x.ref = r.ref AND x.who = r.who))))"),
	SQL(VERIFY_ENTRY, "SELECT " ENTRY_FILED ", e.personal, p.salt FROM entry e"
	                  " LEFT JOIN entry_state st ON st.entry = e.id"
	                  " LEFT JOIN entry_personal p ON p.entry = e.id WHERE e.id = ?1"),
	SQL(VERIFY_EVENT, "SELECT v.at, v.event, ifnull(p.actor, ''), ifnull(p.detail, ''), v.state, e.number,"
	                  " v.personal, p.salt FROM event v CROSS JOIN entry e ON e.id = v.entry"
	                  " LEFT JOIN event_personal p ON p.event = v.id WHERE v.id = ?1"),
	SQL(VERIFY_OUTBOX, "SELECT " OUTBOX_COLUMNS ", personal, salt, body_sha256,"
	                   " (SELECT body FROM outbox_body b WHERE b.id = outbox.id) FROM outbox WHERE id = ?1"),
	SQL(VERIFY_RULES, "SELECT hash, at FROM rules WHERE id = ?1"),
	SQL(VERIFY_SUPPLEMENT, "SELECT e.number FROM event v CROSS JOIN entry e ON e.id = v.entry WHERE v.id = ?1"),
	SQL(VERIFY_PAPER, "SELECT kind, version, at, body, sha256 FROM paper WHERE id = ?1"),
	SQL(VERIFY_OBJECTION, "SELECT seq, at, number FROM objection WHERE id = ?1"),
	SQL(VERIFY_OBJECTION_END, "SELECT d.at, d.number, d.decision, ifnull(p.actor, ''), ifnull(p.reason, ''), d.personal,"
	                          " p.salt FROM objection_end d LEFT JOIN objection_personal p ON p.objection = d.objection"
	                          " WHERE d.objection = ?1"),
	SQL(VERIFY_FORM, "SELECT f.seq, f.form, f.print, f.sender, f.outcome, f.number, f.org_key, f.title_key, f.track,"
	                 " f.received, h.salt FROM form f LEFT JOIN head h ON h.seq = f.seq WHERE f.seq = ?1 AND f.form = ?2"),
	SQL(VERIFY_SAID, "SELECT d.seq, d.form, d.title, d.org, d.contact, d.mobile, d.email, d.reason, h.salt FROM said d"
	                 " LEFT JOIN head h ON h.seq = d.seq WHERE d.seq = ?1 AND d.form = ?2"),
	SQL(VERIFY_UNVOUCHED,
	    "SELECT 'message', seq FROM outcome WHERE seq NOT IN (SELECT subject FROM audit WHERE kind = 'outcome')"
	    " UNION ALL SELECT 'ruling', id FROM ruling WHERE id NOT IN"
	    " (SELECT subject FROM audit WHERE kind = 'ruling')"
	    " UNION ALL SELECT 'record', id FROM record WHERE id NOT IN"
	    " (SELECT subject FROM audit WHERE kind = 'record')"
	    " UNION ALL SELECT 'entry', id FROM entry WHERE id NOT IN"
	    " (SELECT subject FROM audit WHERE kind = 'entry')"
	    " UNION ALL SELECT 'event', id FROM event WHERE id NOT IN"
	    " (SELECT subject FROM audit WHERE kind = 'event')"
	    " UNION ALL SELECT 'supplement of event', event FROM supplement WHERE event NOT IN"
	    " (SELECT subject FROM audit WHERE kind = 'supplement')"
	    " UNION ALL SELECT 'rules', id FROM rules WHERE id NOT IN"
	    " (SELECT subject FROM audit WHERE kind = 'rules')"
	    " UNION ALL SELECT 'paper', id FROM paper WHERE id NOT IN"
	    " (SELECT subject FROM audit WHERE kind = 'paper')"
	    " UNION ALL SELECT 'objection', id FROM objection WHERE id NOT IN"
	    " (SELECT subject FROM audit WHERE kind = 'objection')"
	    " UNION ALL SELECT 'outcome of objection', objection FROM objection_end WHERE objection NOT IN"
	    " (SELECT subject FROM audit WHERE kind = 'objection-end')"
	    /* Up to version 2 of the schema these were not in the audit. */
	    " UNION ALL SELECT 'form of message', seq FROM form WHERE seq || '/' || form NOT IN"
	    " (SELECT ref FROM audit WHERE kind = 'form')"
	    " AND seq >= ifnull((SELECT CAST(value AS INTEGER) FROM fact WHERE key = 'audit.forms'), 0)"
	    " UNION ALL SELECT 'what is said of message', seq FROM said WHERE seq || '/' || form NOT IN"
	    " (SELECT ref FROM audit WHERE kind = 'said')"
	    " AND seq >= ifnull((SELECT CAST(value AS INTEGER) FROM fact WHERE key = 'audit.forms'), 0)"
	    " UNION ALL SELECT 'mail', id FROM outbox WHERE id NOT IN"
	    " (SELECT subject FROM audit WHERE kind = 'queued')"
	    " UNION ALL SELECT 'sent mail', id FROM outbox WHERE state = 'sent' AND id NOT IN"
	    " (SELECT subject FROM audit WHERE kind = 'sent')"
	    " UNION ALL SELECT 'failed mail', id FROM outbox WHERE state = 'failed' AND id NOT IN"
	    " (SELECT subject FROM audit WHERE kind = 'failed')"
	    " UNION ALL SELECT 'supplement of another entry than event', s.event FROM supplement s CROSS JOIN event v ON v.id = s.event"
	    " WHERE v.entry <> s.entry"),
	SQL(VERIFY_STATE, "SELECT e.number, ifnull(st.state, ''), ifnull((SELECT v.state FROM event v"
	                  " WHERE v.entry = e.id AND v.state <> '' ORDER BY v.id DESC LIMIT 1), '')"
	                  " FROM entry e LEFT JOIN entry_state st ON st.entry = e.id"
	                  " WHERE ifnull(st.state, '') <> ifnull((SELECT v.state FROM event v"
	                  " WHERE v.entry = e.id AND v.state <> '' ORDER BY v.id DESC LIMIT 1), '')"
	                  " OR ifnull(st.track, '') <> e.track"),
	SQL(VERIFY_ENTRY_COUNT, "SELECT track || ' ' || state, sum(kept), sum(counted) FROM ("
	                        "SELECT track, state, n AS kept, 0 AS counted FROM entry_count"
	                        " UNION ALL SELECT track, state, 0, count(*) FROM entry_state GROUP BY 1, 2)"
	                        " GROUP BY 1 HAVING sum(kept) <> sum(counted)"),
	SQL(VERIFY_OUTCOME_COUNT, "SELECT outcome, sum(kept), sum(counted) FROM ("
	                          "SELECT outcome, n AS kept, 0 AS counted FROM outcome_count"
	                          " UNION ALL SELECT outcome, 0, count(*) FROM outcome GROUP BY 1)"
	                          " GROUP BY 1 HAVING sum(kept) <> sum(counted)"),
	SQL(VERIFY_OUTBOX_COUNT, "SELECT state, sum(kept), sum(counted) FROM ("
	                         "SELECT state, n AS kept, 0 AS counted FROM outbox_count"
	                         " UNION ALL SELECT state, 0, count(*) FROM outbox GROUP BY 1)"
	                         " GROUP BY 1 HAVING sum(kept) <> sum(counted)"),
	SQL(VERIFY_PENDING, "SELECT m.seq FROM message m LEFT JOIN outcome o ON o.seq = m.seq"
	                    " LEFT JOIN pending p ON p.seq = m.seq WHERE (o.seq IS NULL) <> (p.seq IS NOT NULL)"),
	/* How each was left, by its last row in the audit; a purge cancels what is held. */
	SQL(VERIFY_NOTICES, "WITH last(key, id) AS (SELECT ref, max(id) FROM audit WHERE kind = 'notice' GROUP BY ref)"
	                    " SELECT n.key, n.state, ifnull(substr(a.detail, 1, instr(a.detail, ' ') - 1), 'held') AS left"
	                    " FROM notice n LEFT JOIN last l ON l.key = n.key LEFT JOIN audit a ON a.id = l.id"
	                    " WHERE (n.state <> left OR n.digest <> ifnull(a.digest, zeroblob(32)))"
	                    " AND NOT (n.state = 'cancelled' AND left = 'held' AND n.digest = ifnull(a.digest, zeroblob(32))"
	                    " AND EXISTS (SELECT 1 FROM audit p WHERE p.kind = 'purge' AND p.id > ifnull(l.id, 0)))"),
	SQL(VERIFY_ARRIVALS, "SELECT outcome || ' at ' || datetime(slot * 900, 'unixepoch'), sum(kept), sum(counted) FROM ("
	                     "SELECT slot, outcome, n AS kept, 0 AS counted FROM arrival_count"
	                     " UNION ALL SELECT m.received / 900, o.outcome, 0, count(*) FROM outcome o"
	                     " CROSS JOIN message m ON m.seq = o.seq GROUP BY 1, 2)"
	                     " GROUP BY slot, outcome HAVING sum(kept) <> sum(counted)"),
	/* Those that may wait for a person, and those whose sender was turned away. */
	SQL(VERIFY_MESSAGES, "SELECT m.seq, o.seq IS NOT NULL AND NOT EXISTS (SELECT 1 FROM head h WHERE h.seq = m.seq),"
	                     " m.seq < ifnull((SELECT CAST(value AS INTEGER) FROM fact WHERE key = 'audit.todo'), 0)"
	                     " FROM message m LEFT JOIN outcome o ON o.seq = m.seq WHERE o.outcome IN ('unrecognised', 'change',"
	                     " 'quarantined', 'bounce', 'rejected', 'late', 'duplicate')"
	                     " OR EXISTS (SELECT 1 FROM todo t WHERE t.seq = m.seq)"
	                     " OR EXISTS (SELECT 1 FROM turned_away t WHERE t.seq = m.seq)"
	                     " OR EXISTS (SELECT 1 FROM form f WHERE f.seq = m.seq AND f.outcome IN ('late', 'duplicate'))"
	                     " OR EXISTS (SELECT 1 FROM audit a WHERE a.kind = 'todo' AND a.ref IN ('late/' || m.seq, 'twin/' || m.seq))"
	                     " ORDER BY m.seq"),
	/* The kinds in which what message ?1 waits for is not what the triggers of todo must have made of it. */
	SQL(VERIFY_TODO, "WITH want(kind, form, since) AS ("
	                 "SELECT CASE WHEN outcome IN ('quarantined', 'bounce') THEN outcome ELSE 'read' END, -1, 0 FROM outcome"
	                 " WHERE seq = ?1 AND outcome IN ('unrecognised', 'change', 'quarantined', 'bounce')"
	                 " UNION ALL SELECT iif(f.outcome = 'late', 'late', 'twin'), min(f.form), 0 FROM form f WHERE f.seq = ?1"
	                 " AND (f.outcome = 'late' OR (f.outcome = 'duplicate' AND NOT EXISTS (SELECT 1 FROM form b"
	                 " WHERE b.print = f.print AND b.sender = f.sender AND b.outcome IN ('accepted', 'late')"
	                 " AND (b.seq, b.form) < (f.seq, f.form)))) GROUP BY 1"
	                 " UNION ALL SELECT substr(ref, 1, instr(ref, '/') - 1), CAST(detail AS INTEGER),"
	                 " CAST(substr(detail, instr(detail, '/') + 1) AS INTEGER) FROM audit"
	                 " WHERE kind = 'todo' AND ref IN ('late/' || ?1, 'twin/' || ?1)),"
	                 " due(kind, form, since) AS (SELECT w.kind, w.form, min(w.since) FROM want w"
	                 " WHERE NOT EXISTS (SELECT 1 FROM ruling r WHERE r.seq = ?1 AND r.id > w.since"
	                 " AND (r.kind = w.kind OR (r.kind = 'read' AND w.kind IN ('quarantined', 'bounce'))))"
	                 " AND NOT (w.kind = 'read' AND EXISTS (SELECT 1 FROM audit WHERE kind = 'todo' AND ref = 'read/' || ?1))"
	                 " AND NOT (w.kind = 'bounce' AND EXISTS (SELECT 1 FROM said d CROSS JOIN head h"
	                 " ON h.from_addr = d.email AND h.seq > d.seq WHERE d.seq = ?1 AND d.form = -1 AND h.from_addr <> ''))"
	                 " GROUP BY w.kind)"
	                 " SELECT kind FROM (SELECT kind, form FROM due EXCEPT SELECT kind, form FROM todo WHERE seq = ?1)"
	                 " UNION SELECT kind FROM (SELECT kind, form FROM todo WHERE seq = ?1 EXCEPT SELECT kind, form FROM due)"),
	/* The same of how often its sender was turned away: what is kept, and what must be. */
	SQL(VERIFY_TURNED, "SELECT kept, due FROM (SELECT ifnull((SELECT n FROM turned_away WHERE seq = ?1), 0) AS kept,"
	                   " ifnull((SELECT count(*) FROM head w CROSS JOIN head h ON h.from_addr = w.from_addr AND h.seq <= ?1"
	                   " CROSS JOIN outcome o ON o.seq = h.seq AND o.outcome = 'rejected' WHERE w.seq = ?1 AND w.from_addr <> ''"
	                   " AND (SELECT outcome FROM outcome WHERE seq = ?1) = 'rejected'"
	                   " AND NOT EXISTS (SELECT 1 FROM head x CROSS JOIN outcome y ON y.seq = x.seq"
	                   " WHERE x.from_addr = w.from_addr AND x.seq > ?1 AND y.outcome IN ('accepted', 'rejected'))"
	                   " AND h.seq > ifnull((SELECT max(x.seq) FROM head x CROSS JOIN outcome y ON y.seq = x.seq"
	                   " WHERE x.from_addr = w.from_addr AND x.seq < ?1 AND y.outcome = 'accepted'), 0)), 0) AS due)"
	                   " WHERE kept <> due"),
	SQL(VERIFY_TWINS, "SELECT min(seq), max(seq) FROM message WHERE sha256 IS NOT NULL"
	                  " GROUP BY sha256 HAVING count(*) > 1"),
};

const char *statement_sql(Statement id) {
	return table[id].sql;
}

const char *statement_name(Statement id) {
	return table[id].name;
}
