/* v8shim/snapshot.cc: saving and opening heaps.
 *
 * The heap names what lies outside it (C callbacks, texts that V8 reads in place) by its place in a
 * table of references. While a heap is being made the table fills by itself, from the calls that
 * hand such addresses to V8; it is saved as offsets from the executable's start, which differ from
 * process to process.
 */
#include <cstdlib>
#include <cstring>
#include <elf.h>
#include <link.h>
#include <unordered_map>
#include <vector>

#include "v8shim/vs_priv.h"
#include "v8shim/vs_snapshot.h"

namespace
{

constexpr uint64_t MAGIC = 0x31504e5343524f54; /* "TORCSNP1" */
constexpr size_t ID_MAX = 32;
constexpr size_t ALIGN = 16; /* of V8's own part */
/* V8 reads the table until the zero behind it, while we may still be adding. */
constexpr size_t REFERENCES_MAX = 16384;

enum kind : uint32_t { ADDRESS, LATIN1, UTF16 };

struct saved_reference {
    uint64_t off; /* from the start of the executable */
    uint32_t len; /* of a text, in characters */
    uint32_t kind;
};

struct head {
    uint64_t magic;
    uint8_t executable[ID_MAX]; /* its build id */
    uint32_t v8_tag;
    uint32_t reference_count;
    uint64_t v8_len;
};

struct executable {
    uintptr_t start = 0;
    uintptr_t end = 0;
    uint8_t id[ID_MAX] = {};
    bool has_id = false;
};

static void find_id(executable *out, uintptr_t notes, size_t size)
{
    for (uintptr_t at = notes; at + sizeof(Elf64_Nhdr) <= notes + size;) {
        const Elf64_Nhdr *note = reinterpret_cast<const Elf64_Nhdr *>(at);
        uintptr_t name = at + sizeof *note;
        uintptr_t desc = name + ((note->n_namesz + 3) & ~3u);
        if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == sizeof ELF_NOTE_GNU &&
            memcmp(reinterpret_cast<const void *>(name), ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) == 0 &&
            note->n_descsz <= ID_MAX) {
            memcpy(out->id, reinterpret_cast<const void *>(desc), note->n_descsz);
            out->has_id = true;
        }
        at = desc + ((note->n_descsz + 3) & ~3u);
    }
}

/* The first object that the dynamic linker reports is the program. */
static int read_executable(struct dl_phdr_info *info, size_t, void *arg)
{
    executable *out = static_cast<executable *>(arg);
    out->start = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t at = info->dlpi_addr + segment->p_vaddr;
        if (segment->p_type == PT_LOAD) out->end = at + segment->p_memsz;
        if (segment->p_type == PT_NOTE) find_id(out, at, segment->p_memsz);
    }
    return 1;
}

static executable this_executable()
{
    executable found;
    dl_iterate_phdr(read_executable, &found);
    return found;
}

class static_latin1 final : public v8::String::ExternalOneByteStringResource
{
  public:
    static_latin1(const char *s, size_t len) : s_(s), len_(len) {}
    const char *data() const override { return s_; }
    size_t length() const override { return len_; }

  private:
    void Dispose() override {} /* part of the table */
    const char *const s_;
    const size_t len_;
};

class static_utf16 final : public v8::String::ExternalStringResource
{
  public:
    static_utf16(const uint16_t *s, size_t len) : s_(s), len_(len) {}
    const uint16_t *data() const override { return s_; }
    size_t length() const override { return len_; }

  private:
    void Dispose() override {}
    const uint16_t *const s_;
    const size_t len_;
};

/* Being made. */
struct recording {
    intptr_t table[REFERENCES_MAX + 1] = {};
    std::vector<saved_reference> saved;
    std::unordered_map<intptr_t, size_t> known;
    executable program = this_executable();
};

/* In use. */
struct opened {
    v8::StartupData data;
    std::vector<intptr_t> table;
};

} // namespace

/* One for the process, set before there is a second thread: V8 shares a part of the heap, which
 * comes from the snapshot, among all isolates. */
static recording *the_recording;
static opened *the_opened[VS_SNAPSHOTS];

