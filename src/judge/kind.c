/* Which kind of mail it is: our own, a robot's (by layers, the strong marks first), or what a
 * person wants who sent no form.  It answers no robot, and takes no wish from a quoted subject of ours. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "judge/inner.h"

/* ---- our own */

bool kind_own(Case *c) {
	const MailConf *m = &c->j->rules->mail;
	const char *from = c->r->from.addr, *sender = c->r->sender.addr;
	const char *robot = m->robot.addr, *user = m->fetch.user ? m->fetch.user : "";
	if (*c->r->own_mark)
		c->v->detail = "carries the mark of a robot like this one";
	else if (mail_same(robot, from) || mail_same(robot, sender) || (strchr(user, '@') && mail_same(user, from)))
		c->v->detail = "from our own address";
	else
		return false;
	c->v->outcome = OUTCOME_LOOP;
	return true;
}

/* ---- robots */

/* What a person's program puts before a subject. */
static bool is_answer(const Report *r) {
	return r->reply_prefixes || r->forward_prefixes;
}

static const char *bounce_mark(const Report *r) {
	unsigned m = r->robot;
	bool says = m & ROBOT_BOUNCE_SUBJECT && !is_answer(r);
	if (m & ROBOT_REPORT && r->bounce_status[0] == '2')
		return NULL;
	if (m & ROBOT_REPORT)
		return "a delivery report";
	if (says && (m & (ROBOT_NULL_PATH | ROBOT_DAEMON | ROBOT_BOUNCE_BODY) || *r->bounce_to))
		return "subject and sender of a bounce";
	if (m & ROBOT_DAEMON && m & (ROBOT_NULL_PATH | ROBOT_BOUNCE_BODY))
		return "a mail daemon";
	if (m & ROBOT_NULL_PATH && m & ROBOT_BOUNCE_BODY)
		return "an empty return path and the words of a bounce";
	return says ? "the subject of a bounce" : NULL;
}

static const char *auto_mark(const Report *r) {
	unsigned m = r->robot;
	if (m & ROBOT_REPORT && r->bounce_status[0] == '2')
		return "a report that a mail arrived";
	if (m & ROBOT_RECEIPT)
		return "a read receipt";
	if (m & ROBOT_CALENDAR)
		return "a calendar answer";
	if (m & ROBOT_AUTO_HEADER)
		return "a header of automatic replies";
	if (m & ROBOT_AUTO_PATH)
		return "an automatic reply by its envelope";
	if (m & ROBOT_AUTO_SUBJECT && !is_answer(r))
		return "the subject of an automatic reply";
	if (m & ROBOT_RECEIPT_SUBJECT && !is_answer(r))
		return "the subject of a read receipt";
	return NULL;
}

bool kind_robot(Case *c) {
	const char *bounce = bounce_mark(c->r), *automatic = auto_mark(c->r);
	if (!bounce && !automatic)
		return false;
	c->v->outcome = bounce ? OUTCOME_BOUNCE : OUTCOME_AUTO_REPLY;
	c->v->detail = bounce ? bounce : automatic;
	return true;
}

bool kind_weak(const Report *r) {
	return r->robot & (ROBOT_AUTO_SUBMITTED | ROBOT_PRECEDENCE | ROBOT_LIST | ROBOT_NULL_PATH | ROBOT_DAEMON |
	                   ROBOT_FEEDBACK);
}

void kind_bulk(Case *c) {
	unsigned m = c->r->robot;
	if (m & (ROBOT_PRECEDENCE | ROBOT_LIST | ROBOT_FEEDBACK)) {
		c->v->outcome = OUTCOME_BULK;
		c->v->detail = m & ROBOT_LIST ? "a mailing list or newsletter" : "bulk mail";
	} else {
		c->v->outcome = OUTCOME_AUTO_REPLY;
		c->v->detail = m & ROBOT_AUTO_SUBMITTED ? "Auto-Submitted" : "an address that takes no answer";
	}
}

/* ---- wishes */

static bool submits(const Case *c, const char *key) {
	return list_in(c->j, LIST_SUBMIT, key) && !list_in(c->j, LIST_NO_SUBMIT, key) && !list_in(c->j, LIST_QUESTION, key);
}

