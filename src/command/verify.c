/* verify: re-hashes the archive and checks the journal, the database, the audit chain and the filed folders. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "command/command.h"
#include "command/options.h"
#include "command/print.h"
#include "command/purge.h"
#include "command/replay.h"
#include "command/take.h"
#include "command/year.h"
#include "course/supplement.h"
#include "home/world.h"
#include "store/purge.h"

typedef struct {
	World *w;
	Archive *archive;
	Arena *arena;
	int64_t faults, messages, files;
	int64_t last_seq, rules;
	int64_t offset;      /* to where the database has the journal */
	const char *line;    /* hash of the line that ends there, "" where that was not noted */
	bool met;            /* that line was found */
	int64_t ahead;       /* lines behind it: a run is at work, or was stopped, and the next one brings them in */
	int64_t purged;      /* messages up to this one went in a purge, with their files */
	int purging;         /* 1: which is not over yet */
	char **filing;       /* entries whose folder is not laid yet */
	size_t filing_n;
	SupplementRow *more; /* and supplements */
	size_t more_n;
	Err *e;
} Verify;

static void fault(void *ctx, const char *text) {
	Verify *v = ctx;
	v->faults++;
	printf("%sfault%s: %s\n", paint_on(v->w->env, PAINT_BAD), paint_off(v->w->env), text);
}

static void fault_of_hash(Verify *v, Hash h, const char *what) {
	fault(v, arena_fmt(v->arena, "archive: %s %s", hash_text(v->arena, h), what));
}

/* The header block that was kept of a message that was not fetched. */
static void check_head(Verify *v, const JournalLine *l) {
	MessageRow m = {.source = l->source};
	Hash h;
	Err ignored = {0};
	int fd = take_head(v->w, &m);
	if (l->seq <= v->purged) {
		if (fd >= 0 && !v->purging)
			fault(v, arena_fmt(v->arena, "archive: the header of message %lld was purged, and is there", (long long)l->seq));
	} else if (fd < 0 || hash_fd(fd, &h, NULL, &ignored) < 0 || !hash_eq(h, l->sha256))
		fault(v, arena_fmt(v->arena, "archive: the header of message %lld is missing or changed", (long long)l->seq));
	if (fd >= 0)
		close(fd);
}

/* The bundle is named by its own hash, and is the next in the database. */
static int check_rules(Verify *v, const JournalLine *l, Err *e) {
	Buf b = {0};
	Err ignored = {0};
	if (archive_get_rules(v->archive, l->sha256, &b, &ignored) < 0 || !hash_eq(hash_of(b.p, b.n), l->sha256))
		fault_of_hash(v, l->sha256, "(a set of rules) is missing or changed");
	buf_free(&b);
	if (l->end > v->offset)
		return 0;
	char *hex;
	int64_t at;
	int found = store_rules_get(v->w->store, v->arena, ++v->rules, &hex, &at, e);
	if (found == 0 || (found > 0 && (strcmp(hex, hash_text(v->arena, l->sha256)) != 0 || at != l->at)))
		fault(v, arena_fmt(v->arena, "database: set %lld of the rules differs from the journal", (long long)v->rules));
	return found < 0 ? -1 : 0;
}

static void check_message(Verify *v, const JournalLine *l, Err *e) {
	MessageRow m;
	int found = l->end > v->offset ? -1 : store_message_get(v->w->store, v->arena, l->seq, &m, e);
	if (found == 0)
		fault(v, arena_fmt(v->arena, "database: message %lld of the journal is missing", (long long)l->seq));
	else if (found > 0 &&
	         (m.archived != l->archived || m.received != l->at || m.bytes != l->bytes ||
	          strcmp(text_clean(v->arena, str_of(m.source)), l->source) != 0 || (m.archived && !hash_eq(m.sha256, l->sha256))))
		fault(v, arena_fmt(v->arena, "database: message %lld differs from the journal", (long long)l->seq));
	if (l->headed)
		check_head(v, l);
	if (!l->archived)
		return;
	int state = archive_check(v->archive, l->sha256);
	if (l->seq <= v->purged) {
		if (state != 0 && !v->purging)
			fault_of_hash(v, l->sha256, "was purged, and is there");
	} else if (state != 1)
		fault_of_hash(v, l->sha256, state == 0 ? "is missing" : "has other bytes than its name says");
}

/* What stands in for the messages that a purge took. */
static void check_snapshot(Verify *v, const char *hash) {
	Hash h;
	Err ignored = {0};
	int fd = file_open(v->w->env->home, purge_snapshot_path(v->arena, hash), O_NOFOLLOW);
	if (fd < 0 || hash_fd(fd, &h, NULL, &ignored) < 0 || strcmp(hash_text(v->arena, h), hash) != 0)
		fault(v, arena_fmt(v->arena, "archive: the snapshot of a purge, %s, is missing or changed", hash));
	if (fd >= 0)
		close(fd);
}

static int journal_line(void *ctx, const JournalLine *l, Err *e) {
	Verify *v = ctx;
	arena_reset(v->arena);
	if (l->end == v->offset) {
		v->met = true;
		if (*v->line && strcmp(hash_text(v->arena, l->hash), v->line) != 0)
			fault(v, arena_fmt(v->arena, "journal: line %lld was changed", (long long)l->line));
	}
	v->ahead += l->end > v->offset;
	const char *snapshot = purge_snapshot_of(v->arena, l);
	if (*snapshot)
		check_snapshot(v, snapshot);
	if (l->kind == JOURNAL_RULES)
		return check_rules(v, l, e);
	if (l->kind != JOURNAL_MESSAGE)
		return 0;
	v->messages++;
	if (l->seq != v->last_seq + 1)
		fault(v, arena_fmt(v->arena, "journal: message %lld follows %lld", (long long)l->seq, (long long)v->last_seq));
	v->last_seq = l->seq;
	check_message(v, l, e);
	return e->kind == ERR_NONE ? 0 : -1;
}

