
// torc: a kept connection is handed over without copies of options; see docs/http.md.
if (process.env.TORC_HTTP !== 'classic') {
  require('internal/torc/http/private').agent = { Agent, asyncResetHandle, setRequestSocket };
  require('internal/torc/http/agent');
}
