/* digest: the secretariat's mail of the morning.  Made once a day from mail.digest_minute on, on an empty day too; a run
 * that was down tells of the days it missed in one.  Queued together with the mark of its day, so that a crash makes it
 * neither twice nor not at all.  Sends nothing itself. */
#include "desk/digest.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "desk/digest_inner.h"
#include "home/outbox.h"

#define FACT_DAY "digest.day" /* the day the last one was made for, 2023-03-01 */
#define FIGURES_FILE "spool/tmp/digest-figures.xlsx"
#define BOOK_FILE "spool/tmp/digest.xlsx"
#define XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#define MAIL_ROOM (400 << 10) /* for texts and heads beside the attachments */

typedef struct {
	Buf figures, book;
	bool whole;        /* nothing was left out of the book */
} Made;

static void made_free(Made *m) {
	buf_free(&m->figures);
	buf_free(&m->book);
}

/* ---- when */

static int64_t days_between(int64_t from, int64_t to) {
	return (to - from + DAY_SECONDS / 2) / DAY_SECONDS;
}

/* Tells of the whole days since the last one, of yesterday at the least. */
static int choose_days(Digest *d, Err *e) {
	char *last;
	int64_t at;
	int found = store_fact_get(d->w->store, d->a, FACT_DAY, &last, e);
	d->today = when_midnight(d->w->env->now, 0);
	d->to = d->today;
	d->from = when_midnight(d->today, -1);
	if (found > 0 && when_parse(str_of(last), false, &at) == 0 && at < d->from)
		d->from = at;
	if (days_between(d->from, d->to) > DIGEST_CATCH_UP)
		d->from = when_midnight(d->today, -DIGEST_CATCH_UP);
	d->before = when_midnight(d->from, -(int)days_between(d->from, d->to));
	return found < 0 ? -1 : 0;
}

/* The moment of the day's digest, `days` days from today. */
static int64_t hour_of(const World *w, int days) {
	struct tm tm = when_local(w->env->now);
	int minute = w->rules->mail.digest_minute;
	return when_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday + days, minute / 60, minute % 60, 0);
}

static bool past_the_hour(const World *w) {
	return w->env->now >= hour_of(w, 0);
}

/* ---- what is attached */

static int read_file(const World *w, const char *file, Buf *out, Err *e) {
	buf_clear(out);
	int rc = file_read(w->env->home, file, 0, out, e);
	unlinkat(w->env->home, file, 0);
	return rc;
}

static const char *place(const World *w, const char *file) {
	return arena_fmt(w->env->arena, "%s/%s", w->env->home_path, file);
}

/* The largest workbook that fits into a mail. */
static int make_book(Digest *d, Made *m, Err *e) {
	static const BookSize sizes[] = {{true, 0}, {false, 0}, {false, 25000}, {false, 5000}, {false, 1000}};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		if (digest_book(d, &sizes[i], place(d->w, BOOK_FILE), e) < 0 || read_file(d->w, BOOK_FILE, &m->book, e) < 0)
			return -1;
		log_debug("digest: workbook of size %zu: %zu bytes", i, m->book.n);
		m->whole = i == 0;
		if (base64_lines_size(m->book.n) + base64_lines_size(m->figures.n) + MAIL_ROOM <= DIGEST_MAIL_BYTES)
			return 0;
	}
	return err_set(e, ERR_BUG, "the digest's workbook does not fit into a mail");
}

static int make_workbooks(Digest *d, Made *m, Err *e) {
	if (file_mkdirs(d->w->env->home, "spool/tmp", 0700, e) < 0 ||
	    digest_figures(d, place(d->w, FIGURES_FILE), e) < 0 ||
	    read_file(d->w, FIGURES_FILE, &m->figures, e) < 0)
		return -1;
	return make_book(d, m, e);
}

/* ---- the mail */

static Attachment attach(Digest *d, const char *key, const Buf *bytes) {
	const char *name = words_fill(d->w->rules, d->a, key, "day", when_date(d->a, d->today), NULL);
	return (Attachment){.name = name, .media = XLSX, .bytes = buf_view(bytes)};
}

