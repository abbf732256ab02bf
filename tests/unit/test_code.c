/* Codes: made as they always were, and found again as people type them. */
#include "row.h"

#include "base/code.h"
#include "base/text.h"

static SealKey key(void) {
	SealKey k;
	for (uint8_t i = 0; i < sizeof k.b; i++)
		k.b[i] = i;
	return k;
}

/* HMAC-SHA-256 of the text under the key 00 01 .. 1F, taken apart by hand: a code in somebody's mailbox must stay what it is. */
static void test_made(void **state) {
	(void)state;
	Arena *a = arena_new();
	SealKey k = key(), other = key();
	static const struct {
		CodeKind kind;
		const char *code, *shown;
	} rows[] = {
		{CODE_RELEASE, "REX5DMK05406", "REX5-DMK0-5406"},
		{CODE_SETTING, "SEX5DMK05406", "SEX5-DMK0-5406"},
		{CODE_SCORES, "59397799", "5939-7799"},
	};
	other.b[31]++;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *code = code_make(a, rows[i].kind, &k, "what was shown"), *end;
		ROW_STR(rows[i].shown, code, rows[i].code);
		ROW_STR(rows[i].shown, code_shown(a, code), rows[i].shown);
		ROW_STR(rows[i].shown, code_at(a, rows[i].kind, rows[i].shown, &end), code);
		ROW_STR(rows[i].shown, end, "");
		ROW_TRUE(rows[i].shown, strcmp(code_make(a, rows[i].kind, &k, "what was shown."), code) != 0);
		ROW_TRUE(rows[i].shown, strcmp(code_make(a, rows[i].kind, &other, "what was shown"), code) != 0);
	}
	arena_free(a);
}

static void test_found(void **state) {
	(void)state;
	Arena *a = arena_new();
	static const struct {
		const char *row;
		CodeKind kind;
		const char *text, *code, *before, *behind;
	} rows[] = {
		{"in a sentence", CODE_SETTING, "ok: S7K3-M9QX-2PD4, thanks", "S7K3M9QX2PD4", "ok: ", ", thanks"},
		{"small, O and l", CODE_RELEASE, "rO00-l000-0000", "R00010000000", "", ""},
		{"long dashes and blanks", CODE_SETTING, "S7K3 \u2014 M9QX\u20112PD4", "S7K3M9QX2PD4", "", ""},
		{"the second, where the first is too long", CODE_RELEASE, "R7K3-M9QX-2PD45 R000-0000-0001", "R00000000001",
		 "R7K3-M9QX-2PD45 ", ""},
		{"another kind", CODE_RELEASE, "S7K3-M9QX-2PD4", NULL, NULL, NULL},
		{"too short", CODE_SETTING, "S7K3-M9QX-2PD", NULL, NULL, NULL},
		{"in a longer word", CODE_SETTING, "xS7K3M9QX2PD4", NULL, NULL, NULL},
		{"four blanks apart", CODE_SETTING, "S7K3    M9QX-2PD4", NULL, NULL, NULL},
		{"digits", CODE_SCORES, "4821 7730", "48217730", "", ""},
		{"digits of a telephone", CODE_SCORES, "13800138000", NULL, NULL, NULL},
		{"nothing", CODE_SCORES, "", NULL, NULL, NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *at, *end, *text = text_fold(a, rows[i].text), *code = code_in(a, rows[i].kind, text, &at, &end);
		ROW_STR(rows[i].row, code, rows[i].code);
		if (code) {
			ROW_STR(rows[i].row, arena_copy(a, text, (size_t)(at - text)), rows[i].before);
			ROW_STR(rows[i].row, end, rows[i].behind);
		}
	}
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_made), cmocka_unit_test(test_found)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
