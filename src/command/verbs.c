/* The verbs, in the order that --help shows them. */
#include "command/command.h"
#include "store/store.h"

const Command commands[] = {
	{"run", "", "one cron tick: fetch, read, judge, file, answer, send", false, command_run},
	{"fetch", "", "fetch, judge and file; send nothing", false, command_fetch},
	{"send", "", "send what is due, fetch nothing", false, command_send},
	{"release", "", "take the mail that lay in the mailbox before the first run, too", false, command_release},
	{"digest", "", "mail the secretariat the digest now, whatever the hour", false, command_digest},
	{"status", "[--json]", "counts by track and state, the queue, what comes next", false, command_status},
	{"list", "[--track T] [--state S] [--find TEXT] [--json]", "the entries", false, command_list},
	{"show", "[--json] NUMBER", "one entry whole", false, command_show},
	{"log", "[--outcome O] [--from ADDRESS] [--since TIME] [--find TEXT] [--json]",
	 "every message received, with what became of it and why", false, command_log},
	{"queue", "[--state S] [--json]", "outgoing mail: waiting, held, sent, failed", false, command_queue},
	{"inspect", "[--json] FILE", "what the reader sees in a mail, a workbook or an archive", false, command_inspect},
	{"validate", "[--json] FILE...", "judge filled-in forms offline", false, command_validate},
	{"forms", "", "make templates/forms/ from the rules", false, command_forms},
	{"check", "[--online]", "check rules, templates and configuration", false, command_check},
	{"decide", "[-o FILE] FILE", "apply a returned workbook of decisions from disk", false, command_decide},
	{"export", "--format xlsx|csv|json [-o FILE] | --lists -o FILE", "the entries, for other programs; the lists for regulators",
	 false, command_export},
	{"book", "", "gather the winners' cases into spool/publish/casebook", false, command_book},
	{"year", "DIR", "the archive of the whole contest, which shows anywhere that it is whole", false, command_year},
	{"verify", "", "re-hash the archive, check the database, the audit chain and the journal", false, command_verify},
	{"replay", "[--rules DIR]", "archive and journal once more: is the database what they give?", false, command_replay},
	{"backup", "DIR", "a copy of all that the contest needs, also while it runs", false, command_backup},
	{"restore", "BACKUP", "make the home named with -C of a backup", true, command_restore},
	{"purge", "[--confirm DAY [--early DAY]]", "personal data leave the home when the rules say so", false, command_purge},
	{"skip", "[--confirm LINE]", "go on without a line of the journal that cannot be done", false, command_skip},
	{"init", "[--from HOME] DIR", "a new contest home; the next edition of the contest of HOME", true, command_init},
	{NULL, NULL, NULL, false, NULL},
};

int command_do(const Command *c, Env *env, int argc, char **argv, Err *e) {
	int rc = c->run(env, argc, argv, e);
	Err damaged = {0};
	if (rc >= 0 || e->kind != ERR_BUG || env->home < 0 || store_sound(env->home, &damaged) == 0)
		return rc;
	return err_set(e, ERR_DISK, "%s (%s)", damaged.text, arena_str(env->arena, e->text));
}
