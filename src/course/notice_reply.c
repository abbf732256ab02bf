/* The code of a batch comes back: it is let go, given up, or shown anew when it is no longer what the secretariat saw.  Refuses
 * whatever is not plain, and says why. */
#include <string.h>

#include "base/code.h"
#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "course/award_notices.h"
#include "course/decision_inner.h"
#include "course/notice_inner.h"

/* What is said of it: the flag of the wording that holds. */
typedef struct {
	World *w;
	Arena *a;
	const Release *release;
	const char *by;
	NoticeRow row;
	bool found;
	int64_t round;      /* of the code */
	const char *answer;
	const char *word;   /* that is wanted beside the code */
	int64_t due;
} Releasing;

static int settled(Releasing *r, const char *state, const char *answer, Err *e) {
	r->row.state = state;
	r->answer = answer;
	if (store_notice_mails_clear(r->w->store, r->row.id, e) < 0)
		return -1;
	return store_notice_set(r->w->store, &r->row, r->w->env->now, r->by, e);
}

static int let_go(Releasing *r, NoticeSet *s, Err *e) {
	const Rules *rules = r->w->rules;
	bool everybody = s->everybody && !r->release->everybody, nobody = s->letter_n == 0 && !r->release->nobody;
	if (everybody || nobody) {
		r->answer = "wants_word";
		r->word = words(rules, nobody ? "notice.word_nobody" : "notice.word_everybody");
		return 0;
	}
	r->answer = "released";
	r->due = rules_office_moment(rules, r->w->env->now);
	if (notice_release(r->w, s, r->due, r->by, e) < 0)
		return -1;
	r->row = s->row;
	return 0;
}

/* The code is the one of the last round: does what it was made from stand, and is the batch still what was shown then? */
static int compare(Releasing *r, Err *e) {
	NoticeSet s;
	Hash now;
	const char *code;
	int sound = award_notices_sound(r->w, r->a, r->row.key, e);
	if (sound <= 0) {
		r->answer = "broken";
		return sound;
	}
	if (world_templates(r->w, e) < 0 || notice_set(r->w, r->a, &r->row, &s, e) < 0 ||
	    notice_digest(r->w, &s, NULL, NULL, &now, e) < 0 || notice_code(r->w, r->a, &r->row, &code, e) < 0)
		return -1;
	if (hash_eq(now, r->row.digest) && !strcmp(code, r->release->code))
		return let_go(r, &s, e);
	r->answer = "changed";
	return notice_show(r->w, &r->row, r->by, e);
}

static int act(Releasing *r, Err *e) {
	if (!r->found)
		r->answer = *r->release->code ? "unknown" : "no_code";
	else if (strcmp(r->row.state, "held") != 0)
		r->answer = arena_fmt(r->a, "was_%s", r->row.state);
	else if (r->release->unclear)
		r->answer = "unclear";
	else if (r->round != r->row.round)
		r->answer = "old";
	else if (r->row.until < r->w->env->now)
		return settled(r, "expired", "was_expired", e);
	else if (r->release->cancel)
		return settled(r, "cancelled", "cancelled", e);
	else
		return compare(r, e);
	return 0;
}

static Data *answer_data(const Releasing *r) {
	Data *d = data_new(r->a);
	const Rules *rules = r->w->rules;
	data_flag(d, r->answer, true);
	data_text(d, "title", r->found ? r->row.title : "");
	data_text(d, "code", *r->release->code ? code_shown(r->a, r->release->code) : "");
	data_text(d, "word", r->word ? r->word : "");
	data_fmt(d, "mail_count", "%lld", r->found ? (long long)r->row.mails : 0);
	data_text(d, "due", r->due > r->w->env->now ? words_moment(rules, r->a, r->due) : "");
	return d;
}

static int release(Releasing *r, const MessageRow *m, const Report *rep, Verdict *v, Outgoing *out, size_t *n, Err *e) {
	int64_t id;
	Address to = {rep->from.name, rep->from.addr};
	ReplyWorld rw;
	int found = *r->release->code ? store_notice_code(r->w->store, r->release->code, &id, &r->round, e) : 0;
	if (found > 0)
		found = store_notice_get(r->w->store, r->a, id, &r->row, e);
	if (found < 0)
		return -1;
	r->found = found > 0;
	if (act(r, e) < 0 || world_templates(r->w, e) < 0)
		return -1;
	v->detail = arena_fmt(r->a, "%s: %s%s%s", v->detail, r->answer, r->found ? ", " : "", r->found ? r->row.key : "");
	log_info("notices: %s", v->detail);
	rw = world_reply(r->w);
	if (reply_answer(&rw, r->a, "notice_answer", rep, m->sha256, m->received, &to, answer_data(r), NULL, 0, out, e) < 0)
		return -1;
	*n = 1;
	return 0;
}

int notice_mail(World *w, Arena *a, const MessageRow *m, const Report *r, Verdict *v, Outgoing **out, size_t *n, Err *e) {
	Releasing rel = {.w = w, .a = a, .release = v->release, .by = r->from.addr};
	*n = 0;
	*out = arena_array(a, w->rules->mail.office_n + 1, sizeof **out);
	if (v->redelivery)
		return 0;
	if (v->decides)
		return release(&rel, m, r, v, *out, n, e);
	log_warn("a code of release from %s: %s", text_mask(a, r->from.addr), v->detail);
	return world_templates(w, e) < 0 ? -1 : decision_refuse(w, a, m, r, *out, n, e);
}
