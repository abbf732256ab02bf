/* For fuzzers: bytes in a descriptor, and a small form map to find fields with. */
#ifndef XINLV_TESTS_FUZZ_H
#define XINLV_TESTS_FUZZ_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "base/when.h"
#include "reader/formats.h"
#include "reader/preload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static inline int fuzz_fd(const void *p, size_t n) {
	static int fd = -1;
	if (fd < 0)
		fd = memfd_create("fuzz", 0);
	if (ftruncate(fd, 0) || pwrite(fd, p, n, 0) != (ssize_t)n)
		abort();
	return fd;
}

static inline const FormMap *fuzz_map(void) {
	static MapField field[] = {{.key = "a", .name = "x_a", .table = -1}, {.key = "b", .name = "x_b", .table = -1, .longtext = true},
	                           {.key = "c", .name = "x_c", .table = -1}, {.key = "t.a", .name = "x_t_a"}, {.key = "t.b", .name = "x_t_b"}};
	static MapTable table[] = {{"t", "tt", "tt"}};
	static const char *skip[] = {"ex"}, *labels[5];
	static const FormMap map = {.edition = "e", .field = field, .field_n = 5, .table = table, .table_n = 1, .skip = skip, .skip_n = 1};
	static const char *const words[] = {"aa", "bb", "cc", "da", "db"};
	for (size_t i = 0; i < 5 && !field[i].label; i++) {
		labels[i] = words[i];
		field[i].label = &labels[i];
		field[i].label_n = 1;
	}
	return &map;
}

/* Runs one file through the reader of its kind. */
static inline void fuzz_file(const uint8_t *data, size_t n, void (*look)(ReadJob *j, int fd)) {
	static bool ready;
	if (!ready)
		preload();
	ready = true;
	const MailAddr nobody = {"", ""};
	Report report = {
		.from = nobody, .sender = nobody, .reply_to = nobody, .inner_from = nobody,
		.return_path = "", .subject = "", .subject_bare = "", .message_id = "",
		.in_reply_to = "", .references = "", .mailer = "", .auth_results = "",
		.own_mark = "", .bounce_of = "", .bounce_to = "", .bounce_status = "",
		.bounce_text = "", .calendar_uid = "", .calendar_answer = "", .text = "", .text_whole = "",
		.date = WHEN_NONE, .received = WHEN_NONE, .inner_received = WHEN_NONE,
	};
	ReadJob j = {.arena = arena_new(), .map = fuzz_map(), .report = &report};
	look(&j, fuzz_fd(data, n));
	vec_free(&j.part);
	vec_free(&j.form);
	vec_free(&j.sheet);
	arena_free(j.arena);
}

#endif
