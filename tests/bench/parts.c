/* The bare parts of the work, each alone and as short as its library allows: what is left of a run's processor time is reading
 * forms, judging them, and wording answers.  usage: parts FOLDER IMAP-PORT USER PASSWORD SMTP-PORT BYTES DATABASE NEW-DATABASE: the
 * mails in FOLDER are those of USER; BYTES is the size of an answer; DATABASE is what a run made of them.  Prints a line
 * "NAME SECONDS" a part. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <dirent.h>
#include <expat.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zip.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/hash.h"

typedef VEC(Str) Pieces;

static void die(const char *what) {
	fprintf(stderr, "parts: %s\n", what);
	exit(1);
}

static double processor(void) {
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double begun;

static void part_begins(void) {
	begun = processor();
}

static void part_ends(const char *name) {
	printf("%s %.4f\n", name, processor() - begun);
}

/* ---- the mails */

static Str whole(Arena *a, int dir, const char *name) {
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	off_t n = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	if (n < 0)
		die(name);
	char *p = arena_alloc(a, (size_t)n + 1);
	for (off_t at = 0, got; at < n; at += got)
		if ((got = pread(fd, p + at, (size_t)(n - at), at)) <= 0)
			die(name);
	close(fd);
	return (Str){p, (size_t)n};
}

static Pieces mails_of(Arena *a, const char *folder) {
	Pieces all = {0};
	DIR *d = opendir(folder);
	if (!d)
		die(folder);
	for (struct dirent *e; (e = readdir(d));)
		if (e->d_name[0] != '.')
			*vec_push(&all) = whole(a, dirfd(d), e->d_name);
	closedir(d);
	return all;
}

/* The bodies in base64, as they stand. */
static void add_bodies(Str mail, Pieces *out) {
	for (ptrdiff_t at; (at = str_find(mail, STR("Content-Transfer-Encoding: base64"))) >= 0;) {
		mail = str_from(mail, (size_t)at);
		const char *body = memmem(mail.p, mail.n, "\n\n", 2);
		const char *wide = memmem(mail.p, mail.n, "\r\n\r\n", 4);
		if (!body || (wide && wide < body))
			body = wide;
		if (!body)
			return;
		mail = str_from(mail, (size_t)(body - mail.p));
		ptrdiff_t end = str_find(mail, STR("\n--"));
		*vec_push(out) = str_sub(mail, 0, end < 0 ? mail.n : (size_t)end);
		mail = str_from(mail, out->v[out->n - 1].n);
	}
}

/* ---- the parts */

static int connected(const char *port) {
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s < 0 || connect(s, (struct sockaddr *)&to, sizeof to) < 0)
		die("no connection");
	return s;
}

/* All in one answer, written to one file. */
static void download(const char *port, const char *user, const char *password) {
	static char buf[1 << 18];
	char ask[512], tail[8] = "";
	FILE *to = tmpfile();
	int s = connected(port), n = snprintf(ask, sizeof ask, "a LOGIN %s %s\r\nb EXAMINE INBOX\r\nc UID FETCH 1:* BODY.PEEK[]\r\nd LOGOUT\r\n", user, password);
	if (!to || write(s, ask, (size_t)n) != n)
		die("no download");
	for (ssize_t got; (got = read(s, buf, sizeof buf)) > 0;) {
		if (write(fileno(to), buf, (size_t)got) != got)
			die("no room");
		memcpy(tail, buf + (got < 8 ? 0 : got - 8), got < 8 ? (size_t)got : 8);
	}
	if (!memchr(tail, '\n', sizeof tail))
		die("the download broke off");
	fclose(to);
	close(s);
}

static Pieces decoded(Arena *a, const Pieces *bodies) {
	Pieces out = {0};
	for (size_t i = 0; i < bodies->n; i++) {
		Base64 b = {0};
		char *p = arena_alloc(a, BASE64_ROOM(bodies->v[i].n));
		size_t n = base64_more(&b, bodies->v[i].p, bodies->v[i].n, p);
		n += base64_end(&b, p + n);
		*vec_push(&out) = (Str){p, n};
	}
	return out;
}

static void unpack(Arena *a, Str file, Pieces *out) {
	zip_error_t e;
	zip_source_t *source = zip_source_buffer_create(file.p, file.n, 0, &e);
	zip_t *z = source ? zip_open_from_source(source, ZIP_RDONLY, &e) : NULL;
	if (!z)
		die("a workbook cannot be opened");
	for (zip_int64_t i = 0; i < zip_get_num_entries(z, 0); i++) {
		zip_stat_t st;
		zip_file_t *f = zip_fopen_index(z, (zip_uint64_t)i, 0);
		if (!f || zip_stat_index(z, (zip_uint64_t)i, 0, &st) < 0)
			die("a workbook cannot be read");
		char *p = arena_alloc(a, st.size + 1);
		if (zip_fread(f, p, st.size) != (zip_int64_t)st.size)
			die("a workbook cannot be read");
		zip_fclose(f);
		*vec_push(out) = (Str){p, st.size};
	}
	zip_close(z);
}

