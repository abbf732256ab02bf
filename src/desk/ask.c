/* Joins a question of the secretariat and its answer.  Answers nobody else, to no other address than the one that asked,
 * and decides nothing. */
#include "desk/ask.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/when.h"
#include "course/setting.h"
#include "desk/ask_inner.h"
#include "desk/digest.h"
#include "post/markdown.h"

#define SETTINGS "spool/tmp/settings.xlsx"
#define HANDBOOK "templates/handbook"

const char *ask_say(const Asking *q, const char *key) {
	return words(q->w->rules, key);
}

const char *ask_minute(const Asking *q, int64_t t) {
	return when_minute(q->a, t);
}

const char *ask_state(const Asking *q, const char *state) {
	return ask_say(q, arena_fmt(q->a, "state.%s", state));
}

const char *ask_track(const Asking *q, const char *code) {
	return rules_track_name(q->w->rules, code);
}

/* Each part has a Message-ID of its own, the same whenever it is made. */
int ask_reply(Asking *q, const char *mail, size_t part, Data *d, const Attachment *att, size_t n, Err *e) {
	ReplyWorld rw = world_reply(q->w);
	const char *name = arena_fmt(q->a, "%s part %zu", hash_text(q->a, q->m->sha256), part);
	Address to = {q->r->from.name, q->r->from.addr};
	Hash key = part ? hash_of(name, strlen(name)) : q->m->sha256;
	return reply_answer(&rw, q->a, mail, q->r, key, q->m->received, &to, d, att, n, vec_push(&q->out), e);
}

static int figures(Asking *q, Err *e) {
	Data *d = data_new(q->a);
	Attachment book;
	if (digest_now(q->w, q->a, d, &book, e) < 0)
		return -1;
	return ask_reply(q, "ask_figures", 0, d, &book, 1, e);
}

static int handbook(Asking *q, Err *e) {
	Data *d = data_new(q->a);
	const Source *s = q->w->rules->source;
	for (size_t i = 0; i < s->n; i++)
		if (str_starts(str_of(s->file[i].path), HANDBOOK)) {
			data_text(d, "text", str_dup(q->a, s->file[i].bytes));
			markdown_data(q->a, s->file[i].bytes, d);
			break;
		}
	return ask_reply(q, "ask_handbook", 0, d, NULL, 0, e);
}

static int help(Asking *q, Err *e) {
	return ask_reply(q, "ask_help", 0, data_new(q->a), NULL, 0, e);
}

static int settings(Asking *q, Err *e) {
	World *w = q->w;
	Buf bytes = {0};
	int rc = file_mkdirs(w->env->home, "spool/tmp", 0700, e);
	if (rc == 0)
		rc = setting_book(w, q->a, arena_fmt(q->a, "%s/" SETTINGS, w->env->home_path), e);
	if (rc == 0)
		rc = file_read(w->env->home, SETTINGS, 0, &bytes, e);
	unlinkat(w->env->home, SETTINGS, 0);
	Attachment att = {.name = ask_say(q, "setting.file"), .media = type_media(TYPE_XLSX),
	                  .bytes = buf_give(&bytes, q->a)};
	Data *d = data_new(q->a);
	Setting *s;
	size_t n = 0;
	if (rc == 0)
		rc = setting_list(w, q->a, &s, &n, e);
	for (size_t i = 0; rc == 0 && i < n; i++)
		data_text(data_item(d, "items"), "says", setting_says(w, q->a, &s[i]));
	data_flag(d, "some", n > 0);
	data_flag(d, "confirm", w->rules->settings_confirm);
	return rc < 0 ? -1 : ask_reply(q, "ask_settings", 0, d, &att, 1, e);
}

static int give(Asking *q, int rc, Outgoing **out, size_t *n) {
	*out = arena_array(q->a, q->out.n + 1, sizeof **out);
	if (rc == 0 && q->out.n)
		memcpy(*out, q->out.v, q->out.n * sizeof **out);
	*n = rc == 0 ? q->out.n : 0;
	vec_free(&q->out);
	return rc;
}

int said_mail(World *w, Arena *a, const MessageRow *m, const Report *r, Verdict *v, Outgoing **out, size_t *n, Err *e) {
	Asking q = {.w = w, .a = a, .m = m, .r = r, .v = v};
	*n = 0;
	if (world_templates(w, e) < 0)
		return -1;
	return give(&q, said_answer(&q, e), out, n);
}

int ask_mail(World *w, Arena *a, const MessageRow *m, const Report *r, Verdict *v, Outgoing **out, size_t *n, Err *e) {
	static int (*const answer[])(Asking * q, Err * e) = {
		[ASK_FIGURES] = figures, [ASK_LIST] = ask_list,         [ASK_FIND] = ask_find,
		[ASK_FILES] = ask_files, [ASK_HANDBOOK] = handbook,     [ASK_HELP] = help, [ASK_SETTINGS] = settings,
		[ASK_EXPERTS] = ask_experts, [ASK_ASSIGN] = ask_assign, [ASK_SCORES] = ask_scores, [ASK_RECOMMEND] = ask_recommend,
		[ASK_CONFIRM] = ask_confirm,
		[ASK_ROADSHOW] = ask_roadshow,
		[ASK_AWARDS] = ask_awards, [ASK_BOOK] = ask_book,
	};
	Asking q = {.w = w, .a = a, .m = m, .r = r, .v = v};
	*n = 0;
	if (world_templates(w, e) < 0)
		return -1;
	return give(&q, answer[v->ask](&q, e), out, n);
}
