/* core/bind/block_list.c: internalBinding('block_list'): BlockList and SocketAddress. The rules are
 * in block_list_rules.c. */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "core/address.h"
#include "core/bind/block_list_priv.h"
#include "core/env.h"
#include "core/error.h"
#include "core/message.h"
#include "core/native.h"

/* Per-env state. */
struct classes {
    struct vs_class *address, *list;
};

/* Made on first use, which may be a message from another thread. */
static struct classes *classes_of(struct rt_env *env);

/* SocketAddress: never changes. */

struct address_value {
    struct rt_ip ip;
    uint16_t port;
    uint32_t flow_label;
    char text[RT_ADDRESS_TEXT];
};

struct address {
    struct rt_native native;
    struct address_value value;
};

static void address_drop(struct rt_native *native)
{
    free(native);
}

static const struct address_value *address_of(vs_val object)
{
    return &((struct address *)vs_native_get(object, 0))->value;
}

static void address_attach(struct rt_env *env, vs_val object, const struct address_value *value)
{
    struct address *address = calloc(1, sizeof *address);
    CHECK(address);
    address->value = *value;
    rt_native_init(&address->native, env, object, address_drop);
}

static void throw_invalid_address(struct rt_env *env)
{
    rt_throw_code(env, VS_ERROR, "ERR_INVALID_ADDRESS", "Invalid socket address");
}

/* new SocketAddress(text, port, AF_INET or AF_INET6, flow label) */
static void address_new(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text text;
    struct sockaddr_storage parsed;
    socklen_t len;
    CHECK(vs_is_construct_call(a) && vs_is_str(vs_arg(a, 0)));
    int family = vs_int(vs_arg(a, 2));
    struct address_value value = { .port = (uint16_t)vs_int(vs_arg(a, 1)),
                                   .flow_label = vs_uint(vs_arg(a, 3)) };
    if (!vs_text_read(env->cx, vs_arg(a, 0), &text)) return;
    bool ok = rt_ip_parse(family, text.ptr, &value.ip) &&
              rt_address_parse(family, text.ptr, value.port, &parsed, &len) == 0;
    vs_text_reset(&text);
    if (!ok) {
        throw_invalid_address(env);
        return;
    }
    rt_address_text((struct sockaddr *)&parsed, value.text);
    address_attach(env, vs_this(a), &value);
}

/* (object): fills in address, port, family, flowlabel. */
static void address_detail(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    const struct address_value *v = address_of(vs_this(a));
    vs_val out = vs_arg(a, 0);
    CHECK(vs_is_obj(out));
    vs_put_str(cx, out, "address", v->text);
    vs_put_int(cx, out, "port", v->port);
    vs_put_int(cx, out, "family", v->ip.is_v4 ? AF_INET : AF_INET6);
    vs_put_int(cx, out, "flowlabel", v->flow_label);
    vs_ret(a, out);
}

/* The form of socket.address(). */
static void address_legacy_detail(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    const struct address_value *v = address_of(vs_this(a));
    vs_val out = vs_obj_new(cx);
    vs_put_str(cx, out, "address", v->text);
    vs_put_str(cx, out, "family", v->ip.is_v4 ? "IPv4" : "IPv6");
    vs_put_int(cx, out, "port", v->port);
    vs_ret(a, out);
}

static void address_flow_label(const struct vs_args *a)
{
    vs_ret_f64(a, address_of(vs_this(a))->flow_label);
}

struct address_parcel {
    struct rt_parcel parcel;
    struct address_value value;
};

static void parcel_free(struct rt_parcel *p)
{
    free(p);
}

static vs_val address_unpack(struct rt_env *env, struct rt_parcel *p)
{
    vs_val object = vs_class_make(classes_of(env)->address);
    if (object) address_attach(env, object, &((struct address_parcel *)p)->value);
    return object;
}

static struct rt_parcel *address_pack(struct rt_env *env, vs_val object, int mode)
{
    struct address_parcel *p = malloc(sizeof *p);
    CHECK(p);
    p->parcel = (struct rt_parcel){ .open = address_unpack, .drop = parcel_free };
    p->value = *address_of(object);
    return &p->parcel;
}

