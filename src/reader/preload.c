/* Before the walls: one look at everything that libraries fetch from disk on first use.
 * Refuses nothing: it runs before any byte from outside is there. */
#include "reader/preload.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/charset.h"
#include "mail/mime.h"
#include "reader/formats.h"

/* libarchive names need a UTF-8 locale: in "C" it loses every flagged name. */
static void load_locale(void) {
	setlocale(LC_CTYPE, "C.UTF-8");
}

/* Without TZ, glibc looks at /etc/localtime again at every mktime(3), which libzip calls;
 * behind the walls that would silently become UTC.  So it is UTC from the start. */
static void load_zone(void) {
	setenv("TZ", "UTC0", 0);
	time_t t = 0;
	struct tm tm;
	tzset();
	localtime_r(&t, &tm);
}

/* The texts of errors. */
static void load_messages(void) {
	(void)strerror(1);
}

/* One row for each library that would otherwise open a file behind the walls. */
static void (*const hooks[])(void) = {
	load_locale, load_zone, load_messages, charset_preload, mime_preload,
	formats_preload,
};

void preload(void) {
	for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++)
		hooks[i]();
}
