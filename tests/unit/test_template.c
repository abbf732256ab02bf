/* The wording language: what is poured, and what is refused at load with its place. */
#include "row.h"

#include "base/text.h"
#include "post/kinds.h"
#include "post/template_inner.h"

/* ---- parsing and pouring through one small mail's names, without the contest */

#define NAMES "title empty note list{name more inner{x}} blank{name}"
#define COMMON "contest"

typedef struct {
	Arena *a;
	Source source;
	SourceFile file[8];
	Buf faults;
} Bench;

static void bench_file(Bench *b, const char *path, const char *text) {
	b->file[b->source.n++] = (SourceFile){.path = arena_str(b->a, path), .bytes = str_of(text)};
}

static int by_path(const void *x, const void *y) {
	return strcmp(((const SourceFile *)x)->path, ((const SourceFile *)y)->path);
}

/* Parses x.html or x.txt; the faults as text, "" when there are none. */
static const char *parse(Bench *b, const char *path, Body *body) {
	ParseWorld w = {.arena = b->a, .faults = faults_new()};

	qsort(b->file, b->source.n, sizeof *b->file, by_path);
	b->source.file = b->file;
	w.source = &b->source;
	w.own = names_parse(b->a, NAMES);
	w.common = names_parse(b->a, COMMON);
	const SourceFile *f = source_find(&b->source, path);
	*body = template_parse(&w, f, 0, f->bytes.n, strstr(path, ".html") != NULL);
	buf_clear(&b->faults);
	faults_write(w.faults, &b->faults);
	faults_free(w.faults);
	return buf_cstr(&b->faults);
}

/* A program of ops as text: T"..." V(name) E(name ...) U(name ...). */
static void dump(Buf *out, const Body *b, size_t from, size_t to) {
	for (size_t i = from; i < to; i++) {
		const Op *o = &b->op[i];
		if (o->kind == OP_TEXT) {
			buf_slice(out, o->text);
			continue;
		}
		buf_fmt(out, "%c<%.*s", "TVEU"[o->kind], (int)o->text.n, o->text.p);
		if (o->kind != OP_VALUE) {
			buf_char(out, ' ');
			dump(out, b, i + 1, o->end);
			i = o->end - 1;
		}
		buf_char(out, '>');
	}
}

