/* v8shim/workers.cc: the queue and the threads of V8's background work. */
#include "v8shim/workers_priv.h"

#include <algorithm>
#include <chrono>
#include <csignal>

#include "v8shim/tasks_priv.h"

static constexpr double NS_PER_S = 1e9;

vs_workers::vs_workers(int count, int64_t start_ns)
    : count_(static_cast<size_t>(count)), start_ns_(start_ns)
{
}

vs_workers::~vs_workers()
{
    {
        std::lock_guard<std::mutex> hold(lock_);
        stopping_ = true;
        changed_.notify_all();
    }
    /* No thread starts another one any more. */
    for (pthread_t thread : threads_) pthread_join(thread, nullptr);
}

/* With lock_ held. Failure leaves the work to the threads there are, or to the next post. */
void vs_workers::need_thread()
{
    if (threads_.size() == count_) return;
    /* Signals are for the loop's thread. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    if (pthread_create(&thread, nullptr, thread_main, this) == 0) threads_.push_back(thread);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void vs_workers::post(std::unique_ptr<v8::Task> task)
{
    {
        std::lock_guard<std::mutex> hold(lock_);
        queue_.push_back(std::move(task));
        /* Until the start one thread, which waits for it, is enough. */
        if (threads_.empty() || (idle_ == 0 && vs_now_ns() >= start_ns_)) {
            need_thread();
            return;
        }
        /* Who works looks at the queue again before it waits. */
        if (idle_ == 0) return;
    }
    /* Without the lock, which the woken thread takes first. */
    changed_.notify_one();
}

void vs_workers::post_delayed(std::unique_ptr<v8::Task> task, double delay_s)
{
    int64_t due_ns = vs_now_ns() + static_cast<int64_t>(delay_s * NS_PER_S);
    std::lock_guard<std::mutex> hold(lock_);
    delayed_.push_back({ std::move(task), due_ns });
    std::push_heap(delayed_.begin(), delayed_.end(), later);
    if (threads_.empty()) need_thread();
    changed_.notify_one();
}

void *vs_workers::thread_main(void *workers)
{
    pthread_setname_np(pthread_self(), "v8-worker");
    static_cast<vs_workers *>(workers)->work();
    return nullptr;
}

void vs_workers::take_due(int64_t now_ns)
{
    while (!delayed_.empty() && delayed_.front().due_ns <= now_ns) {
        std::pop_heap(delayed_.begin(), delayed_.end(), later);
        queue_.push_back(std::move(delayed_.back().task));
        delayed_.pop_back();
    }
}

/* Until something is posted, due, or may start. */
void vs_workers::wait(std::unique_lock<std::mutex> &hold)
{
    idle_++;
    if (queue_.empty() && delayed_.empty()) {
        changed_.wait(hold);
    } else {
        int64_t until_ns = delayed_.empty() ? start_ns_ : delayed_.front().due_ns;
        if (!queue_.empty()) until_ns = start_ns_;
        changed_.wait_until(
            hold, std::chrono::steady_clock::time_point(std::chrono::nanoseconds(until_ns)));
    }
    idle_--;
}

void vs_workers::work()
{
    std::unique_lock<std::mutex> hold(lock_);
    while (!stopping_) {
        int64_t now_ns = vs_now_ns();
        take_due(now_ns);
        if (queue_.empty() || now_ns < start_ns_) {
            wait(hold);
            continue;
        }
        std::unique_ptr<v8::Task> task = std::move(queue_.front());
        queue_.pop_front();
        /* What was posted before the start. */
        if (!queue_.empty() && idle_ == 0) need_thread();
        hold.unlock();
        task->Run();
        task.reset();
        hold.lock();
    }
}
