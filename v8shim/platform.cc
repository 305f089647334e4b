/* v8shim/platform.cc: the process's v8::Platform. Foreground tasks go to the isolate's own runner
 * (tasks.cc), background work to threads of ours (workers.cc).
 */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <libplatform/libplatform.h>
#include <mutex>
#include <sys/random.h>
#include <unordered_map>

#include "v8shim/pages_priv.h"
#include "v8shim/vs_priv.h"
#include "v8shim/workers_priv.h"

/* Background work begins this long after the process: most programs that end earlier are commands,
 * for which start-up is all that counts. */
static constexpr int64_t WORKERS_DELAY_NS = 40'000'000;
/* For this long at least pages of an ended isolate wait for the next one; V8 keeps its own so. */
static constexpr double KEEP_PAGES_S = 8;

namespace
{

class platform final : public v8::Platform
{
  public:
    explicit platform(int threads)
        : threads_(threads),
          workers_(std::make_unique<vs_workers>(threads, vs_now_ns() + WORKERS_DELAY_NS))
    {
    }

    void add(v8::Isolate *isolate, std::shared_ptr<vs_task_runner> runner);
    void remove(v8::Isolate *isolate);
    void keep_pages_begin() { pages_.keep_begin(); }
    void keep_pages_end();

    v8::PageAllocator *GetPageAllocator() override { return &pages_; }
    int NumberOfWorkerThreads() override { return threads_; }
    std::shared_ptr<v8::TaskRunner> GetForegroundTaskRunner(v8::Isolate *isolate,
                                                            v8::TaskPriority) override;
    double MonotonicallyIncreasingTime() override { return static_cast<double>(vs_now_ns()) / 1e9; }
    double CurrentClockTimeMillis() override { return SystemClockTimeMillis(); }
    v8::TracingController *GetTracingController() override { return &tracing_; }

  private:
    std::unique_ptr<v8::JobHandle> CreateJobImpl(v8::TaskPriority priority,
                                                 std::unique_ptr<v8::JobTask> job,
                                                 const v8::SourceLocation &) override;
    void PostTaskOnWorkerThreadImpl(v8::TaskPriority priority, std::unique_ptr<v8::Task> task,
                                    const v8::SourceLocation &location) override;
    void PostDelayedTaskOnWorkerThreadImpl(v8::TaskPriority priority,
                                           std::unique_ptr<v8::Task> task, double delay_s,
                                           const v8::SourceLocation &location) override;

    /* Releases pages later, if nobody has used them. */
    class release_task;

    const int threads_;
    vs_pages pages_;
    v8::TracingController tracing_;
    std::mutex lock_;
    std::unordered_map<v8::Isolate *, std::shared_ptr<vs_task_runner>> runners_;
    std::unique_ptr<vs_workers> workers_;
};

void platform::add(v8::Isolate *isolate, std::shared_ptr<vs_task_runner> runner)
{
    std::lock_guard<std::mutex> hold(lock_);
    runners_[isolate] = std::move(runner);
}

void platform::remove(v8::Isolate *isolate)
{
    std::lock_guard<std::mutex> hold(lock_);
    runners_.erase(isolate);
}

class platform::release_task final : public v8::Task
{
  public:
    explicit release_task(platform *p) : platform_(p) {}
    void Run() override
    {
        if (platform_->pages_.release())
            platform_->workers_->post_delayed(std::make_unique<release_task>(platform_),
                                              KEEP_PAGES_S);
    }

  private:
    platform *const platform_;
};

void platform::keep_pages_end()
{
    if (pages_.keep_end())
        workers_->post_delayed(std::make_unique<release_task>(this), KEEP_PAGES_S);
}

/* One queue serves all priorities: V8 relies on the order of posting only. */
std::shared_ptr<v8::TaskRunner> platform::GetForegroundTaskRunner(v8::Isolate *isolate,
                                                                  v8::TaskPriority)
{
    std::lock_guard<std::mutex> hold(lock_);
    auto found = runners_.find(isolate);
    if (found == runners_.end()) vs_abort("v8shim/platform", "task for an unknown isolate");
    return found->second;
}

/* It posts to us when it wants threads. */
std::unique_ptr<v8::JobHandle> platform::CreateJobImpl(v8::TaskPriority priority,
                                                       std::unique_ptr<v8::JobTask> job,
                                                       const v8::SourceLocation &)
{
    return v8::platform::NewDefaultJobHandle(this, priority, std::move(job),
                                             static_cast<size_t>(threads_));
}

void platform::PostTaskOnWorkerThreadImpl(v8::TaskPriority, std::unique_ptr<v8::Task> task,
                                          const v8::SourceLocation &)
{
    workers_->post(std::move(task));
}

void platform::PostDelayedTaskOnWorkerThreadImpl(v8::TaskPriority, std::unique_ptr<v8::Task> task,
                                                 double delay_s, const v8::SourceLocation &)
{
    workers_->post_delayed(std::move(task), delay_s);
}

} // namespace

static platform *the_platform;

void vs_platform_add(v8::Isolate *isolate, std::shared_ptr<vs_task_runner> runner)
{
    the_platform->add(isolate, std::move(runner));
}

void vs_platform_remove(v8::Isolate *isolate)
{
    the_platform->remove(isolate);
}

void vs_platform_keep_pages_begin(void)
{
    the_platform->keep_pages_begin();
}

void vs_platform_keep_pages_end(void)
{
    the_platform->keep_pages_end();
}

static bool is_known_version(const char *version)
{
    int major = 0;
    int minor = 0;
    if (sscanf(version, "%d.%d.", &major, &minor) != 2) return false;
    return major == VS_V8_MAJOR && minor == VS_V8_MINOR;
}

static bool random_bytes(unsigned char *buf, size_t len)
{
    return getrandom(buf, len, 0) == static_cast<ssize_t>(len);
}

const char *vs_platform_open(int worker_threads)
{
    if (!is_known_version(v8::V8::GetVersion())) {
        static char refusal[128];
        snprintf(refusal, sizeof refusal, "libnode has V8 %s, this program needs V8 %d.%d",
                 v8::V8::GetVersion(), VS_V8_MAJOR, VS_V8_MINOR);
        return refusal;
    }
    the_platform = new platform(worker_threads > 0 ? worker_threads : 1);
    v8::V8::InitializePlatform(the_platform);
    /* Otherwise V8 aborts in v8.setFlagsFromString() of a running program. */
    v8::V8::SetFlagsFromString("--no-freeze-flags-after-init");
    /* Otherwise V8 opens a device for it. */
    v8::V8::SetEntropySource(random_bytes);
    v8::V8::Initialize();
    /* Out-of-bounds accesses of wasm code become faults, not compares. */
    v8::V8::EnableWebAssemblyTrapHandler(true);
    return nullptr;
}

void vs_platform_close(void)
{
    v8::V8::Dispose();
    v8::V8::DisposePlatform();
    delete the_platform;
    the_platform = nullptr;
}

const char *vs_v8_version(void)
{
    return v8::V8::GetVersion();
}

void vs_flags_set(const char *flags)
{
    v8::V8::SetFlagsFromString(flags);
}

void vs_flags_set_argv(int *argc, char **argv)
{
    v8::V8::SetFlagsFromCommandLine(argc, argv, true);
}

void vs_abort(const char *where, const char *what)
{
    fprintf(stderr, "%s: %s\n", where, what);
    abort();
}
