# A small project from end to end: npm ci without a network, its build and tests, what it made run by npx, and
# scripts that fail or are killed.
run() {
    echo "\$ $*"
    "$@" 2>&1 | sed -E 's/ in [0-9.]+m?s$/ in time/; s/(log of this run).*/\1/'
    echo "exit code ${PIPESTATUS[0]}"
}
export npm_config_offline=true npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false

run npm ci
run npm ls --all --omit=optional
run npm run build
run find dist -type f -printf '%f %m %s\n' | sort
run npm test
run npm start --silent -- first.json
run npx --no to-do second.json
run npm run fails
run npm run killed
run npm run no-such-script
npm pack --dry-run --json --ignore-scripts >pack.json
run node -p 'JSON.parse(fs.readFileSync("pack.json"))[0].files.map(({ path, size }) => `${path} ${size}`)'
run npm version minor --no-git-tag-version
run npm ci --omit=dev
run npm ls
