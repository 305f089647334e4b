
// torc: connections that nobody looks at are served without a socket; see docs/http.md.
if (process.env.TORC_HTTP !== 'classic') {
  require('internal/torc/http/private').server = {
    Server, ServerResponse, STATUS_CODES, emitCloseNT, kConnections, kOptimizeEmptyRequests, kServerResponse,
    onRequestStartChannel, onResponseCreatedChannel, onResponseFinishChannel,
  };
  require('internal/torc/http/server');
}
