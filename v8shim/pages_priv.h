/* v8shim/pages_priv.h: where V8's memory comes from.
 *
 * A program that makes and ends workers has the kernel clear and map the same few megabytes again
 * and again, which is a tenth of a worker's start. So pages of V8's heap that an isolate leaves at
 * its end are kept for a while for isolates to come. Everything else is V8's own allocator's.
 */
#ifndef VS_PAGES_PRIV_H
#define VS_PAGES_PRIV_H

#include <memory>
#include <mutex>
#include <unordered_set>
#include <v8-platform.h>
#include <vector>

/* Everything is for ANY THREAD. */
class vs_pages final : public v8::PageAllocator
{
  public:
    vs_pages();
    ~vs_pages() override;

    /* While the calling thread gives up an isolate. Returns whether there are pages now which
     * nobody has arranged to release(). */
    void keep_begin();
    bool keep_end();
    /* Frees what is kept, unless it was used since the last call. Returns whether to call again. */
    bool release();

    size_t AllocatePageSize() override { return system()->AllocatePageSize(); }
    size_t CommitPageSize() override { return system()->CommitPageSize(); }
    void SetRandomMmapSeed(int64_t seed) override { system()->SetRandomMmapSeed(seed); }
    void *GetRandomMmapAddr() override { return system()->GetRandomMmapAddr(); }
    void *AllocatePages(void *hint, size_t len, size_t alignment, Permission permission) override;
    bool FreePages(void *address, size_t len) override;
    bool ReleasePages(void *address, size_t len, size_t new_len) override;
    bool SetPermissions(void *address, size_t len, Permission permission) override;
    bool RecommitPages(void *address, size_t len, Permission permission) override;
    bool DiscardSystemPages(void *address, size_t len) override;
    bool DecommitPages(void *address, size_t len) override;
    bool SealPages(void *address, size_t len) override;
    bool ReserveForSharedMemoryMapping(void *address, size_t len) override;
    std::unique_ptr<SharedMemory> AllocateSharedPages(size_t len, const void *original) override;
    bool CanAllocateSharedPages() override { return system()->CanAllocateSharedPages(); }

  private:
    v8::PageAllocator *system() { return default_->GetPageAllocator(); }
    void *take();
    bool put(void *address, size_t len);
    void change(void *address);

    /* V8 shows its own allocator to embedders only so. */
    const std::unique_ptr<v8::Platform> default_;
    std::mutex lock_; /* guards what follows */
    /* In use: as they were allocated, with what rights and how long. */
    std::unordered_set<void *> unchanged_;
    std::vector<void *> kept_;
    bool used_ = false;     /* since the last release() */
    bool arranged_ = false; /* somebody will call release() */
};

#endif
