/* uring/trial.c: reading TORC_IO_NO and TORC_IO_FAIL. */
#include "uring/trial_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ERRNO_MAX 133

static const struct {
    const char *name;
    uint32_t bit;
} features[] = {
    { "recv-multishot", UR_NO_RECV_MULTISHOT },
    { "recvmsg-multishot", UR_NO_RECVMSG_MULTISHOT },
    { "accept-multishot", UR_NO_ACCEPT_MULTISHOT },
    { "read-multishot", UR_NO_READ_MULTISHOT },
    { "buffer-rings", UR_NO_BUFFER_RINGS },
    { "defer", UR_NO_DEFER },
    { "registered-ring", UR_NO_REGISTERED_RING },
    { "no-iowait", UR_NO_NO_IOWAIT },
    { "min-wait", UR_NO_MIN_WAIT },
};

static bool is_word(const char *word, size_t len, const char *name)
{
    return strlen(name) == len && !memcmp(word, name, len);
}

static bool leave_out(struct ur_trial *t, const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++) {
        if (!is_word(word, len, features[i].name)) continue;
        t->no |= features[i].bit;
        return true;
    }
    return false;
}

static int errno_of(const char *word, size_t len)
{
    for (int err = 1; err <= ERRNO_MAX; err++) {
        const char *name = strerrorname_np(err);
        if (name && is_word(word, len, name)) return err;
    }
    return 0;
}

static bool make_fail(struct ur_trial *t, const char *word, size_t len)
{
    const char *colon = memchr(word, ':', len);
    if (!colon) return false;
    size_t what = (size_t)(colon - word);
    int err = errno_of(colon + 1, len - what - 1);
    int *at = NULL;
    if (is_word(word, what, "setup")) at = &t->setup_err;
    if (is_word(word, what, "register")) at = &t->register_err;
    for (int kind = 0; kind < UR_KIND_COUNT; kind++) {
        if (is_word(word, what, ur_kind_name((enum ur_kind)kind))) at = &t->op_err[kind];
    }
    if (!at || !err) return false;
    *at = err;
    t->fails = true;
    return true;
}

typedef bool word_fn(struct ur_trial *t, const char *word, size_t len);

static int each_word(struct ur_trial *t, const char *variable, word_fn *fn, char *reason,
                     size_t reason_len)
{
    const char *word = getenv(variable);
    while (word && *word) {
        size_t len = strcspn(word, ",");
        if (!fn(t, word, len)) {
            snprintf(reason, reason_len, "%s does not know '%.*s'", variable, (int)len, word);
            return -EINVAL;
        }
        word += len + (word[len] == ',');
    }
    return 0;
}

int ur_trial_read(struct ur_trial *t, char *reason, size_t reason_len)
{
    *t = (struct ur_trial){ 0 };
    int err = each_word(t, "TORC_IO_NO", leave_out, reason, reason_len);
    return err ? err : each_word(t, "TORC_IO_FAIL", make_fail, reason, reason_len);
}
