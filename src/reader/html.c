/* On a mail's way: the words of an HTML body, for the judge and for forms written into
 * the body.  A tolerant stripper, one pass, no tree: it refuses nothing, shows what it
 * does not understand, and is linear in the input. */
#include <stdlib.h>
#include <string.h>

#include "base/charset.h"
#include "base/text.h"
#include "reader/message.h"

#define MAX_BAD_QUOTES 100 /* tags with an unclosed quote before quotes are given up */
#define NAME_MAX_CHARS 16

typedef struct {
	Str rest;
	Buf out;
	Pointers *pointers;
	bool blank;         /* a blank is owed before the next word */
	bool pre;
	bool row_begun; /* a cell of this row of a table was met */
	bool no_end;        /* no '>' is left */
	bool no_comment_end;
	unsigned bad_quotes;
	unsigned unclosed;  /* bits of skipped[] whose end tag is not there any more */
	char quote[NAME_MAX_CHARS]; /* the element that holds quoted history, "" outside */
	unsigned quote_depth;
	char cloud[NAME_MAX_CHARS]; /* the element that holds a cloud attachment */
	unsigned cloud_depth;
	Str href;           /* of the <a> we are in */
	size_t href_at;     /* where its text starts in out */
} Html;

typedef struct {
	char name[NAME_MAX_CHARS];
	bool closing;
	Str attrs;
} Tag;

/* ---- text out ---- */

static bool at_line_start(const Html *h) {
	char c = h->out.n ? h->out.p[h->out.n - 1] : '\n';
	return c == '\n' || (c == '\t' && h->row_begun) || c == HTML_QUOTE || c == HTML_END || c == HTML_REST;
}

static void new_line(Html *h) {
	h->blank = false;
	if (!at_line_start(h))
		buf_char(&h->out, '\n');
}

static void put_code_point(Html *h, uint32_t c) {
	bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0xA0 || c == 0x3000;
	if (h->pre && c == '\n') {
		buf_char(&h->out, '\n');
	} else if (space) {
		h->blank = true;
	} else if (c >= ' ' && c != 0x7F) {
		if (h->blank && !at_line_start(h))
			buf_char(&h->out, ' ');
		h->blank = false;
		text_put(&h->out, c);
	}
}

/* ---- entities ---- */

static const struct {
	const char *name;
	uint32_t code;
} entities[] = {
	{"nbsp", 0xA0},     {"lt", '<'},         {"gt", '>'},         {"amp", '&'},
	{"quot", '"'},      {"apos", '\''},      {"ensp", ' '},       {"emsp", ' '},
	{"thinsp", ' '},    {"middot", 0xB7},    {"hellip", 0x2026},  {"mdash", 0x2014},
	{"ndash", 0x2013},  {"ldquo", 0x201C},   {"rdquo", 0x201D},   {"lsquo", 0x2018},
	{"rsquo", 0x2019},  {"times", 0xD7},     {"copy", 0xA9},      {"reg", 0xAE},
	{"yen", 0xA5},      {"bull", 0x2022},    {"deg", 0xB0},       {"plusmn", 0xB1},
	{"sup2", 0xB2},     {"laquo", 0xAB},     {"raquo", 0xBB},     {"zwnj", 0x200C},
};

