#!/usr/bin/env bash
# Does memory stay bounded: 1,000,000 records in 10,000 inventories on a private Postgres, of which the server
# may keep 1,000 in memory. Run it from the root of the repository; it prints a report, in about five minutes.
#
#   INVENTORIES=10000 SEATS=100   inventories, and records of each
#   LOADED_MAX=1000 IDLE=5        what the server may keep, and for how many seconds
#   FAIRHOLD_BIN=…                use this server instead of building one
set -euo pipefail

BUILD_SERVER="${FAIRHOLD_BIN:+no}"
. loadtest/lib.sh
. loadtest/stores.sh
trap 'finish; stop_stores' EXIT

cargo build --release --quiet -p fairhold-loadtest
if [ "$BUILD_SERVER" != no ]; then cargo build --release --quiet -p fairhold; fi
start_postgres postgres
fresh_database
export FAIRHOLD_DATABASE_URL="$DATABASE_URL" FAIRHOLD_LOADED_MAX="${LOADED_MAX:-1000}" \
  FAIRHOLD_IDLE_AFTER_SECONDS="${IDLE:-5}"
start_server "$SCRATCH/data"
STATUS=0
FAIRHOLD_KEY="$KEY" "$TARGET/release/tour" --target "127.0.0.1:$PORT" --server-pid "$PID" \
  --inventories "${INVENTORIES:-10000}" --seats "${SEATS:-100}" || STATUS=1
stop_process "$PID" || { say "the server did not stop cleanly"; STATUS=1; }
"$FAIRHOLD_BIN" check || STATUS=1
exit "$STATUS"
