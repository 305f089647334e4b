# tsc on a small project: an incremental build with declarations and source maps, the same with nothing to
# do, mistakes and their exit codes; an editor's questions and a watch through the API.
run() {
    echo "\$ $*"
    "$@"
    echo "exit code $?"
}

run tsc --version
run tsc -p . --listEmittedFiles
run cat out/main.js out/shapes.d.ts out/main.js.map
run node out/main.js
run tsc -p . --listEmittedFiles
run tsc -p tsconfig.broken.json --pretty true
run tsc --noEmit --unknown
run node service.js
