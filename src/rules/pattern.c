/* Beside the judge and the loader: one regular expression, compiled once.
 * Refuses to run long: a subject that needs more than PATTERN_MATCH_LIMIT steps
 * or PATTERN_HEAP_KIB of memory simply does not match. */
#include "rules/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct Pattern {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
	char *text;
};

static pcre2_code *compile(const char *regex, int *error, PCRE2_SIZE *at) {
	pcre2_compile_context *c = pcre2_compile_context_create(NULL);
	if (!c)
		return NULL;
	pcre2_set_max_pattern_length(c, PATTERN_MAX_BYTES);
	pcre2_set_parens_nest_limit(c, PATTERN_MAX_DEPTH);
	/* No UCP: \d and \w mean the ASCII ones, as the author of a pattern for
	 * codes and numbers expects. */
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED,
	                                 PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C,
	                                 error, at, c);
	pcre2_compile_context_free(c);
	return code;
}

Pattern *pattern_new_at(const char *regex, int *offset, Err *e) {
	int error = PCRE2_ERROR_NOMEMORY;
	PCRE2_SIZE at = 0;
	pcre2_code *code = compile(regex, &error, &at);
	if (!code) {
		PCRE2_UCHAR why[160];
		pcre2_get_error_message(error, why, sizeof why);
		size_t chars = 0, len;
		for (Str s = {regex, at}; s.n; s = str_from(s, len), chars++)
			text_next(s, &len);
		if (offset)
			*offset = (int)chars;
		err_set(e, ERR_RULES, "pattern, at its character %zu: %s", chars + 1, (const char *)why);
		return NULL;
	}
	Pattern *p = mem_alloc(sizeof *p);
	*p = (Pattern){code, pcre2_match_data_create_from_pattern(code, NULL),
	               pcre2_match_context_create(NULL), mem_str(regex)};
	if (!p->data || !p->limits) {
		pattern_free(p);
		err_set(e, ERR_BUG, "pattern: out of memory");
		return NULL;
	}
	pcre2_set_match_limit(p->limits, PATTERN_MATCH_LIMIT);
	pcre2_set_heap_limit(p->limits, PATTERN_HEAP_KIB);
	return p;
}

Pattern *pattern_new(const char *regex, Err *e) {
	return pattern_new_at(regex, NULL, e);
}

void pattern_free(Pattern *p) {
	if (!p)
		return;
	pcre2_match_data_free(p->data);
	pcre2_match_context_free(p->limits);
	pcre2_code_free(p->code);
	free(p->text);
	free(p);
}

static bool run(const Pattern *p, const char *subject, uint32_t options) {
	return pcre2_match(p->code, (PCRE2_SPTR)subject, strlen(subject), 0, options, p->data,
	                   p->limits) > 0;
}

bool pattern_matches(const Pattern *p, const char *subject) {
	return run(p, subject, PCRE2_ANCHORED | PCRE2_ENDANCHORED);
}

bool pattern_finds(const Pattern *p, const char *subject) {
	return run(p, subject, 0);
}

const char *pattern_text(const Pattern *p) {
	return p->text;
}
