/* The small readers that everything else stands on: times, addresses, charsets, folder names, tokens, server's words.  What is
 * called clean is valid, and what can be taken back is taken back. */
#include "fuzz.h"

#include "base/charset.h"
#include "base/log.h"
#include "base/seal.h"
#include "intake/utf7.h"
#include "post/sender.h"

static void need_clean(const char *s) {
	if (s && !text_valid(str_of(s)))
		abort();
}

static void folder_names(Arena *a, const char *text) {
	char *name = utf7_decode(a, text), *wire = name ? utf7_encode(a, name, NULL) : NULL;
	need_clean(name);
	char *back = wire ? utf7_decode(a, wire) : NULL;
	if (wire && (!back || strcmp(back, name) != 0))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
	Arena *a = arena_new();
	Str raw = {(const char *)data, n};
	int64_t at;
	SealRow row;
	static const SealKey key = {{1}};
	char *text = text_clean(a, raw);
	need_clean(text);
	need_clean(text_line(a, raw));
	need_clean(text_fold(a, text));
	need_clean(text_key(a, text));
	need_clean(text_tidy(a, text));
	need_clean(text_filename(a, text, 60));
	need_clean(text_mask(a, text));
	need_clean(text_cut(a, text, 7));
	need_clean(text_fit(a, text, 9));
	(void)when_parse(raw, false, &at);
	if (when_parse(raw, true, &at) == 0)
		need_clean(when_text(a, at));
	folder_names(a, text);
	if (seal_check(a, &key, text, &row) == 0)
		abort(); /* nobody guesses the key */
	(void)smtp_answer(n ? data[0] * 3 : 0, text);
	log_mask(text);
	need_clean(text);
	arena_free(a);
	return 0;
}
