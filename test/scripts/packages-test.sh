#!/usr/bin/env bash
# scripts/packages without a network, with a runtime that installs nothing or something else, and interrupted.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages=$checkout/scripts/packages
for project in packages packages/project; do
    mkdir -p "$checkout/test/$project"
    echo '{}' | tee "$checkout/test/$project/package.json" >"$checkout/test/$project/package-lock.json"
done
tool node <<<'exit 1' # the host's: only has to be there
tool torc <<<'exit 1'
torc=$box/bin/torc

fails "no runtime ''" "$packages"
fails "no runtime '/nowhere'" "$packages" /nowhere

# No network.
tool npm <<<'exit 1'
fails 'check the network' "$packages" "$torc"
cache_is_clean

# npm of the host, called as: npm ci --cache DIR ..., npm config get registry
tool npm <<'END'
[[ $1 == config ]] && { echo 'the registry'; exit; }
mkdir -p "$3" node_modules
echo made >node_modules/file
END
fails 'could not install the packages' "$packages" "$torc"
cache_is_clean

# npm on torc, called as: torc npm-cli.js ci --offline ...
tool torc <<<'mkdir node_modules; echo else >node_modules/file'
fails 'installed something else' "$packages" "$torc"
cache_is_clean

tool torc <<<'[[ "$*" == *"ci --offline"*"--registry the registry"* ]] && mkdir node_modules && echo made >node_modules/file'
run "$packages" "$torc"
((code == 0)) || fail "exit $code with all there"
dir=$(<"$box/out")
[[ $(<"$dir/node_modules/file") == made && -d $dir/npm-cache ]] || fail "not in '$dir'"

# Once they are there, nothing is called.
tool npm <<<'exit 1'
tool torc <<<'exit 1'
run "$packages" "$torc"
[[ $code == 0 && $(<"$box/out") == "$dir" && ! -s $box/err ]] || fail 'not ready'

# Other packages, another directory.
echo '{ "changed": true }' >"$checkout/test/packages/project/package-lock.json"
fails 'check the network' "$packages" "$torc"