static void on_start(void *ctx, const char *name, const char **attributes) {
	(void)name, (void)attributes;
	++*(size_t *)ctx;
}

static void on_text(void *ctx, const char *p, int n) {
	(void)p;
	*(size_t *)ctx += (size_t)n;
}

static size_t parsed(const Pieces *xml) {
	size_t seen = 0;
	for (size_t i = 0; i < xml->n; i++) {
		XML_Parser p = XML_ParserCreate(NULL);
		XML_SetUserData(p, &seen);
		XML_SetStartElementHandler(p, on_start);
		XML_SetCharacterDataHandler(p, on_text);
		if (XML_Parse(p, xml->v[i].p, (int)xml->v[i].n, 1) != XML_STATUS_OK)
			die("a workbook is no XML");
		XML_ParserFree(p);
	}
	return seen;
}

static void sql(sqlite3 *db, const char *text) {
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
}

/* Runs each row of a query, which is a statement. */
static void sql_each(sqlite3 *db, const char *query) {
	sqlite3_stmt *s;
	VEC(char *) text = {0};
	if (sqlite3_prepare_v2(db, query, -1, &s, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
	while (sqlite3_step(s) == SQLITE_ROW)
		*vec_push(&text) = mem_str((const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	for (size_t i = 0; i < text.n; i++) {
		sql(db, text.v[i]);
		free(text.v[i]);
	}
	vec_free(&text);
}

/* The rows of the run, a table at once. */
static void store(const char *from, const char *to) {
	sqlite3 *db;
	if (sqlite3_open(to, &db) != SQLITE_OK)
		die(to);
	char *attach = sqlite3_mprintf("ATTACH %Q AS run", from);
	sql(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
	sql(db, attach);
	sql_each(db, "SELECT sql FROM run.sqlite_master WHERE sql IS NOT NULL AND type IN ('table', 'index') AND name NOT LIKE 'sqlite_%'");
	sql(db, "BEGIN");
	sql_each(db, "SELECT 'INSERT INTO main.\"' || name || '\" SELECT * FROM run.\"' || name || '\"' FROM run.sqlite_master "
	             "WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
	sql(db, "COMMIT");
	sqlite3_free(attach);
	sqlite3_close(db);
}

typedef struct {
	Str mail;
	size_t at;
} Given;

static size_t give(char *p, size_t size, size_t n, void *ctx) {
	Given *g = ctx;
	Str piece = str_sub(g->mail, g->at, size * n);
	memcpy(p, piece.p, piece.n);
	g->at += piece.n;
	return piece.n;
}

/* So many answers over one connection. */
static void post(const char *port, size_t mails, size_t bytes) {
	Buf mail = {0};
	char url[64];
	while (mail.n < bytes)
		buf_str(&mail, "5oKo5aW977yaDQoNCiAgICDpmYTku7bkuLrlk4jlsJTmu6jkuK3ms7DnlLXlrZDogqHku73mnInp\r\n");
	snprintf(url, sizeof url, "smtp://127.0.0.1:%s/example.org", port);
	struct curl_slist *to = curl_slist_append(NULL, "a@example.cn");
	CURL *c = curl_easy_init();
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(c, CURLOPT_MAIL_FROM, "shenbao@example.org");
	curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(c, CURLOPT_READFUNCTION, give);
	for (size_t i = 0; i < mails; i++) {
		Given g = {buf_view(&mail), 0};
		curl_easy_setopt(c, CURLOPT_READDATA, &g);
		if (curl_easy_perform(c) != CURLE_OK)
			die("no answer was taken");
	}
	curl_easy_cleanup(c);
	curl_slist_free_all(to);
	buf_free(&mail);
}

static void hash_all(const Pieces *p) {
	for (size_t i = 0; i < p->n; i++)
		hash_of(p->v[i].p, p->v[i].n);
}

int main(int argc, char **argv) {
	Arena *a = arena_new();
	Pieces bodies = {0}, xml = {0};
	if (argc != 9)
		die("eight arguments");
	Pieces mails = mails_of(a, argv[1]);
	for (size_t i = 0; i < mails.n; i++)
		add_bodies(mails.v[i], &bodies);

	part_begins();
	download(argv[2], argv[3], argv[4]);
	part_ends("download");

	part_begins();
	Pieces files = decoded(a, &bodies);
	part_ends("base64");

	part_begins();
	hash_all(&mails);
	hash_all(&files);
	part_ends("SHA-256");

	part_begins();
	for (size_t i = 0; i < files.n; i++)
		if (str_starts(files.v[i], "PK"))
			unpack(a, files.v[i], &xml);
	part_ends("unzip");

	part_begins();
	if (parsed(&xml) == 0)
		die("no workbooks");
	part_ends("XML");

	part_begins();
	store(argv[7], argv[8]);
	part_ends("SQLite");

	part_begins();
	post(argv[5], mails.n, (size_t)atoi(argv[6]));
	part_ends("SMTP");
	arena_free(a);
	return 0;
}
