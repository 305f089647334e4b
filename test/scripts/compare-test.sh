#!/usr/bin/env bash
# test/compare.sh: which of several answers of two runtimes pass, with `// Alone` and without.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

unset TORC_COMPARE_ANSWERS
compare=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/compare.sh
printf '// Alone\n' >"$box/alone.js"
printf '// One of many\n' >"$box/any.js"

# The reference says "right" each time; the other says the next word of $box/words, and "none" if none is left.
tool reference <<<'echo right'
tool other <<'END'
read -r first rest <"$box/words"
echo "$rest" >"$box/words"
echo "${first:-none}"
END

# compared CODE FILE WORD...: with these answers, one for each try, the test has to end with CODE, and ask for all.
compared() {
    echo "${*:3}" >"$box/words"
    run "$compare" "$box/bin/other" "$box/bin/reference" "$box/$2"
    ((code == $1)) || fail "exit $code, not $1: ${*:2}"
    [[ -z $(<"$box/words") ]] || fail "too few tries: ${*:2}"
    ! grep -q none "$box/out" || fail "too many tries: ${*:2}"
}

compared 0 any.js right
compared 1 any.js wrong
compared 0 alone.js right
compared 0 alone.js wrong right right
compared 1 alone.js wrong right wrong
compared 1 alone.js wrong wrong
