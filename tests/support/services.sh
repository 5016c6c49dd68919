#!/usr/bin/env bash
# Private services for tests and benchmarks: a Postgres cluster or a Redis on a free port of 127.0.0.1, its
# files in a directory of its own, stopped by its process id. Nothing of the system's own services is touched.
#
#   services.sh install                    installs from the distribution what is missing
#   services.sh start postgres|redis DIR   makes DIR on first use, starts, prints the URL
#   services.sh stop postgres|redis DIR [fast|immediate]
#   services.sh run postgres|redis DIR     starts, prints the URL, and when its standard input ends, stops and
#                                          deletes DIR: the service ends with whoever started it, however that ends
#
#   POSTGRES_OPTIONS   more options of the server, such as `-c fsync=off`
#   PRELOAD            a library to preload into the service
#   PORT               this port instead of a free one
#
# DIR must be reachable for an unprivileged user: Postgres refuses to run as root.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

# The newest Postgres binaries on this machine.
postgres_bin() {
  local bin
  bin="$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)"
  if [ -n "$bin" ] && [ -x "$bin/initdb" ]; then echo "$bin"; return; fi
  if command -v initdb >/dev/null; then dirname "$(command -v initdb)"; return; fi
  return 1
}

install() {
  local missing=()
  postgres_bin >/dev/null || missing+=(postgresql)
  command -v redis-server >/dev/null || missing+=(redis-server)
  command -v faketime >/dev/null || missing+=(faketime)
  command -v chromium >/dev/null || missing+=(chromium)
  command -v nginx >/dev/null || missing+=(nginx-light)
  command -v caddy >/dev/null || missing+=(caddy)
  if [ "${#missing[@]}" -eq 0 ]; then return; fi
  say "installing ${missing[*]}"
  # The package would otherwise start services of its own.
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
  "${as_root[@]}" sh -ec '
    export DEBIAN_FRONTEND=noninteractive
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then printf "#!/bin/sh\nexit 101\n" >"$policy"; chmod +x "$policy"; trap "rm -f $policy" EXIT; fi
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "$@" >&2
  ' sh "${missing[@]}"
}

# as_owner DIR COMMAND...: as the user that owns DIR
as_owner() {
  local owner
  owner="$(stat -c %U "$1")"
  shift
  if [ "$(id -un)" = "$owner" ]; then "$@"; else runuser -u "$owner" -- "$@"; fi
}

make_dir() {
  if [ -d "$1" ]; then return; fi
  local owner
  owner="$(id -un)"
  if [ "$owner" = root ]; then owner="$(id -un postgres 2>/dev/null || echo nobody)"; fi
  command install -d -m 700 -o "$owner" "$1"
}

free_port() {
  local port
  for _ in $(seq 100); do
    port=$((20000 + RANDOM % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return; fi
  done
  say "no free port"
  return 1
}

postgres_start() {
  local dir="$1" bin port options
  bin="$(postgres_bin)" || { say "there is no Postgres here: run tests/support/services.sh install"; return 1; }
  make_dir "$dir"
  cd "$dir"
  if [ ! -d "$dir/data" ]; then
    as_owner "$dir" "$bin/initdb" -D "$dir/data" -U fairhold -A trust -E UTF8 --locale=C --no-sync >"$dir/initdb.log"
  fi
  for _ in 1 2 3; do
    port="${PORT:-$(free_port)}"
    options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir -c max_connections=200"
    if as_owner "$dir" env LD_PRELOAD="${PRELOAD:-}" "$bin/pg_ctl" -D "$dir/data" -w -t 60 -s -l "$dir/postgres.log" \
      -o "$options ${POSTGRES_OPTIONS:-}" start >&2; then
      "$bin/createdb" -h 127.0.0.1 -p "$port" -U fairhold fairhold 2>/dev/null || true
      echo "postgres://fairhold@127.0.0.1:$port/fairhold"
      return
    fi
  done
  tail -n 20 "$dir/postgres.log" >&2
  return 1
}

postgres_stop() {
  local dir="$1" bin
  bin="$(postgres_bin)"
  cd "$dir"
  as_owner "$dir" "$bin/pg_ctl" -D "$dir/data" -w -t 60 -s -m "${2:-fast}" stop >&2
}

redis_start() {
  local dir="$1" port
  make_dir "$dir"
  for _ in 1 2 3; do
    port="${PORT:-$(free_port)}"
    # Runs in the background by itself; its id stands in DIR/redis.pid.
    if as_owner "$dir" env LD_PRELOAD="${PRELOAD:-}" redis-server --bind 127.0.0.1 --port "$port" --dir "$dir" \
      --daemonize yes --pidfile "$dir/redis.pid" --logfile "$dir/redis.log" --save "" --appendonly no >&2; then
      for _ in $(seq 100); do
        if [ "$(redis-cli -p "$port" ping 2>/dev/null)" = PONG ]; then
          echo "redis://127.0.0.1:$port/"
          return
        fi
        sleep 0.05
      done
    fi
  done
  tail -n 20 "$dir/redis.log" >&2
  return 1
}

redis_stop() {
  local pid
  pid="$(cat "$1/redis.pid")"
  kill "$pid"
  while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
}

run() {
  local kind="$1" dir="$2"
  # However this ends, the service ends.
  trap '' INT TERM HUP
  "${kind}_start" "$dir" </dev/null
  exec 1>&-
  cat >/dev/null || true
  "${kind}_stop" "$dir" immediate </dev/null || true
  cd /
  rm -rf "$dir"
}

case "${1:-} ${2:-}" in
  "install ") install ;;
  "start postgres" | "start redis") "$2_start" "$3" </dev/null ;;
  "stop postgres" | "stop redis") "$2_stop" "$3" "${4:-fast}" </dev/null ;;
  "run postgres" | "run redis") run "$2" "$3" ;;
  *)
    sed -n '2,/^set/p' "$0" | sed '$d' >&2
    exit 2
    ;;
esac
