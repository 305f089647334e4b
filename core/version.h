/* core/version.h: what this is a release of, and which Node it stands in for. */
#ifndef RT_VERSION_H
#define RT_VERSION_H

#ifndef RT_TORC_VERSION
#define RT_TORC_VERSION "0.1.0"
#endif

/* The release whose library is embedded (scripts/nodelib.lock) and whose ABI V8 has. */
#define RT_NODE_VERSION "24.21.0"
#define RT_NODE_LTS "Krypton"
#define RT_NODE_MODULE_VERSION "137"
#define RT_NAPI_VERSION "10"
/* JavaScript within that library. */
#define RT_ACORN_VERSION "8.18.0"
#define RT_AMARO_VERSION "1.1.11"
#define RT_UNDICI_VERSION "7.29.1"
/* The libuv of that release: its error names and numbers are ours too. */
#define RT_UV_VERSION "1.52.1"

#endif
