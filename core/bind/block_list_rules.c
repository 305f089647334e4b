/* core/bind/block_list_rules.c: the rules behind net.BlockList: matching and listing them. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bind/block_list_priv.h"
#include "core/error.h"

/* Bits before the IPv4 address in ::ffff:a.b.c.d. */
#define MAPPED_BITS 96
#define MAPPED_BYTES (MAPPED_BITS / 8)

static const uint8_t mapped[MAPPED_BYTES] = { [10] = 0xff, [11] = 0xff };

struct rules_kind {
    struct rt_rule *items; /* owned, oldest first */
    size_t count, cap;
};

struct rt_rules {
    atomic_uint owners;
    pthread_mutex_t lock; /* for the rest */
    struct rules_kind kinds[RT_RULE_KINDS];
};

bool rt_ip_parse(int family, const char *text, struct rt_ip *out)
{
    *out = (struct rt_ip){ .is_v4 = family == AF_INET };
    if (!out->is_v4) return inet_pton(AF_INET6, text, out->bytes) == 1;
    memcpy(out->bytes, mapped, sizeof mapped);
    return inet_pton(AF_INET, text, out->bytes + MAPPED_BYTES) == 1;
}

static bool stands_for_v4(const struct rt_ip *ip)
{
    return ip->is_v4 || memcmp(ip->bytes, mapped, sizeof mapped) == 0;
}

bool rt_ip_at_most(const struct rt_ip *a, const struct rt_ip *b)
{
    if ((a->is_v4 && !stands_for_v4(b)) || (b->is_v4 && !stands_for_v4(a))) return false;
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) <= 0;
}

