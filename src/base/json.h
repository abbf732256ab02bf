/* JSON (RFC 8259): a writer of our own onto a Buf, a reader over jansson. */
#ifndef XINLV_BASE_JSON_H
#define XINLV_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* libjansson has functions of some of these names: it must not find ours. */
#pragma GCC visibility push(hidden)

/* Writer: JsonOut j = json_to(&buf); commas and escapes are its business.  A
 * NULL key stands for an element of an array or the top value.  A NULL string
 * value writes null.  Text must be valid UTF-8. */
typedef struct {
	Buf *out;
	bool comma;
} JsonOut;

JsonOut json_to(Buf *out);
void json_object(JsonOut *j, const char *key);
void json_end_object(JsonOut *j);
void json_array(JsonOut *j, const char *key);
void json_end_array(JsonOut *j);
void json_text(JsonOut *j, const char *key, const char *value);
void json_int(JsonOut *j, const char *key, int64_t value);
void json_bool(JsonOut *j, const char *key, bool value);
void json_null(JsonOut *j, const char *key);
/* A value that is JSON already. */
void json_raw(JsonOut *j, const char *key, Str json);

/* Reader.  json_parse owns the whole tree; the others borrow from it. */
typedef struct Json Json;
Json *json_parse(Str s, Err *e); /* NULL on error: line and column in e */
void json_free(Json *root);
const Json *json_get(const Json *object, const char *key); /* NULL when absent or no object */
const char *json_str(const Json *v, const char *otherwise);
int64_t json_num(const Json *v, int64_t otherwise);
bool json_true(const Json *v);
bool json_is_null(const Json *v); /* absent counts */
size_t json_len(const Json *array);
const Json *json_at(const Json *array, size_t i);
/* Members of an object in the order written: index i, its key and value. */
size_t json_members(const Json *object);
const Json *json_member(const Json *object, size_t i, const char **key);

#pragma GCC visibility pop

#endif
