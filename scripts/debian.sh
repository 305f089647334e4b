# A private apt: asks Debian for packages with a configuration, lists and archives of its own. The
# host's package state is neither read nor touched, and no root is needed. Sourced after lib.sh.
# shellcheck shell=bash

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# Print the addresses from which this host gets the Debian main archive, the likeliest first.
# Reads both forms of apt's sources. Another vendor's archive that looks like Debian's is harmless:
# it is not signed by the Debian keyring and apt refuses it.
debian_mirrors() {
    if [[ -n ${TORC_DEBIAN_MIRROR:-} ]]; then
        echo "$TORC_DEBIAN_MIRROR"
        return
    fi
    local debian_suite='^(old)*(stable|testing|unstable|sid|bookworm|trixie|forky|duke)(-updates|-backports)?$'
    {
        # No such file is not an error, hence the '|| true'.
        { cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true; } |
            awk -v want="$debian_suite" '
                $1 == "deb" {
                    sub(/#.*/, ""); sub(/\[[^]]*\]/, "")
                    main = 0
                    for (i = 4; i <= NF; i++) if ($i == "main") main = 1
                    if (main && $3 ~ want) print $2
                }'
        # A blank line between files: each file ends its last stanza.
        for file in /etc/apt/sources.list.d/*.sources; do
            [[ ! -r $file ]] || { cat "$file" && echo; }
        done | awk -v want="$debian_suite" '
            function flush(    i, uris, uri, suites, suite) {
                suites = split(value["suites"], suite, " ")
                for (i = 1; i <= suites; i++)
                    if (suite[i] ~ want && (" " value["types"] " ") ~ / deb / &&
                        (" " value["components"] " ") ~ / main / &&
                        tolower(value["enabled"]) !~ /no|false/) {
                        uris = split(value["uris"], uri, " ")
                        for (i = 1; i <= uris; i++) print uri[i]
                        break
                    }
                split("", value); key = ""
            }
            /^#/ { next }
            /^[ \t]*$/ { flush(); next }
            /^[^ \t]/ { key = tolower($0); sub(/:.*/, "", key); sub(/^[^:]*:/, "") }
            { value[key] = value[key] " " $0 }
            END { flush() }'
    } | sed 's|/*$||' | { grep -v -e '^cdrom:' -e '-security$' || true; } | awk '!seen[$0]++' |
        awk '/\/debian$/ { print; next } { rest = rest $0 "\n" } END { printf "%s", rest }'
}

# debian_apt_open DIR SUITE [TYPE...]: prepare a private apt in DIR and fetch the signed package
# lists of SUITE. TYPE is deb (the default) or deb-src. Afterwards use `debian_apt get ...` and
# `debian_apt cache ...`. Fails with a message when there is no mirror or no network.
debian_apt_open() {
    local dir=$1 suite=$2 type mirror
    local -a types=("${@:3}")
    ((${#types[@]})) || types=(deb)
    [[ $(uname -m) == x86_64 ]] || die "torc runs on x86-64 Linux only, this is $(uname -m)"
    command -v apt-get dpkg >/dev/null ||
        die "apt and dpkg are needed to fetch the dependencies; on another distribution build with -DTORC_SYSROOT=OFF"
    [[ -r $keyring ]] || need_keyring

    mkdir -p "$dir/lists/partial" "$dir/archives/partial"
    : >"$dir/status" # an empty package state: every dependency counts as new, down to libc
    apt_conf=$dir/apt.conf
    cat >"$apt_conf" <<CONF
Dir::Etc::sourcelist "$dir/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$dir";
Dir::State::lists "$dir/lists";
Dir::State::status "$dir/status";
Dir::State::extended_states "$dir/extended_states";
Dir::Cache "$dir";
Dir::Cache::archives "$dir/archives";
Dir::Log "$dir";
#clear APT::Architectures;
APT::Architecture "amd64";
APT::Architectures { "amd64"; };
APT::Default-Release "";
APT::Install-Recommends "false";
APT::Install-Suggests "false";
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Install-Pkgs;
CONF
    local -a mirrors
    mapfile -t mirrors < <(debian_mirrors)
    ((${#mirrors[@]})) ||
        die "no Debian archive found in /etc/apt; set TORC_DEBIAN_MIRROR to the address of a mirror"
    for mirror in "${mirrors[@]}"; do
        for type in "${types[@]}"; do
            echo "$type [signed-by=$keyring arch=amd64] $mirror $suite main"
        done | sed '/^deb /s/ arch=/ target=Packages arch=/; /^deb-src /s/ arch=amd64/ target=Sources/' \
            >"$dir/sources.list"
        say "asking $mirror for the package lists of $suite"
        debian_apt get update >&2 && return
    done
    die "could not get the package lists of Debian $suite from ${mirrors[*]}; check the network" \
        "(http_proxy is honoured) or set TORC_DEBIAN_MIRROR, then run the same command again"
}

debian_apt() {
    local tool=$1
    shift
    "apt-$tool" -c "$apt_conf" -q "$@"
}

need_keyring() {
    ((EUID == 0)) || die "the Debian archive keys are missing; run: sudo apt-get install debian-archive-keyring"
    apt-get install -y debian-archive-keyring >&2 && [[ -r $keyring ]] ||
        die "could not install debian-archive-keyring"
}

# debian_apt_checksums NAME=VERSION ...: print `sha256  file` lines, as sha256sum reads them, from
# the signed package lists.
debian_apt_checksums() {
    debian_apt cache show "$@" | awk '
        function flush() {
            if (name == "") return
            gsub(/:/, "%3a", version)
            print sha "  " name "_" version "_" arch ".deb"
            name = ""
        }
        /^$/ { flush() }
        $1 == "Package:" { name = $2 }
        $1 == "Version:" { version = $2 }
        $1 == "Architecture:" { arch = $2 }
        $1 == "SHA256:" { sha = $2 }
        END { flush() }'
}
