# A Redis server of its own, that keeps nothing.
source "$here/service.sh"
find_service redis
mkdir "$work/server"

redis_listens() { [[ -S $work/server/socket ]]; }
start_service redis_listens "$bin/redis-server" --port %port% --bind 127.0.0.1 --unixsocket "$work/server/socket" \
    --dir "$work/server" --save '' --appendonly no --daemonize no
settings+=(REDIS_PORT="$port" REDIS_SOCKET="$work/server/socket")
