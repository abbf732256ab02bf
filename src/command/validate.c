/* validate: filled-in forms judged offline, as the robot would, time and duplicates aside. */
#include <string.h>

#include "command/command.h"
#include "command/filter.h"
#include "command/inspect.h"
#include "command/options.h"
#include "command/print.h"

typedef struct {
	World *w;
	Arena *arena;
	bool json;
	bool all_valid;
} Validate;

static void problems_json(JsonOut *j, const Problem *p, size_t n) {
	json_array(j, "problems");
	for (size_t i = 0; i < n; i++) {
		ProblemRow row = {p[i].severity == SEVERITY_ERROR ? "error" : "warning", p[i].where, p[i].field, p[i].sentence, 0};
		problem_json(j, &row);
	}
	json_end_array(j);
}

static void show_json(const Validate *v, const char *file, const FormVerdict *f) {
	Buf b = {0};
	JsonOut j = json_to(&b);
	json_object(&j, NULL);
	json_text(&j, "file", file);
	json_text(&j, "track", f->track ? f->track->code : NULL);
	json_bool(&j, "valid", f->valid);
	problems_json(&j, f->problem, f->problem_n);
	json_object(&j, "fields");
	for (size_t i = 0; i < f->value_n; i++)
		if (f->value[i].norm.row == 0)
			json_text(&j, f->value[i].norm.field->key, f->value[i].norm.text);
	json_end_object(&j);
	json_end_object(&j);
	print_json(&b);
	buf_free(&b);
	(void)v;
}

static void show_text(const Validate *v, const char *file, const FormVerdict *f) {
	const Env *env = v->w->env;
	Paint p = f->valid ? PAINT_GOOD : PAINT_BAD;
	printf("%s: %s%s%s%s%s\n", file, paint_on(env, p), f->valid ? "valid" : "not valid", paint_off(env),
	       f->track ? ", track " : "", f->track ? f->track->code : "");
	for (size_t i = 0; i < f->problem_n; i++)
		printf("  %-7s %s: %s\n", f->problem[i].severity == SEVERITY_ERROR ? "error" : "warning", f->problem[i].where,
		       f->problem[i].sentence);
}

static void show(Validate *v, const char *file, const FormVerdict *f) {
	if (!f->valid)
		v->all_valid = false;
	if (v->json)
		show_json(v, file, f);
	else
		show_text(v, file, f);
}

/* A file in which no form was found, or that could not be read. */
static void show_none(Validate *v, const char *file, const char *sentence) {
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	Problem p = {.severity = SEVERITY_ERROR, .where = name, .field = "", .sentence = sentence};
	show(v, file, &(FormVerdict){.problem = &p, .problem_n = 1});
}

static const char *say(const Validate *v, const char *key, const char *path) {
	const char *slash = strrchr(path, '/');
	return words_fill(v->w->rules, v->arena, key, "name", slash ? slash + 1 : path, NULL);
}

static int one(Validate *v, const char *path, Err *e) {
	Report r;
	arena_reset(v->arena);
	int rc = inspect_read(v->w, path, 0, v->arena, &r, e);
	if (rc < 0)
		return -1;
	if (rc == 1) {
		show_none(v, path, say(v, "problem.form_damaged", path));
		return 0;
	}
	for (size_t i = 0; i < r.form_n; i++) {
		FormVerdict f;
		judge_form(v->w->judge, v->arena, &r, &r.form[i], &f);
		show(v, path, &f);
	}
	if (r.form_n == 0) {
		const char *why = judge_no_form(v->w->judge, v->arena, &r, e);
		show_none(v, path, why ? why : say(v, "problem.no_form", path));
	}
	return 0;
}

int command_validate(Env *env, int argc, char **argv, Err *e) {
	Validate v = {.all_valid = true};
	const Option options[] = {{"--json", NULL, &v.json}};
	int operands = options_read(options, 1, argc, argv, e);
	if (operands < 1)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "validate takes one file or more");
	World w;
	int rc = world_open(&w, env, WORLD_LOOK, e);
	if (rc == 0) {
		store_close(w.store); /* duplicates are aside */
		w.store = NULL;
		rc = world_judge(&w, e);
	}
	v.w = &w;
	v.arena = arena_new();
	for (int i = 1; rc == 0 && i <= operands; i++)
		rc = one(&v, argv[i], e);
	arena_free(v.arena);
	world_close(&w);
	return rc < 0 ? -1 : v.all_valid ? 0 : 1;
}