/* A file that came with no message stands in the archive by its own hash. */
static void check_handed_over(Verify *v, const FileRow *file) {
	int state = archive_check(v->archive, file->sha256);
	if (file->seq <= v->purged && state != 0 && !v->purging)
		fault_of_hash(v, file->sha256, "was purged, and is there");
	else if (file->seq > v->purged && state != 1)
		fault_of_hash(v, file->sha256, state == 0 ? "is missing" : "has other bytes than its name says");
}

static void check_files(Verify *v, Arena *a, const FileRow *file, size_t n) {
	for (size_t i = 0; i < n; i++) {
		Hash h;
		uint64_t bytes;
		if (file[i].part == SUPPLEMENT_HANDED_OVER)
			check_handed_over(v, &file[i]);
		if (file[i].seq <= v->purged) {
			if (!v->purging && file_exists(v->w->env->home, file[i].path))
				fault(v, arena_fmt(a, "folder: %s was purged, and is there", file[i].path));
			continue;
		}
		v->files++;
		int fd = file_open(v->w->env->home, file[i].path, O_NOFOLLOW);
		Err ignored = {0};
		if (fd < 0)
			fault(v, arena_fmt(a, "folder: %s is missing", file[i].path));
		else if (hash_fd(fd, &h, &bytes, &ignored) < 0 || !hash_eq(h, file[i].sha256))
			fault(v, arena_fmt(a, "folder: %s was changed", file[i].path));
		if (fd >= 0)
			close(fd);
	}
}

static bool being_filed(const Verify *v, const char *number) {
	for (size_t i = 0; i < v->filing_n; i++)
		if (!strcmp(v->filing[i], number))
			return true;
	return false;
}

static bool is_supplemented(const Verify *v, const char *number) {
	for (size_t i = 0; i < v->more_n; i++)
		if (!strcmp(v->more[i].number, number))
			return true;
	return false;
}

static bool entry_files(void *ctx, const EntryRow *en) {
	Verify *v = ctx;
	FileRow *file;
	size_t n;
	Arena *a = arena_new();
	if (store_entry_files(v->w->store, a, en->number, &file, &n, v->e) == 0 && !being_filed(v, en->number))
		check_files(v, a, file, n);
	if (v->e->kind == ERR_NONE && store_entry_supplements(v->w->store, a, en->number, &file, &n, v->e) == 0 &&
	    !is_supplemented(v, en->number))
		check_files(v, a, file, n);
	arena_free(a);
	return v->e->kind == ERR_NONE;
}

/* At one moment of the database, from which a run that is at work goes on: what the journal and the folders have beyond it came
 * later. */
static int verify_all(Verify *v, Err *e) {
	int64_t end, last;
	Err walk = {0};
	if (store_begin_reading(v->w->store, e) < 0)
		return -1;
	if (store_filing_pending(v->w->store, v->w->env->arena, &v->filing, &v->filing_n, e) < 0 ||
	    store_supplement_pending(v->w->store, v->w->env->arena, &v->more, &v->more_n, e) < 0)
		return -1;
	if (store_purged(v->w->store, &v->purged, e) < 0 || (v->purging = purge_under_way(v->w, e)) < 0)
		return -1;
	step("verify.begun");
	if (store_verify(v->w->store, fault, v, e) < 0 || replay_offset(v->w, &v->offset, &v->line, e) < 0)
		return -1;
	if (journal_walk(v->w->env->home, 0, journal_line, v, &end, &walk) < 0)
		fault(v, walk.text);
	step("verify.journal");
	if (v->offset && !v->met && walk.kind == ERR_NONE)
		fault(v, arena_fmt(v->arena, "journal: no line ends at byte %lld, to where the database has it", (long long)v->offset));
	if (!v->offset && v->ahead)
		fault(v, "database: it has nothing of the journal; 'xinlv run' makes it again");
	if (store_message_last(v->w->store, &last, e) < 0)
		return -1;
	if (last > v->last_seq)
		fault(v, arena_fmt(v->arena, "journal: ends at message %lld, the database has %lld", (long long)v->last_seq,
		                   (long long)last));
	return store_entry_each(v->w->store, &(EntryFilter){0}, entry_files, v, e);
}

int command_verify(Env *env, int argc, char **argv, Err *e) {
	const Option none[] = {{"", NULL, NULL}};
	int operands = options_read(none, 0, argc, argv, e);
	if (operands != 0)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "verify takes nothing behind it");
	World w;
	Verify v = {.w = &w, .arena = arena_new(), .e = e};
	int rc = world_open(&w, env, WORLD_LOOK, e);
	if (rc == 0)
		rc = archive_open(env->home, &v.archive, e);
	if (rc == 0)
		rc = verify_all(&v, e);
	size_t listed = 0;
	if (rc == 0)
		rc = year_verify(env->home, fault, &v, &listed, e);
	if (rc == 0 && listed)
		printf("%zu files as " YEAR_SUMS " has them\n", listed);
	if (rc == 0)
		printf("%lld messages, %lld files: %s\n", (long long)v.messages, (long long)v.files,
		       v.faults ? "faults found" : "all is as it was recorded");
	archive_close(v.archive);
	arena_free(v.arena);
	world_close(&w);
	return rc < 0 ? -1 : v.faults ? 1 : 0;
}
