# prettier over many languages: written, checked, listed, configured, from standard input, by its API.
run() {
    echo "\$ $*"
    "$@"
    echo "exit code $?"
}

run prettier --version
run prettier --check files
run prettier --list-different files
run prettier files/code.ts --config files/other.json
run prettier --stdin-filepath some.css <files/style.css
run prettier --write files | sed 's/ [0-9]*ms/ time/'
for file in files/*; do run cat "$file"; done
run prettier --check files
run prettier broken.js
run prettier --no-such-option files/query.graphql
run node api.mjs
