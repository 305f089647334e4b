#!/usr/bin/env bash
# compare.sh TORC NODE [FLAGS] FILE: run a program under both runtimes; pass if they print the same to
# stdout and exit the same. Prints the difference otherwise.
#
# A program that prints nothing or fails under Node, too, compares nothing: the test is wrong. One that is
# meant to exit with another code than 0 says so in a line `// Exit code: N`.
#
# Node's answer is kept in the directory TORC_COMPARE_ANSWERS, if set, for the next build or setting that is compared:
# scripts/test makes one for as long as it runs. Programs that talk to the other runtime are run anew. Only an answer
# that torc has given, too, is kept.
#
# In a program with a line `// Alone` limits of time run out, which a busy machine may let happen before what they are to
# come after, under either runtime: if they don't agree, both run anew twice, and have to agree both times.
set -u
torc=$1 node=$2
shift 2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# The other runtime is in TORC_PEER, for programs that talk to it.
# run RUNTIME ARGUMENTS...: $work/out.RUNTIME gets what it prints and then its exit code, which is returned.
run() {
    local name=$1 peer=$node code
    [[ $name == node ]] && peer=$torc
    TORC_PEER=$peer "${!name}" "${@:2}" >"$work/out.$name" 2>"$work/err.$name"
    code=$?
    echo "exit code $code" >>"$work/out.$name"
    return $code
}

answer=
if [[ ${TORC_COMPARE_ANSWERS:-} ]] && ! grep -q TORC_PEER "${!#}"; then
    answer=$TORC_COMPARE_ANSWERS/$(printf '%s\0' "$@" | sha256sum | cut -d ' ' -f 1)
fi

# ask_node ARGUMENTS...: fail if there is nothing to compare.
ask_node() {
    local code expected
    run node "$@"
    code=$?
    expected=$(sed -n 's|^// Exit code: ||p' "${!#}")
    [[ $code != "${expected:-0}" || $(<"$work/out.node") == "exit code $code" ]] || return 0
    echo "nothing to compare: Node exits with $code and prints $(wc -c <"$work/out.node") bytes"
    cat "$work/err.node"
    return 1
}

# same: fail, and say why, if what torc has printed is not what Node has.
same() {
    diff -u --label node "$work/out.node" --label torc "$work/out.torc" && return
    echo '--- stderr of torc:'
    cat "$work/err.torc"
    return 1
}

# agree ARGUMENTS...: run both; torc's answer may be the one that is kept.
agree() {
    run torc "$@"
    [[ $answer && -f $answer ]] && cp "$answer" "$work/out.node" && same >"$work/why" && return
    ask_node "$@" && same || return
    # Another test may look for it now: it is there whole or not at all.
    [[ ! $answer ]] || { cp "$work/out.node" "$answer.$$" && mv "$answer.$$" "$answer"; }
}

agree "$@" && exit 0
grep -q '^// Alone$' "${!#}" && agree "$@" && agree "$@"
