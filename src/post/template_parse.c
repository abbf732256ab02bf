/* From a wording file to the steps that pour data into it.  Everything that could go
 * wrong with a wording is found here, at load, with its place: a mail in the making never fails.
 * It refuses values without escapes, tags over several lines, unbalanced sections and names that
 * the mail does not have. */
#include "post/template_inner.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define SHOWN_NAMES 24   /* names listed in a fault */
#define NEAR_ENOUGH 3    /* edits from a name that may have been meant */

typedef struct {
	const Name *name; /* NULL: unknown, told already */
	size_t op, at;
} Open;

typedef VEC(Op) Ops;
typedef VEC(Open) Opens;

typedef struct {
	ParseWorld *w;
	const SourceFile *file;
	Str src; /* its bytes */
	size_t end;
	bool html;
	size_t fence; /* a section ended before this op: nothing joins what is inside it */
	Ops *out;
	Opens *open;
	int included;
} Parse;

typedef struct {
	char sort; /* 0 value, # ^ / > ! */
	Str name;
	size_t at, name_at, after;
} Tag;

/* ---- names */

static Name *names_list(Arena *a, const char **s) {
	Name *first = NULL, **tail = &first;

	for (;;) {
		while (**s == ' ')
			++*s;
		if (**s == '\0' || **s == '}') {
			*s += **s == '}';
			return first;
		}
		size_t n = strcspn(*s, " {}");
		Name *x = ARENA_NEW(a, Name);
		x->name = (Str){*s, n};
		*s += n;
		if (**s == '{') {
			++*s;
			x->list = true;
			x->child = names_list(a, s);
		}
		*tail = x;
		tail = &x->next;
	}
}

Name *names_parse(Arena *a, const char *spec) {
	return names_list(a, &spec);
}

static const Name *find_in(const Name *list, Str name) {
	for (; list != NULL; list = list->next)
		if (str_eq(list->name, name))
			return list;
	return NULL;
}

/* Level i of what may be used here: 0 is the innermost list.  False behind the last. */
static bool level(const Parse *p, size_t i, const Name **list) {
	for (size_t k = p->open->n; k-- > 0;) {
		const Name *x = p->open->v[k].name;
		if (x == NULL || !x->list)
			continue;
		if (i-- == 0) {
			*list = x->child;
			return true;
		}
	}
	*list = i == 0 ? p->w->own : p->w->common;
	return i < 2;
}

static const Name *find(const Parse *p, Str name) {
	const Name *list, *x;

	for (size_t i = 0; level(p, i, &list); i++)
		if ((x = find_in(list, name)) != NULL)
			return x;
	return NULL;
}

/* ---- faults */

/* A file that several mails include is at fault once, with the names of the first. */
static bool told(ParseWorld *w, const SourceFile *f, size_t at) {
	for (size_t i = 0; i < w->told_n; i++)
		if (w->told[i].file == f && w->told[i].at == at)
			return true;
	if (w->told_n < FAULTS_MAX)
		w->told[w->told_n++] = (ToldFault){f, at};
	return false;
}

#define FAULT(p, at, ...)                                        \
	do {                                                     \
		if (!told((p)->w, (p)->file, (at)))              \
			fault_at((p)->w->faults, (p)->file, (at), __VA_ARGS__); \
	} while (0)

/* The names allowed at this place, from the innermost outward. */
static const char *allowed(const Parse *p) {
	Buf b = {0};
	const Name *list;
	size_t n = 0;

	for (size_t i = 0; level(p, i, &list); i++)
		for (; list != NULL; list = list->next) {
			if (n++ < SHOWN_NAMES) {
				buf_str(&b, n > 1 ? ", " : "");
				buf_slice(&b, list->name);
			}
		}
	if (n > SHOWN_NAMES)
		buf_fmt(&b, " and %zu more", n - SHOWN_NAMES);
	const char *text = arena_str(p->w->arena, buf_cstr(&b));
	buf_free(&b);
	return text;
}

static const char *nearest(const Parse *p, Str name) {
	const char *wrong = str_dup(p->w->arena, name), *best = NULL;
	size_t least = NEAR_ENOUGH;
	const Name *list;

	for (size_t i = 0; level(p, i, &list); i++)
		for (; list != NULL; list = list->next) {
			const char *s = str_dup(p->w->arena, list->name);
			size_t d = text_distance(wrong, s, least);
			if (d < least && d < list->name.n) {
				least = d;
				best = s;
			}
		}
	return best;
}

static void fault_unknown(const Parse *p, const Tag *t) {
	const char *near = nearest(p, t->name);

	FAULT(p, t->name_at,
	               "this mail has no {{%.*s}}%s%s%s; allowed here: %s", (int)t->name.n, t->name.p,
	               near != NULL ? "; write {{" : "", near != NULL ? near : "",
	               near != NULL ? "}}" : "", allowed(p));
}

