/* Beside the way of a mail: finds the program's own things.  Looks at fixed places only, never at a path that the
 * environment names. */
#include "base/place.h"

#include <string.h>
#include <unistd.h>

/* The folder this program stands in. */
static const char *own_folder(Arena *a) {
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n <= 0)
		return XINLV_PREFIX "/bin";
	self[n] = 0;
	*strrchr(self, '/') = 0;
	return arena_str(a, self);
}

const char *place_programs(Arena *a) {
	const char *own = own_folder(a);
	if (access(arena_fmt(a, "%s/xinlv-read", own), X_OK) == 0)
		return own;
	return arena_fmt(a, "%s/../libexec/xinlv", own);
}

/* bin, or libexec/xinlv, below the prefix; build, or build/san, below the sources. */
const char *place_share(Arena *a) {
	static const char *const from[] = {"../share/xinlv", "../../share/xinlv", "..", "../.."};
	const char *own = own_folder(a);
	for (size_t i = 0; i < sizeof from / sizeof *from; i++) {
		const char *at = arena_fmt(a, "%s/%s", own, from[i]);
		if (access(arena_fmt(a, "%s/templates/words.yaml", at), R_OK) == 0 &&
		    access(arena_fmt(a, "%s/rules/contest.yaml", at), R_OK) == 0)
			return at;
	}
	return arena_fmt(a, "%s/../share/xinlv", own);
}
