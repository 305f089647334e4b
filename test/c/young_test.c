/* young_functions() finds the functions that are assigned to a target, whatever is in them. */
#include "core/tools/young.h"

#include "test/c/check.h"

static void expect(const char *text, const char *target, const char *expected)
{
    size_t len = strlen(text);
    char *out = young_functions(text, &len, target);
    if (!expected) {
        EXPECT(!out);
        return;
    }
    EXPECT(out);
    EXPECT_STR(out, expected);
    EXPECT_EQ(len, strlen(expected));
    free(out);
}

int main(void)
{
    expect("a.b = () => c;\n", "a.b", "a.b = (0, () => c);\n");
    expect("x; a.b =\n  async (d) => c; y;", "a.b", "x; a.b =\n  (0, async (d) => c); y;");
    expect("a.b = function() { c(';)'); };", "a.b", "a.b = (0, function() { c(';)'); });");
    expect("a.b = () => {\n  c[\"}\\\"\"]; // }\n  /* } */ d;\n};\n", "a.b",
           "a.b = (0, () => {\n  c[\"}\\\"\"]; // }\n  /* } */ d;\n});\n");
    expect("if (a.b) a.b = () => c; else a.b = () => d;", "a.b",
           "if (a.b) a.b = (0, () => c); else a.b = (0, () => d);");
    expect("a.b = c; a.b = (c); a.bc = () => d; a.b == (() => d);", "a.b", NULL);
    expect("f({ g() { a.b = () => c } });", "a.b", NULL);
    expect("a.b = () => {", "a.b", NULL);
    expect("a.b = () => '", "a.b", NULL);
    return 0;
}
