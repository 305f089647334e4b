/* v8shim/tasks.cc: the queue of foreground tasks. V8's own default platform cannot wake a loop that
 * sleeps in the kernel, so Atomics.waitAsync, FinalizationRegistry and asynchronous wasm
 * compilation would wait for unrelated I/O; this one calls vs_host.wake().
 */
#include <algorithm>
#include <ctime>
#include <v8.h>

#include "v8shim/tasks_priv.h"
#include "v8shim/vs_priv.h"

static constexpr int64_t NS_PER_S = 1000000000;

int64_t vs_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

bool vs_task_runner::later(const posted &a, const posted &b)
{
    return a.due_ns != b.due_ns ? a.due_ns > b.due_ns : a.order > b.order;
}

/* With lock_ held. */
void vs_task_runner::note_next()
{
    int64_t next = !queue_.empty() ? 0 : !delayed_.empty() ? delayed_.front().due_ns : NEVER;
    next_ns_.store(next, std::memory_order_release);
}

/* wake() is called with the lock held, so that none is under way once close() has returned. */
void vs_task_runner::post(std::unique_ptr<v8::Task> task, bool nestable)
{
    std::lock_guard<std::mutex> hold(lock_);
    if (closed_) return;
    queue_.push_back({ std::move(task), nestable, 0, 0 });
    note_next();
    if (queue_.size() == 1) wake_(user_);
}

void vs_task_runner::post_delayed(std::unique_ptr<v8::Task> task, double delay_s, bool nestable)
{
    int64_t due_ns = vs_now_ns() + static_cast<int64_t>(delay_s * static_cast<double>(NS_PER_S));
    std::lock_guard<std::mutex> hold(lock_);
    if (closed_) return;
    delayed_.push_back({ std::move(task), nestable, due_ns, order_++ });
    std::push_heap(delayed_.begin(), delayed_.end(), later);
    bool nearest = delayed_.front().due_ns == due_ns;
    note_next();
    if (nearest) wake_(user_); /* the loop may sleep for longer than this */
}

void vs_task_runner::PostTaskImpl(std::unique_ptr<v8::Task> task, const v8::SourceLocation &)
{
    post(std::move(task), true);
}

void vs_task_runner::PostNonNestableTaskImpl(std::unique_ptr<v8::Task> task,
                                             const v8::SourceLocation &)
{
    post(std::move(task), false);
}

void vs_task_runner::PostDelayedTaskImpl(std::unique_ptr<v8::Task> task, double delay_s,
                                         const v8::SourceLocation &)
{
    post_delayed(std::move(task), delay_s, true);
}

void vs_task_runner::PostNonNestableDelayedTaskImpl(std::unique_ptr<v8::Task> task, double delay_s,
                                                    const v8::SourceLocation &)
{
    post_delayed(std::move(task), delay_s, false);
}

/* Tasks that may not nest stay in the queue when nested is true. */
std::vector<vs_task_runner::posted> vs_task_runner::take_due(bool nested)
{
    std::vector<posted> due;
    int64_t now = vs_now_ns();
    std::lock_guard<std::mutex> hold(lock_);
    while (!delayed_.empty() && delayed_.front().due_ns <= now) {
        std::pop_heap(delayed_.begin(), delayed_.end(), later);
        queue_.push_back(std::move(delayed_.back()));
        delayed_.pop_back();
    }
    if (!nested) {
        due.swap(queue_);
    } else {
        auto stays = std::stable_partition(queue_.begin(), queue_.end(),
                                           [](const posted &p) { return p.nestable; });
        std::move(queue_.begin(), stays, std::back_inserter(due));
        queue_.erase(queue_.begin(), stays);
    }
    note_next();
    return due;
}

/* True inside a debugger's pause: a loop that runs below JS frames. */
static bool is_below_js(v8::Isolate *isolate)
{
    v8::HandleScope scope(isolate);
    return v8::StackTrace::CurrentStackTrace(isolate, 1,
                                             v8::StackTrace::kExposeFramesAcrossSecurityOrigins)
               ->GetFrameCount() > 0;
}

bool vs_task_runner::run(v8::Isolate *isolate, void (*after)(void *), void *after_arg)
{
    int64_t wait_ns = next_ns();
    if (wait_ns != 0) return false;

    std::vector<posted> due = take_due(depth_ > 0 || is_below_js(isolate));
    depth_++;
    for (posted &p : due) {
        v8::HandleScope scope(isolate);
        p.task->Run();
        p.task.reset();
        if (after) after(after_arg);
    }
    depth_--;
    return !due.empty();
}

int64_t vs_task_runner::next_ns() const
{
    int64_t due_ns = next_ns_.load(std::memory_order_acquire);
    if (due_ns == NEVER) return -1;
    if (due_ns == 0) return 0;
    return std::max<int64_t>(due_ns - vs_now_ns(), 0);
}

void vs_task_runner::close()
{
    std::vector<posted> dropped;
    std::vector<posted> dropped_delayed;
    std::lock_guard<std::mutex> hold(lock_);
    closed_ = true;
    dropped.swap(queue_);
    dropped_delayed.swap(delayed_);
    note_next();
}
