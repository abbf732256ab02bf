/* JSON of any origin: parsed, walked, and its texts written again. */
#include "fuzz.h"

#include "base/json.h"

static void walk(const Json *v, JsonOut *out, int depth) {
	const char *key;
	(void)json_num(v, 0);
	(void)json_true(v);
	json_text(out, NULL, json_str(v, ""));
	for (size_t i = 0; i < json_members(v) && depth < 200; i++)
		walk(json_member(v, i, &key), out, depth + 1);
	for (size_t i = 0; i < json_len(v) && depth < 200; i++)
		walk(json_at(v, i), out, depth + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
	Err e = {0};
	Json *root = json_parse((Str){(const char *)data, n}, &e), *back;
	if (!root)
		return 0;
	Buf b = {0};
	JsonOut out = json_to(&b);
	json_array(&out, NULL);
	walk(root, &out, 0);
	json_end_array(&out);
	back = json_parse(buf_view(&b), &e);
	if (!back)
		abort();
	json_free(back);
	buf_free(&b);
	json_free(root);
	return 0;
}
