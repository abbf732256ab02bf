/* decide: a workbook of decisions from disk.  What it does is in the journal before it is done, with who did it, so that the
 * database can be made again; rows that cannot be done are named, and done nothing with. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/text.h"
#include "command/command.h"
#include "command/inspect.h"
#include "command/options.h"
#include "command/print.h"
#include "command/replay.h"
#include "course/decision.h"
#include "course/lay.h"
#include "home/who.h"

/* ---- the journal's line: the rows that were good, as they were typed */

static void open_json(JsonOut *j, const DecisionRow *r) {
	if (!r->open_n)
		return;
	json_array(j, "open");
	for (size_t i = 0; i < r->open_n; i++) {
		json_text(j, NULL, r->open[i].heading);
		json_text(j, NULL, r->open[i].value);
	}
	json_end_array(j);
}

static void rows_json(const Decisions *all, Buf *out) {
	JsonOut j = json_to(out);
	json_object(&j, NULL);
	json_array(&j, "rows");
	for (size_t i = 0; i < all->n; i++) {
		const DecisionRow *r = all->row[i].row;
		if (all->row[i].fate != ROW_GOOD)
			continue;
		json_object(&j, NULL);
		json_text(&j, "token", r->token);
		json_text(&j, "decision", r->decision);
		json_text(&j, "reason", r->reason);
		json_text(&j, "sheet", r->sheet);
		json_text(&j, "cell", r->cell);
		open_json(&j, r);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
}

static const char *member(Arena *a, const Json *row, const char *key) {
	return arena_str(a, json_str(json_get(row, key), ""));
}

/* Heading, value, heading, value. */
static void open_of(Arena *a, const Json *list, DecisionRow *out) {
	out->open_n = json_len(list) / 2;
	out->open = arena_array(a, out->open_n + 1, sizeof *out->open);
	for (size_t i = 0; i < out->open_n; i++)
		out->open[i] = (OpenCell){arena_str(a, json_str(json_at(list, 2 * i), "")),
		                          arena_str(a, json_str(json_at(list, 2 * i + 1), "")), ""};
}

static int rows_of(Arena *a, const char *text, DecisionBook *out, Err *e) {
	Json *json = json_parse(str_of(text), e);
	if (!json)
		return err_wrap(e, "journal: a decision");
	const Json *rows = json_get(json, "rows");
	*out = (DecisionBook){.part = -1, .edition = "", .made = "", .row_n = json_len(rows)};
	out->row = arena_array(a, out->row_n + 1, sizeof *out->row);
	for (size_t i = 0; i < out->row_n; i++) {
		const Json *r = json_at(rows, i);
		out->row[i] = (DecisionRow){.token = member(a, r, "token"), .decision = member(a, r, "decision"),
		                            .reason = member(a, r, "reason"), .sheet = member(a, r, "sheet"),
		                            .cell = member(a, r, "cell")};
		open_of(a, json_get(r, "open"), &out->row[i]);
	}
	json_free(json);
	return 0;
}

int decision_replay(World *w, const JournalLine *l, Err *e) {
	Arena *a = arena_new();
	DecisionBook book;
	Decisions all;
	int rc = rows_of(a, l->text ? l->text : "", &book, e);
	if (rc == 0)
		rc = decisions_check(w, a, DECISION_OFFICE, &book, 1, &all, e);
	if (rc == 0)
		rc = decisions_apply(w, a, &all, l->name ? l->name : "operator", e);
	arena_free(a);
	return rc;
}

/* ---- the command */

static int do_good(World *w, Decisions *all, Err *e) {
	Buf rows = {0};
	const char *by = who_operator(w->env->arena);
	rows_json(all, &rows);
	int rc = store_begin(w->store, e);
	if (rc == 0)
		rc = decisions_apply(w, w->env->arena, all, by, e);
	if (rc == 0) { /* what cannot be done leaves no line that would stop the next start */
		journal_add(w->journal, &(JournalLine){.kind = JOURNAL_DECISION, .at = w->env->now, .name = by,
		                                       .text = buf_cstr(&rows)});
		rc = journal_sync(w->journal, e);
	}
	buf_free(&rows);
	if (rc < 0 || replay_mark(w, e) < 0) {
		store_rollback(w->store);
		return -1;
	}
	return store_commit(w->store, e) < 0 || lay_pending(w, e) < 0 ? -1 : 0;
}

static void show(const World *w, const Decisions *all) {
	static const char *const fate[] = {"done", "stood already", "refused"};
	const Env *env = w->env;
	for (size_t i = 0; i < all->n; i++) {
		const Decided *d = &all->row[i];
		Paint p = d->fate == ROW_GOOD ? PAINT_GOOD : d->fate == ROW_FAILED ? PAINT_BAD : PAINT_PLAIN;
		printf("%s%s%s %s!%s %s %s: %s\n", paint_on(env, p), fate[d->fate], paint_off(env), d->row->sheet, d->row->cell,
		       *d->ref ? d->ref : text_cut(env->arena, d->about, 40),
		       text_line(env->arena, str_of(d->row->decision)), d->says);
	}
	printf("%zu done, %zu stood already, %zu refused, %zu left open\n", all->good, all->already, all->failed, all->open);
}

/* The rows to decide anew, for -o. */
static int write_again(World *w, const Decisions *all, const char *path, Err *e) {
	int made = path ? decision_workbook(w, w->env->arena, all, path, e) : 0;
	if (made > 0)
		printf("%s: what can be decided anew\n", path);
	return made < 0 ? -1 : 0;
}

static int decide(World *w, const char *path, const char *again, Err *e) {
	Report r;
	Decisions all;
	Arena *a = w->env->arena;
	int rc = inspect_read(w, path, 0, a, &r, e);
	if (rc != 0 || r.kind == REPORT_MAIL || !r.decision_n)
		return rc < 0 ? -1 : err_set(e, ERR_REFUSED, "%s is no workbook that this robot handed out to be decided on", path);
	if (decisions_check(w, a, DECISION_OFFICE, r.decision, r.decision_n, &all, e) < 0)
		return -1;
	if (all.good && do_good(w, &all, e) < 0)
		return -1;
	show(w, &all);
	if (write_again(w, &all, again, e) < 0)
		return -1;
	if (!all.n)
		return err_set(e, ERR_REFUSED, "%s: nothing was filled in", path);
	if (!all.good && !all.already)
		return err_set(e, ERR_REFUSED, "%s: nothing of it could be done", path);
	return 0;
}

int command_decide(Env *env, int argc, char **argv, Err *e) {
	const char *again = NULL;
	const Option options[] = {{"-o", &again, NULL}, {"--output", &again, NULL}};
	int operands = options_read(options, 2, argc, argv, e);
	if (operands != 1)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "decide takes one workbook");
	World w;
	int rc = world_open(&w, env, WORLD_WRITE, e);
	if (rc == 0)
		rc = decide(&w, argv[1], again, e);
	world_close(&w);
	return rc;
}
