/* Known answers of FIPS 180-4, RFC 4231 and RFC 4648; lenient base64. */
#include "row.h"

#include <stdio.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/hash.h"

static Arena *a;

static void sha256(void **state) {
	(void)state;
	static const struct {
		const char *in, *hex;
	} rows[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Str s = str_of(rows[i].in);
		ROW_STR(rows[i].in, hash_text(a, hash_of(s.p, s.n)), rows[i].hex);
		HashRun *run = hash_start();
		for (size_t k = 0; k < s.n; k++)
			hash_more(run, s.p + k, 1);
		Hash h = hash_end(run), back;
		ROW_STR(rows[i].in, hash_text(a, h), rows[i].hex);
		ROW_INT(rows[i].in, hash_parse(str_of(rows[i].hex), &back), 0);
		ROW_TRUE(rows[i].in, hash_eq(h, back));
		back.b[31] ^= 1;
		ROW_TRUE(rows[i].in, !hash_eq(h, back));
	}
	Hash mac = hash_hmac("Jefe", 4, "what do ya want for nothing?", 28);
	assert_string_equal(hash_text(a, mac),
	                    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void parsing(void **state) {
	(void)state;
	static const char *const bad[] = {
		"", "ba7816bf", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015adx",
		"ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a "};
	Hash h;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ROW_INT(bad[i], hash_parse(str_of(bad[i]), &h), -1);
	assert_int_equal(
		hash_parse(STR("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"), &h), 0);
}

static void from_file(void **state) {
	(void)state;
	FILE *f = tmpfile();
	Hash h;
	uint64_t n = 0;
	Err e = {0};
	char *p = mem_alloc(700000);
	memset(p, 'x', 700000);
	fwrite(p, 1, 700000, f);
	fflush(f);
	lseek(fileno(f), 5, SEEK_SET);
	assert_int_equal(hash_fd(fileno(f), &h, &n, &e), 0);
	assert_int_equal(n, 699995);
	assert_true(hash_eq(h, hash_of(p, 699995)));
	assert_int_equal(hash_fd(-1, &h, NULL, &e), -1);
	free(p);
	fclose(f);
}

static void base64(void **state) {
	(void)state;
	static const struct {
		const char *plain, *coded;
	} rows[] = {{"", ""},         {"f", "Zg=="},         {"fo", "Zm8="},        {"foo", "Zm9v"},
	            {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"},
	            {"\xFF\xFE\xFD", "//79"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Buf there = {0}, back = {0};
		base64_encode(&there, rows[i].plain, strlen(rows[i].plain));
		base64_decode(&back, str_of(rows[i].coded));
		ROW_STR(rows[i].plain, buf_cstr(&there), rows[i].coded);
		ROW_STR(rows[i].coded, buf_cstr(&back), rows[i].plain);
		buf_free(&there);
		buf_free(&back);
	}
	static const struct {
		const char *coded, *plain;
	} lenient[] = {
		{"Zm9v\r\nYmFy\r\n", "foobar"}, {"Z m*9\xFFv", "foo"}, {"Zg", "f"},
		{"Zm8", "fo"},                  {"Z", ""},             {"Zg==Zm9v", "f"},
		{"=Zg", ""},                    {"Zm9vZ", "foo"},      {"\n\n\n\n\nZm9v", "foo"},
		{"Zm9vZm9v=Zm9v", "foofoo"},
	};
	for (size_t i = 0; i < sizeof lenient / sizeof *lenient; i++) {
		Buf back = {0};
		base64_decode(&back, str_of(lenient[i].coded));
		ROW_STR(lenient[i].coded, buf_cstr(&back), lenient[i].plain);
		buf_free(&back);
	}
}

static void round_trips(void **state) {
	(void)state;
	uint64_t seed = 4;
	for (size_t n = 0; n < 400; n++) {
		char p[400], *row = arena_fmt(a, "%zu bytes", n);
		Buf coded = {0}, lines = {0}, back = {0};
		random_fill(&seed, p, n, "");
		base64_encode(&coded, p, n);
		base64_lines(&lines, p, n, "\r\n");
		Str rest = buf_view(&lines), line;
		Buf joined = {0};
		while (str_next(&rest, '\n', &line)) {
			ROW_TRUE(row, line.n <= 77 && line.p[line.n - 1] == '\r');
			buf_slice(&joined, str_sub(line, 0, line.n - 1));
		}
		ROW_STR(row, buf_cstr(&joined), buf_cstr(&coded));
		ROW_TRUE(row, base64_lines_size(n) >= lines.n && base64_lines_size(n) < lines.n + 78);
		base64_decode(&back, buf_view(&lines));
		ROW_TRUE(row, str_eq(buf_view(&back), (Str){p, n}));
		buf_clear(&back);
		base64_decode(&back, buf_view(&coded));
		ROW_TRUE(row, str_eq(buf_view(&back), (Str){p, n}));
		buf_clear(&back);
		base64_decode(&back, (Str){p, n}); /* noise must only be survived */
		buf_free(&coded);
		buf_free(&lines);
		buf_free(&back);
		buf_free(&joined);
	}
}

/* In pieces of every size; each byte in every place is a letter or none, by a decoder that goes byte by byte. */
static void base64_in_pieces(void **state) {
	(void)state;
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char text[300], out[BASE64_ROOM(sizeof text) + 100], want[sizeof text], room[BASE64_ROOM(sizeof text)];
	for (unsigned c = 0; c < 256 * 40; c++) {
		size_t n = 0, bits = 0, held = 0, got = 0;
		Base64 b = {0};
		for (size_t i = 0; i < sizeof text; i++)
			text[i] = letters[(i * 7 + c) % 64];
		text[c % 40] = (char)(c / 40);
		text[77] = '\r', text[78] = '\n', text[130] = '=', text[131] = '=';
		for (size_t i = 0; i < sizeof text; i++) {
			const char *at = text[i] ? strchr(letters, text[i]) : NULL;
			if (text[i] == '=') {
				for (size_t k = 0; held >= 2 && k < held - 1; k++)
					want[n++] = (char)(bits << (6 * (4 - held)) >> (16 - 8 * k));
				bits = held = 0;
			}
			if (!at)
				continue;
			bits = (bits << 6 | (size_t)(at - letters)) & 0xFFFFFF;
			if (++held == 4) {
				for (size_t k = 0; k < 3; k++)
					want[n++] = (char)(bits >> (16 - 8 * k));
				bits = held = 0;
			}
		}
		size_t piece = c % 61 + 1;
		for (size_t i = 0; i < sizeof text; i += piece) {
			size_t some = sizeof text - i < piece ? sizeof text - i : piece, gave = base64_more(&b, text + i, some, room);
			memcpy(out + got, room, gave);
			got += gave;
		}
		ROW_INT("bytes", got, n);
		ROW_TRUE("the same", memcmp(out, want, n) == 0);
	}
}

static void randomness(void **state) {
	(void)state;
	unsigned char p[600] = {0}, q[600] = {0};
	random_bytes(p, sizeof p);
	random_bytes(q, sizeof q);
	assert_memory_not_equal(p, q, sizeof p);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256), cmocka_unit_test(parsing),     cmocka_unit_test(from_file),
		cmocka_unit_test(base64), cmocka_unit_test(round_trips), cmocka_unit_test(base64_in_pieces), cmocka_unit_test(randomness),
	};
	a = arena_new();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(a);
	return failed;
}
