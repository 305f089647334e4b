# A PostgreSQL server of its own, whose only user has to give a password (SCRAM).
source "$here/service.sh"
find_service postgres
server=$work/server as_user=()
mkdir "$server"
echo 'päss word' >"$server/password"

# PostgreSQL refuses to run as root, and root's cache may be closed to others.
if ((EUID == 0)); then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    as_user=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups)
    if [[ $bin == "$HOME"/* ]]; then
        cp -r "${bin%/usr/*}" "$server/tree"
        bin=$server/tree${bin#"${bin%/usr/*}"} libraries=$server/tree/usr/lib/x86_64-linux-gnu
    fi
    chmod 755 "$work"
    chown -R "$user" "$server"
fi

(cd "$server" && LD_LIBRARY_PATH=$libraries "${as_user[@]}" "$bin/initdb" --username=shop --pwfile=password --no-sync \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 data) >"$work/service.log" 2>&1 || {
    cat "$work/service.log"
    exit 1
}
postgres_listens() { "$bin/pg_isready" --host=127.0.0.1 --port="$port"; }
start_service postgres_listens "${as_user[@]}" "$bin/postgres" -D "$server/data" -p %port% -k "$server" \
    -c listen_addresses=127.0.0.1 -c fsync=off
settings+=(PGPORT="$port" PGHOST=127.0.0.1 PGUSER=shop PGPASSWORD='päss word' PGDATABASE=postgres PG_SOCKET="$server")
