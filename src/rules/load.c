/* Loader: from the files to the Rules that the rest of the program sees.
 * Refuses a set with any fault, and names them all at once. */
#include "rules/load.h"

#include <stdlib.h>
#include <string.h>

#include "rules/pattern.h"

static void free_whole(RulesWhole *w) {
	for (size_t i = 0; i < w->pattern.n; i++)
		pattern_free(w->pattern.v[i]);
	vec_free(&w->pattern);
	arena_free(w->pub.arena);
	free(w);
}

void rules_free(Rules *r) {
	if (r)
		free_whole((RulesWhole *)(void *)r);
}

/* The rules keep their own copy of the bytes: templates are read from it later. */
static const Source *keep(Arena *a, const Source *s) {
	Source *out = ARENA_NEW(a, Source);
	out->n = s->n;
	out->file = arena_array(a, s->n, sizeof *out->file);
	out->kept = s->kept;
	out->words = (Str){arena_copy(a, s->words.p, s->words.n), s->words.n};
	for (size_t i = 0; i < s->n; i++) {
		out->file[i].path = arena_str(a, s->file[i].path);
		out->file[i].bytes = (Str){arena_copy(a, s->file[i].bytes.p, s->file[i].bytes.n),
		                           s->file[i].bytes.n};
		out->file[i].lent = s->file[i].lent;
	}
	return out;
}

static void empty(Rules *r) {
	const char **texts[] = {&r->edition, &r->name, &r->short_name, &r->theme, &r->organiser,
	                        &r->committee, &r->website, &r->zone, &r->previous_edition,
	                        &r->number_prefix, &r->eligibility_text, &r->privacy_text, &r->form_title,
	                        &r->form_version, &r->final_text, &r->mail.operator_mail,
	                        &r->mail.after_folder, &r->mail.robot.name, &r->mail.robot.addr};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		*texts[i] = "";
	r->number_width = 4;
}

/* The tree of one needed file; NULL with a fault. */
static const Yaml *part(Load *l, const char *path) {
	const SourceFile *f = source_find(l->source, path);
	if (f)
		return yaml_read(l->arena, f, l->faults);
	fault_file(l->faults, path, "the file is missing; write it, xinlv-rules(5) lists what it holds");
	return NULL;
}

/* It looks like one of ours and would be passed over. */
static bool other_ending(const char *path) {
	return str_ends_nocase(str_of(path), ".yml");
}

static void tracks(Load *l) {
	static const char folder[] = "rules/tracks/";
	const SourceFile **file = arena_array(l->arena, l->source->n, sizeof *file);
	size_t n = 0;
	for (size_t i = 0; i < l->source->n; i++)
		if (str_starts(str_of(l->source->file[i].path), folder) && !other_ending(l->source->file[i].path))
			file[n++] = &l->source->file[i];
	tracks_read(l, file, n);
}

/* A file below rules/ that nobody reads is probably misspelt. */
static void strangers(Load *l) {
	static const char *const known[] = {"rules/contest.yaml", "rules/form.yaml", "rules/mail.yaml"};
	size_t n = sizeof known / sizeof *known;
	for (size_t i = 0; i < l->source->n; i++) {
		const char *path = l->source->file[i].path;
		bool fine = !str_starts(str_of(path), "rules/") || str_starts(str_of(path), "rules/tracks/");
		for (size_t k = 0; k < n && !fine; k++)
			fine = strcmp(path, known[k]) == 0;
		if (str_starts(str_of(path), "rules/") && other_ending(path))
			fault_at(l->faults, &l->source->file[i], 0,
			         "the files here end in .yaml, and others are not read; call it so or take it away");
		else if (!fine)
			fault_at(l->faults, &l->source->file[i], 0, "nothing reads this file; the files here are contest.yaml, "
			                                            "form.yaml, mail.yaml and tracks/*.yaml: call it so or take it away");
	}
}

/* Each file is read even when another is broken; what needs both is then left
 * unsaid. */
static void read_all(Load *l) {
	const Yaml *y = part(l, "rules/contest.yaml");
	if (y)
		contest_read(l, y);
	l->common_broken = !y || y->kind != YAML_MAP;
	if ((y = part(l, "rules/mail.yaml")))
		mailconf_read(l, y);
	if ((y = part(l, "rules/form.yaml")))
		form_read(l, y);
	l->common_broken |= !y || y->kind != YAML_MAP;
	tracks(l);
	casebook_check(l);
	strangers(l);
	if ((y = part(l, "templates/words.yaml")))
		l->rules->words = words_read(l, y);
	if (l->rules->words && y->kind == YAML_MAP)
		l->rules->formal.name = words(l->rules, "decide.kind_formal");
}

Rules *rules_load(const Source *s, Buf *faults, Err *e) {
	RulesWhole *w = mem_alloc(sizeof *w);
	*w = (RulesWhole){.pub = {.arena = arena_new()}};
	Rules *r = &w->pub;
	empty(r);
	r->source = keep(r->arena, s);
	Load l = {.arena = r->arena, .rules = r, .source = r->source, .faults = faults_new()};
	l.eval = eval_new(NULL, e);
	size_t wrong = 1;
	if (l.eval) {
		read_all(&l);
		wrong = faults_count(l.faults);
		if (wrong) {
			faults_write(l.faults, faults);
			err_set(e, ERR_RULES, "the rules have %zu fault%s", wrong, wrong == 1 ? "" : "s");
		}
	}
	eval_free(l.eval);
	faults_free(l.faults);
	if (wrong) {
		free_whole(w);
		return NULL;
	}
	r->hash = source_hash(r->source);
	return r;
}