static bool same_ip(const struct rt_ip *a, const struct rt_ip *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

struct rt_rules *rt_rules_new(void)
{
    struct rt_rules *r = calloc(1, sizeof *r);
    CHECK(r);
    atomic_init(&r->owners, 1);
    CHECK(pthread_mutex_init(&r->lock, NULL) == 0);
    return r;
}

struct rt_rules *rt_rules_hold(struct rt_rules *r)
{
    atomic_fetch_add_explicit(&r->owners, 1, memory_order_relaxed);
    return r;
}

void rt_rules_drop(struct rt_rules *r)
{
    if (atomic_fetch_sub_explicit(&r->owners, 1, memory_order_acq_rel) != 1) return;
    for (int kind = 0; kind < RT_RULE_KINDS; kind++) free(r->kinds[kind].items);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

/* Index of the newest equal rule, or count. */
static size_t find_rule(const struct rules_kind *k, const struct rt_rule *rule)
{
    for (size_t i = k->count; i-- > 0;) {
        const struct rt_rule *other = &k->items[i];
        if (same_ip(&other->first, &rule->first) && same_ip(&other->last, &rule->last) &&
            other->prefix == rule->prefix)
            return i;
    }
    return k->count;
}

void rt_rules_add(struct rt_rules *r, const struct rt_rule *rule)
{
    pthread_mutex_lock(&r->lock);
    struct rules_kind *k = &r->kinds[rule->kind];
    if (rule->kind != RT_RULE_ADDRESS || find_rule(k, rule) == k->count) {
        if (k->count == k->cap) {
            k->cap = k->cap ? 2 * k->cap : 4;
            k->items = realloc(k->items, k->cap * sizeof *k->items);
            CHECK(k->items);
        }
        k->items[k->count++] = *rule;
    }
    pthread_mutex_unlock(&r->lock);
}

void rt_rules_remove(struct rt_rules *r, const struct rt_rule *rule)
{
    pthread_mutex_lock(&r->lock);
    struct rules_kind *k = &r->kinds[rule->kind];
    size_t i = find_rule(k, rule);
    if (i < k->count) {
        k->count--;
        memmove(k->items + i, k->items + i + 1, (k->count - i) * sizeof *k->items);
    }
    pthread_mutex_unlock(&r->lock);
}

static bool in_subnet(const struct rt_rule *rule, const struct rt_ip *ip)
{
    size_t bits = rule->prefix + (rule->first.is_v4 ? MAPPED_BITS : 0u), bytes = bits / 8;
    if (memcmp(ip->bytes, rule->first.bytes, bytes) != 0) return false;
    uint8_t mask = (uint8_t)(0xff00 >> bits % 8);
    return bits % 8 == 0 || ((ip->bytes[bytes] ^ rule->first.bytes[bytes]) & mask) == 0;
}

static bool rule_matches(const struct rt_rule *rule, const struct rt_ip *ip)
{
    switch (rule->kind) {
    case RT_RULE_ADDRESS: return same_ip(&rule->first, ip);
    case RT_RULE_SUBNET: return in_subnet(rule, ip);
    default: return rt_ip_at_most(&rule->first, ip) && rt_ip_at_most(ip, &rule->last);
    }
}

bool rt_rules_match(struct rt_rules *r, const struct rt_ip *ip)
{
    bool found = false;
    pthread_mutex_lock(&r->lock);
    for (int kind = 0; kind < RT_RULE_KINDS && !found; kind++) {
        const struct rules_kind *k = &r->kinds[kind];
        for (size_t i = 0; i < k->count && !found; i++) found = rule_matches(&k->items[i], ip);
    }
    pthread_mutex_unlock(&r->lock);
    return found;
}

void rt_rules_clear(struct rt_rules *r)
{
    pthread_mutex_lock(&r->lock);
    for (int kind = 0; kind < RT_RULE_KINDS; kind++) r->kinds[kind].count = 0;
    pthread_mutex_unlock(&r->lock);
}

static size_t count_locked(const struct rt_rules *r)
{
    size_t count = 0;
    for (int kind = 0; kind < RT_RULE_KINDS; kind++) count += r->kinds[kind].count;
    return count;
}

size_t rt_rules_count(struct rt_rules *r)
{
    pthread_mutex_lock(&r->lock);
    size_t count = count_locked(r);
    pthread_mutex_unlock(&r->lock);
    return count;
}

static void ip_text(const struct rt_ip *ip, char text[INET6_ADDRSTRLEN])
{
    if (ip->is_v4) {
        inet_ntop(AF_INET, ip->bytes + MAPPED_BYTES, text, INET6_ADDRSTRLEN);
    } else {
        inet_ntop(AF_INET6, ip->bytes, text, INET6_ADDRSTRLEN);
    }
}

static void rule_text(const struct rt_rule *rule, char text[RT_RULE_TEXT])
{
    static const char *const names[] = { "Address", "Subnet", "Range" };
    char first[INET6_ADDRSTRLEN], last[INET6_ADDRSTRLEN];
    ip_text(&rule->first, first);
    int n = snprintf(text, RT_RULE_TEXT, "%s: %s %s", names[rule->kind],
                     rule->first.is_v4 ? "IPv4" : "IPv6", first);
    if (rule->kind == RT_RULE_SUBNET) {
        snprintf(text + n, RT_RULE_TEXT - (size_t)n, "/%u", (unsigned)rule->prefix);
    } else if (rule->kind == RT_RULE_RANGE) {
        ip_text(&rule->last, last);
        snprintf(text + n, RT_RULE_TEXT - (size_t)n, "-%s", last);
    }
}

struct rt_rule_text *rt_rules_text(struct rt_rules *r, size_t *count)
{
    pthread_mutex_lock(&r->lock);
    struct rt_rule_text *texts = malloc((count_locked(r) + 1) * sizeof *texts);
    CHECK(texts);
    *count = 0;
    for (int kind = 0; kind < RT_RULE_KINDS; kind++) {
        const struct rules_kind *k = &r->kinds[kind];
        for (size_t i = k->count; i-- > 0;) rule_text(&k->items[i], texts[(*count)++].chars);
    }
    pthread_mutex_unlock(&r->lock);
    return texts;
}
