/* After a phase was moved: the blank forms say until when they are taken, so they are made anew. Where nobody made any, none
 * are made. */
#include "base/file.h"
#include "course/setting.h"
#include "home/due.h"
#include "home/spawn.h"

#define FACT "forms.stale"
#define FOLDER "templates/forms"

int setting_forms_stale(World *w, Err *e) {
	return store_fact_set(w->store, FACT, "1", e);
}

static int next(World *w, int64_t *at, Err *e) {
	char *text;
	int found = store_fact_get(w->store, w->env->arena, FACT, &text, e);
	*at = found > 0 ? 0 : INT64_MAX;
	return found < 0 ? -1 : 0;
}

static int make(World *w, Err *e) {
	char **names;
	size_t n;
	Err none = {0};
	if (w->rules_faulty || file_list(w->env->arena, w->env->home, FOLDER, &names, &n, &none) != 0 || n == 0)
		return 0;
	const char *args[] = {"renew", w->env->home_path, rules_phases(w->rules, w->env->arena), NULL};
	int status = spawn_wait(w->env, "xinlv-office", args, -1, e);
	return status > 0 ? err_set(e, ERR_DISK, "the forms could not be made anew") : status;
}

static int act(World *w, Err *e) {
	if (make(w, e) < 0)
		return -1;
	step("forms.renewed");
	if (store_begin(w->store, e) < 0)
		return -1;
	if (store_fact_set(w->store, FACT, NULL, e) == 0)
		return store_commit(w->store, e);
	store_rollback(w->store);
	return -1;
}

const Due due_forms = {"forms", next, act};