/* ---- tags */

static Op *put(const Parse *p, OpKind kind, Str text) {
	Op *o = vec_push(p->out);

	o->kind = kind;
	o->text = text;
	o->key = kind == OP_TEXT ? 0 : template_key(text);
	return o;
}

/* Appends a piece of the source; pieces that touch become one, unless a section
 * begins or ends between them. */
static void put_text(const Parse *p, Str text) {
	Op *last = p->out->n > 0 && p->out->n != p->fence ? &p->out->v[p->out->n - 1] : NULL;

	if (last != NULL && last->kind == OP_TEXT && last->text.p + last->text.n == text.p)
		last->text.n += text.n;
	else if (text.n > 0)
		put(p, OP_TEXT, text);
}

/* A literal; HTML loses the indentation of its lines, which only costs bytes. */
static void literal(const Parse *p, size_t from, size_t to) {
	while (from < to) {
		const char *nl = memchr(p->src.p + from, '\n', to - from);
		size_t stop = nl != NULL ? (size_t)(nl - p->src.p) + 1 : to;
		size_t begin = from, text_end = stop;
		bool fresh = from == 0 || p->src.p[from - 1] == '\n';

		if (p->html && fresh)
			while (begin < stop && (p->src.p[begin] == ' ' || p->src.p[begin] == '\t'))
				begin++;
		if (nl != NULL && stop - begin >= 2 && p->src.p[stop - 2] == '\r') {
			text_end = stop - 2; /* CRLF is written LF */
			put_text(p, (Str){p->src.p + begin, text_end - begin});
			begin = stop - 1;
			text_end = stop;
		}
		put_text(p, (Str){p->src.p + begin, text_end - begin});
		from = stop;
	}
}

static bool name_ok(Str s) {
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '_'))
			return false;
	return s.n > 0;
}

/* Reads the tag that begins at `at`; -1 when it is none (told). */
static int tag_read(const Parse *p, size_t at, Tag *t) {
	Str rest = {p->src.p + at + 2, p->end - at - 2};
	ptrdiff_t close = str_find(rest, STR("}}")), nl = str_find(rest, STR("\n"));

	*t = (Tag){.at = at};
	if (rest.n > 0 && rest.p[0] == '{') {
		FAULT(p, at, "{{{ is not known: all values are escaped; write two braces");
		return -1;
	}
	if (close < 0 || (nl >= 0 && nl < close)) {
		FAULT(p, at, "{{ without }} on the same line; write }} behind the name");
		return -1;
	}
	t->after = at + 2 + (size_t)close + 2;
	Str in = str_trim((Str){rest.p, (size_t)close});
	if (in.n > 0 && strchr("#^/>!", in.p[0]) != NULL) {
		t->sort = in.p[0];
		in = str_from(in, 1);
	}
	t->name = str_trim(in);
	t->name_at = (size_t)(t->name.p - p->src.p);
	if (t->sort != '!' && !name_ok(t->name)) {
		FAULT(p, at, "a name is made of a-z, 0-9 and _; allowed here: %s",
		               allowed(p));
		return -1;
	}
	return 0;
}

/* A tag alone on its line takes the line with it; gives where its line begins. */
static bool alone(const Parse *p, size_t floor, const Tag *t, size_t *begin, size_t *next) {
	size_t b = t->at, e = t->after;

	while (b > floor && (p->src.p[b - 1] == ' ' || p->src.p[b - 1] == '\t'))
		b--;
	while (e < p->end && (p->src.p[e] == ' ' || p->src.p[e] == '\t' || p->src.p[e] == '\r'))
		e++;
	if (t->sort == 0 || (b > 0 && p->src.p[b - 1] != '\n') || (e < p->end && p->src.p[e] != '\n'))
		return false;
	*begin = b;
	*next = e < p->end ? e + 1 : e;
	return true;
}

static void section_open(Parse *p, const Tag *t) {
	const Name *x = find(p, t->name);

	if (x == NULL)
		fault_unknown(p, t);
	if (p->open->n >= TEMPLATE_MAX_NESTING)
		FAULT(p, t->at, "sections are nested deeper than %d", TEMPLATE_MAX_NESTING);
	Open *o = vec_push(p->open);
	o->at = t->at;
	o->op = p->out->n;
	/* inside {{^x}} there is no item of x whose names could be used */
	static const Name none = {.list = false};
	o->name = t->sort == '^' ? &none : x;
	put(p, t->sort == '^' ? OP_UNLESS : OP_EACH, t->name);
}

