/* The wording of the robot's mails: loaded once with the rules, poured for each mail.
 * A wording that names what its mail does not have is refused at load; pouring cannot fail but for
 * a mail that is in no table. */
#include "post/template.h"

#include <string.h>

#include "base/text.h"
#include "post/kinds.h"
#include "post/template_inner.h"

#define SUBJECT_HEAD "Subject:"

typedef struct {
	const MailKind *kind;
	Body subject, text, html;
} Wording;

struct Templates {
	Arena *arena;
	Wording *wording; /* mail_kind_n, in the table's order */
	Data *common;
};

/* ---- loading */

static const SourceFile *wording_file(ParseWorld *w, const char *mail, const char *suffix) {
	char *path = arena_fmt(w->arena, "templates/mail/%s.%s", mail, suffix);
	const SourceFile *f = source_find(w->source, path);

	if (f == NULL) {
		fault_file(w->faults, path, "there is no such file; write the wording of the mail '%s'", mail);
		return NULL;
	}
	return wording_readable(w, f) ? f : NULL;
}

static size_t skip_bom(Str s) {
	return str_starts(s, "\xEF\xBB\xBF") ? 3 : 0;
}

/* The .txt: its first line is the subject, the second is blank. */
static void load_text(ParseWorld *w, Wording *x) {
	const SourceFile *f = wording_file(w, x->kind->name, "txt");

	if (f == NULL)
		return;
	Str src = f->bytes;
	size_t head = skip_bom(src);
	const char *nl = memchr(src.p + head, '\n', src.n - head);
	size_t line_end = nl != NULL ? (size_t)(nl - src.p) : src.n;
	Str line = str_trim((Str){src.p + head, line_end - head}), rest = str_from(src, line_end + 1), second;

	if (!str_starts(line, SUBJECT_HEAD) || str_trim(str_from(line, strlen(SUBJECT_HEAD))).n == 0) {
		fault_at(w->faults, f, head, "the first line is the mail's subject; write '%s ...'", SUBJECT_HEAD);
		return;
	}
	Str subject = str_trim(str_from(line, strlen(SUBJECT_HEAD)));
	size_t from = (size_t)(subject.p - src.p);
	x->subject = template_parse(w, f, from, from + subject.n, false);
	Str after = rest;
	if (!str_next(&after, '\n', &second) || str_trim(second).n > 0) {
		fault_at(w->faults, f, line_end + 1, "the second line is blank; the text begins on the third");
		return;
	}
	x->text = template_parse(w, f, (size_t)(second.p - src.p) + second.n + 1, src.n, false);
}

static void load_html(ParseWorld *w, Wording *x) {
	const SourceFile *f = wording_file(w, x->kind->name, "html");

	if (f != NULL)
		x->html = template_parse(w, f, skip_bom(f->bytes), f->bytes.n, true);
}

/* What every mail may say without being told: it changes with the rules only. */
static Data *common_data(Arena *a, const Rules *r) {
	Data *d = data_new(a);

	data_text(d, "contest", r->name);
	data_text(d, "short_name", r->short_name);
	data_text(d, "theme", r->theme);
	data_text(d, "organiser", r->organiser);
	data_text(d, "committee", r->committee);
	data_text(d, "website", r->website);
	data_text(d, "bulletin", r->bulletin);
	data_text(d, "final_text", r->final_text);
	data_text(d, "eligibility_text", r->eligibility_text);
	data_text(d, "form_title", r->form_title);
	data_text(d, "robot", r->mail.robot.addr);
	data_text(d, "max_size", words_bytes(r, a, (uint64_t)r->mail.max_bytes));
	data_text(d, "files_size", words_bytes(r, a, rules_files_limit(r)));
	data_text(d, "sample_track", r->track_n > 0 ? r->track[0].code : "");
	data_text(d, "sample_number", r->track_n > 0 ? rules_number(r, a, r->track[0].code, 7) : "");
	for (size_t i = 0; i < r->contact_n; i++) {
		Data *c = data_item(d, "contacts");
		data_text(c, "name", r->contact[i].name);
		data_text(c, "phone", r->contact[i].phone);
		data_text(c, "mail", r->contact[i].mail);
		data_flag(c, "more", i + 1 < r->contact_n);
	}
	return d;
}

Templates *templates_load(const Rules *r, Buf *faults, Err *e) {
	Arena *a = arena_new();
	Templates *t = ARENA_NEW(a, Templates);
	ParseWorld w = {.arena = a, .source = r->source, .faults = faults_new()};

	t->arena = a;
	t->wording = arena_array(a, mail_kind_n, sizeof(Wording));
	w.common = names_parse(a, mail_common_names);
	for (size_t i = 0; i < mail_kind_n; i++) {
		t->wording[i].kind = &mail_kind[i];
		w.own = names_parse(a, mail_kind[i].names);
		if (mail_kind[i].priority)
			load_text(&w, &t->wording[i]);
		load_html(&w, &t->wording[i]);
	}
	size_t n = faults_count(w.faults);
	faults_write(w.faults, faults);
	faults_free(w.faults);
	if (n > 0) {
		arena_free(a);
		err_set(e, ERR_RULES, "%zu fault%s in templates/mail", n, n == 1 ? "" : "s");
		return NULL;
	}
	t->common = common_data(a, r);
	return t;
}

