/* Arena: memory that lives as long as one message (or one command) and is
 * given back in one call.  Nothing in it is freed alone. */
#ifndef XINLV_BASE_ARENA_H
#define XINLV_BASE_ARENA_H

#include <stddef.h>
#include <stdlib.h>

typedef struct Arena Arena;

/* A new, empty arena.  Ends the process (exit code 70) when the system has no
 * memory: a program without memory cannot keep its promises.  */
Arena *arena_new(void);
/* Frees the arena and all that was allocated from it.  NULL is allowed. */
void arena_free(Arena *a);
/* Forgets all allocations, keeps one block for the next use. */
void arena_reset(Arena *a);

/* n zeroed bytes, aligned for any type; never NULL. */
void *arena_alloc(Arena *a, size_t n);
/* count * size zeroed bytes; ends the process on overflow. */
void *arena_array(Arena *a, size_t count, size_t size);
/* A copy of n bytes with a NUL behind it. */
char *arena_copy(Arena *a, const void *p, size_t n);
/* Takes over what mem_alloc() or a Buf gave: freed with the arena, or when that is reset.  Returns p. */
void *arena_own(Arena *a, void *p);
/* A copy of a NUL-terminated string; NULL gives "". */
char *arena_str(Arena *a, const char *s);
/* printf into the arena. */
char *arena_fmt(Arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ARENA_NEW(a, Type): one zeroed Type. */
#define ARENA_NEW(a, T) ((T *)arena_alloc((a), sizeof(T)))

/* malloc family for what does not live in an arena: never NULL. */
void *mem_alloc(size_t n);
void *mem_resize(void *p, size_t n);
char *mem_str(const char *s);

/* A growing array: VEC(Type) v = {0}; *vec_push(&v) = x; vec_free(&v).
 * vec_push gives the address of a new zeroed element. */
#define VEC(T)                \
	struct {                  \
		T *v;                 \
		size_t n, cap;        \
	}
void *vec_grow(void *v, size_t *n, size_t *cap, size_t size);
#define vec_push(x) \
	((x)->v = vec_grow((x)->v, &(x)->n, &(x)->cap, sizeof *(x)->v), &(x)->v[(x)->n - 1])
#define vec_free(x) (free((x)->v), (x)->v = NULL, (x)->n = (x)->cap = 0)

#endif
