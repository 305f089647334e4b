
// torc: the pool for small Buffers is made for the first one that a program wants. Node makes it here: 64 KB of the
// heap that each start reads, and of each worker that does nothing. What the library itself keeps (`bufferSep` of
// internal/fs/utils) would hold on to it, and has a pool of its size.
{
  const OWN_BYTES = 8;
  internalBinding('buffer').setDetachKey(allocPool);
  allocBuffer = new FastBuffer(OWN_BYTES);
  allocPool = allocBuffer.buffer;
  markAsUntransferable(allocPool);
  poolSize = OWN_BYTES;
}
