/* core/bind/zlib_deflate.c: class Zlib: deflate, gzip and their opposites. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "core/bind/zlib_priv.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"

/* What zlib adds to the window bits to choose a format. */
#define GZIP_BITS 16
#define DETECT_BITS 32

/* First bytes of a gzip file, for UNZIP. */
static const uint8_t gzip_magic[] = { 0x1f, 0x8b };

/* zconf.h: memory that zlib takes. */
#define DEFLATE_MEMORY(window_bits, mem_level) \
    ((INT64_C(1) << ((window_bits) + 2)) + (INT64_C(1) << ((mem_level) + 9)))
#define INFLATE_MEMORY(window_bits) ((INT64_C(1) << (window_bits)) + 7 * 1024)

struct zlib {
    struct rt_codec codec; /* first */
    z_stream strm;
    uint8_t *dict; /* owned */
    size_t dict_len;
    int level, window_bits, mem_level, strategy;
    int err;         /* of the last work() */
    int magic_seen;  /* bytes of gzip_magic that UNZIP has seen */
    bool open;       /* strm is initialised */
    bool one_member; /* GUNZIP stops after the first member */
};

static struct zlib *zlib_of(struct rt_codec *c)
{
    return container_of(c, struct zlib, codec);
}

static bool is_deflate(enum rt_codec_mode mode)
{
    return mode == RT_CODEC_DEFLATE || mode == RT_CODEC_GZIP || mode == RT_CODEC_DEFLATERAW;
}

static const char *code_of(int err)
{
    switch (err) {
    case Z_NEED_DICT: return "Z_NEED_DICT";
    case Z_ERRNO: return "Z_ERRNO";
    case Z_STREAM_ERROR: return "Z_STREAM_ERROR";
    case Z_DATA_ERROR: return "Z_DATA_ERROR";
    case Z_MEM_ERROR: return "Z_MEM_ERROR";
    case Z_BUF_ERROR: return "Z_BUF_ERROR";
    case Z_VERSION_ERROR: return "Z_VERSION_ERROR";
    default: return "Z_OK";
    }
}

/* zlib's own message, where there is one, is better than ours. */
static struct rt_codec_error error_of(const struct zlib *z, const char *message)
{
    if (z->strm.msg) message = z->strm.msg;
    return (struct rt_codec_error){ message, z->err, code_of(z->err) };
}

static void set_dictionary(struct zlib *z)
{
    if (!z->dict) return;
    uInt len = (uInt)z->dict_len;
    switch (z->codec.mode) {
    case RT_CODEC_DEFLATE:
    case RT_CODEC_DEFLATERAW: z->err = deflateSetDictionary(&z->strm, z->dict, len); break;
    case RT_CODEC_INFLATERAW: z->err = inflateSetDictionary(&z->strm, z->dict, len); break;
    default: break; /* inflate asks for it; gzip has none */
    }
}

/* POOL THREAD. On the first write, so that an unused stream takes no memory. */
static bool open_stream(struct zlib *z)
{
    int bits = z->window_bits;
    enum rt_codec_mode mode = z->codec.mode;
    if (z->open) return true;
    if (mode == RT_CODEC_GZIP || mode == RT_CODEC_GUNZIP) bits += GZIP_BITS;
    if (mode == RT_CODEC_UNZIP) bits += DETECT_BITS;
    if (mode == RT_CODEC_DEFLATERAW || mode == RT_CODEC_INFLATERAW) bits = -bits;
    z->err = is_deflate(mode)
                 ? deflateInit2(&z->strm, z->level, Z_DEFLATED, bits, z->mem_level, z->strategy)
                 : inflateInit2(&z->strm, bits);
    z->open = z->err == Z_OK;
    if (z->open) set_dictionary(z);
    return z->err == Z_OK;
}

static int reset_stream(struct zlib *z)
{
    z->magic_seen = 0;
    if (!z->open) return Z_OK;
    return is_deflate(z->codec.mode) ? deflateReset(&z->strm) : inflateReset(&z->strm);
}

/* UNZIP becomes GUNZIP or INFLATE by the first bytes, which may come one by one: only a gzip file
 * goes on after its end. */
static void detect_format(struct zlib *z)
{
    const uint8_t *next = z->strm.next_in;
    for (uInt i = 0; z->codec.mode == RT_CODEC_UNZIP && i < z->strm.avail_in; i++) {
        if (next[i] != gzip_magic[z->magic_seen]) {
            z->codec.mode = RT_CODEC_INFLATE;
        } else if (++z->magic_seen == sizeof gzip_magic) {
            z->codec.mode = RT_CODEC_GUNZIP;
        }
    }
}