static void test_syntax(void **state) {
	static const struct {
		const char *name, *path, *text, *want;
	} rows[] = {
		{"plain", "templates/mail/x.txt", "hello\n", "hello\n"},
		{"value", "templates/mail/x.txt", "a{{title}}b", "aV<title>b"},
		{"blanks in a tag", "templates/mail/x.txt", "{{ title }}{{# list }}{{ / list }}", "V<title>E<list >"},
		{"common name", "templates/mail/x.txt", "{{contest}}", "V<contest>"},
		{"section", "templates/mail/x.txt", "{{#list}}{{name}}{{#more}},{{/more}}{{/list}}", "E<list V<name>E<more ,>>"},
		{"outer name inside", "templates/mail/x.txt", "{{#list}}{{#inner}}{{x}}{{name}}{{title}}{{/inner}}{{/list}}",
		 "E<list E<inner V<x>V<name>V<title>>>"},
		{"inverted", "templates/mail/x.txt", "{{^list}}none{{/list}}", "U<list none>"},
		{"comment", "templates/mail/x.txt", "a{{! any {thing} 中文 }}b", "ab"},
		{"section alone on its line", "templates/mail/x.txt", "a\n  {{#note}}  \nb\n{{/note}}\nc", "a\nE<note b\n>c"},
		{"value alone keeps its line", "templates/mail/x.txt", "a\n{{title}}\nb", "a\nV<title>\nb"},
		{"two sections on a line keep it", "templates/mail/x.txt", "{{#note}}{{/note}}\nb", "E<note >\nb"},
		{"comment alone", "templates/mail/x.txt", "a\n{{! gone }}\nb", "a\nb"},
		{"last line without its end", "templates/mail/x.txt", "a\n{{#note}}b\n{{/note}}", "a\nE<note b\n>"},
		{"CRLF", "templates/mail/x.txt", "a\r\n{{#note}}\r\nb\r\n{{/note}}\r\n", "a\nE<note b\n>"},
		{"html loses indentation", "templates/mail/x.html", "  <p>\n\t\t{{title}}\n  </p>\n", "<p>\nV<title>\n</p>\n"},
		{"text keeps it", "templates/mail/x.txt", "  a\n\tb\n", "  a\n\tb\n"},
		{"braces that are no tag", "templates/mail/x.txt", "a { b } }} c", "a { b } }} c"},
		{"include", "templates/mail/x.txt", "a\n{{>part}}\nb", "a\n(V<title>)\nb"},
		{"include in a section", "templates/mail/x.txt", "{{#list}}{{>item}}{{/list}}", "E<list V<name>>"},
		{"include of its own kind", "templates/mail/x.html", "{{>part}}", "<i>V<title></i>"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Bench b = {.a = arena_new()};
		Body body;
		Buf got = {0};
		bench_file(&b, rows[i].path, rows[i].text);
		bench_file(&b, "templates/mail/part.txt", "({{title}})\n");
		bench_file(&b, "templates/mail/part.html", "<i>{{title}}</i>");
		bench_file(&b, "templates/mail/item.txt", "{{name}}");
		ROW_STR(rows[i].name, parse(&b, rows[i].path, &body), "");
		dump(&got, &body, 0, body.n);
		ROW_STR(rows[i].name, buf_cstr(&got), rows[i].want);
		buf_free(&got);
		buf_free(&b.faults);
		arena_free(b.a);
	}
}

static void test_faults(void **state) {
	static const struct {
		const char *name, *text, *place, *says;
	} rows[] = {
		{"unknown name", "中文{{titel}}", "x.txt:1:5: ", "no {{titel}}; write {{title}}; allowed here: title, empty, note"},
		{"unknown, nothing near", "\n\n {{zzzzzzzz}}", "x.txt:3:4: ", "no {{zzzzzzzz}}; allowed here: title"},
		{"name of another list", "{{#list}}{{x}}{{/list}}", "x.txt:1:12: ", "allowed here: name, more, inner, title"},
		{"name outside its list", "{{name}}", "x.txt:1:3: ", "no {{name}}"},
		{"name in the empty case", "{{^list}}{{name}}{{/list}}", "x.txt:1:12: ", "no {{name}}"},
		{"unknown section", "{{#lost}}{{/lost}}", "x.txt:1:4: ", "write {{list}}"},
		{"list as a value", "a {{list}}", "x.txt:1:5: ", "is a list; write {{#list}}...{{/list}}"},
		{"not closed", "a\n{{#note}}\nb", "x.txt:2:1: ", "{{#note}} is not closed; write {{/note}}"},
		{"not closed, inverted", "{{^note}}", "x.txt:1:1: ", "{{^note}} is not closed"},
		{"closes nothing", "ab{{/note}}", "x.txt:1:3: ", "closes nothing"},
		{"closes another", "{{#note}}{{/title}}", "x.txt:1:10: ", "{{/title}} closes {{#note}}; write {{/note}}"},
		{"no end of tag", "a {{title\n}}", "x.txt:1:3: ", "{{ without }} on the same line"},
		{"no end at all", "a {{title", "x.txt:1:3: ", "{{ without }}"},
		{"three braces", "{{{title}}}", "x.txt:1:1: ", "all values are escaped"},
		{"no name", "{{}}", "x.txt:1:1: ", "a name is made of"},
		{"Chinese name", "{{标题}}", "x.txt:1:1: ", "a name is made of"},
		{"missing include", "{{>nothing}}", "x.txt:1:4: ", "no templates/mail/nothing.txt"},
		{"ring", "{{>ring}}", "ring.txt:1:2: ", "perhaps in a ring"},
		{"fault in an include", "{{>bad}}", "bad.txt:2:3: ", "no {{titel}}"},
		{"section open across files", "{{>half}}{{/note}}", "half.txt:1:1: ", "is not closed"},
		{"not UTF-8", "{{>gbk}}", "gbk.txt:1:1: ", "not UTF-8"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Bench b = {.a = arena_new()};
		Body body;
		bench_file(&b, "templates/mail/x.txt", rows[i].text);
		bench_file(&b, "templates/mail/bad.txt", "ok\n{{titel}}\n");
		bench_file(&b, "templates/mail/half.txt", "{{#note}}");
		bench_file(&b, "templates/mail/ring.txt", "-{{>ring}}");
		bench_file(&b, "templates/mail/gbk.txt", "\xB1\xA8\xC3\xFB");
		const char *got = parse(&b, "templates/mail/x.txt", &body);
		if (strstr(got, rows[i].place) == NULL || strstr(got, rows[i].says) == NULL)
			fail_msg("row %s: got\n%s", rows[i].name, got);
		buf_free(&b.faults);
		arena_free(b.a);
	}
}

static void test_deep(void **state) {
	Bench b = {.a = arena_new()};
	Buf text = {0};
	Body body;

	(void)state;
	for (int i = 0; i < TEMPLATE_MAX_NESTING + 1; i++)
		buf_str(&text, "{{#note}}");
	for (int i = 0; i < TEMPLATE_MAX_NESTING + 1; i++)
		buf_str(&text, "{{/note}}");
	bench_file(&b, "templates/mail/deep.txt", buf_cstr(&text));
	bench_file(&b, "templates/mail/right.txt", arena_copy(b.a, text.p + 9, text.n - 18));
	assert_non_null(strstr(parse(&b, "templates/mail/deep.txt", &body), "nested deeper than"));
	assert_string_equal(parse(&b, "templates/mail/right.txt", &body), "");
	buf_free(&text);
	buf_free(&b.faults);
	arena_free(b.a);
}

/* Noise never does more than fault. */
static void test_noise(void **state) {
	uint64_t seed = 20230331;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		Bench b = {.a = arena_new()};
		Body body;
		char text[64];
		random_fill(&seed, text, sizeof text - 1, "{{}}#/^>!note\n ");
		text[sizeof text - 1] = '\0';
		bench_file(&b, "templates/mail/x.txt", text_clean(b.a, str_of(text)));
		parse(&b, "templates/mail/x.txt", &body);
		for (size_t k = 0; k < body.n; k++)
			assert_true(body.op[k].kind < OP_EACH || (body.op[k].end > k && body.op[k].end <= body.n));
		buf_free(&b.faults);
		arena_free(b.a);
	}
}

/* ---- whole sets of wordings: every mail of the table, rendered with made-up data */

static Rules bare_rules(Source *s) {
	static Contact contact[] = {{"A & B", "010", ""}, {"C", "020", ""}};

	return (Rules){.edition = "t", .name = "<Contest>", .short_name = "S", .theme = "", .organiser = "", .committee = "",
	               .website = "", .final_text = "", .eligibility_text = "", .form_title = "", .contact = contact,
	               .contact_n = 2, .source = s, .mail = {.robot = {"", "r@x.org"}}};
}

typedef struct {
	Arena *a;
	Source source;
	Rules rules;
} Set;

static Set set_new(void) {
	Set s = {.a = arena_new()};

	s.source.file = arena_array(s.a, 2 * mail_kind_n, sizeof *s.source.file);
	for (size_t i = 0; i < mail_kind_n; i++) {
		s.source.file[s.source.n++] = (SourceFile){.path = arena_fmt(s.a, "templates/mail/%s.txt", mail_kind[i].name),
		                                               .bytes = STR("Subject: s\n\nt\n")};
		s.source.file[s.source.n++] = (SourceFile){.path = arena_fmt(s.a, "templates/mail/%s.html", mail_kind[i].name),
		                                               .bytes = STR("<p>h</p>\n")};
	}
	qsort(s.source.file, s.source.n, sizeof *s.source.file, by_path);
	return s;
}

static void set_text(Set *s, const char *path, const char *text) {
	for (size_t i = 0; i < s->source.n; i++)
		if (strcmp(s->source.file[i].path, path) == 0)
			s->source.file[i].bytes = str_of(text);
}


static void test_set(void **state) {
	static const struct {
		const char *name, *path, *text, *says; /* text NULL: the file is missing */
	} rows[] = {
		{"no subject", "templates/mail/help.txt", "hello\n\nt\n", "templates/mail/help.txt:1:1: the first line is the mail's subject"},
		{"empty subject", "templates/mail/help.txt", "Subject:  \n\nt\n", "help.txt:1:1: "},
		{"empty file", "templates/mail/help.txt", "", "help.txt:1:1: "},
		{"no blank line", "templates/mail/help.txt", "Subject: s\nt\n", "help.txt:2:1: the second line is blank"},
		{"subject alone", "templates/mail/help.txt", "Subject: s", "the second line is blank"},
		{"unknown in subject", "templates/mail/help.txt", "Subject: {{nr}}\n\nt\n", "help.txt:1:12: this mail has no {{nr}}"},
		{"unknown in text", "templates/mail/help.txt", "Subject: s\n\n a{{nr}}\n", "help.txt:3:5: this mail has no {{nr}}"},
		{"unknown in html", "templates/mail/receipt.html", "<p>\n{{numbr}}</p>", "receipt.html:2:3: this mail has no {{numbr}}; write {{number}}"},
		{"full-width braces", "templates/mail/help.txt", "Subject: s\n\na｛｛number｝｝\n", "help.txt:3:2: full-width braces mark no name; write {{ and }}"},
		{"GBK", "templates/mail/help.html", "<p>\n\xB1\xA8\n", "help.html:2:1: this line is not UTF-8"},
		{"missing", "templates/mail/late.html", NULL, "templates/mail/late.html: there is no such file"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Set s = set_new();
		Buf faults = {0};
		Err e = {0};
		if (rows[i].text != NULL)
			set_text(&s, rows[i].path, rows[i].text);
		else
			for (size_t k = 0; k < s.source.n; k++)
				if (strcmp(s.source.file[k].path, rows[i].path) == 0)
					s.source.file[k].path = "templates/mail/lat.html";
		s.rules = bare_rules(&s.source);
		assert_null(templates_load(&s.rules, &faults, &e));
		ROW_INT(rows[i].name, e.kind, ERR_RULES);
		if (strstr(buf_cstr(&faults), rows[i].says) == NULL)
			fail_msg("row %s: got\n%s", rows[i].name, buf_cstr(&faults));
		buf_free(&faults);
		arena_free(s.a);
	}
}

/* A file that all mails include is at fault once. */
static void test_fault_once(void **state) {
	Set s = set_new();
	Buf faults = {0};
	Err e = {0};

	(void)state;
	SourceFile *more = arena_array(s.a, s.source.n + 1, sizeof *more);
	memcpy(more, s.source.file, s.source.n * sizeof *more);
	more[s.source.n++] = (SourceFile){.path = "templates/mail/zfoot.html", .bytes = STR("{{nr}}")};
	s.source.file = more;
	for (size_t i = 0; i < s.source.n - 1; i++)
		if (strstr(more[i].path, ".html") != NULL)
			more[i].bytes = STR("{{>zfoot}}");
	s.rules = bare_rules(&s.source);
	assert_null(templates_load(&s.rules, &faults, &e));
	const char *first = strstr(buf_cstr(&faults), "zfoot.html:1:3: ");
	assert_non_null(first);
	assert_null(strstr(first + 1, "zfoot.html:1:3: "));
	buf_free(&faults);
	arena_free(s.a);
}

/* What is poured: escapes, empty and filled, items, blank lines, subjects of one line. */
static void test_pour(void **state) {
	static const struct {
		const char *name, *subject, *text, *html;           /* the wording */
		const char *want_subject, *want_text, *want_html;
	} rows[] = {
		{"escapes", "{{subject}}", "{{subject}}", "<b>{{subject}}</b>", "a<b>&'\"c   d", "a<b>&'\"c\n d\n",
		 "<b>a&lt;b&gt;&amp;&#39;&quot;c<br> d</b>"},
		{"common", "{{contest}}", "{{contest}}", "{{contest}}", "<Contest>", "<Contest>\n", "&lt;Contest&gt;"},
		{"list of all mails", "s", "{{#contacts}}{{name}}{{#more}}, {{/more}}{{/contacts}}",
		 "{{#contacts}}{{name}};{{/contacts}}", "s", "A & B, C\n", "A &amp; B;C;"},
		{"empty", "s{{#left}}x{{/left}}{{^left}}y{{/left}}", "{{^over}}open{{/over}}{{#over}}closed{{/over}}", "{{left}}|",
		 "sy", "closed\n", "|"},
		{"items", "s", "{{#tracks}}{{code}}{{^requires}}-{{/requires}} {{/tracks}}", "{{^tracks}}no{{/tracks}}", "s",
		 "A- B- \n", ""},
		{"inner hides outer", "s", "{{#phases}}{{name}}{{opens}}|{{/phases}}{{opens}}", "h", "s", "P|outer\n", "h"},
		{"holes close", "s", "a\n\n{{left}}\n\n\n\nb\n\n\n", "h", "s", "a\n\nb\n", "h"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Set s = set_new();
		Buf faults = {0}, subject = {0}, text = {0}, html = {0};
		Err e = {0};
		set_text(&s, "templates/mail/help.txt", arena_fmt(s.a, "Subject: %s\n\n%s", rows[i].subject, rows[i].text));
		set_text(&s, "templates/mail/help.html", rows[i].html);
		s.rules = bare_rules(&s.source);
		Templates *t = templates_load(&s.rules, &faults, &e);
		if (t == NULL)
			fail_msg("row %s: %s", rows[i].name, buf_cstr(&faults));
		Data *d = data_new(s.a);
		data_text(d, "subject", "a<b>&'\"c\r\n d");
		data_text(d, "opens", "outer");
		data_flag(d, "over", true);
		data_text(data_item(d, "tracks"), "code", "A");
		data_text(data_item(d, "tracks"), "code", "B");
		Data *p = data_item(d, "phases");
		data_text(p, "name", "P");
		data_text(p, "opens", "");
		ROW_INT(rows[i].name, template_render(t, "help", d, &subject, &text, &html, &e), 0);
		ROW_STR(rows[i].name, buf_cstr(&subject), rows[i].want_subject);
		ROW_STR(rows[i].name, buf_cstr(&text), rows[i].want_text);
		ROW_STR(rows[i].name, buf_cstr(&html), rows[i].want_html);
		ROW_INT(rows[i].name, template_render(t, "nothing", d, &subject, &text, &html, &e), -1);
		ROW_INT(rows[i].name, e.kind, ERR_BUG);
		templates_free(t);
		buf_free(&faults);
		buf_free(&subject);
		buf_free(&text);
		buf_free(&html);
		arena_free(s.a);
	}
}

static void test_table(void **state) {
	(void)state;
	for (size_t i = 0; i < mail_kind_n; i++) {
		ROW_TRUE(mail_kind[i].name, kind_find(mail_kind[i].name) == &mail_kind[i]);
		ROW_TRUE(mail_kind[i].name, mail_kind[i].priority >= 0 && mail_kind[i].priority <= 4);
	}
	assert_null(kind_find("nothing"));
}

/* ---- data */

static void test_data(void **state) {
	Arena *a = arena_new();
	Data *d = data_new(a);
	char name[] = "name";

	(void)state;
	data_text(d, name, "first");
	name[0] = 'x'; /* names are kept as copies */
	data_text(d, "name", "second");
	data_fmt(d, "long", "%0600d", 7);
	data_flag(d, "on", true);
	data_flag(d, "off", false);
	data_text(d, "null", NULL);
	Data *item = data_item(d, "list");
	data_text(item, "name", "inner");
	data_item(d, "list");
	const Cell *c = data_cell(d, template_key(STR("name")), STR("name"));
	assert_string_equal(c->text, "second");
	assert_int_equal(strlen(data_cell(d, template_key(STR("long")), STR("long"))->text), 600);
	assert_string_equal(data_cell(d, template_key(STR("off")), STR("off"))->text, "");
	assert_string_equal(data_cell(d, template_key(STR("null")), STR("null"))->text, "");
	assert_null(data_cell(d, template_key(STR("xame")), STR("xame")));
	c = data_cell(d, template_key(STR("list")), STR("list"));
	assert_ptr_equal(c->first, item);
	assert_non_null(c->first->next);
	assert_null(c->first->next->next);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syntax), cmocka_unit_test(test_faults), cmocka_unit_test(test_deep),
		cmocka_unit_test(test_noise), cmocka_unit_test(test_set), cmocka_unit_test(test_fault_once),
		cmocka_unit_test(test_pour), cmocka_unit_test(test_table), cmocka_unit_test(test_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
