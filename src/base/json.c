/* At both ends of the way: what we write for other programs and into the
 * journal, and how we read it again.  Refuses duplicate keys, NUL inside text
 * and anything behind the value.
 *
 * jansson has functions called like four of ours.  They are renamed before its
 * header is read (none is called here), and base/json.h hides ours from the
 * dynamic linker, or jansson would call them in place of its own. */
#define json_object jansson_object
#define json_array jansson_array
#define json_true jansson_true
#define json_null jansson_null
#include <jansson.h>
#undef json_object
#undef json_array
#undef json_true
#undef json_null
#undef json_is_null

#include "base/json.h"

#include <string.h>

JsonOut json_to(Buf *out) {
	return (JsonOut){.out = out};
}

/* The letter behind the backslash; 'u' for \u00xx; 0 for a byte as it is. */
static char escape_of(unsigned char c) {
	switch (c) {
	case '"': return '"';
	case '\\': return '\\';
	case '\b': return 'b';
	case '\f': return 'f';
	case '\n': return 'n';
	case '\r': return 'r';
	case '\t': return 't';
	default: return c < 0x20 ? 'u' : 0;
	}
}

static void quote(Buf *out, const char *s) {
	static const char digits[] = "0123456789abcdef";
	buf_char(out, '"');
	for (const char *run = s;; s++) {
		unsigned char c = (unsigned char)*s;
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(out, run, (size_t)(s - run));
		if (!c)
			break;
		char letter = escape_of(c);
		char text[6] = {'\\', letter, '0', '0', digits[c >> 4], digits[c & 15]};
		buf_add(out, text, letter == 'u' ? 6 : 2);
		run = s + 1;
	}
	buf_char(out, '"');
}

static void begin(JsonOut *j, const char *key) {
	if (j->comma)
		buf_char(j->out, ',');
	if (key) {
		quote(j->out, key);
		buf_char(j->out, ':');
	}
	j->comma = true;
}

static void open_with(JsonOut *j, const char *key, char bracket) {
	begin(j, key);
	buf_char(j->out, bracket);
	j->comma = false;
}

static void close_with(JsonOut *j, char bracket) {
	buf_char(j->out, bracket);
	j->comma = true;
}

void json_object(JsonOut *j, const char *key) {
	open_with(j, key, '{');
}

void json_end_object(JsonOut *j) {
	close_with(j, '}');
}

void json_array(JsonOut *j, const char *key) {
	open_with(j, key, '[');
}

void json_end_array(JsonOut *j) {
	close_with(j, ']');
}

void json_text(JsonOut *j, const char *key, const char *value) {
	begin(j, key);
	if (value)
		quote(j->out, value);
	else
		buf_str(j->out, "null");
}

void json_int(JsonOut *j, const char *key, int64_t value) {
	begin(j, key);
	buf_fmt(j->out, "%lld", (long long)value);
}

void json_bool(JsonOut *j, const char *key, bool value) {
	begin(j, key);
	buf_str(j->out, value ? "true" : "false");
}

void json_null(JsonOut *j, const char *key) {
	begin(j, key);
	buf_str(j->out, "null");
}

void json_raw(JsonOut *j, const char *key, Str json) {
	begin(j, key);
	buf_slice(j->out, json);
}

/* Json is jansson's json_t under another name; only these two lines know. */
static const json_t *inner(const Json *v) {
	return (const json_t *)v;
}

static const Json *outer(const json_t *v) {
	return (const Json *)v;
}

/* jansson steps from member to member; so that a walk by index is not quadratic,
 * the place of the last answer is kept.  Trees never change once parsed. */
static struct {
	const Json *object;
	size_t i;
	void *at;
} last;

Json *json_parse(Str s, Err *e) {
	json_error_t fault;
	json_t *root = json_loadb(s.p ? s.p : "", s.n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &fault);
	if (!root)
		err_set(e, ERR_BUG, "JSON line %d, column %d: %s", fault.line, fault.column, fault.text);
	return (Json *)root;
}

void json_free(Json *root) {
	last.object = NULL;
	json_decref((json_t *)root);
}

const Json *json_get(const Json *object, const char *key) {
	return outer(json_object_get(inner(object), key));
}

const char *json_str(const Json *v, const char *otherwise) {
	const char *s = json_string_value(inner(v));
	return s ? s : otherwise;
}

int64_t json_num(const Json *v, int64_t otherwise) {
	return json_is_integer(inner(v)) ? json_integer_value(inner(v)) : otherwise;
}

bool json_true(const Json *v) {
	return json_is_true(inner(v));
}

bool json_is_null(const Json *v) {
	return !v || json_typeof(inner(v)) == JSON_NULL;
}

size_t json_len(const Json *array) {
	return json_array_size(inner(array));
}

const Json *json_at(const Json *array, size_t i) {
	return outer(json_array_get(inner(array), i));
}

size_t json_members(const Json *object) {
	return json_object_size(inner(object));
}

const Json *json_member(const Json *object, size_t i, const char **key) {
	json_t *o = (json_t *)(uintptr_t)object;
	if (key)
		*key = NULL;
	if (i >= json_object_size(o))
		return NULL;
	if (last.object != object || i < last.i) {
		last.object = object;
		last.i = 0;
		last.at = json_object_iter(o);
	}
	for (; last.i < i; last.i++)
		last.at = json_object_iter_next(o, last.at);
	if (key)
		*key = json_object_iter_key(last.at);
	return outer(json_object_iter_value(last.at));
}
