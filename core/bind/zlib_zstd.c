/* core/bind/zlib_zstd.c: classes ZstdCompress and ZstdDecompress. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "core/bind/zlib_priv.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"

/* A parameter that the program did not set. */
#define UNSET UINT32_MAX

/* Numbers above this are not whole any more. */
#define SAFE_INTEGER_MAX 9007199254740991.0

/* What zstd says is left before it has seen the first frame. */
#define FRAME_TO_COME 1

struct zstd {
    struct rt_codec codec; /* first */
    ZSTD_CCtx *compress;   /* owned */
    ZSTD_DCtx *decompress; /* owned */
    uint64_t pledged;      /* bytes to come, or ZSTD_CONTENTSIZE_UNKNOWN */
    bool unbound;          /* no work since the pledge was given */
    size_t left;           /* result of the last work(): 0 = frame complete, or an error */
};

static struct zstd *zstd_of(struct rt_codec *c)
{
    return container_of(c, struct zstd, codec);
}

static void end(struct rt_codec *c)
{
    struct zstd *z = zstd_of(c);
    ZSTD_freeCCtx(z->compress);
    ZSTD_freeDCtx(z->decompress);
    z->compress = NULL;
    z->decompress = NULL;
}

/* Starts the frame. Were its first call the one that ends it, zstd would take what that one brings
 * for what was pledged. */
static bool bind_pledge(struct zstd *z)
{
    ZSTD_inBuffer in = { NULL, 0, 0 };
    ZSTD_outBuffer out = { NULL, 0, 0 };
    z->unbound = false;
    z->left = ZSTD_compressStream2(z->compress, &out, &in, ZSTD_e_continue);
    return !ZSTD_isError(z->left);
}

static void work(struct rt_codec *c)
{
    struct zstd *z = zstd_of(c);
    struct rt_codec_io *io = &c->io;
    ZSTD_inBuffer in = { io->next_in, io->avail_in, 0 };
    ZSTD_outBuffer out = { io->next_out, io->avail_out, 0 };
    /* Behind the last frame there is nothing to decompress: zstd would ask for another one. */
    if (z->decompress && io->avail_in == 0 && z->left == 0) return;
    if (z->compress) {
        if (z->unbound && !bind_pledge(z)) return;
        z->left = ZSTD_compressStream2(z->compress, &out, &in, (ZSTD_EndDirective)io->flush);
    } else {
        z->left = ZSTD_decompressStream(z->decompress, &out, &in);
    }
    io->next_in += in.pos;
    io->avail_in -= in.pos;
    io->next_out += out.pos;
    io->avail_out -= out.pos;
}

static const char *code_of(ZSTD_ErrorCode err)
{
    static const struct {
        ZSTD_ErrorCode err;
        const char *name;
    } names[] = {
#define NAME(x) { x, #x }
        NAME(ZSTD_error_no_error),
        NAME(ZSTD_error_GENERIC),
        NAME(ZSTD_error_prefix_unknown),
        NAME(ZSTD_error_version_unsupported),
        NAME(ZSTD_error_frameParameter_unsupported),
        NAME(ZSTD_error_frameParameter_windowTooLarge),
        NAME(ZSTD_error_corruption_detected),
        NAME(ZSTD_error_checksum_wrong),
        NAME(ZSTD_error_literals_headerWrong),
        NAME(ZSTD_error_dictionary_corrupted),
        NAME(ZSTD_error_dictionary_wrong),
        NAME(ZSTD_error_dictionaryCreation_failed),
        NAME(ZSTD_error_parameter_unsupported),
        NAME(ZSTD_error_parameter_combination_unsupported),
        NAME(ZSTD_error_parameter_outOfBound),
        NAME(ZSTD_error_tableLog_tooLarge),
        NAME(ZSTD_error_maxSymbolValue_tooLarge),
        NAME(ZSTD_error_maxSymbolValue_tooSmall),
        NAME(ZSTD_error_stabilityCondition_notRespected),
        NAME(ZSTD_error_stage_wrong),
        NAME(ZSTD_error_init_missing),
        NAME(ZSTD_error_memory_allocation),
        NAME(ZSTD_error_workSpace_tooSmall),
        NAME(ZSTD_error_dstSize_tooSmall),
        NAME(ZSTD_error_srcSize_wrong),
        NAME(ZSTD_error_dstBuffer_null),
        NAME(ZSTD_error_noForwardProgress_destFull),
        NAME(ZSTD_error_noForwardProgress_inputEmpty),
#undef NAME
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].err == err) return names[i].name;
    }
    return "ZSTD_error_GENERIC";
}

static struct rt_codec_error check(struct rt_codec *c)
{
    const struct zstd *z = zstd_of(c);
    if (ZSTD_isError(z->left)) {
        ZSTD_ErrorCode err = ZSTD_getErrorCode(z->left);
        return (struct rt_codec_error){ ZSTD_getErrorString(err), (int)err, code_of(err) };
    }
    if (z->decompress && z->left > 0 && c->io.flush == ZSTD_e_end && c->io.avail_out > 0) {
        return rt_codec_truncated;
    }
    return (struct rt_codec_error){ 0 };
}

