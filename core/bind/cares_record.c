/* core/bind/cares_record.c: DNS records as the objects and strings of the dns module. */
#include <arpa/inet.h>
#include <string.h>

#include "core/bind/cares_priv.h"
#include "core/env.h"

static vs_val text_of(struct vs_cx *cx, const ares_dns_rr_t *rr, ares_dns_rr_key_t key)
{
    const char *text = ares_dns_rr_get_str(rr, key);
    return vs_str_utf8(cx, text ? text : "", -1);
}

static void put_text(struct vs_cx *cx, vs_val out, const char *name, const ares_dns_rr_t *rr,
                     ares_dns_rr_key_t key)
{
    vs_put(cx, out, name, text_of(cx, rr, key));
}

static void put_u16(struct vs_cx *cx, vs_val out, const char *name, const ares_dns_rr_t *rr,
                    ares_dns_rr_key_t key)
{
    vs_put_int(cx, out, name, ares_dns_rr_get_u16(rr, key));
}

static void put_u32(struct vs_cx *cx, vs_val out, const char *name, const ares_dns_rr_t *rr,
                    ares_dns_rr_key_t key)
{
    vs_put_int(cx, out, name, ares_dns_rr_get_u32(rr, key));
}

static vs_val address_text(struct vs_cx *cx, const ares_dns_rr_t *rr)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (ares_dns_rr_get_type(rr) == ARES_REC_TYPE_A)
        inet_ntop(AF_INET, ares_dns_rr_get_addr(rr, ARES_RR_A_ADDR), text, sizeof text);
    else
        inet_ntop(AF_INET6, ares_dns_rr_get_addr6(rr, ARES_RR_AAAA_ADDR), text, sizeof text);
    return vs_str_latin1(cx, text, -1);
}

/* A record that is one text: itself, or { value, type }. */
static vs_val one_text(struct vs_cx *cx, vs_val text, const char *name, bool typed)
{
    if (!typed) return text;
    vs_val out = vs_obj_new(cx);
    vs_put(cx, out, name, text);
    return out;
}

static vs_val txt(struct vs_cx *cx, const ares_dns_rr_t *rr, bool typed)
{
    vs_val entries = vs_arr_new(cx, NULL, 0);
    size_t count = ares_dns_rr_get_abin_cnt(rr, ARES_RR_TXT_DATA);
    for (size_t i = 0; i < count; i++) {
        size_t len = 0;
        const unsigned char *data = ares_dns_rr_get_abin(rr, ARES_RR_TXT_DATA, i, &len);
        vs_val text = vs_str_latin1(cx, data, (ptrdiff_t)len);
        if (!text || !vs_set_index(cx, entries, (uint32_t)i, text)) return NULL;
    }
    return one_text(cx, entries, "entries", typed);
}

static vs_val soa(struct vs_cx *cx, const ares_dns_rr_t *rr)
{
    vs_val out = vs_obj_new(cx);
    put_text(cx, out, "nsname", rr, ARES_RR_SOA_MNAME);
    put_text(cx, out, "hostmaster", rr, ARES_RR_SOA_RNAME);
    put_u32(cx, out, "serial", rr, ARES_RR_SOA_SERIAL);
    put_u32(cx, out, "refresh", rr, ARES_RR_SOA_REFRESH);
    put_u32(cx, out, "retry", rr, ARES_RR_SOA_RETRY);
    put_u32(cx, out, "expire", rr, ARES_RR_SOA_EXPIRE);
    put_u32(cx, out, "minttl", rr, ARES_RR_SOA_MINIMUM);
    return out;
}

static vs_val mx(struct vs_cx *cx, const ares_dns_rr_t *rr)
{
    vs_val out = vs_obj_new(cx);
    put_text(cx, out, "exchange", rr, ARES_RR_MX_EXCHANGE);
    put_u16(cx, out, "priority", rr, ARES_RR_MX_PREFERENCE);
    return out;
}

static vs_val srv(struct vs_cx *cx, const ares_dns_rr_t *rr)
{
    vs_val out = vs_obj_new(cx);
    put_text(cx, out, "name", rr, ARES_RR_SRV_TARGET);
    put_u16(cx, out, "port", rr, ARES_RR_SRV_PORT);
    put_u16(cx, out, "priority", rr, ARES_RR_SRV_PRIORITY);
    put_u16(cx, out, "weight", rr, ARES_RR_SRV_WEIGHT);
    return out;
}

