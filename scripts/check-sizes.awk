# Sizes and names in C and C++ (docs/style.md, "Size, form and tools", "Names"). Relies on the format
# that clang-format makes: a function's braces stand in the first column. Prints breaches; exits 1 if
# there are any.

BEGIN {
    MAX_FUNCTION = 70; MAX_FILE = 1000; MAX_HEADER = 250; MAX_PARAMETERS = 6; MAX_MACRO = 3
    # A function that is one big switch may be longer; this many lines may stand beside the switch.
    MAX_BESIDE_SWITCH = 20
    prefix["uring"] = "ur_"; prefix["v8shim"] = "vs_"; prefix["core"] = "rt_"
    for (i = 1; i < ARGC; i++) if (ARGV[i] ~ /_priv\.h$/) read_private(ARGV[i])
}

# What a *_priv.h declares stays in its folder and, like a static function, takes no prefix.
function read_private(file,    line) {
    while ((getline line < file) > 0) {
        sub(/^VS_MUST_CHECK /, "", line)
        if (line !~ /^[a-z].*[a-z0-9_]\(/) continue
        sub(/\(.*/, "", line); sub(/.*[ *]/, "", line)
        private[line] = 1
    }
    close(file)
}

function breach(line, message) {
    print FILENAME ":" line ": " message
    failed = 1
}

function end_file() {
    if (last_file ~ /\.h$/ && last_line > MAX_HEADER) {
        print last_file ": a header of " last_line " lines, at most " MAX_HEADER " are allowed"
        failed = 1
    } else if (last_line > MAX_FILE) {
        print last_file ": " last_line " lines, at most " MAX_FILE " are allowed"
        failed = 1
    }
}

# Number of parameters of the function whose signature is in s; nested parentheses do not count.
function parameters(s,    i, c, depth, n) {
    n = 1
    for (i = index(s, "("); i > 0 && i <= length(s); i++) {
        c = substr(s, i, 1)
        if (c == "(") depth++
        else if (c == ")" && --depth == 0) break
        else if (c == "," && depth == 1) n++
    }
    return n
}

function check_signature(s,    name) {
    # A callback has the parameters its library gives it.
    if (parameters(s) > MAX_PARAMETERS && s !~ /\(nghttp2_session \*/)
        breach(start, "more than " MAX_PARAMETERS " parameters: pass a struct")
    if (s ~ /(^|[ ])static / || s !~ /\(/ || s ~ /::/ || !(layer in prefix) || FILENAME ~ /\/tools\//) return
    name = s; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name)
    if (name != "main" && !(name in private) && index(name, prefix[layer]) != 1)
        breach(start, name "() is not static and has no prefix " prefix[layer])
}

FNR == 1 {
    end_file()
    layer = FILENAME; sub(/\/.*/, "", layer)
    signature = ""; start = 0; macro = 0
}
{ last_file = FILENAME; last_line = FNR }

# Macros
/^[ \t]*#[ \t]*define/ { macro = FNR }
macro {
    if (layer != "test" && /[^a-zA-Z_](return|goto)[^a-zA-Z_0-9]/)
        breach(FNR, "a macro must not hide return or goto")
    if (!/\\$/) {
        if (FNR - macro + 1 > MAX_MACRO) breach(macro, "a macro of more than " MAX_MACRO " lines")
        macro = 0
    }
    next
}

# Functions: the text since the last line that ended a declaration is the signature.
/^\{$/ && !start {
    start = FNR; in_switch = 0; switch_lines = 0
    check_signature(signature)
    next
}
start && /^    switch / { in_switch = 1 }
start && in_switch { switch_lines++ }
start && /^    \}$/ { in_switch = 0 }
start && /^\}/ {
    lines = FNR - start - 1
    if (lines > MAX_FUNCTION && lines - switch_lines > MAX_BESIDE_SWITCH)
        breach(start, "a function of " lines " lines, at most " MAX_FUNCTION " are allowed")
    start = 0; signature = ""
    next
}
!start {
    if (/^[a-zA-Z]/ && signature == "") signature = $0
    else if (signature != "") signature = signature " " $0
    if (/[;}]$/ || /^$/ || /^#/ || /\*\/$/) signature = ""
}

# Names
/typedef .*[a-z]_t;$/ { breach(FNR, "names that end in _t are reserved") }
/^[ \t]*#[ \t]*define[ \t]+_GNU_SOURCE/ { breach(FNR, "the build defines _GNU_SOURCE") }

END {
    end_file()
    exit failed
}
