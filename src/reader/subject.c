/* On a mail's way: the subject as its first writer meant it.  Prefixes of programs and
 * tags of spam filters go, again and again, since they pile up.  Refuses to leave
 * nothing: a subject of prefixes alone becomes "". */
#include <string.h>

#include "base/text.h"
#include "reader/message.h"

typedef enum { REPLY, FORWARD } Kind;

/* Before a colon, half- or full-width. */
static const struct {
	const char *word;
	Kind kind;
} prefixes[] = {
	{"re", REPLY},       {"aw", REPLY},       {"sv", REPLY},        {"回复", REPLY},
	{"答复", REPLY},     {"回覆", REPLY},     {"答覆", REPLY},      {"回信", REPLY},
	{"回復", REPLY},     {"fw", FORWARD},     {"fwd", FORWARD},     {"转发", FORWARD},
	{"轉發", FORWARD},   {"轉寄", FORWARD},   {"转寄", FORWARD},    {"wg", FORWARD},
};

/* What a filter writes in brackets; `*` and blanks around it do not count. */
static const char *const tags[] = {
	"spam", "疑似垃圾邮件", "可能是垃圾邮件", "垃圾邮件", "疑似垃圾", "广告邮件", "suspected spam",
	"probable spam", "possible spam", "spam?", "bulk", "外部邮件", "外部", "external",
	"external email", "外来邮件", "疑似广告", "疑似广告邮件", "疑似钓鱼邮件", "可疑邮件", "junk",
	"主题含有垃圾信息", "邮件来自外部",
};

static const struct {
	const char *open, *close;
} brackets[] = {
	{"[", "]"}, {"【", "】"}, {"(", ")"}, {"（", "）"}, {"{", "}"}, {"［", "］"}, {"<", ">"}, {"***", "***"},
};

static const char *blanks(const char *s) {
	for (;;) {
		if (*s == ' ' || *s == '\t')
			s++;
		else if (strncmp(s, "\xE3\x80\x80", 3) == 0)
			s += 3;
		else
			return s;
	}
}

/* Behind a colon, or NULL. */
static const char *colon(const char *s) {
	s = blanks(s);
	if (*s == ':')
		return s + 1;
	return strncmp(s, "\xEF\xBC\x9A", 3) == 0 ? s + 3 : NULL;
}

/* [2], (3), ^2, 2 behind Re. */
static const char *counter(const char *s) {
	const char *p = s;
	char close = *p == '[' ? ']' : *p == '(' ? ')' : '\0';
	if (close || *p == '^' || *p == '*')
		p++;
	size_t n = strspn(p, "0123456789");
	if (n == 0 || n > 4)
		return s;
	p += n;
	if (!close)
		return p;
	return *p == close ? p + 1 : s;
}

static const char *prefix(const char *s, Kind *kind) {
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		if (!str_starts_nocase(str_of(s), prefixes[i].word))
			continue;
		const char *rest = colon(counter(s + strlen(prefixes[i].word)));
		if (rest) {
			*kind = prefixes[i].kind;
			return rest;
		}
	}
	return NULL;
}

static const char *tag(const char *s) {
	for (size_t i = 0; i < sizeof brackets / sizeof *brackets; i++) {
		size_t open = strlen(brackets[i].open);
		if (strncmp(s, brackets[i].open, open) != 0)
			continue;
		const char *close = strstr(s + open, brackets[i].close);
		if (!close || close - s > 80)
			continue;
		Str inside = {s + open, (size_t)(close - s) - open};
		while (inside.n && strchr("* :", inside.p[0]))
			inside = str_from(inside, 1);
		while (inside.n && strchr("* :", inside.p[inside.n - 1]))
			inside.n--;
		for (size_t k = 0; k < sizeof tags / sizeof *tags; k++)
			if (str_is_nocase(inside, tags[k]))
				return close + strlen(brackets[i].close);
	}
	return NULL;
}

char *subject_bare(Arena *a, const char *subject, unsigned *replies, unsigned *forwards) {
	const char *s = blanks(subject);
	*replies = *forwards = 0;
	for (;;) {
		Kind kind;
		const char *rest = prefix(s, &kind);
		if (rest)
			++*(kind == REPLY ? replies : forwards);
		else if (!(rest = tag(s)))
			break;
		s = blanks(rest);
	}
	return text_line(a, str_of(s));
}
