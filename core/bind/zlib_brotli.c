/* core/bind/zlib_brotli.c: classes BrotliEncoder and BrotliDecoder. */
#include <brotli/decode.h>
#include <brotli/encode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "core/bind/zlib_priv.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"

/* A parameter that the program did not set. */
#define UNSET UINT32_MAX

/* Code of an error: "ERR_" before brotli's name for it, which begins with "_". */
#define CODE_MAX 64

struct brotli {
    struct rt_codec codec;                     /* first */
    BrotliEncoderState *encoder;               /* owned */
    BrotliDecoderState *decoder;               /* owned */
    BrotliEncoderPreparedDictionary *prepared; /* owned */
    uint8_t *dict;                             /* owned; the states borrow it */
    size_t dict_len;
    uint32_t *params; /* owned: values by parameter, or UNSET */
    uint32_t param_count;
    bool failed;
    BrotliDecoderResult result;
    char code[CODE_MAX];
};

static struct brotli *brotli_of(struct rt_codec *c)
{
    return container_of(c, struct brotli, codec);
}

static void end(struct rt_codec *c)
{
    struct brotli *b = brotli_of(c);
    BrotliEncoderDestroyInstance(b->encoder);
    BrotliDecoderDestroyInstance(b->decoder);
    BrotliEncoderDestroyPreparedDictionary(b->prepared);
    free(b->dict);
    free(b->params);
    b->encoder = NULL;
    b->decoder = NULL;
    b->prepared = NULL;
    b->dict = NULL;
    b->params = NULL;
    b->param_count = 0;
}

static bool set_params(struct brotli *b)
{
    for (uint32_t i = 0; i < b->param_count; i++) {
        if (b->params[i] == UNSET) continue;
        bool ok =
            b->encoder
                ? BrotliEncoderSetParameter(b->encoder, (BrotliEncoderParameter)i, b->params[i])
                : BrotliDecoderSetParameter(b->decoder, (BrotliDecoderParameter)i, b->params[i]);
        if (!ok) return false;
    }
    return true;
}

static bool attach_dict(struct brotli *b)
{
    if (!b->dict) return true;
    if (b->decoder) {
        return BrotliDecoderAttachDictionary(b->decoder, BROTLI_SHARED_DICTIONARY_RAW, b->dict_len,
                                             b->dict);
    }
    b->prepared = BrotliEncoderPrepareDictionary(BROTLI_SHARED_DICTIONARY_RAW, b->dict_len, b->dict,
                                                 BROTLI_MAX_QUALITY, NULL, NULL, NULL);
    return b->prepared && BrotliEncoderAttachPreparedDictionary(b->encoder, b->prepared);
}

/* Makes a new state in place of an old one. */
static bool open_state(struct brotli *b)
{
    BrotliEncoderDestroyInstance(b->encoder);
    BrotliDecoderDestroyInstance(b->decoder);
    BrotliEncoderDestroyPreparedDictionary(b->prepared);
    b->encoder = NULL;
    b->decoder = NULL;
    b->prepared = NULL;
    if (b->codec.mode == RT_CODEC_BROTLI_ENCODE) {
        b->encoder = BrotliEncoderCreateInstance(NULL, NULL, NULL);
    } else {
        b->decoder = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    }
    return (b->encoder || b->decoder) && set_params(b) && attach_dict(b);
}

static void work(struct rt_codec *c)
{
    struct brotli *b = brotli_of(c);
    struct rt_codec_io *io = &c->io;
    if (b->encoder) {
        b->failed = !BrotliEncoderCompressStream(b->encoder, (BrotliEncoderOperation)io->flush,
                                                 &io->avail_in, &io->next_in, &io->avail_out,
                                                 &io->next_out, NULL);
    } else if (b->decoder) {
        b->result = BrotliDecoderDecompressStream(b->decoder, &io->avail_in, &io->next_in,
                                                  &io->avail_out, &io->next_out, NULL);
        b->failed = b->result == BROTLI_DECODER_RESULT_ERROR;
    }
}

static struct rt_codec_error check(struct rt_codec *c)
{
    struct brotli *b = brotli_of(c);
    if (b->failed && b->encoder) {
        return (struct rt_codec_error){ "Compression failed", -1, "ERR_BROTLI_COMPRESSION_FAILED" };
    }
    if (b->failed) {
        BrotliDecoderErrorCode err = BrotliDecoderGetErrorCode(b->decoder);
        snprintf(b->code, sizeof b->code, "ERR_%s", BrotliDecoderErrorString(err));
        return (struct rt_codec_error){ "Decompression failed", err, b->code };
    }
    if (b->decoder && c->io.flush == BROTLI_OPERATION_FINISH &&
        b->result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT) {
        return rt_codec_truncated;
    }
    return (struct rt_codec_error){ 0 };
}

static struct rt_codec_error reset(struct rt_codec *c)
{
    struct brotli *b = brotli_of(c);
    b->failed = false;
    if (open_state(b)) return (struct rt_codec_error){ 0 };
    return (struct rt_codec_error){ "Could not initialize Brotli instance", -1,
                                    "ERR_ZLIB_INITIALIZATION_FAILED" };
}

/* new BrotliEncoder(mode), new BrotliDecoder(mode) */
static void construct(const struct vs_args *a)
{
    static const struct rt_codec_ops ops = {
        .work = work,
        .check = check,
        .reset = reset,
        .end = end,
    };
    struct brotli *b = calloc(1, sizeof *b);
    CHECK(b);
    rt_codec_init(&b->codec, a, (enum rt_codec_mode)vs_int(vs_arg(a, 0)), &ops);
}

static void *copy_bytes(struct vs_bytes bytes)
{
    void *copy = malloc(bytes.len ? bytes.len : 1);
    CHECK(copy);
    if (bytes.len) memcpy(copy, bytes.ptr, bytes.len);
    return copy;
}

/* init(params, state, callback, dictionary) */
static void init(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct brotli *b = brotli_of(rt_codec_of(a));
    struct vs_bytes params = vs_bytes(vs_arg(a, 0)), dict = vs_bytes(vs_arg(a, 3));
    b->params = copy_bytes(params);
    b->param_count = (uint32_t)(params.len / sizeof *b->params);
    if (vs_is_view(vs_arg(a, 3))) {
        b->dict = copy_bytes(dict);
        b->dict_len = dict.len;
    }
    if (!open_state(b)) {
        rt_throw_code(env, VS_ERROR, "ERR_ZLIB_INITIALIZATION_FAILED", "Initialization failed");
        return;
    }
    rt_codec_start(&b->codec, vs_arg(a, 1), vs_arg(a, 2), 0);
}

/* Brotli's parameters are fixed at init(). */
static void params(const struct vs_args *a)
{
    rt_throw_missing(rt_env_of(a), "zlib.BrotliEncoder.params");
}

static void put_class(struct rt_env *env, vs_val target, const char *name)
{
    struct vs_class *class = rt_codec_class(env, name, construct);
    vs_class_method(class, "init", init);
    vs_class_method(class, "params", params);
    vs_put(env->cx, target, name, vs_class_fn(class));
}

void rt_zlib_put_brotli(struct rt_env *env, vs_val target)
{
    put_class(env, target, "BrotliEncoder");
    put_class(env, target, "BrotliDecoder");
}
