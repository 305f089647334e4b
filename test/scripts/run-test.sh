#!/usr/bin/env bash
# scripts/run: the program's output alone on stdout, its arguments and exit code; nothing runs after a failed build.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

mkdir -p "$checkout/build/release"
cat >"$checkout/build/release/torc" <<'END'
#!/usr/bin/env bash
printf '<%s>' "$@"
exit 7
END
printf '#!/usr/bin/env bash\necho "building $*" >&2\n' >"$checkout/scripts/build"
chmod +x "$checkout/build/release/torc" "$checkout/scripts/build"

cd /
run "$checkout/scripts/run" --option 'a file.js' '' '*'
[[ $code == 7 && $(<"$box/out") == '<--option><a file.js><><*>' ]] || fail 'not as torc was called'
[[ $(<"$box/err") == 'building release' ]] || fail 'not built'

printf '#!/usr/bin/env bash\necho "compiler error" >&2; exit 1\n' >"$checkout/scripts/build"
fails 'compiler error' "$checkout/scripts/run" file.js
