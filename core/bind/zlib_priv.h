/* core/bind/zlib_priv.h: what a compressor is to zlib.c: zlib, brotli and zstd are one each.
 *
 * A codec is idle, or busy on a job thread; while it is busy only its work() touches it. close()
 * on a busy one takes effect when the job is done.
 */
#ifndef RT_BIND_ZLIB_PRIV_H
#define RT_BIND_ZLIB_PRIV_H

#include "core/async.h"
#include "core/native.h"
#include "uring/job.h"

struct rt_env;
struct rt_codec;

/* Numbers of zlib.constants: what a stream does. */
enum rt_codec_mode {
    RT_CODEC_NONE,
    RT_CODEC_DEFLATE,
    RT_CODEC_INFLATE,
    RT_CODEC_GZIP,
    RT_CODEC_GUNZIP,
    RT_CODEC_DEFLATERAW,
    RT_CODEC_INFLATERAW,
    RT_CODEC_UNZIP,
    RT_CODEC_BROTLI_DECODE,
    RT_CODEC_BROTLI_ENCODE,
    RT_CODEC_ZSTD_COMPRESS,
    RT_CODEC_ZSTD_DECOMPRESS,
};

/* One write: work() moves all four. */
struct rt_codec_io {
    const uint8_t *next_in;
    size_t avail_in;
    uint8_t *next_out;
    size_t avail_out;
    int flush;
};

/* For onerror(message, errno, code). Static texts. message NULL: no error. */
struct rt_codec_error {
    const char *message;
    int number;
    const char *code;
};

struct rt_codec_ops {
    /* POOL THREAD, or the caller's: consumes io until input or output is used up. */
    void (*work)(struct rt_codec *c);
    /* What went wrong in the last work(). */
    struct rt_codec_error (*check)(struct rt_codec *c);
    struct rt_codec_error (*reset)(struct rt_codec *c);
    /* Frees what the compressor owns, not c; may be called twice. */
    void (*end)(struct rt_codec *c);
};

struct rt_codec {
    struct rt_async async; /* first */
    struct rt_native native;
    const struct rt_codec_ops *ops;
    struct rt_codec_io io;
    struct ur_job job;
    struct vs_pin *in, *out;  /* owned while busy */
    struct vs_pin *state_pin; /* owned: the library's Uint32Array [availOut, availIn] */
    struct vs_ref *callback;  /* owned: called after each write() */
    int64_t memory;           /* told to the garbage collector */
    enum rt_codec_mode mode;
    bool busy, close_pending, closed;
};

/* In a constructor: c is the first member of a struct from calloc(), freed with the JS object. */
void rt_codec_init(struct rt_codec *c, const struct vs_args *a, enum rt_codec_mode mode,
                   const struct rt_codec_ops *ops);
/* The rest of init(): state array and callback. memory: bytes that the compressor takes. */
void rt_codec_start(struct rt_codec *c, vs_val state, vs_val callback, int64_t memory);
struct rt_codec *rt_codec_of(const struct vs_args *a);
/* Calls onerror; from_loop: not from within a call out of JS. */
void rt_codec_report(struct rt_codec *c, struct rt_codec_error error, bool from_loop);
/* A class with write, writeSync, close and reset, to which init and others are added. */
struct vs_class *rt_codec_class(struct rt_env *env, const char *name, vs_fn *construct);

/* "unexpected end of file", when the last write left room for output. */
extern const struct rt_codec_error rt_codec_truncated;

/* zlib_deflate.c, zlib_brotli.c, zlib_zstd.c */
void rt_zlib_put_deflate(struct rt_env *env, vs_val target);
void rt_zlib_put_brotli(struct rt_env *env, vs_val target);
void rt_zlib_put_zstd(struct rt_env *env, vs_val target);

#endif
