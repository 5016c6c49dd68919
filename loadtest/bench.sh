#!/usr/bin/env bash
# The benchmark: baselines, durable holds and refusals in turn, then live fan-out. Run it from the root of
# the repository on an idle machine; it writes docs/benchmarks/latest.md and latest.json.
#
#   ROUNDS=3             rounds of the four runs
#   SECONDS_PER_RUN=30   time of each run
#   CONNECTIONS=256      keep-alive connections
#   INVENTORIES=8        of 200,000 seats each; a run that sells them all out ends early
#   VIEWERS=1000 CHANGES=500 STALLED=200
#   OUT=docs/benchmarks  where the page goes
#   FAIRHOLD_BIN=…       use this server instead of building one
set -euo pipefail

BUILD_SERVER="${FAIRHOLD_BIN:+no}"
. loadtest/lib.sh

ROUNDS="${ROUNDS:-3}"
SECONDS_PER_RUN="${SECONDS_PER_RUN:-30}"
CONNECTIONS="${CONNECTIONS:-256}"
INVENTORIES="${INVENTORIES:-8}"
VIEWERS="${VIEWERS:-1000}"
CHANGES="${CHANGES:-500}"
STALLED="${STALLED:-200}"
OUT="${OUT:-docs/benchmarks}"
RESULTS="$SCRATCH/results"
SECRET="bench-secret-that-protects-nothing"
mkdir -p "$RESULTS"
ulimit -n "$(ulimit -Hn)"
FAILED=0

build() {
  say "building"
  cargo build --release --quiet -p fairhold-loadtest
  if [ "$BUILD_SERVER" != no ]; then cargo build --release --quiet -p fairhold; fi
}

# collect NAME COMMAND...: keeps the report also when it says that something was wrong
collect() {
  local name="$1"
  shift
  say "  $name"
  if ! "$@" >"$RESULTS/$name.json"; then
    say "  $name: not clean"
    cat "$RESULTS/$name.json" >&2
    FAILED=1
  fi
}

generate() {
  FAIRHOLD_KEY="${KEY:-}" "$TARGET/release/holds" --target "127.0.0.1:$PORT" --server-pid "$PID" --connections "$CONNECTIONS" \
    --seconds "$SECONDS_PER_RUN" "$@"
}

run_bare() {
  local name="$1" round="$2"
  shift 2
  PORT="$(free_port)"
  start_process "$SCRATCH/$name.log" "$TARGET/release/bare" --listen "127.0.0.1:$PORT" "$@"
  wait_for_port "$PORT" "$PID" "$SCRATCH/$name.log"
  collect "$name-$round" generate --bare "$SECRET"
  stop_process "$PID" || true
}

# run_server NAME DATA COMMAND...: a fresh server for one run, checked afterwards
run_server() {
  local name="$1" data="$SCRATCH/data-$1"
  shift
  start_server "$data"
  collect "$name" "$@"
  stop_process "$PID" || { say "  $name: the server did not stop cleanly"; FAILED=1; }
  "$FAIRHOLD_BIN" check --json --data "$data" >"$RESULTS/$name.check" || { cat "$RESULTS/$name.check" >&2; FAILED=1; }
  rm -rf "$data"
}

fan_out() {
  FAIRHOLD_KEY="$KEY" "$TARGET/release/fanout" --target "127.0.0.1:$PORT" --server-pid "$PID" --seconds "$SECONDS_PER_RUN" \
    --changes "$CHANGES" "$@"
}

build
for round in $(seq "$ROUNDS"); do
  say "round $round of $ROUNDS"
  collect "probe-$round" "$TARGET/release/probe" --data "$SCRATCH"
  run_bare bare "$round"
  run_bare bare-token "$round" --check-token "$SECRET"
  run_server "holds-$round" generate --inventories "$INVENTORIES"
  run_server "refusals-$round" generate --refusals
done
say "live"
run_server fanout fan_out --viewers "$VIEWERS"
run_server stalled fan_out --viewers 100 --stalled "$STALLED"

"$TARGET/release/summary" --results "$RESULTS" --out "$OUT" --date "$(date -u +%Y-%m-%d)" \
  --revision "$(git rev-parse --short HEAD)"
cat "$OUT/latest.md"
exit "$FAILED"
