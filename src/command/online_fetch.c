/* check --online: the fetching half. Logs in, looks into the folders, logs out; takes no message. */
#include "command/online.h"

#include "command/print.h"
#include "intake/fetcher.h"

/* A UIDVALIDITY that no look back is wanted for. */
#define LOOKED 1

static int show_fault(const Env *env, const Server *s, const Err *fault) {
	const char *what = fault->kind == ERR_LOGIN ? "login refused" : fault->kind == ERR_RULES ? "cannot be used"
	                                                                                         : "out of reach";
	print_fact(env, "fetch", "%s: %s%s%s: %s", s->text, paint_on(env, PAINT_BAD), what, paint_off(env), fault->text);
	if (fault->kind == ERR_SERVER && *online_advice(fault->text))
		print_fact(env, "", "%s", online_advice(fault->text));
	return err_exit(fault->kind);
}

static int show_folders(const Env *env, const MailConf *m, const FetchState *state) {
	int status = 0;
	print_fact(env, "fetch", "%s: %sthe login works%s", m->fetch.text, paint_on(env, PAINT_GOOD), paint_off(env));
	for (size_t i = 0; i < m->folder_n; i++) {
		if (state[i].missing) {
			print_fact(env, "", "%s%s is not on the server%s: check fetch.folders", paint_on(env, PAINT_BAD), m->folder[i],
			           paint_off(env));
			status = err_exit(ERR_RULES);
		} else {
			print_fact(env, "", "%s: %u messages%s", m->folder[i], (unsigned)state[i].exists,
			           state[i].uidvalidity ? "" : "; the server says no UIDVALIDITY: every run reads them all again");
		}
	}
	return status;
}

/* Where messages are moved to, as the server writes it. */
static int show_place(const Env *env, const MailConf *m, Fetcher *f) {
	char *path;
	bool exists;
	Err fault = {0};
	if (m->after != AFTER_MOVE)
		return 0;
	if (fetcher_place(f, env->arena, &path, &exists, &fault) < 0)
		return show_fault(env, &m->fetch, &fault);
	print_fact(env, "", "after: messages are moved to %s%s", path, exists ? "" : ", which the first move makes");
	return 0;
}

/* What could be written instead: junk folders, too, are where entries land. */
static int show_names(const Env *env, const MailConf *m, const FetchState *state, Fetcher *f) {
	char *names;
	size_t missing = 0;
	Err fault = {0};
	for (size_t i = 0; i < m->folder_n; i++)
		missing += state[i].missing;
	if (!missing && m->folder_n > 1)
		return 0;
	if (fetcher_names(f, env->arena, &names, &fault) < 0)
		return show_fault(env, &m->fetch, &fault);
	print_fact(env, "", "the server has: %s", names);
	return 0;
}

int online_fetch(Env *env, const Rules *r, Err *e) {
	const MailConf *m = &r->mail;
	if (m->fetch.scheme == SCHEME_MAILDIR) {
		print_fact(env, "fetch", "%s: a folder, no server", m->fetch.text);
		return 0;
	}
	FetchFolder *folder = arena_array(env->arena, m->folder_n, sizeof *folder);
	FetchState *state = arena_array(env->arena, m->folder_n, sizeof *state);
	for (size_t i = 0; i < m->folder_n; i++)
		folder[i] = (FetchFolder){m->folder[i], LOOKED, 0};
	Fetcher *f;
	if (fetcher_open(arena_fmt(env->arena, "%s/xinlv-fetch", env->programs), env->home, m, folder, m->folder_n, state, &f,
	                 e) < 0)
		return e->kind == ERR_BUG || e->kind == ERR_DISK ? -1 : show_fault(env, &m->fetch, e);
	int status = show_folders(env, m, state);
	int names = show_names(env, m, state, f);
	int place = show_place(env, m, f);
	status = status ? status : names ? names : place;
	if (fetcher_quota(f) >= 0)
		print_fact(env, "", "the mailbox is %d per cent full", fetcher_quota(f));
	fetcher_close(f);
	return status;
}
