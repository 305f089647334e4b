/* uring/choose.c: which back end a loop gets. `auto` means the ring where it may be used and works,
 * else epoll; what was found out once holds for all loops of the process. */
#include "uring/choose_priv.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "uring/self_test_priv.h"
#include "uring/trial_priv.h"

/* The verdict on the ring in this process. */
static struct {
    pthread_mutex_t lock;
    enum { UNKNOWN, WORKS, FAILS } is;
    char reason[UR_REASON_LEN];
} ring = { .lock = PTHREAD_MUTEX_INITIALIZER };

static int open_one(struct ur_loop *l, const struct ur_backend_vtable *vt,
                    const struct ur_loop_options *o, bool test, char *reason, size_t reason_len)
{
    l->vt = vt;
    int err = vt->open(&l->be, o, reason, reason_len);
    if (err) return err;
    const char *fault = test ? ur_self_test(vt, l->be) : NULL;
    if (fault) {
        snprintf(reason, reason_len, "io_uring does not work well here: %s", fault);
        err = -EOPNOTSUPP;
    } else {
        err = ur_bufs_open(l, o);
        if (!err) return 0;
        snprintf(reason, reason_len, "cannot set up receive buffers: %s", strerror(-err));
    }
    vt->close(l->be, false);
    return err;
}

/* Answers that another try will not change. */
static bool is_final(int err)
{
    return err == -EPERM || err == -EACCES || err == -ENOSYS || err == -EINVAL ||
           err == -EOPNOTSUPP;
}

static int open_ring(struct ur_loop *l, const struct ur_loop_options *o, bool test, char *reason,
                     size_t reason_len)
{
    int err = -EOPNOTSUPP;
    pthread_mutex_lock(&ring.lock);
    if (ring.is == FAILS) {
        snprintf(reason, reason_len, "%s", ring.reason);
    } else {
        err = open_one(l, &ur_backend_ring, o, test && ring.is == UNKNOWN, reason, reason_len);
        if (!err) {
            ring.is = WORKS;
        } else if (is_final(err)) {
            ring.is = FAILS;
            snprintf(ring.reason, sizeof ring.reason, "%s", reason);
        }
    }
    pthread_mutex_unlock(&ring.lock);
    return err;
}

static int open_auto(struct ur_loop *l, const struct ur_loop_options *o, char *reason,
                     size_t reason_len)
{
    struct ur_trial trial;
    int err = ur_trial_read(&trial, reason, reason_len);
    if (err) return err; /* a wish that cannot be understood is no reason to fall back */
    /* Who leaves features out would fail the test for them. */
    if (!open_ring(l, o, !trial.no, reason, reason_len)) return 0;
    char why[UR_REASON_LEN]; /* epoll failing, too, is the lesser news */
    return open_one(l, &ur_backend_epoll, o, false, why, sizeof why);
}

int ur_choose(struct ur_loop *l, const struct ur_loop_options *o, char *reason, size_t reason_len)
{
    const char *name = o->backend;
    if (!name) name = getenv("TORC_IO");
    if (!name || !*name || !strcmp(name, "auto")) return open_auto(l, o, reason, reason_len);
    if (!strcmp(name, "uring")) return open_one(l, &ur_backend_ring, o, false, reason, reason_len);
    if (!strcmp(name, "epoll")) return open_one(l, &ur_backend_epoll, o, false, reason, reason_len);
    if (!strcmp(name, "fake")) return open_one(l, &ur_backend_fake, o, false, reason, reason_len);
    snprintf(reason, reason_len, "there is no I/O back end called %s", name);
    return -EINVAL;
}
