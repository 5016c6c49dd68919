#!/usr/bin/env bash
# The benchmark: bare handlers, fairhold and the baselines in turn, the Postgres rows again on a slower disk,
# then live fan-out. Run it from the root of the repository on an idle machine; it writes
# docs/benchmarks/latest.md and latest.json, in about 25 minutes.
#
#   ROUNDS=3             rounds of all runs
#   SECONDS_PER_RUN=10   time of each run
#   LIVE_SECONDS=20      time of each run with viewers: a stalled one is closed after 10 s
#   REPEATS=2            times that a run is repeated because others used more than 10 % of the machine
#   SLOW_SYNC_US=2000    what the slower disk takes more for each sync
#   PACE=10000           answers a second in the row at a steady rate
#   POOLS="16 32 64"     pool sizes of the baselines to choose from
#   HALLS=8              of 200,000 seats each; a run that sells them all out ends early
#   VIEWERS=1000 CHANGES=500 STALLED=200
#   OUT=docs/benchmarks  where the page goes
#   RESULTS=…            keep the report of every run here
#   FAIRHOLD_BIN=…       use this server instead of building one
set -euo pipefail

BUILD_SERVER="${FAIRHOLD_BIN:+no}"
. loadtest/lib.sh
. loadtest/stores.sh
trap 'finish; stop_stores' EXIT

ROUNDS="${ROUNDS:-3}"
SECONDS_PER_RUN="${SECONDS_PER_RUN:-10}"
LIVE_SECONDS="${LIVE_SECONDS:-20}"
REPEATS="${REPEATS:-2}"
SLOW_SYNC_US="${SLOW_SYNC_US:-2000}"
PACE="${PACE:-10000}"
POOLS="${POOLS:-16 32 64}"
VIEWERS="${VIEWERS:-1000}"
CHANGES="${CHANGES:-500}"
STALLED="${STALLED:-200}"
OUT="${OUT:-docs/benchmarks}"
RESULTS="${RESULTS:-$SCRATCH/results}"
SECRET="bench-secret-that-protects-nothing"
TUNE_SECONDS=3
# of 200,000 seats each, loaded before the clock starts; a run that sells them all out ends early
HALLS="${HALLS:-8}"
mkdir -p "$RESULTS"
ulimit -n "$(ulimit -Hn)"
FAILED=0
REPEATED=0
declare -A POOL=([fair-lock]=16 [redis-claim]=4)

build() {
  say "building"
  # together, else each is built with the features that only the other needs left out, and all twice
  local packages=(-p fairhold-loadtest)
  if [ "$BUILD_SERVER" != no ]; then packages+=(-p fairhold); fi
  cargo build --release --quiet "${packages[@]}"
  build_slow_sync
}

fault() {
  say "  $1"
  FAILED=1
}

# load NAME ARGUMENTS...: the generator against PORT, its report in RESULTS
load() {
  local name="$1"
  shift
  if ! FAIRHOLD_KEY="${KEY:-}" "$TARGET/release/holds" --target "127.0.0.1:$PORT" --server-pid "$PID" \
    --seconds "$SECONDS_PER_RUN" "$@" >"$RESULTS/$name.json"; then
    cat "$RESULTS/$name.json" >&2
    fault "$name: not clean"
  fi
}

# Whether others left the machine alone in this run.
undisturbed() {
  awk -F'[:,]' '/"others_cpu_share"/ { exit !($2 <= 0.1) }' "$RESULTS/$1.json"
}

# measure NAME RUN...: a run, again if others disturbed it
measure() {
  local name="$1"
  shift
  say "  $name"
  "$@" "$name"
  for _ in $(seq "$REPEATS"); do
    if undisturbed "$name"; then return; fi
    say "  $name: others used the machine, again"
    REPEATED=$((REPEATED + 1))
    "$@" "$name"
  done
}

# run_bare "ARGUMENTS" NAME
run_bare() {
  PORT="$(free_port)"
  # shellcheck disable=SC2086 # arguments, not one argument
  start_process "$SCRATCH/bare.log" "$TARGET/release/bare" --listen "127.0.0.1:$PORT" $1
  wait_for_port "$PORT" "$PID" "$SCRATCH/bare.log"
  load "$2" --bare "$SECRET" --connections 256
  stop_process "$PID" || true
}

# check_and_stop NAME: the server must end well, and its store must hold what it may hold
check_and_stop() {
  local data="$SCRATCH/data"
  stop_process "$PID" || fault "$1: the server did not stop cleanly"
  "$FAIRHOLD_BIN" check --json --data "$data" >"$RESULTS/$1.check" || { cat "$RESULTS/$1.check" >&2; fault "$1: check"; }
  rm -rf "$data"
}

# run_sqlite "ARGUMENTS" NAME: fairhold on a file
run_sqlite() {
  rm -rf "$SCRATCH/data"
  start_server "$SCRATCH/data"
  # shellcheck disable=SC2086
  load "$2" --connections 256 $1
  check_and_stop "$2"
}

# run_postgres "ARGUMENTS" NAME: fairhold on Postgres
run_postgres() {
  rm -rf "$SCRATCH/data"
  fresh_database
  export FAIRHOLD_DATABASE_URL="$DATABASE_URL"
  start_server "$SCRATCH/data"
  # shellcheck disable=SC2086
  load "$2" --store-pid "$(postmaster_pid)" --store-url "$DATABASE_URL" $1
  check_and_stop "$2"
  unset FAIRHOLD_DATABASE_URL
}

