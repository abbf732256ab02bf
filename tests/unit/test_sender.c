/* The parent's side of sending, against programs that are not xinlv-send, die or answer nonsense. */
#include "row.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "post/sender.h"

static Server server = {.scheme = SCHEME_SMTP, .text = "smtp://127.0.0.1:1", .user = "", .host = "127.0.0.1", .port = 1,
                        .path = "", .plaintext = true, .ca_file = "", .password_file = "", .password_command = "",
                        .password_env = "", .token_command = "", .from = ""};
static const MailConf conf = {.robot = {"", "r@b.cn"}, .send = &server, .send_n = 1};

/* A program in sh whose socket is descriptor 3; READY is 8 bytes behind a length of 4. */
#define READY "printf '\\010\\000\\000\\000\\001\\000\\061\\163\\000\\000\\000\\000' >&3\n"

/* Reads the two frames, HELLO and MAIL, to their ends: what is asked is asked whole before the program does anything. */
#define FRAME "n=$(head -c 4 <&3 | od -An -tu4); head -c $n <&3 >/dev/null; "
#define ASKED FRAME FRAME

static const struct {
	const char *row, *script;
	bool opens;
	SentKind kind;
} rows[] = {
	{"not ours", "exit 0\n", false, SENT_OK},
	{"nonsense at the start", "echo hello >&3; sleep 1\n", false, SENT_OK},
	{"dies at the question", READY ASKED "exit 1\n", true, SENT_UNKNOWN},
	{"killed in mid-question", READY ASKED "kill -9 $$\n", true, SENT_UNKNOWN},
	{"answers nonsense", READY ASKED "printf '\\003\\000\\000\\000abc' >&3; sleep 1\n", true, SENT_UNKNOWN},
	{"a frame too long", READY ASKED "printf '\\377\\377\\377\\377' >&3; sleep 1\n", true, SENT_UNKNOWN},
};

static void children(void **state) {
	char folder[] = "/tmp/xinlv-sender-XXXXXX";
	(void)state;
	assert_non_null(mkdtemp(folder));
	int home = open(folder, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Arena *a = arena_new();
		Err e = {0};
		Sender *s;
		SentResult r;
		const char *script = arena_fmt(a, "#!/bin/sh\n%s", rows[i].script);
		assert_int_equal(file_write_plain(home, "program", script, strlen(script), 0700, &e), 0);
		int rc = sender_open(arena_fmt(a, "%s/program", folder), home, &conf, &s, &e);
		ROW_INT(rows[i].row, rc, rows[i].opens ? 0 : -1);
		if (rc == 0) {
			sender_post(s, 0, "r@b.cn", "a@b.cn", STR("Subject: x\r\n\r\nx\r\n"));
			ROW_INT(rows[i].row, sender_hear(s, a, &r, &e), -1);
			ROW_INT(rows[i].row, r.kind, rows[i].kind);
		}
		ROW_INT(rows[i].row, e.kind, ERR_BUG);
		sender_close(s);
		arena_free(a);
	}
	close(home);
	Err e = {0};
	file_remove_tree(AT_FDCWD, folder, &e);
}

static void no_program(void **state) {
	Err e = {0};
	Sender *s;
	(void)state;
	assert_int_equal(sender_open("/nonexistent/xinlv-send", AT_FDCWD, &conf, &s, &e), -1);
	assert_int_equal(e.kind, ERR_BUG);
	assert_null(s);
	sender_close(NULL);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(children), cmocka_unit_test(no_program)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
