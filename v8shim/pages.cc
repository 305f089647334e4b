/* v8shim/pages.cc: keeping pages of ended isolates. */
#include "v8shim/pages_priv.h"

#include <libplatform/libplatform.h>

/* Length and alignment of a page of V8's heap. Nothing else that V8 wants has both, and access at
 * once. What is on such a page when V8 gets it does not matter: V8, too, uses pages of young
 * generations again as they are. */
static constexpr size_t PAGE = 256 << 10;
/* A little more than a worker has that did nothing. */
static constexpr size_t KEPT_MAX = 16;

static thread_local bool keeping;

vs_pages::vs_pages() : default_(v8::platform::NewSingleThreadedDefaultPlatform())
{
}

vs_pages::~vs_pages()
{
    for (void *page : kept_) system()->FreePages(page, PAGE);
}

void vs_pages::keep_begin()
{
    keeping = true;
}

bool vs_pages::keep_end()
{
    keeping = false;
    std::lock_guard<std::mutex> hold(lock_);
    if (kept_.empty() || arranged_) return false;
    arranged_ = true;
    return true;
}

bool vs_pages::release()
{
    std::vector<void *> pages;
    bool again;
    {
        std::lock_guard<std::mutex> hold(lock_);
        again = used_;
        if (!again) pages.swap(kept_);
        used_ = false;
        arranged_ = again;
    }
    for (void *page : pages) system()->FreePages(page, PAGE);
    return again;
}

void *vs_pages::take()
{
    std::lock_guard<std::mutex> hold(lock_);
    if (kept_.empty()) return nullptr;
    void *page = kept_.back();
    kept_.pop_back();
    unchanged_.insert(page);
    used_ = true;
    return page;
}

/* False: it is not kept. */
bool vs_pages::put(void *address, size_t len)
{
    std::lock_guard<std::mutex> hold(lock_);
    bool whole = unchanged_.erase(address) && len == PAGE;
    if (!whole || !keeping || kept_.size() == KEPT_MAX) return false;
    kept_.push_back(address);
    return true;
}

/* A page of which a part may have other rights from now on, or is no memory any more. */
void vs_pages::change(void *address)
{
    uintptr_t page = reinterpret_cast<uintptr_t>(address) & ~(PAGE - 1);
    std::lock_guard<std::mutex> hold(lock_);
    unchanged_.erase(reinterpret_cast<void *>(page));
}

void *vs_pages::AllocatePages(void *hint, size_t len, size_t alignment, Permission permission)
{
    bool plain = len == PAGE && alignment == PAGE && permission == kReadWrite;
    void *page = plain ? take() : nullptr;
    if (page) return page;
    page = system()->AllocatePages(hint, len, alignment, permission);
    if (page && plain) {
        std::lock_guard<std::mutex> hold(lock_);
        unchanged_.insert(page);
    }
    return page;
}

bool vs_pages::FreePages(void *address, size_t len)
{
    return put(address, len) || system()->FreePages(address, len);
}

bool vs_pages::ReleasePages(void *address, size_t len, size_t new_len)
{
    change(address);
    return system()->ReleasePages(address, len, new_len);
}

bool vs_pages::SetPermissions(void *address, size_t len, Permission permission)
{
    change(address);
    return system()->SetPermissions(address, len, permission);
}

bool vs_pages::RecommitPages(void *address, size_t len, Permission permission)
{
    change(address);
    return system()->RecommitPages(address, len, permission);
}

bool vs_pages::DiscardSystemPages(void *address, size_t len)
{
    return system()->DiscardSystemPages(address, len);
}

bool vs_pages::DecommitPages(void *address, size_t len)
{
    change(address);
    return system()->DecommitPages(address, len);
}

bool vs_pages::SealPages(void *address, size_t len)
{
    change(address);
    return system()->SealPages(address, len);
}

bool vs_pages::ReserveForSharedMemoryMapping(void *address, size_t len)
{
    return system()->ReserveForSharedMemoryMapping(address, len);
}

std::unique_ptr<v8::PageAllocator::SharedMemory> vs_pages::AllocateSharedPages(size_t len,
                                                                               const void *original)
{
    return system()->AllocateSharedPages(len, original);
}
