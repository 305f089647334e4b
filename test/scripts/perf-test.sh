#!/usr/bin/env bash
# perf/*.js: wrong arguments are refused with a message, before anything is measured.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

perf=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../perf" && pwd)
node=$NODE_DIR/bin/node

# refuses TEXT PROGRAM ARGUMENTS...: the message; what would be measured must not be started.
refuses() {
    run "$node" "$perf/$2.js" "${@:3}"
    ((code == 2)) || fail "exit $code, not 2: ${*:2}"
    grep -qF -- "perf $2: $1" "$box/err" || fail "no '$1': ${*:2}"
    [[ ! -s $box/out ]] || fail "something on stdout: ${*:2}"
}

refuses "ROUNDS must be a whole number from 1 to 1000, not 'many'" loop /nowhere many
refuses "ROUNDS must be a whole number from 1 to 1000, not '0'" loop /nowhere 0
refuses "SECONDS must be a number from 0.001 to 3600, not '-1'" loop /nowhere 1 -1
refuses "FILTER must be a regular expression" loop /nowhere 1 1 '('
refuses "one argument too many: 'x'" loop /nowhere 1 1 echo x
refuses "ROUNDS must be a whole number" hello /nowhere /nowhere 1.5
refuses "CONNECTIONS must be a whole number from 1 to 20000, not '99999'" hello /nowhere /nowhere 1 1 99999
refuses "RUNS must be a whole number" startup /nowhere /nowhere ten
refuses "ROUNDS must be a whole number" fs /nowhere /nowhere ''
refuses "CASES must be a regular expression" fs /nowhere /nowhere 1 '['
refuses "no case matches 'nothing'" workers /nowhere /nowhere 1 nothing
refuses "--rounds must be a whole number from 1 to 1000, not 'x'" http /nowhere /nowhere /nowhere --rounds x
refuses "--only: there is no 'hallo', only hello, look, json" http /nowhere /nowhere /nowhere --only hallo
refuses "--with: there is no 'node', only node-latest, bun, deno" http /nowhere /nowhere /nowhere --with node
refuses "--output: there is no directory '/nowhere'" http /nowhere /nowhere /nowhere --output /nowhere/page.html
refuses "Unknown option '--round'" http /nowhere /nowhere /nowhere --round 3
