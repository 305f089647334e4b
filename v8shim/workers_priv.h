/* v8shim/workers_priv.h: V8's background threads.
 *
 * Threads start one by one, as tasks need them, and nobody waits for them to be up. In the first
 * moments of the process they are held back: a short program is over before code that V8 would
 * compile for it on the side could help it. Nothing V8 does on an isolate's thread depends on them:
 * where it waits for a job, that thread takes part and finishes it alone.
 */
#ifndef VS_WORKERS_PRIV_H
#define VS_WORKERS_PRIV_H

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <pthread.h>
#include <v8-platform.h>
#include <vector>

/* Everything is for ANY THREAD. */
class vs_workers final
{
  public:
    /* At most count threads; no task runs before start_ns of the monotonic clock. */
    vs_workers(int count, int64_t start_ns);
    /* Waits for tasks that run, drops the others. */
    ~vs_workers();
    void post(std::unique_ptr<v8::Task> task);
    void post_delayed(std::unique_ptr<v8::Task> task, double delay_s);

  private:
    struct delayed {
        std::unique_ptr<v8::Task> task;
        int64_t due_ns;
    };
    static bool later(const delayed &a, const delayed &b) { return a.due_ns > b.due_ns; }
    static void *thread_main(void *workers);
    void work();
    void take_due(int64_t now_ns);
    void wait(std::unique_lock<std::mutex> &hold);
    void need_thread();

    const size_t count_;
    const int64_t start_ns_;
    std::mutex lock_; /* guards what follows */
    std::condition_variable changed_;
    std::deque<std::unique_ptr<v8::Task>> queue_;
    std::vector<delayed> delayed_; /* a heap, the nearest first */
    std::vector<pthread_t> threads_;
    size_t idle_ = 0; /* threads that wait */
    bool stopping_ = false;
};

#endif
