/* show: one entry whole. */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "command/command.h"
#include "command/filter.h"
#include "command/options.h"
#include "command/print.h"

typedef struct {
	EntryRow entry;
	MessageRow message;
	FieldRow *field;
	size_t field_n;
	FileRow *file;
	size_t file_n;
	FileRow *later; /* supplements */
	size_t later_n;
	EventRow *event;
	size_t event_n;
} Whole;

static int read_whole(World *w, Arena *a, const char *number, Whole *out, Err *e) {
	const char *known = rules_find_number(w->rules, a, number);
	number = known ? known : number;
	int found = store_entry_get(w->store, a, number, &out->entry, e);
	if (found <= 0)
		return found < 0 ? -1 : err_set(e, ERR_MISSING, "there is no entry %s", number);
	return store_message_get(w->store, a, out->entry.seq, &out->message, e) < 0 ||
	               store_entry_fields(w->store, a, number, &out->field, &out->field_n, e) < 0 ||
	               store_entry_files(w->store, a, number, &out->file, &out->file_n, e) < 0 ||
	               store_entry_supplements(w->store, a, number, &out->later, &out->later_n, e) < 0 ||
	               store_entry_events(w->store, a, number, &out->event, &out->event_n, e) < 0
	           ? -1
	           : 0;
}

/* members of members.name */
static Str table_of(const char *key) {
	const char *dot = strrchr(key, '.');
	return dot ? (Str){key, (size_t)(dot - key)} : str_of(key);
}

/* The rows of one table, from field i on: an array of objects. Returns the index behind. Fields come sorted by table,
 * then row. */
static size_t table_json(JsonOut *j, Arena *a, const Whole *x, size_t i) {
	Str table = table_of(x->field[i].key);
	json_array(j, str_dup(a, table));
	while (i < x->field_n && x->field[i].row > 0 && str_eq(table_of(x->field[i].key), table)) {
		int64_t row = x->field[i].row;
		json_object(j, NULL);
		for (; i < x->field_n && x->field[i].row == row && str_eq(table_of(x->field[i].key), table); i++)
			json_text(j, x->field[i].key + (table.n < strlen(x->field[i].key) ? table.n + 1 : 0), x->field[i].value);
		json_end_object(j);
	}
	json_end_array(j);
	return i;
}

static void fields_json(JsonOut *j, Arena *a, const Whole *x) {
	json_object(j, "fields");
	for (size_t i = 0; i < x->field_n; i++)
		if (x->field[i].row == 0)
			json_text(j, x->field[i].key, x->field[i].value);
	json_end_object(j);
	json_object(j, "tables");
	for (size_t i = 0; i < x->field_n;)
		i = x->field[i].row == 0 ? i + 1 : table_json(j, a, x, i);
	json_end_object(j);
}

static void files_json(JsonOut *j, Arena *a, const Whole *x) {
	json_array(j, "files");
	for (size_t i = 0; i < x->file_n + x->later_n; i++) {
		const FileRow *f = i < x->file_n ? &x->file[i] : &x->later[i - x->file_n];
		json_object(j, NULL);
		json_text(j, "name", f->name);
		json_text(j, "type", f->type);
		json_int(j, "bytes", (int64_t)f->bytes);
		json_text(j, "sha256", hash_text(a, f->sha256));
		json_text(j, "path", f->path);
		json_text(j, "role", f->role);
		json_bool(j, "supplement", i >= x->file_n);
		json_end_object(j);
	}
	json_end_array(j);
}

static void show_json(Arena *a, const Whole *x) {
	Buf b = {0};
	JsonOut j = json_to(&b);
	json_object(&j, NULL);
	entry_json(&j, a, &x->entry);
	json_text(&j, "message", hash_text(a, x->message.sha256));
	fields_json(&j, a, x);
	files_json(&j, a, x);
	json_array(&j, "history");
	for (size_t i = 0; i < x->event_n; i++) {
		json_object(&j, NULL);
		json_text(&j, "at", when_text(a, x->event[i].at));
		json_text(&j, "event", x->event[i].event);
		json_text(&j, "by", x->event[i].by);
		json_text(&j, "detail", x->event[i].detail);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	print_json(&b);
	buf_free(&b);
}

static void show_fields(const Env *env, const Rules *r, const Whole *x) {
	const Track *t = rules_track(r, x->entry.track);
	print_title(env, "Fields");
	for (size_t i = 0; i < x->field_n; i++) {
		const Field *f = t ? form_field(&t->form, x->field[i].key) : NULL;
		const char *label = f ? f->label : x->field[i].key;
		if (x->field[i].row > 0)
			label = arena_fmt(env->arena, "%s %lld", label, (long long)x->field[i].row);
		print_fact(env, label, "%s", text_cut(env->arena, x->field[i].value, 200));
	}
}

static void show_text(const Env *env, const Rules *r, const Whole *x) {
	const EntryRow *en = &x->entry;
	print_title(env, arena_fmt(env->arena, "%s  %s", en->number, en->title));
	print_fact(env, "organisation", "%s", en->org);
	print_fact(env, "state", "%s", en->state);
	print_fact(env, "sender", "%s", en->sender);
	print_fact(env, "contact", "%s %s %s", en->contact, en->mobile, en->email);
	print_fact(env, "received", "%s", when_text(env->arena, en->received));
	print_fact(env, "accepted", "%s", when_text(env->arena, en->accepted));
	print_fact(env, "message", "%s", hash_text(env->arena, x->message.sha256));
	print_fact(env, "folder", "%s", en->folder);
	show_fields(env, r, x);
	print_title(env, "Files");
	for (size_t i = 0; i < x->file_n + x->later_n; i++) {
		const FileRow *f = i < x->file_n ? &x->file[i] : &x->later[i - x->file_n];
		print_fact(env, f->role, "%s%s  %s, %llu bytes, %.12s", i < x->file_n ? "" : "later: ", f->name, f->type,
		           (unsigned long long)f->bytes, hash_text(env->arena, f->sha256));
	}
	print_title(env, "History");
	for (size_t i = 0; i < x->event_n; i++)
		print_fact(env, print_when(env->arena, x->event[i].at), "%s by %s %s", x->event[i].event, x->event[i].by,
		           x->event[i].detail);
}

int command_show(Env *env, int argc, char **argv, Err *e) {
	bool json = false;
	const Option options[] = {{"--json", NULL, &json}};
	int operands = options_read(options, 1, argc, argv, e);
	if (operands != 1)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "show takes one entry number");
	World w;
	Whole x;
	int rc = world_open(&w, env, WORLD_SHOW, e);
	if (rc == 0) {
		const char *number = rules_find_number(w.rules, env->arena, argv[1]);
		rc = read_whole(&w, env->arena, number ? number : argv[1], &x, e);
	}
	if (rc == 0 && json)
		show_json(env->arena, &x);
	else if (rc == 0)
		show_text(env, w.rules, &x);
	world_close(&w);
	return rc;
}