void templates_free(Templates *t) {
	if (t != NULL)
		arena_free(t->arena);
}

/* ---- pouring */

typedef enum { POUR_LINE, POUR_TEXT, POUR_HTML } PourSort;

typedef struct {
	const Data *context[TEMPLATE_MAX_NESTING + 2]; /* innermost last */
	size_t n;
	PourSort sort;
	Buf *out;
} Pour;

static const Cell *look(const Pour *p, const Op *o) {
	const Cell *c = NULL;

	for (size_t i = p->n; i-- > 0 && c == NULL;)
		c = data_cell(p->context[i], o->key, o->text);
	return c;
}

/* Whole runs at a time: most values hold nothing to escape. */
static void pour_html(Buf *out, const char *s) {
	const char *from = s, *as;

	for (;; s++) {
		switch (*s) {
		case '\0': as = ""; break;
		case '&': as = "&amp;"; break;
		case '<': as = "&lt;"; break;
		case '>': as = "&gt;"; break;
		case '"': as = "&quot;"; break;
		case '\'': as = "&#39;"; break;
		case '\n': as = "<br>"; break;
		case '\r': as = ""; break;
		default: continue;
		}
		buf_add(out, from, (size_t)(s - from));
		if (*s == '\0')
			return;
		buf_str(out, as);
		from = s + 1;
	}
}

/* A subject is one line: nothing in it can begin another header. */
static void pour_plain(Buf *out, const char *s, bool line) {
	const char *from = s;

	for (;; s++) {
		bool blank = line && (((uint8_t)*s < ' ' && *s != '\0') || *s == 0x7F);
		if (*s != '\0' && *s != '\r' && !blank)
			continue;
		buf_add(out, from, (size_t)(s - from));
		if (*s == '\0')
			return;
		if (blank)
			buf_char(out, ' ');
		from = s + 1;
	}
}

static void pour_value(Pour *p, const Op *o) {
	const Cell *c = look(p, o);

	if (c == NULL)
		return;
	if (p->sort == POUR_HTML && c->html)
		buf_str(p->out, c->text);
	else if (p->sort == POUR_HTML)
		pour_html(p->out, c->text);
	else
		pour_plain(p->out, c->text, p->sort == POUR_LINE);
}

/* Recursion is as deep as the sections were when parsed: TEMPLATE_MAX_NESTING. */
static void pour(Pour *p, const Body *b, size_t from, size_t to) {
	for (size_t i = from; i < to; i++) {
		const Op *o = &b->op[i];
		if (o->kind == OP_TEXT) {
			buf_slice(p->out, o->text);
			continue;
		}
		if (o->kind == OP_VALUE) {
			pour_value(p, o);
			continue;
		}
		const Cell *c = look(p, o);
		bool filled = c != NULL && (c->first != NULL || *c->text != '\0');
		if (filled == (o->kind == OP_EACH)) {
			const Data *item = filled ? c->first : NULL;
			if (item == NULL)
				pour(p, b, i + 1, o->end);
			for (; item != NULL; item = item->next) {
				p->context[p->n++] = item;
				pour(p, b, i + 1, o->end);
				p->n--;
			}
		}
		i = o->end - 1;
	}
}

/* At most one blank line in a row, none at the ends: sections that say nothing leave
 * no holes. */
static void close_holes(Buf *b, size_t from) {
	size_t w = from, newlines = 2;

	for (size_t i = from; i < b->n; i++) {
		newlines = b->p[i] == '\n' ? newlines + 1 : 0;
		if (newlines <= 2)
			b->p[w++] = b->p[i];
	}
	while (w > from && b->p[w - 1] == '\n')
		w--;
	b->n = w;
	buf_char(b, '\n');
}

int template_render(const Templates *t, const char *mail, const Data *d, Buf *subject, Buf *text, Buf *html,
                    Err *e) {
	const MailKind *k = kind_find(mail);

	if (k == NULL)
		return err_set(e, ERR_BUG, "no mail '%s' in the table of mails", mail);
	const Wording *x = &t->wording[k - mail_kind];
	Pour p = {.context = {t->common, d}, .n = 2, .sort = POUR_LINE, .out = subject};
	pour(&p, &x->subject, 0, x->subject.n);
	p.sort = POUR_TEXT;
	p.out = text;
	size_t from = text->n;
	pour(&p, &x->text, 0, x->text.n);
	close_holes(text, from);
	p.sort = POUR_HTML;
	p.out = html;
	pour(&p, &x->html, 0, x->html.n);
	return 0;
}

int template_page(const Templates *t, const char *page, const Data *d, Buf *html, Err *e) {
	const MailKind *k = kind_find(page);

	if (k == NULL || k->priority)
		return err_set(e, ERR_BUG, "no page '%s' in the table of mails", page);
	const Wording *x = &t->wording[k - mail_kind];
	Pour p = {.context = {t->common, d}, .n = 2, .sort = POUR_HTML, .out = html};
	pour(&p, &x->html, 0, x->html.n);
	return 0;
}
