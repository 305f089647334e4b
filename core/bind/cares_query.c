/* core/bind/cares_query.c: DNS queries. c-ares may answer from inside the call that asks, and a
 * callback into JS may ask again; so an answer is copied and goes to JS from the next poll. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "core/bind/cares_priv.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/req.h"
#include "uring/op.h"

/* Freed in answer() and nowhere else. */
struct query {
    struct rt_async async; /* first */
    struct cares_channel *channel;
    struct ur_op op;
    ares_dns_rec_type_t type;   /* ANY: all that come */
    int status;                 /* ARES_ */
    ares_dns_record_t *records; /* owned, or NULL */
    char **names;               /* owned, ends with NULL: of getHostByAddr(), or NULL */
};

static const struct {
    int status;
    const char *code;
} codes[] = {
#define CODE(name) .status = ARES_##name, .code = #name
    { CODE(EADDRGETNETWORKPARAMS) },
    { CODE(EBADFAMILY) },
    { CODE(EBADFLAGS) },
    { CODE(EBADHINTS) },
    { CODE(EBADNAME) },
    { CODE(EBADQUERY) },
    { CODE(EBADRESP) },
    { CODE(EBADSTR) },
    { CODE(ECANCELLED) },
    { CODE(ECONNREFUSED) },
    { CODE(EDESTRUCTION) },
    { CODE(EFILE) },
    { CODE(EFORMERR) },
    { CODE(ELOADIPHLPAPI) },
    { CODE(ENODATA) },
    { CODE(ENOMEM) },
    { CODE(ENONAME) },
    { CODE(ENOTFOUND) },
    { CODE(ENOTIMP) },
    { CODE(ENOTINITIALIZED) },
    { CODE(EOF) },
    { CODE(EREFUSED) },
    { CODE(ESERVFAIL) },
    { CODE(ETIMEOUT) },
#undef CODE
};

/* c-ares' ENOTFOUND as the library's "ENOTFOUND". */
static const char *code_of(int status)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (codes[i].status == status) return codes[i].code;
    }
    return "UNKNOWN_ARES_ERROR";
}

/* ---- answers ---- */

/* One type after the other is how resolveAny() lists them; those left out it does not know. */
static const ares_dns_rec_type_t any_order[] = {
    ARES_REC_TYPE_A,     ARES_REC_TYPE_CNAME, ARES_REC_TYPE_AAAA, ARES_REC_TYPE_MX,
    ARES_REC_TYPE_NS,    ARES_REC_TYPE_TXT,   ARES_REC_TYPE_SRV,  ARES_REC_TYPE_PTR,
    ARES_REC_TYPE_NAPTR, ARES_REC_TYPE_SOA,   ARES_REC_TYPE_CAA,
};

struct list {
    vs_val records;
    vs_val ttls;
    uint32_t count;
};

static bool append_type(struct query *q, struct list *out, ares_dns_rec_type_t type)
{
    struct rt_env *env = q->async.env;
    struct vs_cx *cx = env->cx;
    size_t count = ares_dns_record_rr_cnt(q->records, ARES_SECTION_ANSWER);
    for (size_t i = 0; i < count; i++) {
        const ares_dns_rr_t *rr = ares_dns_record_rr_get_const(q->records, ARES_SECTION_ANSWER, i);
        if (ares_dns_rr_get_type(rr) != type) continue;
        vs_val record = cares_record(env, rr, q->type == ARES_REC_TYPE_ANY);
        vs_val ttl = vs_num(cx, ares_dns_rr_get_ttl(rr));
        if (!record || !vs_set_index(cx, out->records, out->count, record) ||
            !vs_set_index(cx, out->ttls, out->count, ttl))
            return false;
        out->count++;
    }
    return true;
}

/* Fills out. Sets q->status when there is no record. false: exception pending. */
static bool append_records(struct query *q, struct list *out)
{
    bool any = q->type == ARES_REC_TYPE_ANY;
    bool ok = any || append_type(q, out, q->type);
    for (size_t i = 0; any && ok && i < sizeof any_order / sizeof *any_order; i++)
        ok = append_type(q, out, any_order[i]);
    if (ok && out->count == 0) q->status = ARES_ENODATA;
    return ok;
}

static vs_val names_array(struct query *q)
{
    struct vs_cx *cx = q->async.env->cx;
    vs_val out = vs_arr_new(cx, NULL, 0);
    for (uint32_t i = 0; q->names[i]; i++)
        if (!vs_set_index(cx, out, i, vs_str_utf8(cx, q->names[i], -1))) return NULL;
    return out;
}

static void query_free(struct query *q)
{
    for (char **n = q->names; n && *n; n++) free(*n);
    free(q->names);
    ares_dns_record_destroy(q->records);
    free(q);
}

/* oncomplete(0, result[, ttls]) or oncomplete(code) */
static void answer(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct query *q = container_of(op, struct query, op);
    struct cares_channel *c = q->channel;
    struct vs_cx *cx = q->async.env->cx;
    struct vs_scope scope;
    (void)res;
    (void)flags;
    vs_scope_open(cx, &scope);
    struct list list = { vs_arr_new(cx, NULL, 0), vs_arr_new(cx, NULL, 0), 0 };
    vs_val result = list.records;
    if (q->status == ARES_SUCCESS && q->names)
        result = names_array(q);
    else if (q->status == ARES_SUCCESS && !append_records(q, &list))
        result = NULL;
    if (result && q->type == ARES_REC_TYPE_SOA && q->status == ARES_SUCCESS)
        result = vs_get_index(cx, result, 0);
    bool has_ttl = q->type == ARES_REC_TYPE_A || q->type == ARES_REC_TYPE_AAAA;
    if (q->status != ARES_SUCCESS || !result) {
        vs_val code = vs_str_intern(cx, result ? code_of(q->status) : "ENOMEM");
        rt_req_finish(&q->async, 1, &code);
    } else {
        vs_val argv[] = { vs_i32(cx, 0), result, list.ttls };
        rt_req_finish(&q->async, has_ttl ? 3 : 2, argv);
    }
    vs_scope_close(&scope);
    query_free(q);
    cares_query_ends(c);
}

