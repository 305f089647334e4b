#!/usr/bin/env bash
# scripts/test: what it counts, its last line and its exit code, whatever ctest, the build and the rules do.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
script=$checkout/scripts/test

step() {
    { echo '#!/usr/bin/env bash' && cat; } >"$checkout/scripts/$1"
    chmod +x "$checkout/scripts/$1"
}
step build <<<'mkdir -p "$(dirname "$0")/../build/$1/Testing"; echo "build $1" >>"$box/steps"; [[ $1 != "${BAD_BUILD:-}" ]]'
step check <<<'echo check >>"$box/steps"; exit "${BAD_CHECK:-0}"'
step node-suite <<<'echo "suite ${TORC_HTTP:-} $*" >>"$box/steps"; exit "${BAD_SUITE:-0}"'
# What forbids io_uring is a program of the build.
mkdir -p "$checkout/build/release/test"
printf '#!/usr/bin/env bash\necho "deny $1" >>"$box/steps"; shift; exec "$@"\n' >"$checkout/build/release/test/deny_uring"
chmod +x "$checkout/build/release/test/deny_uring"
# Writes the report that it is told to by $REPORT: tests, failures, skipped; "none" for no report.
tool ctest <<'END'
echo "ctest $*" >>"$box/steps"
read -r tests failures skipped <<<"$REPORT"
while [[ $1 != --output-junit ]]; do shift; done
[[ $tests == none ]] ||
    printf '<testsuite name="x"\n\ttests="%s"\n\tfailures="%s"\n\tskipped="%s"\n>\n' "$tests" "$failures" "$skipped" >"$2"
exit 8 # its own exit code is not what counts
END

# ends CODE LINE ARGUMENTS...: how scripts/test exits, and its last line.
ends() {
    : >"$box/steps"
    run "$script" "${@:3}"
    [[ $code == "$1" && $(tail -n 1 "$box/out") == "$2" ]] || fail "exit $code, '$(tail -n 1 "$box/out")', not $1, '$2'"
}
did() { grep -q "^$1" "$box/steps" || fail "no step '$1'"; }
did_not() { ! grep -q "^$1" "$box/steps" || fail "a step '$1'"; }

export REPORT='10 0 0'
ends 0 '63 passed, 0 failed, 0 skipped'
did 'build tsan'
did check
did 'deny EPERM'
did 'suite .*--check'
did 'suite classic .*--check'
BAD_SUITE=1 ends 1 '61 passed, 2 failed, 0 skipped'
REPORT='10 0 3' ends 0 '8 passed, 0 failed, 3 skipped' --quick
did check
did_not 'build asan'
did_not suite
REPORT='10 2 1' ends 1 '8 passed, 2 failed, 1 skipped' --quick
REPORT=none ends 1 '1 passed, 1 failed, 0 skipped' --quick
REPORT='0 0 0' ends 1 '1 passed, 1 failed, 0 skipped' --quick
BAD_CHECK=1 ends 1 '10 passed, 1 failed, 0 skipped' --quick
BAD_BUILD=asan ends 1 '0 passed, 1 failed, 0 skipped'
did_not ctest
ends 0 '20 passed, 0 failed, 0 skipped' --preset asan --preset tsan -- -R 'js/test-a b'
did 'ctest --test-dir .*/build/asan .*-R js/test-a b$'
did_not check

# A report of an earlier run does not count.
REPORT=none ends 1 '0 passed, 1 failed, 0 skipped' --preset asan

# Where io_uring is forbidden.
ends 0 '10 passed, 0 failed, 0 skipped' --no-uring
did 'deny EPERM'

fails "unknown option '--nope'" "$script" --nope
run "$script" --preset
((code != 0)) || fail '--preset without a name'
grep -q 'needs a name' "$box/err" || fail 'no message about the name'
