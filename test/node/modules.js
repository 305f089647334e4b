'use strict';
// Which module a test is about, told from the beginning of its name: the longest prefix that fits.

const PREFIXES = {
  'assert': 'assert',
  'async_hooks': 'async als asyncresource async-hooks async-local-storage async-wrap',
  'buffer': 'buffer blob btoa',
  'child_process': 'child-process stdio-pipe',
  'cli': 'cli dotenv node-run preload',
  'cluster': 'cluster',
  'console': 'console',
  'crypto': 'crypto x509 openssl dsa',
  'debugger': 'debugger',
  'dgram': 'dgram',
  'diagnostics_channel': 'diagnostics-channel',
  'dns': 'dns',
  'domain': 'domain',
  'encoding': 'whatwg-encoding icu intl utf8 fastutf8 string-bytes',
  'errors': 'errors error exception uncaught throw domexception',
  'events': 'event events eventtarget eventemitter nodeeventtarget eventsource abort aborted abortsignal ' +
    'abortcontroller whatwg-events messageevent',
  'fs': 'fs file filehandle fastutf8stream fileurltopath',
  'globals': 'global structuredClone navigator set-incoming webapi',
  'http': 'http outgoing client',
  'http2': 'http2 h2',
  'https': 'https',
  'inspector': 'inspector inspect',
  'internals': 'internal primordials safe freelist priority wrap bootstrap options-binding',
  'module': 'module require compile-cache source-map cwd esm find-package package wasm vfs',
  'net': 'net tcp listen socket socketaddress blocklist pipe handle',
  'node:test': 'runner mock',
  'os': 'os',
  'path': 'path',
  'perf_hooks': 'perf performance performanceobserver',
  'permission': 'permission',
  'process': 'process next-tick tick signal beforeexit microtask queue-microtask kill setproctitle warn ' +
    'emit finalization',
  'promises': 'promise promises unhandled',
  'punycode': 'punycode',
  'querystring': 'querystring',
  'quic': 'quic',
  'readline': 'readline',
  'repl': 'repl',
  'snapshot': 'snapshot',
  'sqlite': 'sqlite',
  'stdio': 'stdin stdout stdio',
  'stream': 'stream stream2 stream3 streams readable duplex destroy',
  'string_decoder': 'string-decoder',
  'timers': 'timers',
  'tls': 'tls',
  'trace_events': 'trace tracing',
  'tty': 'tty ttywrap',
  'url': 'url urlpattern whatwg-url',
  'util': 'util mime parse-args',
  'v8': 'v8 heap heapdump heapsnapshot cpu gc memory cppheap',
  'vm': 'vm',
  'watch': 'watch',
  'webcrypto': 'webcrypto',
  'webstreams': 'webstreams webstream whatwg-webstreams whatwg-readablestream whatwg-readablebytestream ' +
    'whatwg-transformstream whatwg-writablestream compression',
  'worker_threads': 'worker messagechannel messageport messaging broadcastchannel atomics',
  'zlib': 'zlib',
};

const OTHER = 'other';
const byPrefix = new Map(Object.entries(PREFIXES).flatMap(([name, list]) =>
  list.split(' ').map((prefix) => [prefix, name])));

// A directory of one subject is its own module.
function moduleOf(dir, file) {
  if (dir !== 'parallel' && dir !== 'sequential') return dir;
  const words = file.replace(/^test-/, '').replace(/\.[cm]?js$/, '').split('-');
  for (let count = words.length; count > 0; count--) {
    const name = byPrefix.get(words.slice(0, count).join('-'));
    if (name !== undefined) return name;
  }
  return OTHER;
}

module.exports = { moduleOf };