static int queue_one(Digest *d, const Address *to, const char *key, const Data *data, const Attachment *att, Err *e) {
	World *w = d->w;
	Arena *a = arena_new(); /* of one mail, which is large */
	int rc = outbox_tell(w, a, &(OwnMail){.mail = "digest", .key = key, .data = data, .file = att, .file_n = 2}, to, e);
	arena_free(a);
	return rc;
}

/* To all of the office and the mark of the day, in one transaction. */
static int queue(Digest *d, const char *key, const Data *data, const Made *m, Err *e) {
	World *w = d->w;
	const Attachment att[] = {attach(d, "digest.figures_file", &m->figures), attach(d, "digest.book_file", &m->book)};
	bool counts = !d->forced || past_the_hour(w);
	if (store_begin(w->store, e) < 0)
		return -1;
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < w->rules->mail.office_n; i++)
		rc = queue_one(d, &w->rules->mail.office[i], key, data, att, e);
	if (rc == 0 && counts)
		rc = store_fact_set(w->store, FACT_DAY, when_date(d->a, d->today), e);
	step("digest.queued");
	if (rc == 0)
		return store_commit(w->store, e);
	store_rollback(w->store);
	return -1;
}

static int make(Digest *d, Err *e) {
	World *w = d->w;
	Made m = {0};
	const char *key = arena_fmt(d->a, "digest %s", when_date(d->a, d->today));
	if (d->forced)
		key = arena_fmt(d->a, "digest asked for at %s", when_text(d->a, w->env->now));
	Data *data = data_new(d->a);
	int rc = world_templates(w, e);
	if (rc == 0)
		rc = digest_gather(d, e);
	if (rc == 0)
		rc = digest_mail_data(d, data, e);
	if (rc == 0)
		rc = make_workbooks(d, &m, e);
	store_shrink(w->store); /* of all the entries; now come mails as large as the workbooks */
	data_flag(data, "shortened", !m.whole);
	if (rc == 0)
		rc = queue(d, key, data, &m, e);
	if (rc == 0)
		log_info("digest of %s queued, %zu bytes of workbook", when_date(d->a, d->today), m.book.n);
	made_free(&m);
	return rc;
}

static int digest(World *w, bool forced, Err *e) {
	Digest d = {.w = w, .a = arena_new(), .forced = forced};
	int rc = choose_days(&d, e);
	if (rc == 0)
		rc = make(&d, e);
	arena_free(d.a);
	return rc;
}

int digest_now(World *w, Arena *a, Data *data, Attachment *book, Err *e) {
	Digest d = {.w = w, .a = a, .forced = true};
	Buf bytes = {0};
	d.today = d.from = when_midnight(w->env->now, 0);
	d.to = when_midnight(d.today, 1);
	d.before = when_midnight(d.today, -1);
	int rc = digest_gather(&d, e);
	if (rc == 0)
		digest_mail_figures(&d, data);
	if (rc == 0)
		rc = file_mkdirs(w->env->home, "spool/tmp", 0700, e);
	if (rc == 0)
		rc = digest_figures(&d, place(w, FIGURES_FILE), e);
	if (rc == 0)
		rc = read_file(w, FIGURES_FILE, &bytes, e);
	if (rc == 0) {
		*book = attach(&d, "digest.figures_file", &bytes);
		book->bytes.p = arena_copy(a, bytes.p, bytes.n);
	}
	buf_free(&bytes);
	return rc;
}

/* Today's, unless it was made. */
static int next(World *w, int64_t *at, Err *e) {
	char *last;
	int found = store_fact_get(w->store, w->env->arena, FACT_DAY, &last, e);
	/* ISO dates sort as days do; a clock set back makes no second one. */
	bool made = found > 0 && strcmp(last, when_date(w->env->arena, w->env->now)) >= 0;
	*at = hour_of(w, made ? 1 : 0);
	return found < 0 ? -1 : 0;
}

static int of_the_day(World *w, Err *e) {
	return digest(w, false, e);
}

const Due due_digest = {"digest", next, of_the_day};

int digest_make(World *w, Err *e) {
	return digest(w, true, e);
}
