/* Under every file that comes by mail: most of a mail's bytes are base64.  Our own: nettle's stops at the first foreign
 * byte, and mail is full of them.  Sixteen letters at a time where the processor can (SSSE3, any since 2006), four elsewhere. */
#include "base/base64.h"

#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

#define NO 0x80000000u /* not of the alphabet */
#define AT_ONCE 16

/* What a letter is worth in each of the four places of a group. */
static uint32_t worth[4][256];

static void learn_alphabet(void) {
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	if (worth[3][0])
		return;
	for (size_t place = 0; place < 4; place++) {
		for (size_t c = 0; c < 256; c++)
			worth[place][c] = NO;
		for (uint32_t i = 0; i < 64; i++)
			worth[place][(unsigned char)letters[i]] = i << (18 - 6 * place);
	}
}

static inline uint8_t *put_group(uint8_t *to, uint32_t v) {
	to[0] = (uint8_t)(v >> 16);
	to[1] = (uint8_t)(v >> 8);
	to[2] = (uint8_t)v;
	return to + 3;
}

/* Runs of whole groups: each moves *in and *out on as far as it gets, up to the first foreign byte or the end. */
typedef const uint8_t *(*Run)(const uint8_t *in, const uint8_t *end, uint8_t **out);

static const uint8_t *run_plain(const uint8_t *in, const uint8_t *end, uint8_t **out) {
	uint8_t *to = *out;
	for (; end - in >= 4; in += 4) {
		uint32_t v = worth[0][in[0]] | worth[1][in[1]] | worth[2][in[2]] | worth[3][in[3]];
		if (v & NO)
			break;
		to = put_group(to, v);
	}
	*out = to;
	return in;
}

#ifdef __x86_64__
/* A letter is told by its two halves: the two tables have a bit in common just where the pair is of no letter.  What turns
 * it into its number hangs on the upper half alone, but for '/'.  Stores 16 bytes of which 12 count: BASE64_ROOM. */
__attribute__((target("ssse3"))) static const uint8_t *run_ssse3(const uint8_t *in, const uint8_t *end, uint8_t **out) {
	const __m128i low_bad = _mm_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B,
	                                      0x1B, 0x1A);
	const __m128i high_bad = _mm_setr_epi8(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10,
	                                       0x10, 0x10);
	const __m128i shift = _mm_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
	const __m128i order = _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
	const __m128i half = _mm_set1_epi8(0x0F), slash = _mm_set1_epi8('/');
	uint8_t *to = *out;
	for (; end - in >= AT_ONCE; in += AT_ONCE, to += AT_ONCE / 4 * 3) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)in);
		__m128i high = _mm_and_si128(_mm_srli_epi32(v, 4), half);
		__m128i bad = _mm_and_si128(_mm_shuffle_epi8(low_bad, _mm_and_si128(v, half)), _mm_shuffle_epi8(high_bad, high));
		if (_mm_movemask_epi8(_mm_cmpeq_epi8(bad, _mm_setzero_si128())) != 0xFFFF)
			break;
		v = _mm_add_epi8(v, _mm_shuffle_epi8(shift, _mm_add_epi8(high, _mm_cmpeq_epi8(v, slash))));
		v = _mm_maddubs_epi16(v, _mm_set1_epi32(0x01400140)); /* pairs of six bits into twelve */
		v = _mm_madd_epi16(v, _mm_set1_epi32(0x00011000));    /* and those into twenty-four */
		_mm_storeu_si128((__m128i *)(void *)to, _mm_shuffle_epi8(v, order));
	}
	*out = to;
	return run_plain(in, end, out);
}
#endif

static Run best_run(void) {
#ifdef __x86_64__
	if (__builtin_cpu_supports("ssse3"))
		return run_ssse3;
#endif
	return run_plain;
}

size_t base64_more(Base64 *b, const void *p, size_t n, void *out) {
	static Run run;
	const uint8_t *in = p, *end = in + n;
	uint8_t *to = out;
	if (!run) {
		learn_alphabet();
		run = best_run();
	}
	while (in < end) {
		if (b->held == 0 && (in = run(in, end, &to)) == end)
			break;
		uint8_t c = *in++;
		if (c == '=')
			to += base64_end(b, to);
		if (worth[3][c] == NO)
			continue;
		b->bits |= worth[b->held][c];
		if (++b->held == 4) {
			to = put_group(to, b->bits);
			*b = (Base64){0};
		}
	}
	return (size_t)(to - (uint8_t *)out);
}

size_t base64_end(Base64 *b, void *out) {
	size_t n = b->held >= 2 ? b->held - 1 : 0;
	const uint8_t bytes[] = {(uint8_t)(b->bits >> 16), (uint8_t)(b->bits >> 8)};
	memcpy(out, bytes, n);
	*b = (Base64){0};
	return n;
}

void base64_decode(Buf *out, Str s) {
	Base64 b = {0};
	const char *end = s.n ? memchr(s.p, '=', s.n) : NULL;
	size_t n = end ? (size_t)(end - s.p) : s.n;
	buf_reserve(out, BASE64_ROOM(n));
	out->n += base64_more(&b, s.p, n, out->p + out->n);
	out->n += base64_end(&b, out->p + out->n);
	out->p[out->n] = '\0';
}
