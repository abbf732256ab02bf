/* The roster between its records and those who use it.  Decides nothing; a conflict is found here for everybody. */
#include "course/experts.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "home/outbox.h"

/* ---- reading */

static void take(Arena *a, const RecordRow *r, Expert *x) {
	Err ignored = {0};
	Json *json = json_parse(str_of(r->detail), &ignored); /* purged: gone */
	*x = (Expert){.code = r->who, .mail = r->addr, .tracks = r->data, .active = !strcmp(r->state, "active"),
	              .version = r->version};
	const struct {
		const char *key, **to;
	} part[] = {{"name", &x->name}, {"org", &x->org}, {"uscc", &x->uscc}, {"mobile", &x->mobile}, {"remark", &x->remark}};
	for (size_t i = 0; i < sizeof part / sizeof *part; i++)
		*part[i].to = arena_str(a, json_str(json_get(json, part[i].key), ""));
	json_free(json);
	x->label = x->name;
}

static void labels(Arena *a, Expert *x, size_t n) {
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++)
			if (i != k && !strcmp(x[i].name, x[k].name))
				x[i].label = *x[i].org ? arena_fmt(a, "%s\uFF08%s\uFF09", x[i].name, x[i].org)
				                       : arena_fmt(a, "%s\uFF08%s\uFF09", x[i].name, x[i].mail);
}

int experts_read(World *w, Arena *a, Expert **out, size_t *n, Err *e) {
	RecordRow *row, *promise;
	size_t promises;
	if (store_record_list(w->store, a, "expert", "", NULL, &row, n, e) < 0 ||
	    store_record_list(w->store, a, "promise", "", NULL, &promise, &promises, e) < 0)
		return -1;
	Expert *x = *out = arena_array(a, *n + 1, sizeof *x);
	for (size_t i = 0, k = 0; i < *n; i++) {
		take(a, &row[i], &x[i]);
		while (k < promises && strcmp(promise[k].who, x[i].code) < 0)
			k++;
		x[i].promised = !*w->rules->experts.promise || (k < promises && !strcmp(promise[k].who, x[i].code));
	}
	labels(a, x, *n);
	return 0;
}

const Expert *expert_of(const Expert *list, size_t n, const char *code) {
	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i].code, code))
			return &list[i];
	return NULL;
}

const Expert *expert_named(Arena *a, const Expert *list, size_t n, const char *text) {
	const char *key = text_key(a, text);
	const Expert *found = NULL;
	size_t named = 0;
	for (size_t i = 0; i < n; i++) {
		if (!list[i].active)
			continue;
		if (!strcmp(key, text_key(a, list[i].label)))
			return &list[i];
		if (!strcmp(key, text_key(a, list[i].name))) {
			found = &list[i];
			named++;
		}
	}
	return named == 1 ? found : NULL;
}

/* ---- tracks */

bool expert_has_track(const Expert *x, const char *track) {
	Str rest = str_of(x->tracks), one;
	if (!*x->tracks)
		return true;
	while (str_next(&rest, ',', &one))
		if (str_is_nocase(one, track))
			return true;
	return false;
}

static const Track *track_named(const Rules *r, Arena *a, const char *text) {
	const char *key = text_key(a, text);
	for (size_t i = 0; i < r->track_n; i++) {
		const Track *t = &r->track[i];
		if (!strcmp(key, text_key(a, t->code)) || !strcmp(key, text_key(a, t->ordinal)) || !strcmp(key, text_key(a, t->name)))
			return t;
	}
	return NULL;
}

/* Any sign between them: commas of both widths, semicolons, blanks, lines. */
static char *parts(Arena *a, const char *text) {
	static const char *const signs[] = {"\u3001", "\uFF0C", "\uFF1B", ",", ";", "/", " ", "\n", "\u3000"};
	Buf b = {0};
	const char *s = text_tidy(a, text);
	while (*s) {
		size_t n = 0;
		for (size_t i = 0; i < sizeof signs / sizeof *signs && !n; i++)
			n = strncmp(s, signs[i], strlen(signs[i])) ? 0 : strlen(signs[i]);
		if (n)
			buf_char(&b, '\n');
		else
			buf_char(&b, *s);
		s += n ? n : 1;
	}
	char *out = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return out;
}

