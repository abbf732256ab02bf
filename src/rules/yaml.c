/* First step of the loader: bytes of a rules file -> a tree with places.
 * Refuses what a person would not write (anchors, aliases, tags, several documents), so
 * no few bytes can stand for many. */
#include "rules/yaml.h"

#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "rules/yamlfault.h"

typedef struct {
	Arena *arena;
	const SourceFile *file;
	Faults *faults;
	struct fy_parser *parser;
	size_t nodes;
	size_t last; /* where the last token ended, for what has none */
	bool gave_up;
} Reader;

static const Yaml *read_node(Reader *r, struct fy_event *e, unsigned depth);

static struct fy_event *next(Reader *r) {
	return r->gave_up ? NULL : fy_parser_parse(r->parser);
}

static void done(Reader *r, struct fy_event *e) {
	fy_parser_event_free(r->parser, e);
}

static size_t token_at(Reader *r, struct fy_token *t) {
	const struct fy_mark *m = t ? fy_token_start_mark(t) : NULL;
	return m ? m->input_pos : r->last;
}

static size_t token_end(Reader *r, struct fy_token *t) {
	const struct fy_mark *m = t ? fy_token_end_mark(t) : NULL;
	if (m)
		r->last = m->input_pos;
	return r->last;
}

static Yaml *node(Reader *r, YamlKind kind, struct fy_token *t) {
	Yaml *y = ARENA_NEW(r->arena, Yaml);
	*y = (Yaml){.kind = kind, .file = r->file, .text = ""};
	y->at = token_at(r, t);
	y->end = token_end(r, t);
	if (++r->nodes > YAML_MAX_NODES && !r->gave_up) {
		fault_at(r->faults, r->file, y->at, "more than %d values in one file; split the file",
		         YAML_MAX_NODES);
		r->gave_up = true;
	}
	return y;
}

/* Anchors and tags are refused wherever they stand. */
static void refuse_marks(Reader *r, struct fy_token *anchor, struct fy_token *tag) {
	if (anchor)
		fault_at(r->faults, r->file, token_at(r, anchor),
		         "anchors (&name) are not used here; write the value itself, or put a text that "
		         "begins with & between quotes");
	if (tag)
		fault_at(r->faults, r->file, token_at(r, tag),
		         "tags (!name) are not used here; put a text that begins with ! between quotes");
}

static bool control_in(const char *s, size_t n) {
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F)
			return true;
	}
	return false;
}

static const Yaml *read_text(Reader *r, struct fy_event *e) {
	struct fy_token *t = e->scalar.value;
	refuse_marks(r, e->scalar.anchor, e->scalar.tag);
	Yaml *y = node(r, YAML_TEXT, t);
	size_t n = 0;
	const char *s = t ? fy_token_get_text(t, &n) : NULL;
	if (!s)
		return y;
	enum fy_scalar_style style = fy_token_scalar_style(t);
	if (style == FYSS_LITERAL || style == FYSS_FOLDED)
		y->at += strspn(r->file->bytes.p + y->at, " \n\r\t");
	if (control_in(s, n)) {
		fault_at(r->faults, r->file, y->at, "a control character in the text; leave it out");
		y->kind = YAML_NONE;
		return y;
	}
	y->text = arena_copy(r->arena, s, n);
	return y;
}

static bool too_deep(Reader *r, const Yaml *y, unsigned depth) {
	if (depth < YAML_MAX_DEPTH)
		return false;
	if (!r->gave_up)
		fault_at(r->faults, r->file, y->at, "maps and lists stand in one another more than %d deep",
		         YAML_MAX_DEPTH);
	return r->gave_up = true;
}

typedef VEC(const Yaml *) Nodes;

static const Yaml **keep(Reader *r, Nodes *v) {
	const Yaml **out = arena_array(r->arena, v->n, sizeof *out);
	if (v->n)
		memcpy(out, v->v, v->n * sizeof *out);
	vec_free(v);
	return out;
}

static const Yaml *read_list(Reader *r, struct fy_event *e, unsigned depth) {
	refuse_marks(r, e->sequence_start.anchor, e->sequence_start.tag);
	Yaml *y = node(r, YAML_LIST, e->sequence_start.sequence_start);
	Nodes items = {0};
	struct fy_event *next_e;
	while (!too_deep(r, y, depth) && (next_e = next(r))) {
		bool end = next_e->type == FYET_SEQUENCE_END;
		if (end)
			y->end = token_end(r, next_e->sequence_end.sequence_end);
		else
			*vec_push(&items) = read_node(r, next_e, depth + 1);
		done(r, next_e);
		if (end)
			break;
	}
	y->n = items.n;
	y->item = keep(r, &items);
	return y;
}

