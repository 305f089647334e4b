/* Strings of every representation go in and come out unchanged. */
#include "test/c/vs_world.h"

static int dropped;

static void drop(void *data)
{
    assert(data == &dropped);
    dropped++;
}

static void has_text(struct world *w, vs_val str, const char *utf8)
{
    struct vs_text t;
    assert(str && vs_is_str(str) && vs_text_read(w->cx, str, &t));
    assert(t.len == strlen(utf8) && !memcmp(t.ptr, utf8, t.len + 1));
    vs_text_reset(&t);
    assert(vs_str_utf8_len(w->cx, str) == strlen(utf8));
}

static void equals_js(struct world *w, vs_val str, const char *literal)
{
    assert(vs_strict_equals(str, world_run(w, literal)));
}

static void from_utf8(struct world *w)
{
    static const char *const texts[] = { "",
                                         "a",
                                         "plain ascii, longer than a word",
                                         "caf\xc3\xa9",
                                         "\xe2\x82\xac",
                                         "\xf0\x9f\x98\x80 smile" };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        has_text(w, vs_str_utf8(w->cx, texts[i], -1), texts[i]);
    equals_js(w, vs_str_utf8(w->cx, "\xf0\x9f\x98\x80", -1), "'\\u{1f600}'");
    equals_js(w, vs_str_utf8(w->cx, "ab\xff", -1), "'ab\\ufffd'");
    equals_js(w, vs_str_utf8(w->cx, "a\0b", 3), "'a\\0b'");
}

/* A byte above 0x7f at each place around the blocks in which ASCII is looked for. */
static void non_ascii_anywhere(struct world *w)
{
    char s[160];
    for (size_t len = 2; len <= 150; len++) {
        for (size_t at = 0; at + 1 < len; at++) {
            memset(s, 'x', len);
            memcpy(s + at, "\xc3\xa9", 2);
            s[len] = '\0';
            struct vs_scope scope;
            vs_scope_open(w->cx, &scope);
            vs_val str = vs_str_utf8(w->cx, s, (ptrdiff_t)len);
            assert(vs_str_len(str) == len - 1);
            has_text(w, str, s);
            vs_scope_close(&scope);
        }
    }
}

static void other_sources(struct world *w)
{
    static const uint16_t units[] = { 0x41, 0x20ac, 0xd83d, 0xde00 };
    static const char page[] = "static text that V8 reads in place \xe9";
    struct vs_cx *cx = w->cx;
    equals_js(w, vs_str_latin1(cx, "\xe9\xff", -1), "'\\u00e9\\u00ff'");
    has_text(w, vs_str_utf16(cx, units, 4), "A\xe2\x82\xac\xf0\x9f\x98\x80");
    has_text(w, vs_str_static_utf16(cx, units, 4), "A\xe2\x82\xac\xf0\x9f\x98\x80");
    vs_val external = vs_str_static_latin1(cx, page, sizeof page - 1);
    assert(vs_str_len(external) == sizeof page - 1 && vs_str_is_one_byte(external));
    assert(vs_same_word(vs_str_intern(cx, "recurring"), vs_str_intern(cx, "recurring")));
    has_text(w, vs_str_concat(cx, vs_str_intern(cx, "left and "), vs_str_utf16(cx, units, 1)),
             "left and A");
}

static void external_is_dropped(struct world *w)
{
    struct vs_scope s;
    vs_scope_open(w->cx, &s);
    has_text(w, vs_str_external_latin1_take(w->cx, "short-lived", 11, drop, &dropped),
             "short-lived");
    vs_scope_close(&s);
    vs_gc(w->cx);
    assert(dropped == 1);
}

static void lone_surrogates(struct world *w)
{
    vs_val lone = world_run(w, "'<' + '\\ud83d' + '>'");
    has_text(w, lone, "<\xef\xbf\xbd>");
    uint16_t units[3];
    vs_str_write_utf16(w->cx, lone, 0, 3, units);
    assert(units[1] == 0xd83d);
}

static void write_parts(struct world *w)
{
    vs_val str = vs_str_utf8(w->cx,
                             "a\xe2\x82\xac"
                             "b",
                             -1);
    char buf[8];
    size_t units;
    assert(vs_str_write_utf8(w->cx, str, buf, 3, &units) == 1 && units == 1);
    assert(vs_str_write_utf8(w->cx, str, buf, 4, &units) == 4 && units == 2);
    assert(!memcmp(buf, "a\xe2\x82\xac", 4));
    uint8_t bytes[2];
    vs_str_write_latin1(w->cx, str, 1, 2, bytes);
    assert(bytes[0] == 0xac && bytes[1] == 'b');
}

static void views(struct world *w)
{
    struct vs_strview view;
    vs_strview_open(w->cx, world_run(w, "'cons ' + 'string of two'.repeat(2)"), &view);
    assert(view.one_byte && view.len == 31 && !memcmp(view.data, "cons string", 11));
    vs_strview_close(&view);
    vs_strview_open(w->cx, world_run(w, "'\\u20ac'"), &view);
    assert(!view.one_byte && view.len == 1 && *(const uint16_t *)view.data == 0x20ac);
    vs_strview_close(&view);
}

static void text_of_others(struct world *w)
{
    struct vs_text t;
    assert(vs_text_read(w->cx, world_run(w, "({ toString() { return 'made' } })"), &t));
    assert(!strcmp(t.ptr, "made"));
    vs_text_reset(&t);
    assert(vs_text_read(w->cx, world_run(w, "'\\u20ac'.repeat(1000)"), &t));
    assert(t.len == 3000 && t.ptr != t.small && !memcmp(t.ptr + 2997, "\xe2\x82\xac", 4));
    vs_text_reset(&t);
    assert(vs_text_read_path(w->cx, world_run(w, "new Uint8Array([47, 255])"), &t));
    assert(t.len == 2 && !memcmp(t.ptr, "/\xff", 3));
    vs_text_reset(&t);
    assert(!vs_text_read(w->cx, world_run(w, "Symbol('s')"), &t));
}

static void too_long_is_an_error(struct world *w)
{
    struct vs_try t;
    vs_try_open(w->cx, &t);
    assert(vs_str_latin1(w->cx, "", (ptrdiff_t)1 << 30) == NULL && vs_try_caught(&t));
    vs_val code = vs_get_name(w->cx, vs_try_exception(&t), "code");
    has_text(w, code, "ERR_STRING_TOO_LONG");
    vs_try_close(&t);
    vs_try_open(w->cx, &t);
    vs_val half = world_run(w, "'x'.repeat(2 ** 28)");
    assert(vs_str_concat(w->cx, half, half) == NULL && vs_try_caught(&t));
    vs_try_close(&t);
}

int main(void)
{
    struct world w;
    world_open(&w);
    from_utf8(&w);
    non_ascii_anywhere(&w);
    other_sources(&w);
    external_is_dropped(&w);
    lone_surrogates(&w);
    write_parts(&w);
    views(&w);
    text_of_others(&w);
    too_long_is_an_error(&w);
    world_close(&w);
    return 0;
}
