# webpack: a production and a development build from the command line, what they made run, the API with a
# loader and a plugin of our own, errors, watching. The minimizer uses worker threads unless
# it is told to do without: webpack-minimizer.
run() {
    echo "\$ $*"
    "$@" 2>&1 | sed -E 's/ in [0-9]+ ms$/ in time/; /^ *at .*node:/d'
    echo "exit code ${PIPESTATUS[0]}"
}

run webpack --config-name production
run node dist/production/main.js
run ls dist/production
run webpack --config-name development --devtool source-map
run ls dist/development
run node --enable-source-maps dist/development/main.js fail
run webpack --config-name broken
run node api.js
