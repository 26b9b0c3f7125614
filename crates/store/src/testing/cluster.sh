# Runs a throw-away PostgreSQL server for as long as standard input stays open.
# $1: the folder of PostgreSQL's programs. Writes the server's folder, which is also its socket's.
set -eu
trap '' INT
folder=$(mktemp -d /tmp/shebao-postgres.XXXXXX)
stop() {
    "$1/pg_ctl" --pgdata="$folder/data" --mode=immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap 'stop "$1"' EXIT
"$1/initdb" --pgdata="$folder/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C \
    --no-sync --no-instructions >/dev/null
# Nothing here outlives the tests, so nothing needs to reach the disk.
cat >>"$folder/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$folder'
max_connections = 300
shared_buffers = 64MB
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
CONF
"$1/pg_ctl" --pgdata="$folder/data" --log="$folder/log" --wait start >/dev/null
echo "$folder"
cat >/dev/null
