# service.sh: for a scenario's needs.sh, to start the server it wants. Sourced by run.sh.
# shellcheck shell=bash
# shellcheck disable=SC2154 # here, node, work, at_exit: run.sh's

service_pid=
at_exit+=(stop_service)

# find_service NAME: sets $bin and $libraries, or ends the scenario as skipped.
find_service() {
    bin=$("$here/../../scripts/server" "$1") || {
        echo "skipped: no $1 server on this machine, and Debian's could not be fetched"
        exit 77
    }
    libraries=${bin%/usr/*}/usr/lib/x86_64-linux-gnu
}

# A port that is free now; whoever listens there must cope with losing it until then.
free_port() {
    "$node" -e 'const s = net.createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

# start_service LISTENING COMMAND...: run a server in the background until run.sh ends. It is there when the
# command LISTENING succeeds. %port% in COMMAND becomes a free port, which is $port for LISTENING.
start_service() {
    local listening=$1 attempt i
    shift
    for ((attempt = 0; attempt < 5; attempt++)); do
        port=$(free_port)
        # Whatever happens to this script: the server ends some time.
        LD_LIBRARY_PATH=$libraries timeout -s INT 450 "${@//%port%/$port}" >"$work/service.log" 2>&1 &
        service_pid=$!
        for ((i = 0; i < 300; i++)); do
            if LD_LIBRARY_PATH=$libraries $listening >/dev/null 2>&1; then return; fi
            kill -0 "$service_pid" 2>/dev/null || break # somebody took the port
            sleep 0.1
        done
        stop_service
    done
    echo "the server does not start:"
    cat "$work/service.log"
    exit 1
}

stop_service() {
    [[ -n $service_pid ]] || return 0
    kill -INT "$service_pid" 2>/dev/null
    wait "$service_pid"
    service_pid=
}
