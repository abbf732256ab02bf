/* Reads the flags behind a verb; refuses what it does not know, so that a
 * misspelt filter never shows everything. */
#include "command/options.h"

#include <string.h>

static const Option *find(const Option *table, size_t n, const char *name, size_t len) {
	for (size_t i = 0; i < n; i++)
		if (strlen(table[i].name) == len && !memcmp(table[i].name, name, len))
			return &table[i];
	return NULL;
}

/* Of the program, not of a verb: main.c reads them. */
static bool stands_before_the_verb(const char *name, size_t len) {
	static const char *const names[] = {"-C", "--now", "--log", "-v", "-vv", "--verbose"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i]) == len && !memcmp(names[i], name, len))
			return true;
	return false;
}

/* One option at argv[i]; returns how many arguments it took, or -1. */
static int one(const Option *table, size_t n, int left, char **at, Err *e) {
	const char *arg = at[0], *equals = strchr(arg, '=');
	size_t len = equals ? (size_t)(equals - arg) : strlen(arg);
	const Option *o = find(table, n, arg, len);
	if (!o && stands_before_the_verb(arg, len))
		return err_set(e, ERR_USAGE, "%.*s stands before the command, as in xinlv %.*s ... COMMAND", (int)len, arg,
		               (int)len, arg);
	if (!o)
		return err_set(e, ERR_USAGE, "unknown option %s", arg);
	if (o->flag) {
		if (equals)
			return err_set(e, ERR_USAGE, "%s takes no value", o->name);
		*o->flag = true;
		return 1;
	}
	if (equals) {
		*o->value = equals + 1;
		return 1;
	}
	if (left < 2)
		return err_set(e, ERR_USAGE, "%s needs a value", o->name);
	*o->value = at[1];
	return 2;
}

int options_read(const Option *table, size_t n, int argc, char **argv, Err *e) {
	int operands = 0;
	bool plain = false;
	for (int i = 1; i < argc;) {
		if (plain || argv[i][0] != '-' || !argv[i][1]) {
			argv[++operands] = argv[i++];
		} else if (!strcmp(argv[i], "--")) {
			plain = true;
			i++;
		} else {
			int took = one(table, n, argc - i, argv + i, e);
			if (took < 0)
				return -1;
			i += took;
		}
	}
	return operands;
}