static vs_val naptr(struct vs_cx *cx, const ares_dns_rr_t *rr)
{
    vs_val out = vs_obj_new(cx);
    put_text(cx, out, "flags", rr, ARES_RR_NAPTR_FLAGS);
    put_text(cx, out, "service", rr, ARES_RR_NAPTR_SERVICES);
    put_text(cx, out, "regexp", rr, ARES_RR_NAPTR_REGEXP);
    put_text(cx, out, "replacement", rr, ARES_RR_NAPTR_REPLACEMENT);
    put_u16(cx, out, "order", rr, ARES_RR_NAPTR_ORDER);
    put_u16(cx, out, "preference", rr, ARES_RR_NAPTR_PREFERENCE);
    return out;
}

/* { critical, type, [tag]: value } */
static vs_val caa(struct vs_cx *cx, const ares_dns_rr_t *rr)
{
    size_t len = 0;
    const unsigned char *value = ares_dns_rr_get_bin(rr, ARES_RR_CAA_VALUE, &len);
    vs_val out = vs_obj_new(cx);
    vs_put_int(cx, out, "critical", ares_dns_rr_get_u8(rr, ARES_RR_CAA_CRITICAL));
    vs_put_str(cx, out, "type", "CAA");
    vs_val tag = text_of(cx, rr, ARES_RR_CAA_TAG);
    return vs_set(cx, out, tag, vs_str_latin1(cx, value, (ptrdiff_t)len)) ? out : NULL;
}

static vs_val tlsa(struct vs_cx *cx, const ares_dns_rr_t *rr)
{
    size_t len = 0;
    const unsigned char *data = ares_dns_rr_get_bin(rr, ARES_RR_TLSA_DATA, &len);
    vs_val out = vs_obj_new(cx);
    vs_val buffer = vs_ab_new(cx, len);
    if (!buffer) return NULL;
    if (len) memcpy(vs_bytes(buffer).ptr, data, len);
    vs_put_int(cx, out, "certUsage", ares_dns_rr_get_u8(rr, ARES_RR_TLSA_CERT_USAGE));
    vs_put_int(cx, out, "selector", ares_dns_rr_get_u8(rr, ARES_RR_TLSA_SELECTOR));
    vs_put_int(cx, out, "match", ares_dns_rr_get_u8(rr, ARES_RR_TLSA_MATCH));
    vs_put(cx, out, "data", buffer);
    return out;
}

static vs_val address(struct vs_cx *cx, const ares_dns_rr_t *rr, bool typed)
{
    vs_val out = one_text(cx, address_text(cx, rr), "address", typed);
    if (typed) vs_put_int(cx, out, "ttl", ares_dns_rr_get_ttl(rr));
    return out;
}

static vs_val untyped(struct vs_cx *cx, const ares_dns_rr_t *rr, bool typed)
{
    switch (ares_dns_rr_get_type(rr)) {
    case ARES_REC_TYPE_A:
    case ARES_REC_TYPE_AAAA: return address(cx, rr, typed);
    case ARES_REC_TYPE_NS: return one_text(cx, text_of(cx, rr, ARES_RR_NS_NSDNAME), "value", typed);
    case ARES_REC_TYPE_CNAME:
        return one_text(cx, text_of(cx, rr, ARES_RR_CNAME_CNAME), "value", typed);
    case ARES_REC_TYPE_PTR: return one_text(cx, text_of(cx, rr, ARES_RR_PTR_DNAME), "value", typed);
    case ARES_REC_TYPE_TXT: return txt(cx, rr, typed);
    case ARES_REC_TYPE_SOA: return soa(cx, rr);
    case ARES_REC_TYPE_MX: return mx(cx, rr);
    case ARES_REC_TYPE_SRV: return srv(cx, rr);
    case ARES_REC_TYPE_NAPTR: return naptr(cx, rr);
    case ARES_REC_TYPE_CAA: return caa(cx, rr);
    case ARES_REC_TYPE_TLSA: return tlsa(cx, rr);
    default: return vs_undefined(cx);
    }
}

/* Node tells the type of some records even when only that type was asked for, and of two others it
 * tells that it is undefined. */
static void put_type(struct vs_cx *cx, vs_val out, ares_dns_rec_type_t type, bool typed)
{
    if (typed || type == ARES_REC_TYPE_MX || type == ARES_REC_TYPE_SRV)
        vs_put_str(cx, out, "type", ares_dns_rec_type_tostr(type));
    else if (type == ARES_REC_TYPE_SOA || type == ARES_REC_TYPE_NAPTR)
        vs_put(cx, out, "type", vs_undefined(cx));
}

vs_val cares_record(struct rt_env *env, const ares_dns_rr_t *rr, bool typed)
{
    vs_val out = untyped(env->cx, rr, typed);
    ares_dns_rec_type_t type = ares_dns_rr_get_type(rr);
    if (out && vs_is_obj(out) && type != ARES_REC_TYPE_CAA) put_type(env->cx, out, type, typed);
    return out;
}