bool kind_precheck(const Case *c) {
	if (c->r->reply_prefixes == 0 && list_starts(c->j, LIST_PRECHECK, c->subject_key))
		return true;
	/* An answer to our check files only what says so: in its first line, or in a subject that is not ours. */
	return c->thread.found && c->thread.checked && !submits(c, c->first_key) &&
	       !(c->thread.token && c->r->reply_prefixes == 0 && submits(c, c->subject_key));
}

/* The subject is theirs unless they answer; what they typed comes first then. */
static bool wishes(const Case *c, ListId list) {
	bool own = c->r->reply_prefixes == 0 || !*c->text_key;
	return (own && list_in(c->j, list, c->subject_key)) || list_in(c->j, list, c->first_key);
}

/* A wish said shortly.  A longer sentence that happens to hold the word is somebody's question, and a guide sent back
 * would be no honest answer to it. */
static bool asks(const Case *c, ListId list) {
	bool own = c->r->reply_prefixes == 0 || !*c->text_key;
	return (own && text_chars(c->subject_key) <= JUDGE_WISH_CHARS && list_in(c->j, list, c->subject_key)) ||
	       (text_chars(c->first_key) <= JUDGE_WISH_CHARS && list_in(c->j, list, c->first_key));
}

static bool anywhere(const Case *c, ListId list) {
	bool own = c->r->reply_prefixes == 0 || !*c->text_key;
	return (own && list_in(c->j, list, c->subject_key)) || list_in(c->j, list, c->text_key);
}

int own_number(Case *c, const char *number) {
	EntryRow en;
	if (!number || !c->j->store)
		return 0;
	int found = store_entry_get(c->j->store, c->a, number, &en, c->e);
	if (found <= 0)
		return found;
	if (!strcmp(en.state, "withdrawn"))
		return 0;
	if (!mail_same(en.sender, c->r->from.addr) && !mail_same(en.email, c->r->from.addr))
		return 0;
	c->v->number = en.number;
	return 1;
}

/* So much of the body as is looked at; where the cut parts a character, that one is another. */
static const char *beginning(const Case *c) {
	return text_clean(c->a, str_sub(str_of(c->r->text), 0, JUDGE_LOOK_BYTES));
}

/* The first number that the subject names, or the body; NULL when neither does. */
static const char *named_number(const Case *c) {
	const char *number = rules_find_number(c->j->rules, c->a, c->r->subject);
	return number ? number : rules_find_number(c->j->rules, c->a, beginning(c));
}

/* The entry that the mail is about: what it answers, or a number it names. */
int kind_number(Case *c) {
	const Rules *r = c->j->rules;
	int own = c->thread.found ? own_number(c, rules_find_number(r, c->a, c->thread.mail.subject)) : 0;
	if (own == 0)
		own = own_number(c, rules_find_number(r, c->a, c->r->subject));
	return own ? own : own_number(c, rules_find_number(r, c->a, beginning(c)));
}

static bool supplements_open(const Case *c) {
	for (size_t i = 0; i < c->j->rules->phase_n; i++) {
		const Phase *p = &c->j->rules->phase[i];
		if (p->takes_supplements && c->received >= p->opens && c->received <= phase_ends(p))
			return true;
	}
	return false;
}

static void decide(Case *c, Outcome o, const char *reply, const char *detail) {
	c->v->outcome = o;
	c->v->reply = reply;
	c->v->detail = detail;
}

static size_t files(const Case *c) {
	size_t n = 0;
	for (size_t i = 0; i < c->r->part_n; i++)
		n += file_counts(c->r, i);
	return n;
}

static bool is_question(const Case *c) {
	return list_in(c->j, LIST_QUESTION, *c->text_key ? c->text_key : c->subject_key) || strchr(c->r->text, '?') ||
	       strstr(c->r->text, "\xEF\xBC\x9F");
}

static bool is_thanks(const Case *c) {
	const char *said = *c->text_key ? c->first_key : c->subject_key;
	return list_in(c->j, LIST_THANKS, said) && !is_question(c) && !anywhere(c, LIST_ENCLOSED) &&
	       !wishes(c, LIST_BLANK) && text_chars(c->text_key) <= JUDGE_NOTE_CHARS;
}