static const struct rt_transfer_class address_transfer = {
    .name = "SocketAddress",
    .mode = RT_CLONEABLE,
    .pack = address_pack,
};

/* BlockList. A clone shares its rules. */

struct list {
    struct rt_native native;
    struct rt_rules *rules; /* owned, a share */
};

static void list_drop(struct rt_native *native)
{
    struct list *l = (struct list *)native;
    rt_rules_drop(l->rules);
    free(l);
}

static struct rt_rules *rules_of(const struct vs_args *a)
{
    return ((struct list *)vs_native_get(vs_this(a), 0))->rules;
}

static void list_attach_take(struct rt_env *env, vs_val object, struct rt_rules *rules)
{
    struct list *l = calloc(1, sizeof *l);
    CHECK(l);
    l->rules = rules;
    rt_native_init(&l->native, env, object, list_drop);
}

static void list_new(const struct vs_args *a)
{
    CHECK(vs_is_construct_call(a));
    list_attach_take(rt_env_of(a), vs_this(a), rt_rules_new());
}

static const struct rt_ip *ip_arg(const struct vs_args *a, int i)
{
    CHECK(vs_class_is(classes_of(rt_env_of(a))->address, vs_arg(a, i)));
    return &address_of(vs_arg(a, i))->ip;
}

static struct rt_rule address_rule(const struct vs_args *a)
{
    return (struct rt_rule){ .kind = RT_RULE_ADDRESS, .first = *ip_arg(a, 0) };
}

static struct rt_rule range_rule(const struct vs_args *a)
{
    return (struct rt_rule){ .kind = RT_RULE_RANGE, .first = *ip_arg(a, 0), .last = *ip_arg(a, 1) };
}

static struct rt_rule subnet_rule(const struct vs_args *a)
{
    return (struct rt_rule){ .kind = RT_RULE_SUBNET,
                             .first = *ip_arg(a, 0),
                             .prefix = (uint8_t)vs_int(vs_arg(a, 1)) };
}

static void add_address(const struct vs_args *a)
{
    struct rt_rule rule = address_rule(a);
    rt_rules_add(rules_of(a), &rule);
    vs_ret_bool(a, true);
}

/* (array of SocketAddress) */
static void add_addresses(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    CHECK(vs_is_arr(vs_arg(a, 0)));
    uint32_t count = vs_arr_len(vs_arg(a, 0));
    for (uint32_t i = 0; i < count; i++) {
        vs_val item = vs_get_index(env->cx, vs_arg(a, 0), i);
        if (!item) return;
        CHECK(vs_class_is(classes_of(env)->address, item));
        struct rt_rule rule = { .kind = RT_RULE_ADDRESS, .first = address_of(item)->ip };
        rt_rules_add(rules_of(a), &rule);
    }
    vs_ret_bool(a, true);
}

/* (first, last): false when first comes after last. */
static void add_range(const struct vs_args *a)
{
    struct rt_rule rule = range_rule(a);
    bool reversed = memcmp(rule.first.bytes, rule.last.bytes, sizeof rule.first.bytes) != 0 &&
                    rt_ip_at_most(&rule.last, &rule.first);
    if (!reversed) rt_rules_add(rules_of(a), &rule);
    vs_ret_bool(a, !reversed);
}

static void add_subnet(const struct vs_args *a)
{
    struct rt_rule rule = subnet_rule(a);
    rt_rules_add(rules_of(a), &rule);
    vs_ret_bool(a, true);
}

static void remove_address(const struct vs_args *a)
{
    struct rt_rule rule = address_rule(a);
    rt_rules_remove(rules_of(a), &rule);
}

static void remove_range(const struct vs_args *a)
{
    struct rt_rule rule = range_rule(a);
    rt_rules_remove(rules_of(a), &rule);
}

static void remove_subnet(const struct vs_args *a)
{
    struct rt_rule rule = subnet_rule(a);
    rt_rules_remove(rules_of(a), &rule);
}

static void check(const struct vs_args *a)
{
    vs_ret_bool(a, rt_rules_match(rules_of(a), ip_arg(a, 0)));
}