/* The entity at the front ('&' first); *len its bytes, 0 when there is none. */
static uint32_t entity(Str s, size_t *len) {
	size_t n = 1;
	uint32_t c = 0;
	*len = 0;
	if (s.n > 2 && s.p[1] == '#') {
		bool hex = s.p[2] == 'x' || s.p[2] == 'X';
		char *end, digits[12];
		Str d = str_sub(s, hex ? 3 : 2, sizeof digits - 1);
		memcpy(digits, d.p, d.n);
		digits[d.n] = '\0';
		if (!d.n || !((digits[0] >= '0' && digits[0] <= '9') || hex))
			return 0;
		c = (uint32_t)strtoul(digits, &end, hex ? 16 : 10);
		n = (hex ? 3 : 2) + (size_t)(end - digits);
		if (end == digits || c == 0 || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
			return 0;
	} else {
		while (n < s.n && n < 10 && (((s.p[n] | 0x20) >= 'a' && (s.p[n] | 0x20) <= 'z') || s.p[n] == '2'))
			n++;
		for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
			if (str_is(str_sub(s, 1, n - 1), entities[i].name))
				c = entities[i].code;
		if (!c)
			return 0;
	}
	*len = n < s.n && s.p[n] == ';' ? n + 1 : n;
	return c;
}

/* An attribute's value with its entities undone. */
static Str unescape(Arena *a, Str s) {
	if (!s.n || !memchr(s.p, '&', s.n))
		return s;
	Buf b = {0};
	for (size_t len; s.n; s = str_from(s, len)) {
		uint32_t c = s.p[0] == '&' ? entity(s, &len) : 0;
		if (c)
			text_put(&b, c);
		else
			buf_char(&b, s.p[0]), len = 1;
	}
	Str out = {arena_copy(a, b.p, b.n), b.n};
	buf_free(&b);
	return out;
}

/* ---- tags ---- */

static char lower(char c) {
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool letter(char c) {
	return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool blank(char c) {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

/* Length of the tag at the front, its '>' counted; 0 when it has no end. */
static size_t tag_length(Html *h) {
	Str s = h->rest;
	const char *gt = h->no_end ? NULL : memchr(s.p, '>', s.n);
	if (!gt) {
		h->no_end = true;
		return 0;
	}
	for (size_t i = 1; h->bad_quotes < MAX_BAD_QUOTES && i < s.n; i++) {
		if (s.p[i] == '>')
			return i + 1;
		if ((s.p[i] != '"' && s.p[i] != '\'') || (s.p[i - 1] != '=' && !blank(s.p[i - 1])))
			continue;
		const char *close = memchr(s.p + i + 1, s.p[i], s.n - i - 1);
		if (!close)
			break;
		i = (size_t)(close - s.p);
	}
	h->bad_quotes++;
	return (size_t)(gt - s.p) + 1;
}

static void tag_parse(Str s, Tag *t) {
	*t = (Tag){0};
	s = str_sub(s, 1, s.n - 2);
	if (s.n && s.p[0] == '/') {
		t->closing = true;
		s = str_from(s, 1);
	}
	size_t n = 0;
	while (n < s.n && !blank(s.p[n]) && s.p[n] != '/') {
		if (n + 1 < sizeof t->name)
			t->name[n] = lower(s.p[n]);
		n++;
	}
	t->attrs = str_from(s, n);
}

/* The value of an attribute; {NULL, 0} when it is not there. */
static Str attr(const Tag *t, const char *name) {
	Str s = t->attrs;
	for (;;) {
		while (s.n && (blank(s.p[0]) || s.p[0] == '/' || s.p[0] == '=' || s.p[0] == '"'))
			s = str_from(s, 1);
		if (s.n == 0)
			return (Str){NULL, 0};
		size_t n = 0;
		while (n < s.n && !blank(s.p[n]) && s.p[n] != '=')
			n++;
		Str key = str_sub(s, 0, n), value = {"", 0};
		s = str_from(s, n);
		while (s.n && blank(s.p[0]))
			s = str_from(s, 1);
		if (s.n && s.p[0] == '=') {
			s = str_from(s, 1);
			while (s.n && blank(s.p[0]))
				s = str_from(s, 1);
			char q = s.n ? s.p[0] : 0;
			bool quoted = q == '"' || q == '\'';
			s = str_from(s, quoted ? 1 : 0);
			n = 0;
			while (n < s.n && (quoted ? s.p[n] != q : !blank(s.p[n])))
				n++;
			value = str_sub(s, 0, n);
			s = str_from(s, quoted ? n + 1 : n);
		}
		if (str_is_nocase(key, name))
			return value;
	}
}

static bool in_table(const char *name, const char *const *table, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, table[i]) == 0)
			return true;
	return false;
}

#define IN(name, table) in_table(name, table, sizeof(table) / sizeof *(table))

static const char *const blocks[] = {
	"p", "div", "br", "tr", "li", "table", "ul", "ol", "dl", "dt", "dd", "hr", "blockquote",
	"h1", "h2", "h3", "h4", "h5", "h6", "pre", "section", "article", "header", "footer",
	"form", "center", "address", "fieldset", "tbody", "thead", "body", "html",
};

/* Elements of which nothing is shown. */
static const char *const skipped[] = {"style", "script", "title", "noscript", "textarea", "svg"};

/* ids and classes of elements that hold the mail answered or forwarded. */
static const char *const history[] = {
	"isReplyContent", "gmail_quote", "gmail_quote_container", "ntes-mailmaster-quote",
	"mail-editor-reference-message-container", "yahoo_quoted", "moz-cite-prefix",
	"protonmail_quote", "mailmaster-quote", "original-content", "reply-content",
};
/* ids of empty elements, or of ones with the header lines alone, in front of it. */
static const char *const history_rest[] = {
	"divRplyFwdMsg", "appendonsend", "divtagdefaultwrapper_reply", "ydp-reply",
};
/* ids and classes of elements that hold cloud attachments, by webmail. */
static const char *const clouds[] = {
	"QQMailBigAttach", "qqmailbgattach", "divNeteaseBigAttach", "divNeteaseBigAttach_bak",
	"divNeteaseSiriusCloudAttach", "divNeteaseSiriusCloudAttachItem",
	"FoxmailClientBigAttach", "FoxmailClientBigAttachEntry", "foxmail_hugeattachment",
	"foxmail_hugeattachment_item", "foxmail_hugeattachment_filename",
};

/* Whether id or class has one of the words. */
static bool marked(const Tag *t, const char *const *table, size_t n) {
	static const char *const names[] = {"id", "class"};
	for (size_t k = 0; k < 2; k++) {
		Str rest = attr(t, names[k]), word;
		while (str_next(&rest, ' ', &word))
			for (size_t i = 0; i < n; i++)
				if (str_is_nocase(word, table[i]))
					return true;
	}
	return false;
}

#define MARKED(t, table) marked(t, table, sizeof(table) / sizeof *(table))

/* Counts an element's nesting; true when its last end tag is met. */
static bool leave(const Tag *t, char *holder, unsigned *depth) {
	if (!*holder || strcmp(t->name, holder) != 0)
		return false;
	*depth = t->closing ? *depth - 1 : *depth + 1;
	if (*depth)
		return false;
	*holder = '\0';
	return true;
}

static bool is_void(const Tag *t) {
	static const char *const voids[] = {"br", "hr", "img", "input", "meta", "link", "col"};
	return IN(t->name, voids);
}

static void enter(const Tag *t, char *holder, unsigned *depth) {
	if (is_void(t))
		return;
	memcpy(holder, t->name, NAME_MAX_CHARS);
	*depth = 1;
}

static void quote_tag(Html *h, const Tag *t) {
	if (*h->quote) {
		if (leave(t, h->quote, &h->quote_depth)) {
			new_line(h);
			buf_char(&h->out, HTML_END);
		}
		return;
	}
	if (t->closing || t->attrs.n == 0)
		return;
	bool cite = strcmp(t->name, "blockquote") == 0 && str_is_nocase(attr(t, "type"), "cite");
	if (MARKED(t, history_rest)) {
		new_line(h);
		buf_char(&h->out, HTML_REST);
	} else if (cite || MARKED(t, history)) {
		new_line(h);
		buf_char(&h->out, HTML_QUOTE);
		enter(t, h->quote, &h->quote_depth);
	}
}

static void cloud_tag(Html *h, const Tag *t) {
	if (*h->cloud) {
		leave(t, h->cloud, &h->cloud_depth);
	} else if (!t->closing && t->attrs.n && MARKED(t, clouds)) {
		enter(t, h->cloud, &h->cloud_depth);
	}
	if (t->closing || t->attrs.n == 0)
		return;
	links_add(h->pointers, unescape(h->pointers->arena, attr(t, "downloadlink")), true);
	if (strcmp(t->name, "a") == 0)
		links_add(h->pointers, unescape(h->pointers->arena, attr(t, "href")), *h->cloud != 0);
}

/* A link's target stays readable behind its words. */
static void link_tag(Html *h, const Tag *t) {
	if (!t->closing) {
		h->href = attr(t, "href");
		h->href_at = h->out.n;
		return;
	}
	Str url = str_trim(unescape(h->pointers->arena, h->href));
	h->href = (Str){NULL, 0};
	if (!str_starts_nocase(url, "http"))
		return;
	Str shown = str_trim(str_from(buf_view(&h->out), h->href_at));
	if (shown.n && str_find(url, shown) >= 0 && shown.n + 12 >= url.n)
		return;
	buf_str(&h->out, shown.n ? " <" : "<");
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] > ' ')
			buf_char(&h->out, url.p[i]);
	buf_char(&h->out, '>');
}