static void work_inflate(struct zlib *z, int flush)
{
    z_stream *s = &z->strm;
    detect_format(z);
    z->err = inflate(s, flush);
    if (z->err == Z_NEED_DICT && z->dict && z->codec.mode != RT_CODEC_INFLATERAW) {
        z->err = inflateSetDictionary(s, z->dict, (uInt)z->dict_len);
        if (z->err == Z_OK) {
            z->err = inflate(s, flush);
        } else if (z->err == Z_DATA_ERROR) {
            z->err = Z_NEED_DICT; /* reported as a bad dictionary */
        }
    }
    /* A gzip file may have several members; zeros after them are padding. */
    while (z->codec.mode == RT_CODEC_GUNZIP && !z->one_member && z->err == Z_STREAM_END &&
           s->avail_in > 0 && s->next_in[0] != 0) {
        inflateReset(s);
        z->err = inflate(s, flush);
    }
}

static void work(struct rt_codec *c)
{
    struct zlib *z = zlib_of(c);
    z_stream *s = &z->strm;
    if (!open_stream(z)) return;
    s->next_in = (uint8_t *)c->io.next_in;
    s->avail_in = (uInt)c->io.avail_in;
    s->next_out = c->io.next_out;
    s->avail_out = (uInt)c->io.avail_out;
    if (is_deflate(c->mode)) {
        z->err = deflate(s, c->io.flush);
    } else {
        work_inflate(z, c->io.flush);
    }
    c->io.avail_in = s->avail_in;
    c->io.avail_out = s->avail_out;
}

static struct rt_codec_error check(struct rt_codec *c)
{
    const struct zlib *z = zlib_of(c);
    switch (z->err) {
    case Z_OK:
    case Z_BUF_ERROR:
        if (c->io.avail_out > 0 && c->io.flush == Z_FINISH) return rt_codec_truncated;
        return (struct rt_codec_error){ 0 };
    case Z_STREAM_END: return (struct rt_codec_error){ 0 };
    case Z_NEED_DICT: return error_of(z, z->dict ? "Bad dictionary" : "Missing dictionary");
    default: return error_of(z, z->open ? "Zlib error" : "Init error");
    }
}

static struct rt_codec_error reset(struct rt_codec *c)
{
    struct zlib *z = zlib_of(c);
    z->err = reset_stream(z);
    if (z->err != Z_OK) return error_of(z, "Failed to reset stream");
    if (z->open) set_dictionary(z);
    if (z->err != Z_OK) return error_of(z, "Failed to set dictionary");
    return (struct rt_codec_error){ 0 };
}

static void end(struct rt_codec *c)
{
    struct zlib *z = zlib_of(c);
    if (z->open && is_deflate(c->mode))
        deflateEnd(&z->strm);
    else if (z->open)
        inflateEnd(&z->strm);
    z->open = false;
    free(z->dict);
    z->dict = NULL;
}

/* new Zlib(mode) */
static void construct(const struct vs_args *a)
{
    static const struct rt_codec_ops ops = {
        .work = work,
        .check = check,
        .reset = reset,
        .end = end,
    };
    struct zlib *z = calloc(1, sizeof *z);
    CHECK(z);
    rt_codec_init(&z->codec, a, (enum rt_codec_mode)vs_int(vs_arg(a, 0)), &ops);
}

/* init(windowBits, level, memLevel, strategy, state, callback, dictionary, one member only) */
static void init(const struct vs_args *a)
{
    struct zlib *z = zlib_of(rt_codec_of(a));
    z->window_bits = vs_int(vs_arg(a, 0));
    z->level = vs_int(vs_arg(a, 1));
    z->mem_level = vs_int(vs_arg(a, 2));
    z->strategy = vs_int(vs_arg(a, 3));
    z->one_member = vs_is_true(vs_args_cx(a), vs_arg(a, 7));
    struct vs_bytes dict = vs_bytes(vs_arg(a, 6));
    if (vs_is_view(vs_arg(a, 6))) {
        z->dict = malloc(dict.len ? dict.len : 1);
        CHECK(z->dict);
        if (dict.len) memcpy(z->dict, dict.ptr, dict.len);
        z->dict_len = dict.len;
    }
    int bits = z->window_bits ? z->window_bits : MAX_WBITS;
    rt_codec_start(&z->codec, vs_arg(a, 4), vs_arg(a, 5),
                   is_deflate(z->codec.mode) ? DEFLATE_MEMORY(bits, z->mem_level)
                                             : INFLATE_MEMORY(bits));
}

/* params(level, strategy) */
static void params(const struct vs_args *a)
{
    struct zlib *z = zlib_of(rt_codec_of(a));
    z->level = vs_int(vs_arg(a, 0));
    z->strategy = vs_int(vs_arg(a, 1));
    if (!z->open || !is_deflate(z->codec.mode)) return;
    z->err = deflateParams(&z->strm, z->level, z->strategy);
    if (z->err == Z_OK || z->err == Z_BUF_ERROR) return;
    rt_codec_report(&z->codec, error_of(z, "Failed to set parameters"), false);
}

void rt_zlib_put_deflate(struct rt_env *env, vs_val target)
{
    struct vs_class *class = rt_codec_class(env, "Zlib", construct);
    vs_class_method(class, "init", init);
    vs_class_method(class, "params", params);
    vs_put(env->cx, target, "Zlib", vs_class_fn(class));
}
