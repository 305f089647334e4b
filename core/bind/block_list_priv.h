/* core/bind/block_list_priv.h: the rules behind net.BlockList. No JS here. */
#ifndef RT_BLOCK_LIST_PRIV_H
#define RT_BLOCK_LIST_PRIV_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* "Subnet: IPv6 " and two addresses. */
#define RT_RULE_TEXT 128

/* IPv4 addresses are kept as IPv6 sees them, ::ffff:a.b.c.d, so that one list holds both. */
struct rt_ip {
    uint8_t bytes[16];
    bool is_v4; /* written as an IPv4 address */
};

enum rt_rule_kind { RT_RULE_ADDRESS, RT_RULE_SUBNET, RT_RULE_RANGE, RT_RULE_KINDS };

struct rt_rule {
    enum rt_rule_kind kind;
    struct rt_ip first;
    struct rt_ip last; /* RT_RULE_RANGE */
    uint8_t prefix;    /* RT_RULE_SUBNET, as written: at most 32 for IPv4 */
};

/* Shared by its owners, which may be on several threads. */
struct rt_rules;

/* family: AF_INET or AF_INET6. false: not such an address. */
bool rt_ip_parse(int family, const char *text, struct rt_ip *out);
/* Whether a <= b; false too for an IPv4 address and an IPv6 one that stands for none. */
bool rt_ip_at_most(const struct rt_ip *a, const struct rt_ip *b);

/* ANY THREAD, all of them. Pair: new or hold / drop. */
struct rt_rules *rt_rules_new(void);
struct rt_rules *rt_rules_hold(struct rt_rules *r);
void rt_rules_drop(struct rt_rules *r);
/* Adding an address twice keeps one of it. */
void rt_rules_add(struct rt_rules *r, const struct rt_rule *rule);
/* Removes the newest equal rule, if there is one. */
void rt_rules_remove(struct rt_rules *r, const struct rt_rule *rule);
bool rt_rules_match(struct rt_rules *r, const struct rt_ip *ip);
void rt_rules_clear(struct rt_rules *r);
size_t rt_rules_count(struct rt_rules *r);
/* A rule in words: "Subnet: IPv4 10.0.0.0/8". */
struct rt_rule_text {
    char chars[RT_RULE_TEXT];
};
/* Texts of all rules: addresses, then subnets, then ranges, each newest first. Owned by the caller,
 * as one allocation. */
struct rt_rule_text *rt_rules_text(struct rt_rules *r, size_t *count);

#endif