static void picture(Html *h, const Tag *t) {
	Str src = str_trim(attr(t, "src"));
	if (str_starts_nocase(src, "cid:") && h->pointers->cid.n < MESSAGE_MAX_CIDS)
		*vec_push(&h->pointers->cid) =
		    text_line(h->pointers->arena, unescape(h->pointers->arena, str_from(src, 4)));
}

/* The cells of a row stand on one line, parted by tabs, even where each holds paragraphs. */
static void cell(Html *h) {
	while (h->row_begun && h->out.n && h->out.p[h->out.n - 1] == '\n')
		h->out.n--;
	if (h->row_begun)
		buf_char(&h->out, '\t');
	h->row_begun = true;
}

static void layout(Html *h, const Tag *t) {
	if (strcmp(t->name, "tr") == 0 || strcmp(t->name, "table") == 0)
		h->row_begun = false;
	if (strcmp(t->name, "td") == 0 || strcmp(t->name, "th") == 0) {
		if (!t->closing)
			cell(h);
		h->blank = false;
	} else if (strcmp(t->name, "br") == 0) {
		h->blank = false;
		buf_char(&h->out, '\n');
	} else if (IN(t->name, blocks)) {
		new_line(h);
	}
	if (strcmp(t->name, "pre") == 0)
		h->pre = !t->closing;
}

