/* The terminal's face of the commands.  Only shows; decides nothing. */
#include "command/print.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"

#define FACT_LABEL 16 /* columns of a label, with the gap behind it */

const char *paint_on(const Env *env, Paint p) {
	static const char *const code[] = {"", "\033[1m", "\033[32m", "\033[33m", "\033[31m", "\033[2m"};
	return env->colour ? code[p] : "";
}

const char *paint_off(const Env *env) {
	return env->colour ? "\033[0m" : "";
}

static void pad(size_t have, size_t want) {
	for (; have < want; have++)
		putchar_unlocked(' ');
}

void print_row(const Env *env, Arena *a, const Column *col, size_t n, const char *const *cell, Paint paint) {
	fputs(paint_on(env, paint), stdout);
	for (size_t i = 0; i < n; i++) {
		const char *s = text_line(a, str_of(cell[i]));
		if (col[i].width)
			s = text_fit(a, s, col[i].width);
		fputs(s, stdout);
		if (i + 1 < n)
			pad(text_width(s), col[i].width + 2);
	}
	fputs(paint_off(env), stdout);
	putchar('\n');
}

void print_heading(const Env *env, const Column *col, size_t n) {
	const char **cell = arena_array(env->arena, n, sizeof *cell);
	for (size_t i = 0; i < n; i++)
		cell[i] = col[i].heading;
	print_row(env, env->arena, col, n, cell, PAINT_HEAD);
}

void print_fact(const Env *env, const char *label, const char *fmt, ...) {
	char text[4096];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	printf("  %s%s%s", paint_on(env, PAINT_DIM), label, paint_off(env));
	size_t width = text_width(label);
	pad(width, width + 2 > FACT_LABEL ? width + 2 : FACT_LABEL);
	printf("%s\n", text_line(env->arena, str_of(text)));
}

void print_warning(const Env *env, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	printf("%swarning%s: ", paint_on(env, PAINT_WARN), paint_off(env));
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
}

void print_title(const Env *env, const char *text) {
	printf("%s%s%s\n", paint_on(env, PAINT_HEAD), text, paint_off(env));
}

char *print_when(Arena *a, int64_t t) {
	return t == WHEN_NONE ? arena_str(a, "-") : when_minute(a, t);
}
