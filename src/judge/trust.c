/* Who may decide: a workbook of decisions counts from an address of the secretariat alone, and where the operator named
 * servers to trust, only when such a server says that the mail is from there.  A From header proves nothing; the seals in
 * the rows are checked by others.  It refuses to look below the uppermost word of a trusted server: what stands further
 * down may have been there before the mail came. */
#include <string.h>
#include <strings.h>

#include "judge/inner.h"
#include "store/record.h"

#define RESULT_TOKENS 2000 /* of one Authentication-Results, comments not counted */

/* ---- Authentication-Results, RFC 8601 */

typedef enum { TOKEN_END, TOKEN_TEXT, TOKEN_SIGN } TokenKind; /* a sign: ; or = */

typedef struct {
	Arena *a;
	Str rest;
	TokenKind kind;
	char sign;
	const char *text;
	size_t left;
} Tokens;

/* Comments may hold comments, and a backslash takes away the meaning of what follows. */
static void skip_comment(Str *s) {
	size_t depth = 0, i = 0;
	for (; i < s->n; i++) {
		if (s->p[i] == '\\')
			i++;
		else if (s->p[i] == '(')
			depth++;
		else if (s->p[i] == ')' && --depth == 0)
			break;
	}
	*s = str_from(*s, i + 1);
}

