/* test/c/check.h: assertions for C tests. The first that fails prints both values and ends the
 * test. */
#ifndef TEST_C_CHECK_H
#define TEST_C_CHECK_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEST_SKIPPED 77

#define EXPECT(cond) check_true((cond), #cond, __FILE__, __LINE__)
#define EXPECT_EQ(a, b) \
    check_int((int64_t)(a), "==", (int64_t)(b), #a " == " #b, __FILE__, __LINE__)
#define EXPECT_LE(a, b) \
    check_int((int64_t)(a), "<=", (int64_t)(b), #a " <= " #b, __FILE__, __LINE__)
#define EXPECT_GE(a, b) \
    check_int((int64_t)(a), ">=", (int64_t)(b), #a " >= " #b, __FILE__, __LINE__)
#define EXPECT_STR(a, b) check_str((a), (b), #a, __FILE__, __LINE__)

static inline void check_true(bool ok, const char *what, const char *file, int line)
{
    if (ok) return;
    fprintf(stderr, "%s:%d: not true: %s\n", file, line, what);
    exit(1);
}

static inline void check_int(int64_t a, const char *op, int64_t b, const char *what,
                             const char *file, int line)
{
    bool ok = op[0] == '=' ? a == b : op[0] == '<' ? a <= b : a >= b;
    if (ok) return;
    fprintf(stderr, "%s:%d: not true: %s (left %" PRId64 ", right %" PRId64 ")\n", file, line, what,
            a, b);
    exit(1);
}

static inline void check_str(const char *a, const char *b, const char *what, const char *file,
                             int line)
{
    if (!strcmp(a, b)) return;
    fprintf(stderr, "%s:%d: %s is \"%s\", not \"%s\"\n", file, line, what, a, b);
    exit(1);
}

static inline void check_skip(const char *why)
{
    printf("skipped: %s\n", why);
    exit(TEST_SKIPPED);
}

#endif
