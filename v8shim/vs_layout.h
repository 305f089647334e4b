/* v8shim/vs_layout.h: the few V8 13.6 layout facts that inline C relies on (x86-64 and arm64, no
 * pointer compression).
 *
 * The same numbers are compiled into every native addon of Node 24, so they hold for the life of
 * ABI 137. layout.cc asserts each against V8's headers; vs_platform_open() refuses a library of
 * another V8 major.minor.
 */
#ifndef VS_LAYOUT_H
#define VS_LAYOUT_H

#define VS_V8_MAJOR 13
#define VS_V8_MINOR 6

#define VS_SMI_TAG_MASK 1u
#define VS_SMI_SHIFT 32

/* Byte offsets into v8::Isolate. */
#define VS_ISOLATE_EMBEDDER_SLOT0 0x248
#define VS_ISOLATE_ROOTS 0x280

/* Indices into the root table. */
#define VS_ROOT_UNDEFINED 4
#define VS_ROOT_NULL 6
#define VS_ROOT_TRUE 7
#define VS_ROOT_FALSE 8
#define VS_ROOT_EMPTY_STRING 9

/* Indices into FunctionCallbackInfo's implicit arguments. */
#define VS_ARGS_ISOLATE 1
#define VS_ARGS_RETURN 3
#define VS_ARGS_NEW_TARGET 5

/* Sizes of V8 stack objects that live in caller storage, in words. */
#define VS_SCOPE_WORDS 3
#define VS_TRY_WORDS 6
#define VS_STRVIEW_WORDS 4
/* Bytes of text kept without malloc: most paths and names. */
#define VS_TEXT_SMALL 256

#endif
