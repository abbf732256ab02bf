/* Tables for what stands between the configuration and an IMAP server: names of folders, arrival times, settings. */
#include "row.h"

#include "base/when.h"
#include "intake/fetch_wire.h"
#include "intake/imap_inner.h"
#include "intake/utf7.h"

static void test_utf7(void **state) {
	(void)state;
	static const struct { const char *name, *wire; } rows[] = {
		{"INBOX", "INBOX"},
		{"已发送", "&XfJT0ZAB-"},
		{"草稿夹", "&g0l6P1k5-"},
		{"垃圾邮件", "&V4NXPpCuTvY-"},
		{"病毒文件夹", "&dcVr0mWHTvZZOQ-"},
		{"A & B", "A &- B"},
		{"&", "&-"},
		{"已&处", "&XfI-&-&WQQ-"},
		{"INBOX/归档 2023", "INBOX/&X1JoYw- 2023"},
		{"吉𠮷", "&VAnYQt+3-"},
		{"\"quoted\\\"", "\"quoted\\\""},
		{"~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"},
	};
	Arena *a = arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ROW_STR(rows[i].name, utf7_encode(a, rows[i].name, NULL), rows[i].wire);
		ROW_STR(rows[i].wire, utf7_decode(a, rows[i].wire), rows[i].name);
	}
	arena_free(a);
}

static void test_utf7_refuses(void **state) {
	(void)state;
	static const char *const names[] = {"", "a\r\nb", "a\nTAG LOGOUT", "a\tb", "\x7f", "\xc2\x85", "\xff\xfe"};
	static const char *const wires[] = {"&", "&XfJ", "&XfJT0ZAB", "&AGE-", "&2EI-", "&3Hc-", "&*-", "a\x80", "&XfL-x&\x01-"};
	Arena *a = arena_new();
	Err e;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		ROW_STR(names[i], utf7_encode(a, names[i], &e), NULL);
		ROW_INT(names[i], e.kind, ERR_RULES);
	}
	for (size_t i = 0; i < sizeof wires / sizeof *wires; i++)
		ROW_STR(wires[i], utf7_decode(a, wires[i]), NULL);
	char longest[UTF7_NAME_MAX + 2];
	memset(longest, 'x', sizeof longest);
	longest[UTF7_NAME_MAX + 1] = '\0';
	ROW_STR("one too long", utf7_encode(a, longest, &e), NULL);
	longest[UTF7_NAME_MAX] = '\0';
	ROW_STR("just long enough", utf7_encode(a, longest, &e), longest);
	arena_free(a);
}

static void test_utf7_noise(void **state) {
	(void)state;
	uint64_t seed = 20230331;
	Arena *a = arena_new();
	for (int i = 0; i < 20000; i++) {
		char noise[24];
		size_t n = random_next(&seed) % sizeof noise;
		random_fill(&seed, noise, n, "&-XfJT0ZAB,+");
		noise[n] = '\0';
		char *name = utf7_decode(a, noise);
		if (name && *name && utf7_encode(a, name, NULL))
			ROW_STR(noise, utf7_decode(a, utf7_encode(a, name, NULL)), name);
		arena_reset(a);
	}
	arena_free(a);
}

