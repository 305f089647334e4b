
// torc: see docs/http.md.
require('internal/torc/http/private').incoming = {
  IncomingMessage, kAbortController, kAbortSignalDetached, kAbortSignalListener, kAbortSignalSocket, kHeaders,
  kHeadersCount, kTrailers, kTrailersCount, onError,
};
