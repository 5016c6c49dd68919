// The part of a server that a page needs to show a map and its changes: files, facts, plan, standing, live frames.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { accept, message } from "./socket.mjs";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const INVENTORY = "inv_00000000000000000000000000000001";
/** One frame a tick, as the real one does: 25 ms. */
const TICK_MS = 25;
/** So often the real one says that the stream lives. */
const BEAT_MS = 3_000;
/** 3,600 changes a second: 20 times as many as a hall that sells 180 seats a second. */
const PER_TICK = 90;

/**
 * `planAfterMs`: the plan is held back for so long after it was asked for, so that it is the last of the data to arrive
 * and what a page does with it is not hidden by what it does meanwhile.
 */
export async function startServer(dist, plan, { planAfterMs = 0 } = {}) {
  const live = new Set();
  const units = plan.units.length;
  const state = { seq: 1, seats: new Uint8Array(units), at: 0 };
  const planText = JSON.stringify(plan);

  const change = (count) => {
    const frame = message(JSON.stringify(delta(state, count)));
    for (const socket of live) socket.write(frame);
  };

  const answers = {
    [`/v1/inventories/${INVENTORY}`]: () => facts(plan, units),
    [`/v1/inventories/${INVENTORY}/availability`]: () => snapshot(state, plan),
    [`/v1/inventories/${INVENTORY}/holds`]: () => ({ data: [], has_more: false }),
    "/v1/sessions": () => ({
      buyer_id: "buy_1",
      token: "x",
      expires_at: new Date(Date.now() + 86_400_000).toISOString(),
    }),
  };

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === `/v1/inventories/${INVENTORY}/plan`) {
      await sleep(planAfterMs);
      return json(response, planText);
    }
    const answer = answers[pathname];
    if (answer) return json(response, JSON.stringify(answer()));
    if (pathname.startsWith("/v1/")) return json(response, '{"code":"route_unknown"}', 404);
    file(response, dist, pathname);
  });
  server.on("upgrade", (request, socket) => {
    accept(request, socket);
    socket.write(message(JSON.stringify(snapshot(state, plan))));
    live.add(socket);
    socket.on("close", () => live.delete(socket));
  });
  const beating = setInterval(() => {
    for (const socket of live) socket.write(message('{"type":"beat"}'));
  }, BEAT_MS);
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    inventory: INVENTORY,
    /** So many changes, at the pace of a server under load; late ticks are made up for. */
    async run(count, perTick = PER_TICK, tickMs = TICK_MS) {
      const began = performance.now();
      for (let done = 0, tick = 1; done < count; done += perTick, tick++) {
        change(Math.min(perTick, count - done));
        await sleep(Math.max(0, began + tick * tickMs - performance.now()));
      }
    },
    close: () => {
      clearInterval(beating);
      for (const socket of live) socket.destroy();
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

/** The next changes, as one record. */
function delta(state, count) {
  const seats = [];
  for (let turn = 0; turn < count; turn++) {
    // A prime step visits all seats, far from each other.
    state.at = (state.at + 7_919) % state.seats.length;
    state.seats[state.at] = (state.seats[state.at] + 1) % 3;
    seats.push([state.at, state.seats[state.at]]);
  }
  const from = state.seq++;
  return { type: "delta", epoch: 1, from, to: state.seq, seats, counts: [], at_ms: Date.now() };
}

function snapshot({ seq, seats }, { plan_version }) {
  const packed = Buffer.alloc(Math.ceil(seats.length / 4));
  for (const [unit, status] of seats.entries()) packed[unit >> 2] |= status << ((unit & 3) * 2);
  return {
    type: "snapshot",
    inventory: INVENTORY,
    epoch: 1,
    seq,
    plan_version,
    seats: packed.toString("base64"),
    counts: [],
  };
}

function facts({ name, currency, plan_version }, units) {
  const settings = {
    on_sale_from: null,
    on_sale_until: null,
    hold_seconds: 300,
    extensions_max: 2,
    holds_per_buyer: 4,
    pieces_per_hold: 50,
    pieces_per_hold_min: 1,
    pieces_per_buyer: null,
    checkout: "open",
    categories: {},
    channels: {},
    single_seats: "off",
    single_seats_until_left: 0,
    release_accessible: false,
  };
  const figures = { capacity: units, held: 0, sold: 0, blocked: 0, available: units };
  const created_at = new Date().toISOString();
  return {
    id: INVENTORY,
    name,
    created_at,
    plan_version,
    units,
    currency,
    settings,
    epoch: 1,
    seq: 1,
    figures,
    viewers: 1,
    starts_at: null,
  };
}

function json(response, text, status = 200) {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(text);
}

/** What is no file is the page itself: its routes are the browser's. Compressed as the real server does it. */
function file(response, dist, path) {
  const wanted = new URL(`.${path}`, dist);
  const found = extname(path) !== "" && existsSync(wanted) ? wanted : new URL("index.html", dist);
  const type = TYPES[extname(found.pathname)] ?? "application/octet-stream";
  response.writeHead(200, { "Content-Type": type, "Content-Encoding": "gzip" });
  response.end(gzipSync(readFileSync(found), { level: 9 }));
}
