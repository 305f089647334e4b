# Who may include what (docs/style.md, "Layering"). Prints breaches; exits 1 if there are any.

BEGIN {
    split("aio alloca assert ctype dirent dlfcn elf endian errno fcntl fnmatch glob grp ifaddrs inttypes " \
          "langinfo limits link locale malloc math netdb poll pthread pty pwd sched semaphore setjmp signal " \
          "spawn stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string strings " \
          "sysexits syslog termios threads time ucontext unistd utime utmpx wait wchar", names, " ")
    for (i in names) libc[names[i] ".h"] = 1
}

function breach(message) {
    print FILENAME ":" FNR ": " message
    failed = 1
}

function is_system(header) {
    return header in libc || header ~ /^(arpa|asm|linux|net|netinet|sys)\//
}

# Foreign worlds: what must not be reached directly from core/.
function is_engine(header) {
    return header ~ /^(v8|cppgc|libplatform|node|uv|liburing)/
}

function is_private(header) { return header ~ /_priv\.h$/ }

function folder_of(path) {
    sub(/\/[^\/]*$/, "", path)
    return path
}

FNR == 1 { layer = FILENAME; sub(/\/.*/, "", layer) }

/^[ \t]*#[ \t]*include[ \t]*</ {
    header = $0; sub(/^[^<]*</, "", header); sub(/>.*/, "", header)
    if (layer == "uring" && header ~ /^liburing/) {
        if (FILENAME != "uring/ring.c") breach("<" header ">: liburing belongs to uring/ring.c alone")
    } else if (layer == "uring" && !is_system(header))
        breach("<" header ">: uring/ includes libc and kernel headers only")
    else if (layer == "v8shim" && FILENAME ~ /\.h$/ && !is_private(FILENAME) && !is_system(header))
        breach("<" header ">: headers of v8shim/ are plain C and show nothing of V8")
    else if (layer == "core" && is_engine(header))
        breach("<" header ">: core/ reaches the engine by v8shim/vs.h and the kernel by uring/")
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
    header = $0; sub(/^[^"]*"/, "", header); sub(/".*/, "", header)
    target = header; sub(/\/.*/, "", target)
    if (header !~ /\// || header ~ /\.\./)
        breach("\"" header "\": write includes from the root of the checkout")
    else if ((layer == "uring" || layer == "v8shim") && target != layer)
        breach("\"" header "\": " layer "/ includes nothing of " target "/")
    else if (layer == "core" && target == "v8shim" && header != "v8shim/vs.h")
        breach("\"" header "\": core/ includes v8shim/vs.h only")
    else if (layer == "core" && target != "core" && target != "uring" && target != "v8shim")
        breach("\"" header "\": core/ includes nothing of " target "/")
    if (layer != "test" && is_private(header) && folder_of(header) != folder_of(FILENAME))
        breach("\"" header "\": a *_priv.h is for its own folder")
}

END { exit failed }
