# eslint on files with findings: several formats and exit codes, fixes, a rule of our own, the API, the cache.
run() {
    echo "\$ $*"
    "$@"
    echo "exit code $?"
}

run eslint --version
run eslint src
run eslint src --format json --quiet -o report.json
run node -p 'JSON.parse(require("fs").readFileSync("report.json")).map((f) => [f.messages.length, f.fixableErrorCount])'
run eslint src --max-warnings 0 --rule 'no-console: off' --cache --cache-location .cache --no-warn-ignored
run eslint --fix-dry-run --format json src/style.js
cp src/style.js before.js
run eslint --fix src/style.js
run diff before.js src/style.js
run eslint --stdin --stdin-filename src/typed.mjs <src/style.js
run eslint --no-such-option
run eslint nowhere.js
run node api.mjs
