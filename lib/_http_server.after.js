
// torc: connections whose socket nobody uses are served without one; see docs/http.md.
if (process.env.TORC_HTTP !== 'classic') {
  require('internal/torc/http/private').server = {
    Server, ServerResponse, STATUS_CODES, connectionListener, emitCloseNT, kConnections, kOptimizeEmptyRequests,
    kServerResponse, onRequestStartChannel, onResponseCreatedChannel, onResponseFinishChannel, onServerResponseClose,
  };
  require('internal/torc/http/server');
}