/* (text, family): what is no address matches nothing. */
static void check_string(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    struct vs_text text;
    struct rt_ip ip;
    CHECK(vs_is_str(vs_arg(a, 0)));
    if (!vs_text_read(cx, vs_arg(a, 0), &text)) return;
    bool ok = rt_ip_parse(vs_int(vs_arg(a, 1)), text.ptr, &ip);
    vs_text_reset(&text);
    vs_ret_bool(a, ok && rt_rules_match(rules_of(a), &ip));
}

static void get_rules(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    size_t count;
    struct rt_rule_text *texts = rt_rules_text(rules_of(a), &count);
    vs_val list = vs_arr_new(cx, NULL, 0);
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        ok = vs_set_index(cx, list, (uint32_t)i, vs_str_latin1(cx, texts[i].chars, -1));
    }
    free(texts);
    if (ok) vs_ret(a, list);
}

static void get_size(const struct vs_args *a)
{
    vs_ret_f64(a, (double)rt_rules_count(rules_of(a)));
}

static void clear(const struct vs_args *a)
{
    rt_rules_clear(rules_of(a));
}

struct list_parcel {
    struct rt_parcel parcel;
    struct rt_rules *rules; /* owned, a share */
};

static void list_parcel_drop(struct rt_parcel *p)
{
    rt_rules_drop(((struct list_parcel *)p)->rules);
    free(p);
}

static vs_val list_unpack(struct rt_env *env, struct rt_parcel *p)
{
    vs_val object = vs_class_make(classes_of(env)->list);
    if (object) list_attach_take(env, object, rt_rules_hold(((struct list_parcel *)p)->rules));
    return object;
}

static struct rt_parcel *list_pack(struct rt_env *env, vs_val object, int mode)
{
    struct list_parcel *p = malloc(sizeof *p);
    CHECK(p);
    p->parcel = (struct rt_parcel){ .open = list_unpack, .drop = list_parcel_drop };
    p->rules = rt_rules_hold(((struct list *)vs_native_get(object, 0))->rules);
    return &p->parcel;
}

static const struct rt_transfer_class list_transfer = {
    .name = "BlockList",
    .mode = RT_CLONEABLE,
    .pack = list_pack,
};

static void classes_drop(struct rt_env *env)
{
    free(env->binding_state[RT_STATE_block_list]);
}

static struct classes *classes_of(struct rt_env *env)
{
    static const struct {
        const char *name;
        vs_fn *fn;
    } list_methods[] = {
        { "addAddress", add_address },
        { "addAddresses", add_addresses },
        { "addRange", add_range },
        { "addSubnet", add_subnet },
        { "removeAddress", remove_address },
        { "removeRange", remove_range },
        { "removeSubnet", remove_subnet },
        { "check", check },
        { "checkString", check_string },
        { "getRules", get_rules },
        { "getSize", get_size },
        { "clear", clear },
    };
    struct classes *classes = env->binding_state[RT_STATE_block_list];
    if (classes) return classes;
    classes = calloc(1, sizeof *classes);
    CHECK(classes);
    env->binding_state[RT_STATE_block_list] = classes;
    env->binding_drop[RT_STATE_block_list] = classes_drop;
    classes->list = vs_class_new(env->cx, "BlockList", list_new, NULL, 1);
    for (size_t i = 0; i < sizeof list_methods / sizeof list_methods[0]; i++) {
        vs_class_method(classes->list, list_methods[i].name, list_methods[i].fn);
    }
    classes->address = vs_class_new(env->cx, "SocketAddress", address_new, NULL, 1);
    vs_class_method(classes->address, "detail", address_detail);
    vs_class_method(classes->address, "legacyDetail", address_legacy_detail);
    vs_class_method(classes->address, "flowlabel", address_flow_label);
    rt_transfer_register(env, classes->list, &list_transfer);
    rt_transfer_register(env, classes->address, &address_transfer);
    return classes;
}

void rt_bind_block_list(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct classes *classes = classes_of(env);
    vs_put(cx, target, "BlockList", vs_class_fn(classes->list));
    vs_put(cx, target, "SocketAddress", vs_class_fn(classes->address));
    vs_put_int(cx, target, "AF_INET", AF_INET);
    vs_put_int(cx, target, "AF_INET6", AF_INET6);
}