static void record(const void *reference, const void *place, size_t len, kind kind)
{
    recording *r = the_recording;
    intptr_t word = reinterpret_cast<intptr_t>(reference);
    if (!r->known.emplace(word, r->saved.size()).second) return;
    uintptr_t at = reinterpret_cast<uintptr_t>(place);
    if (at < r->program.start || at >= r->program.end)
        vs_abort("snapshot", "a callback or text outside the executable");
    if (r->saved.size() == REFERENCES_MAX) vs_abort("snapshot", "too many references");
    r->table[r->saved.size()] = word;
    r->saved.push_back({ at - r->program.start, static_cast<uint32_t>(len), kind });
}

int32_t vs_executable_distance(const void *address)
{
    intptr_t distance =
        reinterpret_cast<intptr_t>(address) - reinterpret_cast<intptr_t>(&the_recording);
    if (distance != static_cast<int32_t>(distance))
        vs_abort("v8shim", "a callback's data is not in the executable");
    return static_cast<int32_t>(distance);
}

const void *vs_in_executable(int32_t distance)
{
    return reinterpret_cast<const void *>(reinterpret_cast<intptr_t>(&the_recording) + distance);
}

void vs_reference_record(const void *address)
{
    if (the_recording) record(address, address, 0, ADDRESS);
}

void vs_reference_record_latin1(const void *resource, const char *s, size_t len)
{
    if (the_recording) record(resource, s, len, LATIN1);
}

void vs_reference_record_utf16(const void *resource, const uint16_t *s, size_t len)
{
    if (the_recording) record(resource, s, len, UTF16);
}

static intptr_t reference_of(const saved_reference *saved, uintptr_t start)
{
    uintptr_t at = start + saved->off;
    switch (saved->kind) {
    case LATIN1:
        return reinterpret_cast<intptr_t>(
            new static_latin1(reinterpret_cast<const char *>(at), saved->len));
    case UTF16:
        return reinterpret_cast<intptr_t>(
            new static_utf16(reinterpret_cast<const uint16_t *>(at), saved->len));
    default: return static_cast<intptr_t>(at);
    }
}

static size_t v8_offset(size_t reference_count)
{
    size_t off = sizeof(head) + reference_count * sizeof(saved_reference);
    return (off + ALIGN - 1) & ~(ALIGN - 1);
}

static bool fits(const uint8_t *data, size_t len, const executable *program)
{
    const head *h = reinterpret_cast<const head *>(data);
    if (len < sizeof *h || h->magic != MAGIC || !program->has_id) return false;
    if (memcmp(h->executable, program->id, ID_MAX) != 0) return false;
    if (h->v8_tag != vs_cache_tag() || h->reference_count > REFERENCES_MAX) return false;
    size_t off = v8_offset(h->reference_count);
    return off <= len && h->v8_len <= INT32_MAX && len - off == h->v8_len;
}

/* V8's checksum of the part of the heap that all isolates share, in the head of its own part. */
static uint32_t shared_tag(const v8::StartupData *v8_part)
{
    constexpr size_t PLACE = 12;
    uint32_t tag;
    memcpy(&tag, v8_part->data + PLACE, sizeof tag);
    return tag;
}

bool vs_snapshot_use(unsigned number, const uint8_t *data, size_t len)
{
    executable program = this_executable();
    if (the_opened[number] || !fits(data, len, &program)) return false;
    const head *h = reinterpret_cast<const head *>(data);
    v8::StartupData v8_part = { reinterpret_cast<const char *>(data) +
                                    v8_offset(h->reference_count),
                                static_cast<int>(h->v8_len) };
    if (!v8_part.IsValid()) return false;
    for (const opened *other : the_opened) {
        if (other && shared_tag(&other->data) != shared_tag(&v8_part)) return false;
    }
    const saved_reference *saved = reinterpret_cast<const saved_reference *>(h + 1);
    opened *o = new opened{ v8_part, {} };
    o->table.reserve(h->reference_count + 1);
    for (uint32_t i = 0; i < h->reference_count; i++)
        o->table.push_back(reference_of(&saved[i], program.start));
    o->table.push_back(0);
    the_opened[number] = o;
    return true;
}

