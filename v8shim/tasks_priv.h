/* v8shim/tasks_priv.h: foreground tasks, those that V8 wants run on an isolate's own thread, and
 * the isolate's entry in the platform.
 */
#ifndef VS_TASKS_PRIV_H
#define VS_TASKS_PRIV_H

#include <atomic>
#include <memory>
#include <mutex>
#include <v8-isolate.h>
#include <v8-platform.h>
#include <vector>

/* Posting is for any thread; run() and the constructor are for the isolate's. */
class vs_task_runner final : public v8::TaskRunner
{
  public:
    vs_task_runner(void (*wake)(void *), void *user) : wake_(wake), user_(user) {}

    /* Runs what is due and was posted before the call. Returns whether anything ran. */
    bool run(v8::Isolate *isolate, void (*after)(void *), void *after_arg);
    /* Nanoseconds until the next task, 0 = some are waiting, -1 = none. */
    int64_t next_ns() const;
    /* Drops all tasks, and those to come. No wake() is called or under way afterwards. */
    void close();

    bool IdleTasksEnabled() override { return false; }
    bool NonNestableTasksEnabled() const override { return true; }
    bool NonNestableDelayedTasksEnabled() const override { return true; }

  private:
    struct posted {
        std::unique_ptr<v8::Task> task;
        bool nestable;
        int64_t due_ns; /* monotonic clock; delayed tasks only */
        uint64_t order; /* of posting; delayed tasks only */
    };
    static bool later(const posted &a, const posted &b);

    void PostTaskImpl(std::unique_ptr<v8::Task> task, const v8::SourceLocation &) override;
    void PostNonNestableTaskImpl(std::unique_ptr<v8::Task> task,
                                 const v8::SourceLocation &) override;
    void PostDelayedTaskImpl(std::unique_ptr<v8::Task> task, double delay_s,
                             const v8::SourceLocation &) override;
    void PostNonNestableDelayedTaskImpl(std::unique_ptr<v8::Task> task, double delay_s,
                                        const v8::SourceLocation &) override;
    void post(std::unique_ptr<v8::Task> task, bool nestable);
    void post_delayed(std::unique_ptr<v8::Task> task, double delay_s, bool nestable);
    std::vector<posted> take_due(bool nested);
    void note_next();

    void (*const wake_)(void *);
    void *const user_;
    std::mutex lock_; /* guards what follows, but next_ns_ may be read without */
    std::vector<posted> queue_;
    std::vector<posted> delayed_; /* a heap, the nearest first */
    uint64_t order_ = 0;
    bool closed_ = false;
    /* When the next task is due: 0 = now, NEVER = there is none. */
    static constexpr int64_t NEVER = INT64_MAX;
    std::atomic<int64_t> next_ns_{ NEVER };
    int depth_ = 0; /* of run(), on the isolate's thread */
};

/* ANY THREAD: nanoseconds of the monotonic clock. */
int64_t vs_now_ns(void);

/* platform.cc: which runner serves an isolate. Between add and remove only. */
void vs_platform_add(v8::Isolate *isolate, std::shared_ptr<vs_task_runner> runner);
void vs_platform_remove(v8::Isolate *isolate);
/* Pages of the heap that this thread frees in between are kept for other isolates. */
void vs_platform_keep_pages_begin(void);
void vs_platform_keep_pages_end(void);

#endif
