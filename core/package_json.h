/* core/package_json.h: the fields of a package.json that the module loaders need.
 *
 * The text is scanned once, without building values: "exports" and "imports" stay JSON text, which
 * the library parses when it needs them; what the loaders don't use is skipped loosely.
 */
#ifndef RT_PACKAGE_JSON_H
#define RT_PACKAGE_JSON_H

#include <stddef.h>

enum rt_package_type { RT_PACKAGE_NONE, RT_PACKAGE_COMMONJS, RT_PACKAGE_MODULE };

/* Strings are UTF-8, zero-terminated, owned; NULL where the field is absent or of a type that has
 * no meaning. */
struct rt_package {
    char *name;
    char *main;
    char *exports; /* JSON text of an object or array, or the value of a string */
    char *imports; /* likewise */
    enum rt_package_type type;
};

/* Returns 0, or -EINVAL when text is no JSON object with fields of the right types; *out is empty
 * then. Pair: rt_package_reset. ANY THREAD. */
int rt_package_parse(struct rt_package *out, const char *text, size_t len);
void rt_package_reset(struct rt_package *p);

/* Calls each(data, name, command) for the members of "scripts"; command is NULL when it is no
 * string. Both are borrowed. Returns 0, -ENOENT without such an object, or -EINVAL when text is no
 * JSON object. ANY THREAD. */
typedef void rt_package_script_fn(void *data, const char *name, const char *command);
int rt_package_scripts(const char *text, size_t len, rt_package_script_fn *each, void *data);

#endif