static void ask_track(Case *c) {
	bool conflict;
	c->v->asked = route_named(c->j, c->a, c->r->subject_bare, false, &conflict);
	if (!c->v->asked && !conflict)
		c->v->asked = route_named(c->j, c->a, beginning(c), false, &conflict);
}

/* One of the plain wishes, else false. */
static bool request(Case *c) {
	if (asks(c, LIST_PROGRESS))
		decide(c, OUTCOME_REQUEST, "progress", "asks for the state of entries");
	else if (asks(c, LIST_BLANK))
		decide(c, OUTCOME_REQUEST, "forms", "asks for forms");
	else if (asks(c, LIST_HELP))
		decide(c, OUTCOME_REQUEST, "help", "asks for help");
	else if (!asks(c, LIST_JOIN) || anywhere(c, LIST_ENCLOSED))
		return false;
	else
		decide(c, OUTCOME_REQUEST, is_question(c) ? "help" : "forms", "wants to take part");
	ask_track(c);
	return true;
}

/* Neither file nor link. */
static void kind_text(Case *c) {
	bool meant = anywhere(c, LIST_ENCLOSED) || anywhere(c, LIST_ENTRY);
	if (is_thanks(c))
		decide(c, OUTCOME_NOTE, NULL, "thanks");
	else if (request(c))
		return;
	else if (c->pasted)
		near_miss(c, "body_pasted", "");
	else if (c->checking || (meant && !is_question(c)))
		near_miss(c, "no_form", "");
	else if (!*c->text_key && ask_unknown(c))
		return;
	else if (!*c->text_key)
		near_miss(c, "empty_mail", "");
	else
		decide(c, OUTCOME_UNRECOGNISED, "unrecognised", "a person must read it");
}

int kind_takes_files(Case *c) {
	return c->aside & ASIDE_DEADLINE || supplements_open(c) ? 1 : supplement_wanted(c, c->v->number);
}

void kind_late_files(Case *c) {
	c->v->closes = rules_supplements_close(c->j->rules);
	decide(c, OUTCOME_LATE, "late_files", arena_fmt(c->a, "files for %s", c->v->number));
}

int kind_beside(Case *c) {
	int found = kind_number(c), wanted = 0;
	if (found > 0)
		wanted = c->r->reply_prefixes == 0 && list_in(c->j, LIST_CHANGE, c->subject_key)
		                 ? 1
		                 : supplement_wanted(c, c->v->number);
	if (found >= 0 && wanted <= 0)
		c->v->number = "";
	return found < 0 ? -1 : wanted;
}

/* Whose entry it is against is for everybody to name, not for its people alone. */
static void objection(Case *c) {
	c->v->objects = wishes(c, LIST_OBJECT);
	const char *number = named_number(c);
	c->v->named = number ? number : "";
}

/* An entry that is not its sender's: a colleague's files, or a stranger's. */
static int names_entry(Case *c) {
	EntryRow en;
	const char *number = named_number(c);
	return number && c->j->store ? store_entry_get(c->j->store, c->a, number, &en, c->e) : 0;
}

int kind_plain(Case *c) {
	size_t n = files(c);
	int completes = kind_number(c) < 0 ? -1 : petition_completes(c);
	int takes = completes < 0 ? -1 : n && *c->v->number ? kind_takes_files(c) : 0;
	int others = takes < 0 ? -1 : n && !*c->v->number ? names_entry(c) : 0;
	if (others < 0)
		return -1;
	if (completes || wishes(c, LIST_CHANGE)) {
		decide(c, OUTCOME_CHANGE, "change", "asks for a change or a withdrawal, or objects");
		objection(c);
		return completes ? 0 : petition_find(c);
	} else if (takes) {
		decide(c, OUTCOME_SUPPLEMENT, "supplement", arena_fmt(c->a, "files for %s", c->v->number));
		return supplement_files(c);
	} else if (n && *c->v->number) {
		kind_late_files(c);
		return supplement_take(c);
	} else if (others) {
		decide(c, OUTCOME_UNRECOGNISED, "unrecognised", "files for somebody else's entry");
	} else if (!near_files(c)) {
		kind_text(c);
	}
	return 0;
}