# run_baseline KIND NAME: a baseline, audited by the generator
run_baseline() {
  local kind="$1" halls=1 stores=(--store-pid "$(postmaster_pid)")
  fresh_database
  stores+=(--store-url "$DATABASE_URL")
  case "$kind" in
    fair-lock) redis_persistence no; stores+=(--store-pid "$(redis_pid)") ;;
    redis-claim) redis_persistence yes; halls="$HALLS"; stores+=(--store-pid "$(redis_pid)") ;;
  esac
  PORT="$(free_port)"
  start_process "$SCRATCH/baseline.log" "$TARGET/release/baseline" --kind "$kind" --listen "127.0.0.1:$PORT" \
    --database-url "$DATABASE_URL" --redis-url "$REDIS_URL" --pool "${POOL[$kind]}" --events "$halls" --secret "$SECRET"
  wait_for_port "$PORT" "$PID" "$SCRATCH/baseline.log"
  load "$2" --baseline "$SECRET" --connections 256 --inventories "$halls" "${stores[@]}"
  stop_process "$PID" || true
}

# tune KIND: keeps the pool size with the best rate
tune() {
  local kind="$1" best=0 size rate SECONDS_PER_RUN="$TUNE_SECONDS" found=""
  for size in $POOLS; do
    POOL[$kind]="$size"
    run_baseline "$kind" "tune-$kind-$size"
    rate="$(awk -F'[:,]' '/"rate"/ { print int($2) }' "$RESULTS/tune-$kind-$size.json")"
    say "  $kind, pool of $size: $rate/s"
    if [ "$rate" -gt "$best" ]; then best="$rate" found="$size"; fi
  done
  POOL[$kind]="${found:-32}"
}

# tune_all KIND...
tune_all() {
  say "pool sizes"
  for kind in "$@"; do tune "$kind"; done
}

pools_sentence() {
  local kind text=""
  for kind in "${!POOL[@]}"; do text+="$kind ${POOL[$kind]}, "; done
  printf '%s' "${text%, }"
}

probe() { "$TARGET/release/probe" --data "$SCRATCH" --seconds 3 >"$RESULTS/probe-$1.json"; }

MANY="--inventories 1000 --seats 1000 --spread"

# postgres_runs PREFIX ROUND: what depends on the disk under Postgres
postgres_runs() {
  local kind
  measure "$1hot-256-$2" run_postgres "--connections 256 --inventories $HALLS"
  measure "$1many-256-$2" run_postgres "--connections 256 $MANY"
  for kind in seat-lock seat-one-statement stock-lock stock-one-statement fair-lock; do
    measure "$1$kind-$2" run_baseline "$kind"
  done
}

first_part() {
  start_redis
  start_postgres postgres
  POSTGRES_SENTENCE="$(postgres_sentence)"
  tune_all seat-lock seat-one-statement stock-lock stock-one-statement
  POOLS_SENTENCE="$(pools_sentence)"
  for round in $(seq "$ROUNDS"); do
    say "round $round of $ROUNDS"
    probe "$round"
    measure "bare-$round" run_bare ""
    measure "bare-token-$round" run_bare "--check-token $SECRET"
    measure "hot-64-$round" run_postgres "--connections 64 --inventories $HALLS"
    measure "hot-paced-$round" run_postgres "--connections 256 --inventories $HALLS --rate $PACE"
    measure "many-64-$round" run_postgres "--connections 64 $MANY"
    postgres_runs "" "$round"
    measure "redis-claim-$round" run_baseline redis-claim
    measure "sqlite-$round" run_sqlite "--inventories $HALLS"
    measure "refusals-$round" run_sqlite --refusals
  done
  probe "$((ROUNDS + 1))"
  stop_last_service
}

slow_part() {
  say "every sync $SLOW_SYNC_US µs longer"
  export SYNC_DELAY_US="$SLOW_SYNC_US" PRELOAD="$STORES/slow_sync.so"
  start_postgres slow
  unset SYNC_DELAY_US PRELOAD
  # more commits wait at a time; of one row still only one does
  POOLS="${POOLS##* } 128"
  tune_all seat-lock seat-one-statement
  POOLS_SENTENCE+="; on the slower disk $(pools_sentence)"
  for round in $(seq "$ROUNDS"); do
    say "round $round of $ROUNDS"
    postgres_runs slow- "$round"
  done
  stop_last_service
}

# live NAME ARGUMENTS...: viewers, with SQLite
live() {
  local name="$1"
  shift
  start_server "$SCRATCH/data"
  say "  $name"
  if ! FAIRHOLD_KEY="$KEY" "$TARGET/release/fanout" --target "127.0.0.1:$PORT" --server-pid "$PID" \
    --seconds "$LIVE_SECONDS" --changes "$CHANGES" "$@" >"$RESULTS/$name.json"; then
    cat "$RESULTS/$name.json" >&2
    fault "$name: not clean"
  fi
  check_and_stop "$name"
}

build
first_part
slow_part
say "live"
live fanout --viewers "$VIEWERS"
live stalled --viewers 100 --stalled "$STALLED"

"$TARGET/release/summary" --results "$RESULTS" --out "$OUT" --date "$(date -u +%Y-%m-%d)" \
  --revision "$(git rev-parse --short HEAD)" --postgres "$POSTGRES_SENTENCE" --pools "$POOLS_SENTENCE" --repeated "$REPEATED"
cat "$OUT/latest.md"
exit "$FAILED"
