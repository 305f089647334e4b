/* core/tools/young.h: has functions of Node's library made in the young generation.
 *
 * V8 takes a function that is written as the value of a property (`a.b = () => ...`) for a method,
 * and makes it in the old generation. Where it is a closure made for one object, that keeps all it
 * can see until the next full collection, through every collection of the young generation. A
 * function in parentheses behind a comma is not taken for a method. */
#ifndef RT_TOOLS_YOUNG_H
#define RT_TOOLS_YOUNG_H

#include <stddef.h>

/* Puts "(0, " and ")" around the functions that text, a module's, assigns to target ("a.b"). No
 * line of it moves. Returns the new text, from malloc and zero-terminated; *len is its length
 * before and after. NULL: text assigns no function to target, or one whose end is not found.
 * Templates and regular expressions with brackets or quotes in them are not understood. */
char *young_functions(const char *text, size_t *len, const char *target);

#endif