/* Steps over an element that shows nothing, if its end tag is there. */
static void skip_element(Html *h, const Tag *t) {
	for (size_t i = 0; i < sizeof skipped / sizeof *skipped; i++) {
		if (t->closing || strcmp(t->name, skipped[i]) != 0 || h->unclosed & 1u << i)
			continue;
		char end[NAME_MAX_CHARS + 2] = "</";
		strcat(end, skipped[i]);
		ptrdiff_t at = str_find_nocase(h->rest, str_of(end));
		if (at < 0)
			h->unclosed |= 1u << i;
		else
			h->rest = str_from(h->rest, (size_t)at);
	}
}

/* <!-- -->, <!DOCTYPE>, <?xml?>. */
static bool declaration(Html *h) {
	Str s = h->rest;
	if (s.n < 2 || (s.p[1] != '!' && s.p[1] != '?'))
		return false;
	bool comment = str_starts(s, "<!--");
	bool *none = comment ? &h->no_comment_end : &h->no_end;
	const char *end = comment ? "-->" : ">";
	ptrdiff_t at = *none ? -1 : str_find(s, str_of(end));
	if (at < 0) {
		*none = true;
		return false;
	}
	h->rest = str_from(s, (size_t)at + strlen(end));
	return true;
}

static bool take_tag(Html *h) {
	Str s = h->rest;
	if (s.n < 3 || !(letter(s.p[1]) || (s.p[1] == '/' && letter(s.p[2]))))
		return declaration(h);
	size_t n = tag_length(h);
	if (n == 0)
		return false;
	Tag t;
	tag_parse(str_sub(s, 0, n), &t);
	h->rest = str_from(s, n);
	quote_tag(h, &t);
	cloud_tag(h, &t);
	layout(h, &t);
	if (strcmp(t.name, "a") == 0)
		link_tag(h, &t);
	else if (strcmp(t.name, "img") == 0)
		picture(h, &t);
	skip_element(h, &t);
	return true;
}

char *html_text(Arena *a, const char *html, Pointers *p) {
	Html h = {.rest = str_of(html), .pointers = p};
	while (h.rest.n) {
		size_t len = 0;
		uint32_t c = h.rest.p[0] == '&' ? entity(h.rest, &len) : 0;
		if (h.rest.p[0] == '<' && take_tag(&h))
			continue;
		if (!c)
			c = text_next(h.rest, &len);
		put_code_point(&h, c);
		h.rest = str_from(h.rest, len);
	}
	char *out = arena_copy(a, h.out.p, h.out.n);
	buf_free(&h.out);
	return out;
}