static void test_internaldate(void **state) {
	(void)state;
	static const struct { const char *row; int y, mo, d, h, mi, s, zone; int64_t want; } rows[] = {
		{"01-Mar-2023 09:00:00 +0800", 2023, 3, 1, 9, 0, 0, 800, 1677632400},
		{"the same in UTC", 2023, 3, 1, 1, 0, 0, 0, 1677632400},
		{"west, half an hour", 2023, 2, 28, 21, 30, 0, -330, 1677632400},
		{"closing second", 2023, 3, 31, 23, 59, 59, 800, 1680278399},
		{"leap day", 2024, 2, 29, 0, 0, 0, 0, 1709164800},
		{"leap second", 2016, 12, 31, 23, 59, 60, 0, 1483228800},
		{"no such day", 2023, 2, 29, 0, 0, 0, 0, WHEN_NONE},
		{"no such month", 2023, 13, 1, 0, 0, 0, 0, WHEN_NONE},
		{"no such hour", 2023, 1, 1, 24, 0, 0, 0, WHEN_NONE},
		{"no such minute", 2023, 1, 1, 0, 60, 0, 0, WHEN_NONE},
		{"no such zone", 2023, 1, 1, 0, 0, 0, 9900, WHEN_NONE},
		{"no such zone's minutes", 2023, 1, 1, 0, 0, 0, 870, WHEN_NONE},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ROW_INT(rows[i].row, imap_when(rows[i].y, rows[i].mo, rows[i].d, rows[i].h, rows[i].mi, rows[i].s,
		                               rows[i].zone), rows[i].want);
}

static void test_loopback(void **state) {
	(void)state;
	static const struct { const char *host; bool want; } rows[] = {
		{"localhost", true}, {"127.0.0.1", true}, {"127.8.9.1", true}, {"::1", true},
		{"127.evil.example.org", false}, {"localhost.example.org", false}, {"imap.163.com", false}, {"0.0.0.0", false},
		{"128.0.0.1", false}, {"::2", false}, {"", false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ROW_INT(rows[i].host, host_is_loopback(rows[i].host), rows[i].want);
}

static MailConf conf(Scheme scheme, bool plaintext, const char *host, const char *user, const char *file) {
	return (MailConf){.robot = {"", "robot@example.org"}, .max_bytes = 1000, .after_folder = "",
	                  .fetch = {.scheme = scheme, .plaintext = plaintext, .text = "url", .host = host, .port = 993,
	                            .user = user, .ca_file = "", .password_file = file, .password_command = "",
	                            .password_env = "", .token_command = "", .path = ""}};
}

static void test_settings(void **state) {
	(void)state;
	static const struct {
		const char *row;
		Scheme scheme;
		bool plaintext;
		const char *host, *user, *file, *folder;
		int tls; /* -1: refused */
	} rows[] = {
		{"imaps", SCHEME_IMAPS, false, "imap.163.com", "a@163.com", "pw", "INBOX", FETCH_TLS},
		{"starttls by default", SCHEME_IMAP, false, "imap.163.com", "a@163.com", "pw", "垃圾邮件", FETCH_STARTTLS},
		{"clear on this machine", SCHEME_IMAP, true, "127.0.0.1", "a", "pw", "INBOX", FETCH_CLEAR},
		{"clear on a network", SCHEME_IMAP, true, "imap.163.com", "a", "pw", "INBOX", -1},
		{"a Maildir", SCHEME_MAILDIR, false, "", "", "", "INBOX", -1},
		{"no user", SCHEME_IMAPS, false, "h", "", "pw", "INBOX", -1},
		{"a user of two lines", SCHEME_IMAPS, false, "h", "a\r\nb", "pw", "INBOX", -1},
		{"no password", SCHEME_IMAPS, false, "h", "a", "", "INBOX", -1},
		{"a folder of two lines", SCHEME_IMAPS, false, "h", "a", "pw", "x\r\nC9 DELETE y", -1},
		{"no name", SCHEME_IMAPS, false, "h", "a", "pw", "", -1},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		MailConf m = conf(rows[i].scheme, rows[i].plaintext, rows[i].host, rows[i].user, rows[i].file);
		FetchFolder folder = {rows[i].folder, 7, 9};
		FetchConf c;
		Err e = {0};
		int r = fetchconf_from(&m, &folder, 1, &c, &e);
		ROW_INT(rows[i].row, r, rows[i].tls < 0 ? -1 : 0);
		ROW_INT(rows[i].row, r < 0 ? e.kind : ERR_NONE, r < 0 ? ERR_RULES : ERR_NONE);
		if (r == 0)
			ROW_INT(rows[i].row, c.tls, rows[i].tls);
	}
}

static void test_settings_survive_the_wire(void **state) {
	(void)state;
	MailConf m = conf(SCHEME_IMAPS, false, "imap.example.org", "a@b", "pw");
	m.after = AFTER_MOVE;
	m.after_folder = "已处理";
	FetchFolder folder[] = {{"INBOX", 7, 9}, {"垃圾邮件", UINT32_MAX, UINT32_MAX}};
	FetchConf c, back;
	Buf b = {0};
	Arena *a = arena_new();
	assert_int_equal(fetchconf_from(&m, folder, 2, &c, NULL), 0);
	fetchconf_put(&b, &c);
	RecIn in = {b.p, b.n, false};
	assert_int_equal(fetchconf_get(&in, a, &back), 0);
	assert_string_equal(back.host, "imap.example.org");
	assert_string_equal(back.after_folder, "已处理");
	assert_string_equal(back.support, "robot@example.org");
	assert_int_equal(back.folder_n, 2);
	assert_string_equal(back.folder[1].folder, "垃圾邮件");
	assert_int_equal(back.folder[1].last_uid, UINT32_MAX);
	assert_int_equal(back.exchange_seconds, FETCH_EXCHANGE_SECONDS);
	for (size_t n = 0; n < b.n; n++) {
		in = (RecIn){b.p, n, false};
		assert_int_equal(fetchconf_get(&in, a, &back), -1);
	}
	arena_free(a);
	buf_free(&b);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf7), cmocka_unit_test(test_utf7_refuses), cmocka_unit_test(test_utf7_noise),
		cmocka_unit_test(test_internaldate), cmocka_unit_test(test_loopback), cmocka_unit_test(test_settings),
		cmocka_unit_test(test_settings_survive_the_wire),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
