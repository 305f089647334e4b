#!/usr/bin/env bash
# scripts/sysroot when Debian, the network or a package is not as it should be. apt is one of our own, which answers
# with one package.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
sysroot=$checkout/scripts/sysroot
export TORC_DEBIAN_MIRROR=http://mirror.invalid/debian
[[ -r /usr/share/keyrings/debian-archive-keyring.gpg && -x $(command -v dpkg-deb) ]] || exit 77 # no Debian

# A package of one file.
mkdir -p "$box/package/DEBIAN" "$box/package/usr/lib/x86_64-linux-gnu"
printf 'Package: one\nVersion: 1\nArchitecture: amd64\nMaintainer: x <x@example.org>\nDescription: x\n' \
    >"$box/package/DEBIAN/control"
echo text >"$box/package/usr/lib/x86_64-linux-gnu/one"
dpkg-deb --build "$box/package" "$box/one_1_amd64.deb" >/dev/null
sha=$(sha256sum "$box/one_1_amd64.deb" | cut -d' ' -f1)
export sha

# $BROKEN names the step that goes wrong.
tool apt-get <<'END'
[[ $1 == -c ]] || exit 99
dir=$(sed -n 's/^Dir::State "\(.*\)";/\1/p' "$2")
case " $* " in
*' update '*) [[ $BROKEN != update ]] ;;
*' --simulate '*)
    [[ $BROKEN != resolve ]] || exit 100
    echo 'Inst one (1 Debian:testing [amd64])'
    ;;
*' --download-only '*)
    [[ $BROKEN != download ]] || exit 100
    cp "$box/one_1_amd64.deb" "$dir/archives/"
    [[ $BROKEN != hash ]] || echo x >>"$dir/archives/one_1_amd64.deb"
    ;;
*) exit 99 ;;
esac
END
tool apt-cache <<'END'
[[ $BROKEN != gone || " $* " != *' libnode137 '* ]] || exit 100
[[ $BROKEN == unsigned ]] || printf 'Package: one\nVersion: 1\nArchitecture: amd64\nSHA256: %s\n\n' "$sha"
END

broken() { BROKEN=$1 fails "$2" "$sysroot"; cache_is_clean; }
broken update 'could not get the package lists of Debian forky from http://mirror.invalid/debian; check the network'
broken gone 'no longer has libnode137'
broken resolve 'cannot install'
# Debian has moved on since: a note, no more.
broken unsigned 'other versions than those last tested'
broken unsigned '  zlib1g 1:' # gone
broken unsigned '  one 1 (added or gone)'
broken unsigned 'a package is missing from the signed lists'
broken download 'download interrupted'
broken hash 'do not match their signed checksums; they were removed'
[[ -z $(find "$TORC_CACHE/apt/archives" -name '*.deb') ]] || fail 'a wrong package is kept'
# What was downloaded is right this time, and still not what is needed.
broken nothing 'the unpacked packages have no usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2'

fails "unknown option '--nope'" "$sysroot" --nope

# One that is there is taken as it is.
key=$({ echo 1; sed '/^#/d' "$checkout/scripts/sysroot.lock"; } | sha256sum | cut -c1-16)
mkdir "$TORC_CACHE/sysroot-$key"
touch "$TORC_CACHE/sysroot-$key/"{versions,bound}
BROKEN=update run "$sysroot"
[[ $code == 0 && $(<"$box/out") == "$TORC_CACHE/sysroot-$key" && ! -s $box/err ]] || fail 'not ready'