static void got_records(void *arg, ares_status_t status, size_t timeouts,
                        const ares_dns_record_t *records)
{
    struct query *q = arg;
    (void)timeouts;
    q->status = (int)status;
    if (status == ARES_SUCCESS && records) q->records = ares_dns_record_duplicate(records);
    if (status == ARES_SUCCESS && !q->records) q->status = ARES_ENOMEM;
    ur_nop(q->async.env->loop, &q->op);
}

static void got_host(void *arg, int status, int timeouts, struct hostent *host)
{
    struct query *q = arg;
    size_t count = 0;
    (void)timeouts;
    q->status = status;
    if (status == ARES_SUCCESS) {
        while (host->h_aliases[count]) count++;
        q->names = calloc(count + 1, sizeof *q->names);
        CHECK(q->names);
        for (size_t i = 0; i < count; i++) {
            q->names[i] = strdup(host->h_aliases[i]);
            CHECK(q->names[i]);
        }
    }
    ur_nop(q->async.env->loop, &q->op);
}

/* ---- questions ---- */

/* The query of a call (req, name), which has been read into *name. NULL: an error is returned or
 * thrown already. */
static struct query *query_new(const struct vs_args *a, ares_dns_rec_type_t type,
                               struct vs_text *name)
{
    struct cares_channel *c = cares_channel_of(a);
    vs_val req = vs_arg(a, 0);
    if (!c || !rt_req_usable(req)) {
        vs_ret_i32(a, -EINVAL);
        return NULL;
    }
    if (!vs_text_read(vs_args_cx(a), vs_arg(a, 1), name)) return NULL;
    struct query *q = calloc(1, sizeof *q);
    CHECK(q);
    q->channel = c;
    q->type = type;
    ur_op_init(&q->op, answer);
    rt_async_init(&q->async, rt_env_of(a), req, RT_PROVIDER_QUERYWRAP, q);
    cares_query_begins(c);
    vs_ret_i32(a, 0);
    return q;
}

static void ask(const struct vs_args *a, ares_dns_rec_type_t type)
{
    struct vs_text name;
    struct query *q = query_new(a, type, &name);
    if (!q) return;
    struct cares_channel *c = q->channel;
    ares_query_dnsrec(c->ares, name.ptr, ARES_CLASS_IN, type, got_records, q, NULL);
    vs_text_reset(&name);
    cares_reset_timer(c);
}

/* One native for each type of record; formatted, the macro would be longer than a macro may be. */
/* clang-format off */
#define QUERY(name, type) \
    static void query_##name(const struct vs_args *a) { ask(a, ARES_REC_TYPE_##type); }
/* clang-format on */
QUERY(a, A)
QUERY(aaaa, AAAA)
QUERY(any, ANY)
QUERY(caa, CAA)
QUERY(cname, CNAME)
QUERY(mx, MX)
QUERY(naptr, NAPTR)
QUERY(ns, NS)
QUERY(ptr, PTR)
QUERY(soa, SOA)
QUERY(srv, SRV)
QUERY(tlsa, TLSA)
QUERY(txt, TXT)
#undef QUERY

/* getHostByAddr(req, address) */
static void get_host_by_addr(const struct vs_args *a)
{
    struct vs_text name;
    unsigned char bytes[sizeof(struct in6_addr)];
    struct vs_cx *cx = vs_args_cx(a);
    if (!vs_text_read(cx, vs_arg(a, 1), &name)) return;
    bool v4 = inet_pton(AF_INET, name.ptr, bytes) == 1;
    bool v6 = !v4 && inet_pton(AF_INET6, name.ptr, bytes) == 1;
    vs_text_reset(&name);
    if (!v4 && !v6) {
        vs_ret_i32(a, -EINVAL);
        return;
    }
    struct query *q = query_new(a, ARES_REC_TYPE_PTR, &name);
    if (!q) return;
    vs_text_reset(&name);
    struct cares_channel *c = q->channel;
    int len = v4 ? (int)sizeof(struct in_addr) : (int)sizeof(struct in6_addr);
    ares_gethostbyaddr(c->ares, bytes, len, v4 ? AF_INET : AF_INET6, got_host, q);
    cares_reset_timer(c);
}

void cares_put_queries(struct vs_class *c)
{
    vs_class_method(c, "getHostByAddr", get_host_by_addr);
    vs_class_method(c, "queryA", query_a);
    vs_class_method(c, "queryAny", query_any);
    vs_class_method(c, "queryAaaa", query_aaaa);
    vs_class_method(c, "queryCaa", query_caa);
    vs_class_method(c, "queryCname", query_cname);
    vs_class_method(c, "queryMx", query_mx);
    vs_class_method(c, "queryNaptr", query_naptr);
    vs_class_method(c, "queryNs", query_ns);
    vs_class_method(c, "queryPtr", query_ptr);
    vs_class_method(c, "querySrv", query_srv);
    vs_class_method(c, "querySoa", query_soa);
    vs_class_method(c, "queryTlsa", query_tlsa);
    vs_class_method(c, "queryTxt", query_txt);
}
