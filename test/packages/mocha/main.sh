# mocha: a run with failing, pending, slow and retried tests in CommonJS and ES modules, reporters, hooks,
# options by file and by command line, exit codes, unhandled errors, tests spread over processes.
run() {
    echo "\$ $*"
    "$@" 2>&1 | hide_times
    echo "exit code ${PIPESTATUS[0]}"
}
# Also frames of Node's library and of mocha, which tell how files are loaded.
hide_times() {
    sed -E -e 's/\([0-9]+(ms|s)\)/(time)/g' -e 's/"(duration|start|end|time)": ?[^,]*/"\1": 0/g' \
        -e 's/time="[0-9.]*"/time/g' -e 's/timestamp="[^"]*"/timestamp/g' -e '/^ *at .*(node:|node_modules)/d'
}

run mocha
run mocha --reporter json --bail test/basic.js
run mocha --reporter tap --grep 'adds|retries' --retries 2
run mocha --reporter xunit test/module.mjs
run mocha --dry-run --forbid-pending --reporter list
run mocha --require ./setup.js test/module.mjs
run mocha --no-such-option
run mocha nowhere.js
run mocha broken.js
run mocha unhandled.js
run mocha --parallel --jobs 2 test | sort