static struct rt_codec_error reset(struct rt_codec *c)
{
    struct zstd *z = zstd_of(c);
    if (z->compress) {
        z->left = ZSTD_CCtx_reset(z->compress, ZSTD_reset_session_only);
        if (!ZSTD_isError(z->left)) {
            z->left = ZSTD_CCtx_setPledgedSrcSize(z->compress, z->pledged);
            z->unbound = z->pledged != ZSTD_CONTENTSIZE_UNKNOWN;
        }
    } else if (z->decompress) {
        z->left = ZSTD_DCtx_reset(z->decompress, ZSTD_reset_session_only);
    }
    if (ZSTD_isError(z->left)) return check(c);
    z->left = FRAME_TO_COME;
    return (struct rt_codec_error){ 0 };
}

static void construct(const struct vs_args *a, enum rt_codec_mode mode)
{
    static const struct rt_codec_ops ops = {
        .work = work,
        .check = check,
        .reset = reset,
        .end = end,
    };
    struct zstd *z = calloc(1, sizeof *z);
    CHECK(z);
    z->pledged = ZSTD_CONTENTSIZE_UNKNOWN;
    z->left = FRAME_TO_COME;
    rt_codec_init(&z->codec, a, mode, &ops);
}

static void construct_compress(const struct vs_args *a)
{
    construct(a, RT_CODEC_ZSTD_COMPRESS);
}

static void construct_decompress(const struct vs_args *a)
{
    construct(a, RT_CODEC_ZSTD_DECOMPRESS);
}

/* False: an exception is pending. */
static bool read_pledged(const struct vs_args *a, struct zstd *z, vs_val v)
{
    struct rt_env *env = rt_env_of(a);
    if (vs_is_undefined(env->cx, v)) return true;
    if (!vs_is_num(v)) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE",
                      "pledgedSrcSize must be a number");
        return false;
    }
    double n = vs_f64(v);
    bool whole = fabs(n) <= SAFE_INTEGER_MAX && n == trunc(n); /* false for NaN */
    if (!whole || n < 0) {
        rt_throw_code(env, VS_RANGE_ERROR, "ERR_OUT_OF_RANGE", "pledgedSrcSize must be %s",
                      whole ? "non-negative" : "a safe integer");
        return false;
    }
    z->pledged = (uint64_t)n;
    z->unbound = true;
    return true;
}

static bool set_params(struct zstd *z, vs_val array)
{
    struct vs_bytes bytes = vs_bytes(array);
    const uint32_t *values = (const uint32_t *)bytes.ptr;
    for (size_t i = 0; i < bytes.len / sizeof *values; i++) {
        if (values[i] == UNSET) continue;
        size_t err =
            z->compress ? ZSTD_CCtx_setParameter(z->compress, (ZSTD_cParameter)i, (int)values[i])
                        : ZSTD_DCtx_setParameter(z->decompress, (ZSTD_dParameter)i, (int)values[i]);
        if (ZSTD_isError(err)) return false;
    }
    return true;
}

/* NULL, or what went wrong. */
static const char *open_context(struct zstd *z, vs_val params, vs_val dictionary)
{
    struct vs_bytes dict = vs_bytes(dictionary);
    if (z->codec.mode == RT_CODEC_ZSTD_COMPRESS) {
        z->compress = ZSTD_createCCtx();
        if (!z->compress) return "Could not initialize zstd instance";
        if (ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(z->compress, z->pledged))) {
            return "Could not set pledged src size";
        }
        if (dict.len && ZSTD_isError(ZSTD_CCtx_loadDictionary(z->compress, dict.ptr, dict.len))) {
            return "Failed to load zstd dictionary";
        }
    } else {
        z->decompress = ZSTD_createDCtx();
        if (!z->decompress) return "Could not initialize zstd instance";
        if (dict.len && ZSTD_isError(ZSTD_DCtx_loadDictionary(z->decompress, dict.ptr, dict.len))) {
            return "Failed to load zstd dictionary";
        }
    }
    return set_params(z, params) ? NULL : "Setting parameter failed";
}

/* init(params, pledged size, state, callback, dictionary) */
static void init(const struct vs_args *a)
{
    struct zstd *z = zstd_of(rt_codec_of(a));
    if (!read_pledged(a, z, vs_arg(a, 1))) return;
    const char *wrong = open_context(z, vs_arg(a, 0), vs_arg(a, 4));
    if (wrong) {
        rt_throw_code(rt_env_of(a), VS_ERROR, "ERR_ZLIB_INITIALIZATION_FAILED", "%s", wrong);
        return;
    }
    rt_codec_start(&z->codec, vs_arg(a, 2), vs_arg(a, 3), 0);
}

static void put_class(struct rt_env *env, vs_val target, const char *name, vs_fn *constructor)
{
    struct vs_class *class = rt_codec_class(env, name, constructor);
    vs_class_method(class, "init", init);
    vs_put(env->cx, target, name, vs_class_fn(class));
}

void rt_zlib_put_zstd(struct rt_env *env, vs_val target)
{
    put_class(env, target, "ZstdCompress", construct_compress);
    put_class(env, target, "ZstdDecompress", construct_decompress);
}
