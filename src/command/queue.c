/* queue: outgoing mail. */
#include "base/when.h"
#include "command/command.h"
#include "command/filter.h"
#include "command/options.h"
#include "command/print.h"
#include "store/notice.h"

typedef struct {
	World *w;
	Arena *arena;
	Buf json;
	bool as_json;
	int64_t n;
} Queue;

static const Column COLUMNS[] = {{"ID", 6}, {"STATE", 8}, {"KIND", 12}, {"TO", 28}, {"SUBJECT", 0}};

static void show_json(Queue *q, const OutboxRow *r) {
	JsonOut j = json_to(&q->json);
	json_object(&j, NULL);
	if (r->id)
		json_int(&j, "id", (int64_t)r->id);
	else
		json_null(&j, "id"); /* made anew, and given one, when it is released */
	json_text(&j, "kind", r->kind);
	json_text(&j, "to", r->to);
	json_text(&j, "subject", r->subject);
	json_text(&j, "state", r->state);
	json_int(&j, "attempts", (int64_t)r->attempts);
	json_text(&j, "error", r->error);
	json_text(&j, "message_id", r->message_id);
	json_text(&j, "due", when_text(q->arena, r->due));
	json_text(&j, "sent", r->sent == WHEN_NONE ? NULL : when_text(q->arena, r->sent));
	json_end_object(&j);
	print_json(&q->json);
}

static bool each(void *ctx, const OutboxRow *r) {
	Queue *q = ctx;
	Env *env = q->w->env;
	if (q->as_json)
		show_json(q, r);
	else {
		if (q->n == 0)
			print_heading(env, COLUMNS, 5);
		const char *cell[] = {r->id ? arena_fmt(q->arena, "%lld", (long long)r->id) : "-", r->state, r->kind, r->to, r->subject};
		print_row(env, q->arena, COLUMNS, 5, cell, str_is(str_of(r->state), "failed") ? PAINT_BAD : PAINT_PLAIN);
		if (*r->error)
			printf("        %s\n", r->error);
		if (r->joins && !r->joint)
			printf("        beyond the day's cap: goes with others in one mail at %s\n", when_text(q->arena, r->due));
	}
	q->n++;
	arena_reset(q->arena);
	return true;
}

int command_queue(Env *env, int argc, char **argv, Err *e) {
	Queue q = {0};
	const char *state = NULL;
	const Option options[] = {{"--state", &state, NULL}, {"--json", NULL, &q.as_json}};
	static const char *const states[] = {"waiting", "held", "sent", "failed"};
	int operands = options_read(options, 2, argc, argv, e);
	if (operands != 0)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "queue takes only options");
	if (filter_one_of("--state", state, states, 4, e) < 0)
		return -1;
	World w;
	int rc = world_open(&w, env, WORLD_SHOW, e);
	q.w = &w;
	q.arena = arena_new();
	if (rc == 0)
		rc = store_outbox_each(w.store, state, each, &q, e);
	if (rc == 0 && (!state || str_is(str_of(state), "held")))
		rc = store_notice_mail_each(w.store, each, &q, e);
	if (rc == 0 && q.n == 0 && !q.as_json)
		printf("the outbox is empty\n");
	buf_free(&q.json);
	arena_free(q.arena);
	world_close(&w);
	return rc < 0 ? -1 : 0;
}
