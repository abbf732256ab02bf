/* Under everything: the memory of one message, given back in one call.
 * Refuses to hand out nothing: without memory the process ends with 70, because
 * a caller that limps on could break a promise already made on disk. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_FIRST ((size_t)16 << 10)
#define BLOCK_LARGEST ((size_t)256 << 10)
#define ALIGN _Alignof(max_align_t)

typedef struct Block Block;
struct Block {
	Block *next;
	size_t size, used;
	max_align_t data[];
};

/* Memory that was somebody else's. */
typedef struct Owned Owned;
struct Owned {
	Owned *next;
	void *p;
};

struct Arena {
	Block *blocks; /* the first one is the one being filled */
	Owned *owned;  /* the list lies in the blocks */
	size_t next_size;
};

static _Noreturn void no_memory(void) {
	static const char line[] = "xinlv: out of memory\n";
	if (write(STDERR_FILENO, line, sizeof line - 1) < 0)
		_exit(70);
	_exit(70); /* no exit handlers: they would want memory too */
}

void *mem_alloc(size_t n) {
	void *p = malloc(n ? n : 1);
	if (!p)
		no_memory();
	return p;
}

void *mem_resize(void *p, size_t n) {
	p = realloc(p, n ? n : 1);
	if (!p)
		no_memory();
	return p;
}

char *mem_str(const char *s) {
	size_t n = s ? strlen(s) : 0;
	char *p = mem_alloc(n + 1);
	if (n)
		memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

void *vec_grow(void *v, size_t *n, size_t *cap, size_t size) {
	if (*n == *cap) {
		size_t more = *cap ? *cap * 2 : 8, bytes;
		if (__builtin_mul_overflow(more, size, &bytes))
			no_memory();
		v = mem_resize(v, bytes);
		*cap = more;
	}
	memset((char *)v + *n * size, 0, size);
	++*n;
	return v;
}

static Block *block_new(size_t size) {
	size_t bytes;
	if (__builtin_add_overflow(size, sizeof(Block), &bytes))
		no_memory();
	Block *b = mem_alloc(bytes);
	b->next = NULL;
	b->size = size;
	b->used = 0;
	return b;
}

Arena *arena_new(void) {
	Arena *a = mem_alloc(sizeof *a);
	a->blocks = NULL;
	a->owned = NULL;
	a->next_size = BLOCK_FIRST;
	return a;
}

static void owned_free(Arena *a) {
	for (Owned *o = a->owned; o; o = o->next)
		free(o->p);
	a->owned = NULL;
}

static void blocks_free(Block *b) {
	while (b) {
		Block *next = b->next;
		free(b);
		b = next;
	}
}

void arena_free(Arena *a) {
	if (!a)
		return;
	owned_free(a);
	blocks_free(a->blocks);
	free(a);
}

void arena_reset(Arena *a) {
	owned_free(a);
	/* A block made for one large value is not kept: memory must not stay at
	 * the size of the largest message ever seen. */
	Block *kept = NULL;
	for (Block *b = a->blocks, *next; b; b = next) {
		next = b->next;
		if (!kept && b->size <= BLOCK_LARGEST) {
			kept = b;
			kept->next = NULL;
			kept->used = 0;
		} else {
			free(b);
		}
	}
	a->blocks = kept;
}

/* n bytes, not zeroed. */
static void *take(Arena *a, size_t n) {
	if (n > SIZE_MAX - ALIGN)
		no_memory();
	n = (n + ALIGN - 1) / ALIGN * ALIGN;
	Block *b = a->blocks;
	if (b && n <= b->size - b->used) {
		char *p = (char *)b->data + b->used;
		b->used += n;
		return p;
	}
	if (n > a->next_size / 2) { /* a block of its own, behind the one being filled */
		Block *own = block_new(n);
		own->used = n;
		own->next = b ? b->next : NULL;
		if (b)
			b->next = own;
		else
			a->blocks = own;
		return own->data;
	}
	Block *fresh = block_new(a->next_size);
	if (a->next_size < BLOCK_LARGEST)
		a->next_size *= 2;
	fresh->next = b;
	fresh->used = n;
	a->blocks = fresh;
	return fresh->data;
}

void *arena_alloc(Arena *a, size_t n) {
	void *p = take(a, n);
	memset(p, 0, n);
	return p;
}

void *arena_array(Arena *a, size_t count, size_t size) {
	size_t n;
	if (__builtin_mul_overflow(count, size, &n))
		no_memory();
	return arena_alloc(a, n);
}

void *arena_own(Arena *a, void *p) {
	Owned *o = take(a, sizeof *o);
	*o = (Owned){a->owned, p};
	a->owned = o;
	return p;
}

char *arena_copy(Arena *a, const void *p, size_t n) {
	if (n == SIZE_MAX)
		no_memory();
	char *copy = take(a, n + 1);
	if (n)
		memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

char *arena_str(Arena *a, const char *s) {
	return arena_copy(a, s, s ? strlen(s) : 0);
}

char *arena_fmt(Arena *a, const char *fmt, ...) {
	char small[256];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(small, sizeof small, fmt, ap);
	va_end(ap);
	if (n < 0)
		return arena_str(a, "");
	if ((size_t)n < sizeof small)
		return arena_copy(a, small, (size_t)n);
	char *large = take(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(large, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return large;
}
