/* One line of the journal.  Refuses a line that lacks what its kind needs: it could not be replayed. */
#include "intake/journal_line.h"

#include <string.h>

#include "base/text.h"
#include "base/when.h"

static const char *const kinds[] = {
	[JOURNAL_MESSAGE] = "message",
	[JOURNAL_RULES] = "rules",
	[JOURNAL_DECISION] = "decision",
	[JOURNAL_LIMIT] = "limit",
	[JOURNAL_SENT] = "sent",
	[JOURNAL_ACTION] = "action",
};
#define KINDS (sizeof kinds / sizeof *kinds)

/* As people read it; as a number where no date of four digits says the same. */
static void write_moment(JsonOut *j, Arena *a, const char *key, int64_t at) {
	int64_t again;
	char *text = when_text(a, at);
	if (when_parse(str_of(text), false, &again) == 0 && again == at)
		json_text(j, key, text);
	else
		json_int(j, key, at);
}

/* JSON is UTF-8; a file name in a source may be anything. */
static void write_text(JsonOut *j, Arena *a, const char *key, const char *s) {
	Str text = str_of(s);
	json_text(j, key, text_valid(text) ? s : text_clean(a, text));
}

static void write_message(JsonOut *j, Arena *a, const JournalLine *l) {
	json_int(j, "seq", l->seq);
	if (l->taken)
		write_moment(j, a, "taken", l->taken);
	json_text(j, "sha256", l->archived ? hash_text(a, l->sha256) : NULL);
	if (l->headed)
		json_text(j, "head", hash_text(a, l->sha256));
	json_int(j, "bytes", (int64_t)l->bytes);
	write_text(j, a, "source", l->source ? l->source : "");
}

void line_write(Buf *out, Arena *a, const JournalLine *l, LineEnd *end) {
	size_t start = out->n;
	JsonOut j = json_to(out);
	json_object(&j, NULL);
	json_int(&j, "line", end->line + 1);
	json_text(&j, "kind", kinds[l->kind]);
	write_moment(&j, a, "at", l->at);
	json_text(&j, "prev", hash_text(a, end->hash));
	if (l->kind == JOURNAL_MESSAGE)
		write_message(&j, a, l);
	else
		json_int(&j, "after", end->seq);
	if (l->kind == JOURNAL_RULES)
		json_text(&j, "sha256", hash_text(a, l->sha256));
	if (l->name)
		write_text(&j, a, "name", l->name);
	if (l->text)
		write_text(&j, a, "text", l->text);
	json_end_object(&j);
	end->prev = end->hash;
	end->hash = hash_of(out->p + start, out->n - start);
	end->line++;
	if (l->kind == JOURNAL_MESSAGE)
		end->seq = l->seq;
	buf_char(out, '\n');
}

static int read_kind(const Json *json, JournalKind *kind, Err *e) {
	const char *name = json_str(json_get(json, "kind"), "");
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i], name) == 0) {
			*kind = (JournalKind)i;
			return 0;
		}
	return err_set(e, ERR_DISK, "no kind of line is called '%.40s'", name);
}

static int read_at(const Json *v, int64_t *at, Err *e) {
	const char *text = json_str(v, NULL);
	if (text)
		return when_parse(str_of(text), false, at) ? err_set(e, ERR_DISK, "'%.40s' is no time", text) : 0;
	*at = json_num(v, WHEN_NONE);
	return *at == WHEN_NONE ? err_set(e, ERR_DISK, "it has no time") : 0;
}

static int read_hash(const Json *v, Hash *out, Err *e) {
	return hash_parse(str_of(json_str(v, "")), out) ? err_set(e, ERR_DISK, "it lacks a hash") : 0;
}

static int read_message(const Json *json, JournalLine *l, Err *e) {
	const Json *hash = json_get(json, "sha256");
	int64_t bytes = json_num(json_get(json, "bytes"), -1);
	l->seq = json_num(json_get(json, "seq"), 0);
	l->archived = !json_is_null(hash);
	l->source = json_str(json_get(json, "source"), NULL);
	if (l->seq < 1 || bytes < 0 || !l->source)
		return err_set(e, ERR_DISK, "its message lacks order, size or source");
	l->bytes = (uint64_t)bytes;
	l->taken = l->at;
	if (json_get(json, "taken") && read_at(json_get(json, "taken"), &l->taken, e) < 0)
		return -1;
	l->headed = !l->archived && json_get(json, "head");
	return l->archived || l->headed ? read_hash(l->headed ? json_get(json, "head") : hash, &l->sha256, e) : 0;
}

int line_read(Str text, Json **json, JournalLine *l, LineEnd *end, Err *e) {
	*l = (JournalLine){0};
	*end = (LineEnd){0};
	*json = json_parse(text, e);
	if (!*json) {
		if (e)
			e->kind = ERR_DISK; /* what is broken is a file, not a caller */
		return -1;
	}
	l->line = json_num(json_get(*json, "line"), 0);
	if (l->line < 1)
		return err_set(e, ERR_DISK, "it has no number");
	if (read_kind(*json, &l->kind, e) < 0 || read_at(json_get(*json, "at"), &l->at, e) < 0 ||
	    read_hash(json_get(*json, "prev"), &end->prev, e) < 0)
		return -1;
	l->name = json_str(json_get(*json, "name"), NULL);
	l->text = json_str(json_get(*json, "text"), NULL);
	if (l->kind == JOURNAL_MESSAGE && read_message(*json, l, e) < 0)
		return -1;
	if (l->kind == JOURNAL_RULES && read_hash(json_get(*json, "sha256"), &l->sha256, e) < 0)
		return -1;
	end->line = l->line;
	end->seq = l->kind == JOURNAL_MESSAGE ? l->seq : json_num(json_get(*json, "after"), 0);
	end->hash = hash_of(text.p, text.n);
	return 0;
}
