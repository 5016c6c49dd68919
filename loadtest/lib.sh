# Shared by bench.sh and loadtest.sh: scratch directories, free ports, and the processes that a script
# started, stopped by their ids when it ends, however it ends.

TARGET="${CARGO_TARGET_DIR:-target}"
FAIRHOLD_BIN="${FAIRHOLD_BIN:-$TARGET/release/fairhold}"
# the server reads FAIRHOLD_… as its settings: this one is not
export -n FAIRHOLD_BIN
# all buyers of a run come from here; whoever wants to see them turned away sets it to nothing
export FAIRHOLD_RAISED_ADDRESSES="${FAIRHOLD_RAISED_ADDRESSES-127.0.0.1}"
STARTED=()
SCRATCH="$(mktemp -d)"

finish() {
  for pid in "${STARTED[@]}"; do
    kill "$pid" 2>/dev/null || true
  done
  for pid in "${STARTED[@]}"; do
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$SCRATCH"
}
trap finish EXIT
trap 'exit 130' INT TERM

say() { printf '%s\n' "$*" >&2; }

# A port that nothing listens on now.
free_port() {
  local port
  for _ in $(seq 100); do
    port=$((20000 + RANDOM % 10000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  say "no free port"
  return 1
}

# start_process LOGFILE COMMAND...: runs it in the background; its id is then in PID.
start_process() {
  local log="$1"
  shift
  # the services of a run must not wait for it: it does not get their input
  if [ -n "${SERVICE_FDS[*]-}" ]; then
    (for fd in "${SERVICE_FDS[@]}"; do exec {fd}>&-; done; exec "$@") >"$log" 2>&1 &
  else
    "$@" >"$log" 2>&1 &
  fi
  PID=$!
  STARTED+=("$PID")
}

# wait_for_port PORT PID LOGFILE
wait_for_port() {
  for _ in $(seq 300); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return; fi
    if ! kill -0 "$2" 2>/dev/null; then break; fi
    sleep 0.1
  done
  say "the process did not start:"
  cat "$3" >&2
  return 1
}

# stop_process PID: SIGTERM, and its exit status.
stop_process() {
  local kept=() status=0
  for pid in "${STARTED[@]}"; do
    if [ "$pid" != "$1" ]; then kept+=("$pid"); fi
  done
  STARTED=("${kept[@]}")
  kill "$1" 2>/dev/null || true
  wait "$1" || status=$?
  return "$status"
}

# start_server DATA: a fresh server on scratch data. Sets PID, PORT and KEY.
start_server() {
  mkdir -p "$1"
  KEY="$("$FAIRHOLD_BIN" keys create --role operator --data "$1" | tail -n 1)"
  PORT="$(free_port)"
  start_process "$1/serve.log" "$FAIRHOLD_BIN" serve --listen "127.0.0.1:$PORT" --data "$1"
  wait_for_port "$PORT" "$PID" "$1/serve.log"
}
