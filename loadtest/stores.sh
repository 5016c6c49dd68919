# Shared by bench.sh: the private Postgres and Redis of a run, a fresh database for each server.
# To be sourced after lib.sh.

# Postgres does not run as root, so its files are not below SCRATCH, which is nobody else's.
STORES="$(mktemp -d)"
chmod 755 "$STORES"
SERVICE_PIDS=()
SERVICE_FDS=()
POSTGRES_DIR=""
POSTGRES_URL=""
REDIS_URL=""
# The same for all rows. The log is large enough that no checkpoint falls into a run by size.
POSTGRES_OPTIONS="-c shared_buffers=512MB -c max_wal_size=4GB -c min_wal_size=2GB -c track_wal_io_timing=on"

# start_service KIND NAME: it ends when this script ends, however that happens. Its URL is then in URL.
start_service() {
  local fd
  : >"$STORES/$2.url"
  exec {fd}> >(POSTGRES_OPTIONS="$POSTGRES_OPTIONS" exec tests/support/services.sh run "$1" "$STORES/$2" \
    >"$STORES/$2.url" 2>"$SCRATCH/$2.log")
  SERVICE_PIDS+=("$!")
  SERVICE_FDS+=("$fd")
  for _ in $(seq 600); do
    URL="$(cat "$STORES/$2.url")"
    if [ -n "$URL" ]; then return; fi
    sleep 0.1
  done
  say "the $1 did not start:"
  cat "$SCRATCH/$2.log" >&2
  return 1
}

# stop_last_service: the one that was started last.
stop_last_service() {
  local fd="${SERVICE_FDS[-1]}" pid="${SERVICE_PIDS[-1]}"
  unset 'SERVICE_FDS[-1]' 'SERVICE_PIDS[-1]'
  exec {fd}>&-
  wait "$pid" || true
}

stop_stores() {
  while [ "${#SERVICE_PIDS[@]}" -gt 0 ]; do stop_last_service; done
  rm -rf "$STORES"
}

# start_postgres NAME: the cluster that the following runs use.
start_postgres() {
  start_service postgres "$1"
  POSTGRES_DIR="$STORES/$1"
  POSTGRES_URL="$URL"
  fill_log
}

# As on a server that has run for a while: the files of its log are there and are used again. A new one costs
# whoever needs it tens of milliseconds, and a fresh cluster would make several a second.
fill_log() {
  sql "CREATE TABLE filler AS SELECT repeat(md5(n::text), 60) AS text FROM generate_series(1, 700000) n"
  sql "DROP TABLE filler"
  sql "CHECKPOINT"
}

# As people run it: every second to disk. Without persistence, for a lock: redis_persistence no.
start_redis() {
  start_service redis redis
  REDIS_URL="$URL"
}

redis_persistence() {
  redis-cli -u "$REDIS_URL" flushall >/dev/null
  redis-cli -u "$REDIS_URL" config set appendonly "$1" >/dev/null
  # turning it on writes the file anew in a child
  while redis-cli -u "$REDIS_URL" info persistence | grep -q 'aof_rewrite_in_progress:1'; do sleep 0.1; done
}

postmaster_pid() { head -n 1 "$POSTGRES_DIR/data/postmaster.pid"; }
redis_pid() { cat "$STORES/redis/redis.pid"; }

sql() { PGOPTIONS="-c client_min_messages=warning" psql -X -q -A -t -v ON_ERROR_STOP=1 "$POSTGRES_URL" -c "$1"; }

# fresh_database: an empty one; its URL is then in DATABASE_URL. The run before is on disk first.
fresh_database() {
  sql "DROP DATABASE IF EXISTS run WITH (FORCE)"
  sql "CREATE DATABASE run"
  sql "CHECKPOINT"
  DATABASE_URL="${POSTGRES_URL%/*}/run"
}

postgres_sentence() {
  printf '%s, default settings but %s, max_connections=200' \
    "$(sql 'SHOW server_version')" "$(sed 's/-c //g; s/ /, /g' <<<"$POSTGRES_OPTIONS")"
}

# A library that makes every sync SYNC_DELAY_US longer, where Postgres' user can read it.
build_slow_sync() {
  cc -O2 -shared -fPIC -o "$STORES/slow_sync.so" loadtest/slow_sync.c
  chmod 644 "$STORES/slow_sync.so"
}
