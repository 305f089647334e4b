/* v8shim/memory.cc: the memory of ArrayBuffers, which is counted here because V8 does not. */
#include <sys/mman.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

#include "v8shim/vs_priv.h"

namespace
{
/* Of a huge page of the kernel: its length, and what its address has to be a multiple of. */
constexpr size_t HUGE_PAGE = 2u << 20;
constexpr size_t PAGE = 4u << 10;
/* From here on malloc() never keeps what is freed (M_MMAP_THRESHOLD has this maximum, mallopt(3)),
 * so that to map it here instead loses nothing. */
constexpr size_t LARGE_MIN = 32u << 20;

constexpr size_t round_up(size_t value, size_t unit)
{
    return (value + unit - 1) & ~(unit - 1);
}

/* Zeroed, as the kernel gives it. Huge pages spare the processor looking addresses up, which counts
 * where memory is gone through once from end to end: sent, hashed, filled. A kernel that has none
 * leaves it at small ones. */
static void *map_large(size_t len)
{
    size_t wanted = round_up(len, PAGE), room = wanted + HUGE_PAGE;
    void *memory = mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    auto begin = reinterpret_cast<uintptr_t>(memory), data = round_up(begin, HUGE_PAGE);
    if (data > begin) munmap(memory, data - begin);
    munmap(reinterpret_cast<void *>(data + wanted), begin + room - data - wanted);
    (void)madvise(reinterpret_cast<void *>(data), wanted, MADV_HUGEPAGE);
    return reinterpret_cast<void *>(data);
}

class buffer_memory final : public v8::ArrayBuffer::Allocator
{
  public:
    void *Allocate(size_t len) override
    {
        return counted(len < LARGE_MIN ? calloc(len ? len : 1, 1) : map_large(len), len);
    }

    void *AllocateUninitialized(size_t len) override
    {
        return counted(len < LARGE_MIN ? malloc(len ? len : 1) : map_large(len), len);
    }

    void Free(void *data, size_t len) override
    {
        total.fetch_sub(len, std::memory_order_relaxed);
        if (len < LARGE_MIN)
            free(data);
        else
            munmap(data, round_up(len, PAGE));
    }

    std::atomic<size_t> total{ 0 };

  private:
    void *counted(void *data, size_t len)
    {
        if (data) total.fetch_add(len, std::memory_order_relaxed);
        return data;
    }
};

/* Never destroyed: V8's threads may free a buffer while the process exits. */
static buffer_memory *the_memory()
{
    static buffer_memory *const one = new buffer_memory;
    return one;
}
} // namespace

v8::ArrayBuffer::Allocator *buffer_allocator()
{
    return the_memory();
}

size_t buffer_bytes()
{
    return the_memory()->total.load(std::memory_order_relaxed);
}
