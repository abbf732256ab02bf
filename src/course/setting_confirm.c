/* Settings on their way into force: at once, or when a second person of the secretariat has replied with the code.  A
 * proposal is a record of kind `proposal` named by its code; whoever proposed cannot confirm. */
#include "course/setting.h"

#include <string.h>

#include "base/code.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "course/decision_inner.h"
#include "home/outbox.h"

#define PROPOSAL_DAYS 7 /* then it is void */

/* ---- the rows as a text, and back */

static const char *rows_text(Arena *a, const RecordRow *row, size_t n) {
	Buf b = {0};
	JsonOut j = json_to(&b);
	json_array(&j, NULL);
	for (size_t i = 0; i < n; i++) {
		json_object(&j, NULL);
		json_text(&j, "round", row[i].round);
		json_text(&j, "ref", row[i].ref);
		json_text(&j, "state", row[i].state);
		json_text(&j, "data", row[i].data);
		json_text(&j, "addr", row[i].addr);
		json_text(&j, "detail", row[i].detail);
		json_end_object(&j);
	}
	json_end_array(&j);
	const char *text = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

static int rows_of(World *w, Arena *a, const char *text, RecordRow **row, size_t *n, Err *e) {
	Json *j = json_parse(str_of(text), e);
	if (!j)
		return -1;
	*n = json_len(j);
	*row = arena_array(a, *n + 1, sizeof **row);
	for (size_t i = 0; i < *n; i++) {
		const Json *x = json_at(j, i);
		const char *const key[] = {"round", "ref", "state", "data", "addr", "detail"};
		const char *v[6];
		for (size_t k = 0; k < 6; k++)
			v[k] = arena_str(a, json_str(json_get(x, key[k]), ""));
		(*row)[i] = (RecordRow){.kind = "setting", .round = v[0], .ref = v[1], .who = "", .at = w->env->now, .state = v[2],
		                        .data = v[3], .by = "", .addr = v[4], .detail = v[5]};
	}
	json_free(j);
	return 0;
}

/* ---- what is told */

static void items(World *w, Arena *a, Data *d, const RecordRow *row, size_t n) {
	for (size_t i = 0; i < n; i++) {
		Setting s;
		if (!setting_of(a, &row[i], &s))
			continue;
		Data *x = data_item(d, "items");
		data_text(x, "says", setting_says(w, a, &s));
		data_flag(x, "text", s.group == SETTING_TEXT);
		data_text(x, "preview", s.group == SETTING_TEXT ? s.value : "");
	}
}

/* ---- into force */

typedef struct {
	const Rules *r;
	Arena *a;
	VEC(int64_t) seq;
} Late;

/* In time by the rules of now, and no entry yet. */
static bool keep_late(void *ctx, const LogRow *row) {
	Late *l = ctx;
	int64_t received = row->message.received;
	bool now = rules_open_phase(l->r, received) || rules_excepted(l->r, row->from_addr, received);
	if (now && row->entry_n == 0)
		*vec_push(&l->seq) = row->message.seq;
	return true;
}

/* What was late and now is not is judged again by itself; its sender gets the answer. */
static int judge_late(World *w, Arena *a, const char *by, size_t *n, Err *e) {
	Late l = {.r = w->rules, .a = a};
	Doing g = {w, a, by};
	int rc = store_log_each(w->store, &(LogFilter){.outcome = "late", .since = WHEN_NONE}, keep_late, &l, e);
	*n = 0;
	for (size_t i = 0; rc == 0 && i < l.seq.n; i++) {
		const char *says;
		int taken = store_ruling_stands(w->store, l.seq.v[i], "late", "take", e);
		rc = taken < 0 ? -1 : 0;
		if (taken == 0) {
			rc = decision_take_late(&g, l.seq.v[i], words(w->rules, "setting.extended"), &says, e);
			(*n)++;
		}
	}
	vec_free(&l.seq);
	return rc;
}

int setting_apply(World *w, Arena *a, const RecordRow *row, size_t n, const char *by, Err *e) {
	size_t again;
	bool moved = false; /* a phase */
	Data *d = data_new(a);
	const char *text = rows_text(a, row, n);
	items(w, a, d, row, n); /* as things are called before */
	for (size_t i = 0; i < n; i++) {
		RecordRow r = row[i];
		r.by = by;
		r.at = w->env->now;
		if (store_record_add(w->store, &r, e) < 0)
			return -1;
		moved |= !strcmp(r.round, setting_group[SETTING_PHASE]);
		log_info("setting %s %s by %s", r.round, r.ref, by);
	}
	if (setting_refresh(w, e) < 0 || judge_late(w, a, by, &again, e) < 0 || (moved && setting_forms_stale(w, e) < 0))
		return -1;
	data_text(d, "by", by);
	data_flag(d, "done", true);
	data_text(d, "again", again ? arena_fmt(a, "%zu", again) : "");
	const char *key = arena_fmt(a, "setting %s %lld", hash_text(a, hash_of(text, strlen(text))), (long long)w->env->now);
	return outbox_tell_office(w, a, &(OwnMail){.mail = "setting", .key = key, .data = d}, NULL, e);
}

/* ---- proposed, and confirmed */

int setting_propose(World *w, Arena *a, const RecordRow *row, size_t n, const char *by, Err *e) {
	const char *text = rows_text(a, row, n);
	SealKey key;
	Data *d = data_new(a);
	if (seal_key(w->env->home, &key, e) < 0)
		return -1;
	const char *code = code_make(a, CODE_SETTING, &key, arena_fmt(a, "proposal|%s|%lld|%s", by, (long long)w->env->now, text));
	RecordRow r = {.kind = "proposal", .round = "", .ref = code, .who = "", .at = w->env->now, .state = "open", .data = "",
	               .by = by, .addr = "", .detail = text};
	if (store_record_add(w->store, &r, e) < 0)
		return -1;
	items(w, a, d, row, n);
	data_text(d, "by", by);
	data_flag(d, "proposed", true);
	data_text(d, "code", code_shown(a, code));
	data_text(d, "until", words_moment(w->rules, a, w->env->now + PROPOSAL_DAYS * 86400));
	const char *id = arena_fmt(a, "proposal %s", code);
	return outbox_tell_office(w, a, &(OwnMail){.mail = "setting", .key = id, .data = d}, by, e);
}

static int answer(World *w, Arena *a, const MessageRow *m, const Report *r, const char *why, Outgoing *out, size_t *n, Err *e) {
	Data *d = data_new(a);
	ReplyWorld rw = world_reply(w);
	Address to = {r->from.name, r->from.addr};
	data_text(d, "refused", words(w->rules, why));
	*n = 1;
	return reply_answer(&rw, a, "setting", r, m->sha256, m->received, &to, d, NULL, 0, out, e);
}

/* What was to come when it was proposed may be past by now: a closing never moves behind somebody's back. */
static bool too_late(World *w, Arena *a, const RecordRow *row, size_t n) {
	for (size_t i = 0; i < n; i++) {
		Setting s;
		if (!setting_of(a, &row[i], &s) || s.group != SETTING_PHASE || s.until >= w->env->now)
			continue;
		for (size_t k = 0; k < w->rules->phase_n; k++)
			if (!strcmp(w->rules->phase[k].id, s.ref) && s.until < w->rules->phase[k].closes)
				return true;
	}
	return false;
}

/* What could be when it was proposed and no longer can; NULL: it still can. */
static const char *overtaken(World *w, Arena *a, const RecordRow *row, size_t n) {
	return too_late(w, a, row, n) ? "setting.code_late" : setting_staff_stays(w, a, row, n) ? NULL : "setting.last_staff";
}

int setting_confirm(World *w, Arena *a, const MessageRow *m, const Report *r, Verdict *v, Outgoing *out, size_t *n, Err *e) {
	RecordRow p, *row = NULL;
	size_t rows = 0;
	*n = 0;
	int found = store_record_get(w->store, a, "proposal", "", v->confirm, "", &p, e);
	if (found < 0 || world_templates(w, e) < 0)
		return -1;
	const char *why = !found                                                       ? "setting.no_code"
	                  : strcmp(p.state, "open")                                    ? "setting.code_used"
	                  : str_is_nocase(str_of(p.by), r->from.addr)                  ? "setting.code_own"
	                  : m->received > p.at + PROPOSAL_DAYS * 86400                 ? "setting.code_old"
	                                                                               : NULL;
	if (!why && rows_of(w, a, p.detail, &row, &rows, e) < 0)
		return -1;
	if (!why)
		why = overtaken(w, a, row, rows);
	v->detail = arena_fmt(a, "%s: %s", v->detail, why ? why : "confirmed");
	if (why)
		return answer(w, a, m, r, why, out, n, e);
	const char *by = arena_fmt(a, "%s, %s", p.by, r->from.addr);
	p.state = "confirmed";
	p.by = r->from.addr;
	p.at = w->env->now;
	return store_record_add(w->store, &p, e) < 0 ? -1 : setting_apply(w, a, row, rows, by, e);
}
