/* v8shim/text_stream_priv.h: V8's text output, handed to a C function. */
#ifndef VS_TEXT_STREAM_PRIV_H
#define VS_TEXT_STREAM_PRIV_H

#include <v8-profiler.h>

class TextStream final : public v8::OutputStream
{
  public:
    TextStream(bool (*write)(void *, const char *, size_t), void *user) : write(write), user(user)
    {
    }

    /* Fewer calls than with V8's own default. */
    int GetChunkSize() override { return 64 * 1024; }

    void EndOfStream() override {}

    WriteResult WriteAsciiChunk(char *data, int size) override
    {
        stopped = !write(user, data, static_cast<size_t>(size));
        return stopped ? kAbort : kContinue;
    }

    bool stopped = false;

  private:
    bool (*write)(void *, const char *, size_t);
    void *user;
};

#endif