const char *expert_tracks(const Rules *r, Arena *a, const char *text, const char **wrong) {
	Buf b = {0};
	Str rest = str_of(parts(a, text)), one;
	*wrong = NULL;
	while (!*wrong && str_next(&rest, '\n', &one)) {
		const Track *t = one.n ? track_named(r, a, str_dup(a, one)) : NULL;
		if (t && !strstr(arena_fmt(a, ",%s,", buf_cstr(&b)), arena_fmt(a, ",%s,", t->code)))
			buf_fmt(&b, "%s%s", b.n ? "," : "", t->code);
		else if (one.n && !t)
			*wrong = str_dup(a, one);
	}
	const char *codes = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return *wrong ? NULL : codes;
}

/* ---- conflicts */

static const char *domain_of(Arena *a, const char *addr) {
	const char *at = strrchr(addr, '@');
	return at ? text_lower(a, at + 1) : "";
}

static bool is_public(const Rules *r, const char *domain) {
	for (size_t i = 0; i < r->experts.public_domain_n; i++)
		if (!strcmp(r->experts.public_domain[i], domain))
			return true;
	return false;
}

/* The same, or one below the other: lab.x.edu.cn and x.edu.cn, but not edu.cn itself. */
static bool same_domain(const char *p, const char *q) {
	size_t n = strlen(p), m = strlen(q);
	if (n < m)
		return same_domain(q, p);
	if (n == m)
		return !strcmp(p, q);
	return p[n - m - 1] == '.' && !strcmp(p + n - m, q) && strchr(q, '.');
}

static bool shares_domain(const Rules *r, Arena *a, const Expert *x, const EntryRow *en) {
	const char *own = domain_of(a, x->mail), *theirs[] = {domain_of(a, en->email), domain_of(a, en->sender)};
	for (size_t i = 0; i < 2 && *own && !is_public(r, own); i++)
		if (*theirs[i] && !is_public(r, theirs[i]) && same_domain(own, theirs[i]))
			return true;
	return false;
}

static bool same_text(Arena *a, const char *p, const char *q) {
	const char *key = text_key(a, p);
	return *key && !strcmp(key, text_key(a, q));
}

const char *expert_conflict(const Rules *r, Arena *a, const Expert *x, const EntryRow *en) {
	unsigned c = r->experts.conflict;
	if (c & CONFLICT_ORG && same_text(a, x->org, en->org))
		return "experts.conflict_org";
	if (c & CONFLICT_USCC && same_text(a, x->uscc, en->uscc))
		return "experts.conflict_uscc";
	return c & CONFLICT_DOMAIN && shares_domain(r, a, x, en) ? "experts.conflict_domain" : NULL;
}

/* ---- writing */

int expert_record(World *w, Arena *a, const Expert *x, const char *by, Err *e) {
	Buf b = {0};
	JsonOut j = json_to(&b);
	json_object(&j, NULL);
	json_text(&j, "name", x->name);
	json_text(&j, "org", x->org);
	json_text(&j, "uscc", x->uscc);
	json_text(&j, "mobile", x->mobile);
	json_text(&j, "remark", x->remark);
	json_end_object(&j);
	RecordRow row = {.kind = "expert", .round = "", .ref = "", .who = x->code, .at = w->env->now,
	                 .state = x->active ? "active" : "retired", .data = x->tracks, .by = by, .addr = x->mail,
	                 .detail = arena_str(a, buf_cstr(&b))};
	buf_free(&b);
	return store_record_add(w->store, &row, e);
}

int expert_mail(World *w, Arena *a, const Expert *to, const char *mail, const char *key, Data *d, const Attachment *att,
                size_t n, Err *e) {
	Address addr = {to->name, to->mail};
	data_text(d, "expert", to->name);
	return outbox_tell(w, a, &(OwnMail){.mail = mail, .key = key, .data = d, .file = att, .file_n = n}, &addr, e);
}
