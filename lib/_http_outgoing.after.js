
// torc: see docs/http.md.
require('internal/torc/http/private').outgoing = {
  OutgoingMessage, nop, kSocket, kBytesWritten, kChunkedBuffer, kChunkedLength, kCorked, kEndCallbacks, kErrored,
  kFlushError, kHighWaterMark, kRejectNonStandardBodyWrites, kUniqueHeaders, kWritableFinished,
};