static void section_close(Parse *p, size_t floor, const Tag *t) {
	if (p->open->n <= floor) {
		FAULT(p, t->at, "{{/%.*s}} closes nothing; remove it, or open {{#%.*s}} before",
		               (int)t->name.n, t->name.p, (int)t->name.n, t->name.p);
		return;
	}
	Op *o = &p->out->v[p->open->v[p->open->n - 1].op];
	if (!str_eq(o->text, t->name))
		FAULT(p, t->at, "{{/%.*s}} closes {{%c%.*s}}; write {{/%.*s}}",
		               (int)t->name.n, t->name.p, o->kind == OP_EACH ? '#' : '^', (int)o->text.n,
		               o->text.p, (int)o->text.n, o->text.p);
	o->end = p->fence = p->out->n;
	p->open->n--;
}

static void range(Parse *p, size_t from, size_t to);

bool wording_readable(ParseWorld *w, const SourceFile *f) {
	static const char *const wide[] = {"\uFF5B\uFF5B", "\uFF5D\uFF5D"};
	for (Str rest = f->bytes, line; str_next(&rest, '\n', &line);) {
		size_t at = (size_t)(line.p - f->bytes.p);
		const char *wrong = !text_valid(line)                     ? "this line is not UTF-8; save the file as UTF-8"
		                    : line.n && memchr(line.p, 0, line.n) ? "a zero byte stands in this line; save the file as UTF-8 text"
		                                                          : NULL;
		for (size_t i = 0; i < 2 && !wrong; i++)
			if (str_find(line, str_of(wide[i])) >= 0) {
				wrong = "full-width braces mark no name; write {{ and }}";
				at += (size_t)str_find(line, str_of(wide[i]));
			}
		if (wrong) {
			fault_at(w->faults, f, at, "%s", wrong);
			return false;
		}
	}
	return true;
}

static void include(Parse *p, const Tag *t) {
	char *path = arena_fmt(p->w->arena, "templates/mail/%.*s.%s", (int)t->name.n, t->name.p,
	                       p->html ? "html" : "txt");
	const SourceFile *f = source_find(p->w->source, path);
	Parse in = *p;

	if (f == NULL) {
		FAULT(p, t->name_at, "there is no %s to include; write the file, or another name",
		               path);
		return;
	}
	if (++in.included > TEMPLATE_MAX_INCLUDES) {
		FAULT(p, t->at, "files are included deeper than %d, perhaps in a ring",
		               TEMPLATE_MAX_INCLUDES);
		return;
	}
	if (!wording_readable(p->w, f))
		return;
	in.file = f;
	in.src = f->bytes;
	range(&in, 0, f->bytes.n);
	p->fence = p->out->n;
}

static void value(Parse *p, const Tag *t) {
	const Name *x = find(p, t->name);

	if (x == NULL)
		fault_unknown(p, t);
	else if (x->list)
		FAULT(p, t->name_at,
		               "{{%.*s}} is a list; write {{#%.*s}}...{{/%.*s}} around what is shown of each",
		               (int)t->name.n, t->name.p, (int)t->name.n, t->name.p, (int)t->name.n, t->name.p);
	put(p, OP_VALUE, t->name);
}

static void tag_do(Parse *p, size_t floor, const Tag *t) {
	if (t->sort == 0)
		value(p, t);
	else if (t->sort == '#' || t->sort == '^')
		section_open(p, t);
	else if (t->sort == '/')
		section_close(p, floor, t);
	else if (t->sort == '>')
		include(p, t);
}

static void range(Parse *p, size_t from, size_t to) {
	size_t floor = p->open->n, pos = from;
	Tag t;

	p->end = to;
	while (pos < to) {
		ptrdiff_t off = str_find((Str){p->src.p + pos, to - pos}, STR("{{"));
		size_t at = off < 0 ? to : pos + (size_t)off, begin = at, next;
		if (off < 0) {
			literal(p, pos, to);
			break;
		}
		if (tag_read(p, at, &t) != 0) {
			pos = at + 2;
			continue;
		}
		if (!alone(p, pos, &t, &begin, &next))
			next = t.after;
		literal(p, pos, begin);
		tag_do(p, floor, &t);
		pos = next;
	}
	while (p->open->n > floor) {
		const Open *o = &p->open->v[--p->open->n];
		Op *op = &p->out->v[o->op];
		op->end = p->out->n;
		FAULT(p, o->at, "{{%c%.*s}} is not closed; write {{/%.*s}} behind it",
		               op->kind == OP_EACH ? '#' : '^', (int)op->text.n, op->text.p, (int)op->text.n,
		               op->text.p);
	}
}

Body template_parse(ParseWorld *w, const SourceFile *file, size_t from, size_t to, bool html) {
	Ops out = {0};
	Opens open = {0};
	Parse p = {.w = w, .file = file, .src = file->bytes, .html = html, .out = &out, .open = &open};
	Body b;

	range(&p, from, to);
	b.n = out.n;
	b.op = arena_array(w->arena, out.n + 1, sizeof(Op));
	if (out.n > 0)
		memcpy(b.op, out.v, out.n * sizeof(Op));
	vec_free(&out);
	vec_free(&open);
	return b;
}