void vs_snapshot_prepare(v8::Isolate::CreateParams *params, const vs_host *host)
{
    if (host->heap == VS_HEAP_SAVE) {
        if (!the_recording) the_recording = new recording;
        params->external_references = the_recording->table;
        return;
    }
    /* An empty heap is of the first one, too: code caches made with that are for it only. */
    if (opened *o = the_opened[host->heap == VS_HEAP_SAVED ? host->snapshot : 0]) {
        params->snapshot_blob = &o->data;
        params->external_references = o->table.data();
    }
}

bool vs_snapshot_is_open(unsigned number)
{
    return the_opened[number] != nullptr;
}

void vs_snapshot_add(vs_cx *cx, vs_val v)
{
    state_of(cx)->creator->AddData(context_of(cx), std::bit_cast<v8::Local<v8::Data>>(v));
}

vs_val vs_snapshot_get(vs_cx *cx)
{
    return handle(context_of(cx)->GetDataFromSnapshotOnce<v8::Data>(state_of(cx)->next_value++));
}

vs_val vs_snapshot_reshaper(vs_cx *cx)
{
    /* In parentheses, for V8 to compile it while the flag is set. */
    static const char text[] = "(function(o) {"
                               "  %OptimizeObjectForAddingMultipleProperties(o, 0);"
                               "  %ToFastProperties(o);"
                               "})";
    v8::Isolate *isolate = isolate_of(cx);
    v8::V8::SetFlagsFromString("--allow-natives-syntax");
    v8::Local<v8::Script> script;
    bool ok = v8::Script::Compile(context_of(cx), v8::String::NewFromUtf8Literal(isolate, text))
                  .ToLocal(&script);
    v8::V8::SetFlagsFromString("--no-allow-natives-syntax");
    return ok ? handle(script->Run(context_of(cx))) : nullptr;
}

static v8::StartupData refuse_native(v8::Local<v8::Object> holder, int field, void *)
{
    if (!holder->GetAlignedPointerFromInternalField(field)) return { nullptr, 0 };
    v8::String::Utf8Value name(holder->GetIsolate(), holder->GetConstructorName());
    vs_abort("snapshot: an object with a native pointer", *name ? *name : "");
}

static uint8_t *pack(const v8::StartupData *v8_part, size_t *len)
{
    recording *r = the_recording;
    head h = { MAGIC,
               {},
               vs_cache_tag(),
               static_cast<uint32_t>(r->saved.size()),
               static_cast<uint64_t>(v8_part->raw_size) };
    memcpy(h.executable, r->program.id, ID_MAX);
    size_t off = v8_offset(r->saved.size());
    *len = off + static_cast<size_t>(v8_part->raw_size);
    uint8_t *out = static_cast<uint8_t *>(calloc(1, *len));
    if (!out) vs_abort("snapshot", "out of memory");
    memcpy(out, &h, sizeof h);
    memcpy(out + sizeof h, r->saved.data(), r->saved.size() * sizeof(saved_reference));
    memcpy(out + off, v8_part->data, static_cast<size_t>(v8_part->raw_size));
    return out;
}

uint8_t *vs_snapshot_take(vs_cx *cx, size_t *len)
{
    vs_state *st = state_of(cx);
    v8::Isolate *isolate = isolate_of(cx);
    v8::SnapshotCreator *creator = st->creator;
    {
        v8::HandleScope scope(isolate);
        v8::Local<v8::Context> context = st->context.Get(isolate);
        /* What contexts beside the main one begin with. */
        creator->SetDefaultContext(v8::Context::New(isolate));
        creator->AddContext(context, refuse_native);
        context->Exit();
    }
    vs_isolate_forget(st);
    /* What WeakRefs made in this job point to is not for the next process. */
    isolate->ClearKeptObjects();
    v8::StartupData made = creator->CreateBlob(v8::SnapshotCreator::FunctionCodeHandling::kKeep);
    uint8_t *out = made.CanBeRehashed() ? pack(&made, len) : nullptr;
    delete[] made.data;
    delete creator; /* exits the isolate */
    vs_isolate_free(st);
    return out;
}