/* Sorted copies of a map's keys, to find doubles without comparing each with
 * each. */
static int by_text_then_place(const void *a, const void *b) {
	const Yaml *x = *(const Yaml *const *)a, *y = *(const Yaml *const *)b;
	int c = strcmp(x->text, y->text);
	return c ? c : x->at < y->at ? -1 : x->at > y->at;
}

static void refuse_doubles(Reader *r, const Yaml *map) {
	if (map->n < 2)
		return;
	const Yaml **key = mem_alloc(map->n * sizeof *key);
	memcpy(key, map->key, map->n * sizeof *key);
	qsort(key, map->n, sizeof *key, by_text_then_place);
	for (size_t i = 1; i < map->n; i++) {
		if (key[i]->kind != YAML_TEXT || strcmp(key[i]->text, key[i - 1]->text) != 0)
			continue;
		size_t line, column;
		fault_place(r->file, key[i - 1]->at, &line, &column);
		fault_at(r->faults, r->file, key[i]->at,
		         "the key \"%s\" is given twice, first on line %zu; keep one of them", key[i]->text,
		         line);
	}
	free(key);
}

static const Yaml *map_key(Reader *r, struct fy_event *e, unsigned depth) {
	const Yaml *key = read_node(r, e, depth);
	if (key->kind == YAML_MAP || key->kind == YAML_LIST) {
		fault_at(r->faults, r->file, key->at,
		         "a key must be a text; put {} or [] between quotes where they are text");
		Yaml *none = node(r, YAML_NONE, NULL);
		none->at = key->at;
		return none;
	}
	return key;
}

static const Yaml *read_map(Reader *r, struct fy_event *e, unsigned depth) {
	refuse_marks(r, e->mapping_start.anchor, e->mapping_start.tag);
	Yaml *y = node(r, YAML_MAP, e->mapping_start.mapping_start);
	Nodes keys = {0}, items = {0};
	struct fy_event *next_e;
	while (!too_deep(r, y, depth) && (next_e = next(r))) {
		bool end = next_e->type == FYET_MAPPING_END;
		if (end)
			y->end = token_end(r, next_e->mapping_end.mapping_end);
		else if (keys.n == items.n)
			*vec_push(&keys) = map_key(r, next_e, depth + 1);
		else
			*vec_push(&items) = read_node(r, next_e, depth + 1);
		done(r, next_e);
		if (end)
			break;
	}
	y->n = keys.n < items.n ? keys.n : items.n;
	y->key = keep(r, &keys);
	y->item = keep(r, &items);
	refuse_doubles(r, y);
	return y;
}

static const Yaml *read_node(Reader *r, struct fy_event *e, unsigned depth) {
	switch (e->type) {
	case FYET_SCALAR:
		return read_text(r, e);
	case FYET_SEQUENCE_START:
		return read_list(r, e, depth);
	case FYET_MAPPING_START:
		return read_map(r, e, depth);
	case FYET_ALIAS: {
		Yaml *y = node(r, YAML_NONE, e->alias.anchor);
		fault_at(r->faults, r->file, y->at,
		         "aliases (*name) are not used here; write the value itself, or put a text that "
		         "begins with * between quotes");
		return y;
	}
	default:
		return node(r, YAML_NONE, NULL);
	}
}

/* libfyaml's place is a line and a column from 1; ours a byte offset. */
static size_t offset_of(const SourceFile *file, int line, int column) {
	size_t at = 0, len;
	Str b = file->bytes;
	for (int i = 1; i < line && at < b.n; at++)
		i += b.p[at] == '\n';
	for (int i = 1; i < column && at < b.n && b.p[at] != '\n'; i++, at += len)
		text_next(str_from(b, at), &len);
	return at;
}

static void syntax_faults(Reader *r, struct fy_diag *diag) {
	void *at = NULL;
	struct fy_diag_error *one = fy_diag_errors_iterate(diag, &at);
	if (r->gave_up)
		return;
	/* What follows the first is mostly its echo. */
	yaml_fault(r->faults, r->file, one ? offset_of(r->file, one->line, one->column) : 0, one ? one->msg : NULL);
}