static const char *quoted(Tokens *t) {
	Buf b = {0};
	size_t i = 1;
	for (; i < t->rest.n && t->rest.p[i] != '"'; i++) {
		if (t->rest.p[i] == '\\' && i + 1 < t->rest.n)
			i++;
		buf_char(&b, t->rest.p[i]);
	}
	t->rest = str_from(t->rest, i + 1);
	const char *text = arena_str(t->a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

static void step_token(Tokens *t) {
	static const char ends[] = " \t\r\n;=()\"";
	for (;;) {
		t->rest = str_trim(t->rest);
		if (!t->rest.n || *t->rest.p != '(')
			break;
		skip_comment(&t->rest);
	}
	t->kind = TOKEN_END;
	t->text = "";
	if (!t->rest.n || !t->left)
		return;
	t->left--;
	t->kind = TOKEN_TEXT;
	if (strchr(";=)", *t->rest.p)) {
		t->kind = TOKEN_SIGN;
		t->sign = *t->rest.p;
		t->rest = str_from(t->rest, 1);
	} else if (*t->rest.p == '"') {
		t->text = quoted(t);
	} else {
		size_t n = 0;
		while (n < t->rest.n && !memchr(ends, t->rest.p[n], sizeof ends - 1))
			n++;
		t->text = str_dup(t->a, str_sub(t->rest, 0, n));
		t->rest = str_from(t->rest, n);
	}
}

static bool at_sign(const Tokens *t, char sign) {
	return t->kind == TOKEN_SIGN && t->sign == sign;
}

/* method=result with what it was found for. */
typedef struct {
	const char *method, *result;
	const char *from, *d, *i, *mailfrom, *auth;
} Result;

/* A name given twice says nothing one could rely on. */
static void take_property(Result *r, const char *name, const char *value) {
	const struct {
		const char *name, **to;
	} of[] = {{"header.from", &r->from}, {"header.d", &r->d}, {"header.i", &r->i}, {"smtp.mailfrom", &r->mailfrom},
	          {"smtp.auth", &r->auth}};
	for (size_t i = 0; i < sizeof of / sizeof *of; i++)
		if (!strcasecmp(name, of[i].name))
			*of[i].to = **of[i].to ? "?" : value;
}

/* From behind one ; to the next. */
static Result read_result(Tokens *t) {
	Result r = {"", "", "", "", "", "", ""};
	bool first = true;
	for (step_token(t); t->kind != TOKEN_END && !at_sign(t, ';');) {
		const char *name = t->kind == TOKEN_TEXT ? t->text : "";
		step_token(t);
		if (!at_sign(t, '='))
			continue;
		step_token(t);
		if (t->kind != TOKEN_TEXT)
			continue;
		if (first) {
			r.method = name;
			r.result = t->text;
		} else {
			take_property(&r, name, t->text);
		}
		first = false;
		step_token(t);
	}
	return r;
}

static const char *domain_of(const char *addr) {
	const char *at = strrchr(addr, '@');
	return at ? at + 1 : addr;
}

/* The same domain, or one below it. */
static bool below(const char *domain, const char *of) {
	size_t n = strlen(domain), m = strlen(of);
	if (!m || !strchr(of, '.') || m > n || strcasecmp(domain + n - m, of))
		return false;
	return m == n || domain[n - m - 1] == '.';
}

static bool speaks_for(const Result *r, const char *addr) {
	const char *domain = domain_of(addr);
	if (strcasecmp(r->result, "pass"))
		return false;
	if (!strcasecmp(r->method, "dmarc"))
		return *r->from && !strcasecmp(domain_of(r->from), domain);
	if (!strcasecmp(r->method, "dkim"))
		return below(domain, *r->d ? r->d : domain_of(r->i));
	if (!strcasecmp(r->method, "spf"))
		return *r->mailfrom && !strcasecmp(domain_of(r->mailfrom), domain);
	if (!strcasecmp(r->method, "auth"))
		return mail_same(r->auth, addr);
	return false;
}

/* One header's word: 1 it speaks for the address, 0 it does not, -1 it is no trusted server's. */
static int header_says(const Case *c, Str line) {
	const MailConf *m = &c->j->rules->mail;
	Tokens t = {.a = c->a, .rest = line, .left = RESULT_TOKENS};
	bool trusted = false;
	step_token(&t);
	for (size_t i = 0; t.kind == TOKEN_TEXT && i < m->trusted_authserv_n; i++)
		trusted |= !strcasecmp(t.text, m->trusted_authserv[i]);
	if (!trusted)
		return -1;
	while (t.kind != TOKEN_END && !at_sign(&t, ';'))
		step_token(&t);
	while (at_sign(&t, ';')) {
		Result r = read_result(&t);
		if (speaks_for(&r, c->r->from.addr))
			return 1;
	}
	return 0;
}

static bool vouched_for(const Case *c) {
	Str rest = str_of(c->r->auth_results), line;
	while (str_next(&rest, '\n', &line)) {
		int says = header_says(c, line);
		if (says >= 0)
			return says > 0;
	}
	return false;
}

/* ---- decisions */

static bool listed(const Case *c) {
	return rules_is_office(c->j->rules, c->r->from.addr);
}

bool trust_staff(const Case *c) {
	return listed(c) && (!c->j->rules->mail.trusted_authserv_n || vouched_for(c));
}

int trust_expert(Case *c, const char **code) {
	RecordRow r;
	*code = "";
	int found = c->j->store ? store_record_addr(c->j->store, c->a, "expert", c->r->from.addr, &r, c->e) : 0;
	if (found <= 0 || strcmp(r.state, "active") != 0)
		return found < 0 ? -1 : 0;
	if (c->j->rules->mail.trusted_authserv_n && !vouched_for(c))
		return 0;
	*code = r.who;
	return 1;
}

/* Whose workbook it is: the secretariat's, or an expert's, whose rows are told apart by their seals. */
static int decides(Case *c) {
	Verdict *v = c->v;
	bool vouched = !c->j->rules->mail.trusted_authserv_n || vouched_for(c);
	int expert = listed(c) ? 0 : trust_expert(c, &v->role);
	if (expert < 0)
		return -1;
	v->decides = expert || (listed(c) && vouched);
	if (listed(c))
		v->role = vouched ? "office" : "";
	if (expert)
		v->detail = "a workbook of an expert's";
	else if (v->decides)
		v->detail = "a workbook of decisions";
	else if (listed(c))
		v->detail = "a workbook of decisions, refused: no trusted server vouches for its sender";
	else
		v->detail = "a workbook of decisions, refused: its sender is not of the secretariat";
	return 1;
}

/* What a robot sends back enclosed (an absence notice with our mail in it) is no decision of anybody's. */
int kind_decision(Case *c) {
	if (!c->r->decision_n || kind_weak(c->r))
		return 0;
	c->v->outcome = OUTCOME_DECISION;
	return decides(c);
}

void trust_decision(Case *c, const char *what) {
	Verdict *v = c->v;
	v->outcome = OUTCOME_DECISION;
	if (!listed(c)) {
		v->detail = arena_fmt(c->a, "%s, refused: its sender is not of the secretariat", what);
	} else if (c->j->rules->mail.trusted_authserv_n && !vouched_for(c)) {
		v->detail = arena_fmt(c->a, "%s, refused: no trusted server vouches for its sender", what);
	} else {
		v->decides = true;
		v->role = "office";
		v->detail = what;
	}
}