/* One document, and nothing behind it. */
static const Yaml *read_stream(Reader *r) {
	const Yaml *root = NULL;
	size_t documents = 0;
	struct fy_event *e;
	while ((e = next(r))) {
		if (e->type == FYET_DOCUMENT_START && ++documents == 2) {
			fault_at(r->faults, r->file, token_at(r, fy_event_get_token(e)),
			         "a second document begins here; remove the line of three dashes");
			r->gave_up = true;
		} else if (e->type == FYET_MAPPING_START || e->type == FYET_SEQUENCE_START ||
		           e->type == FYET_SCALAR || e->type == FYET_ALIAS) {
			root = read_node(r, e, 0);
		}
		done(r, e);
	}
	return root;
}

/* True when the bytes are text at all; else with a fault. */
static bool readable(const SourceFile *file, Faults *f) {
	Str b = file->bytes;
	if (text_valid(b) && (b.n == 0 || !memchr(b.p, 0, b.n)))
		return true;
	size_t at = 0, len;
	for (Str rest = b; rest.n; rest = str_from(b, at)) {
		if (rest.p[0] == '\0' || (text_next(rest, &len) == 0xFFFD && !str_starts(rest, "\uFFFD")))
			break;
		at += len;
	}
	if (b.n >= 2 && (((unsigned char)b.p[0] == 0xFF && (unsigned char)b.p[1] == 0xFE) ||
	                 ((unsigned char)b.p[0] == 0xFE && (unsigned char)b.p[1] == 0xFF)))
		fault_at(f, file, 0, "the file is UTF-16, not UTF-8; save it as UTF-8");
	else if (at < b.n && b.p[at] == '\0')
		fault_at(f, file, at, "a zero byte stands here; save the file as UTF-8 text");
	else
		fault_at(f, file, at, "the file is not UTF-8 (probably GBK, called ANSI in Windows); save "
		                      "it as UTF-8");
	return false;
}

const Yaml *yaml_read(Arena *a, const SourceFile *file, Faults *f) {
	if (!readable(file, f))
		return NULL;
	struct fy_diag_cfg quiet;
	fy_diag_cfg_default(&quiet);
	quiet.fp = NULL;
	struct fy_diag *diag = fy_diag_create(&quiet);
	fy_diag_set_collect_errors(diag, true);
	struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG, .diag = diag};
	Reader r = {.arena = a, .file = file, .faults = f, .parser = fy_parser_create(&cfg)};
	const Yaml *root = NULL;
	if (r.parser && fy_parser_set_string(r.parser, file->bytes.p, file->bytes.n) == 0)
		root = read_stream(&r);
	bool bad = !r.parser || fy_parser_get_stream_error(r.parser) || r.gave_up;
	if (bad)
		syntax_faults(&r, diag);
	else if (!root || (root->kind == YAML_TEXT && !*root->text))
		fault_at(f, file, 0, "the file is empty; write what xinlv-rules(5) lists for it");
	fy_parser_destroy(r.parser);
	fy_diag_destroy(diag);
	return bad || !root || (root->kind == YAML_TEXT && !*root->text) ? NULL : root;
}

const Yaml *yaml_get(const Yaml *map, const char *key, const Yaml **key_node) {
	if (!map || map->kind != YAML_MAP)
		return NULL;
	for (size_t i = 0; i < map->n; i++)
		if (strcmp(map->key[i]->text, key) == 0) {
			if (key_node)
				*key_node = map->key[i];
			return map->item[i];
		}
	return NULL;
}

static bool blank(char c) {
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Characters that are not blank stand in the file in the same order as in the
 * text, whatever the folding; a doubled quote counts once. */
size_t yaml_offset(const Yaml *t, size_t n) {
	const char *want = t->text;
	for (; n && text_step(&want); n--)
		;
	size_t solid = 0;
	for (const char *p = t->text; p < want; p++)
		solid += !blank(*p);
	Str b = t->file->bytes;
	bool single = t->at > 0 && b.p[t->at - 1] == '\'';
	bool twice = t->at > 0 && b.p[t->at - 1] == '"';
	size_t at = t->at;
	for (; at < t->end && at < b.n; at++) {
		if (blank(b.p[at]))
			continue;
		if ((single && b.p[at] == '\'') || (twice && b.p[at] == '\\'))
			at++;
		if (solid-- == 0)
			break;
	}
	return at < t->end ? at : t->end;
}
