// The part of a server that a page needs to show a map and its changes: files, facts, plan, standing, live frames by SSE.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname } from "node:path";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const INVENTORY = "inv_00000000000000000000000000000001";
/** One frame a tick, as the real one does: 25 ms. */
const TICK_MS = 25;
/** 3,600 changes a second: 20 times as many as a hall that sells 180 seats a second. */
const PER_TICK = 90;

export async function startServer(dist, plan) {
  const live = new Set();
  const units = plan.units.length;
  const state = { seq: 1, seats: new Uint8Array(units), at: 0 };

  const change = (count) => {
    const seats = [];
    for (let turn = 0; turn < count; turn++) {
      // A prime step visits all seats, far from each other.
      state.at = (state.at + 7_919) % units;
      state.seats[state.at] = (state.seats[state.at] + 1) % 3;
      seats.push([state.at, state.seats[state.at]]);
    }
    const frame = {
      type: "delta",
      epoch: 1,
      from: state.seq,
      to: state.seq + 1,
      seats,
      counts: [],
      at_ms: Date.now(),
    };
    state.seq += 1;
    for (const answer of live) answer.write(`id: 1:${state.seq}\ndata: ${JSON.stringify(frame)}\n\n`);
  };

  const answers = {
    [`/v1/inventories/${INVENTORY}`]: () => facts(plan, units),
    [`/v1/inventories/${INVENTORY}/plan`]: () => plan,
    [`/v1/inventories/${INVENTORY}/availability`]: () => snapshot(state, plan),
    [`/v1/inventories/${INVENTORY}/holds`]: () => ({ data: [], has_more: false }),
    "/v1/sessions": () => ({
      buyer_id: "buy_1",
      token: "x",
      expires_at: new Date(Date.now() + 86_400_000).toISOString(),
    }),
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url, "http://localhost");
    if (url.pathname.endsWith("/live")) return stream(response, live, () => snapshot(state, plan));
    const answer = answers[url.pathname];
    if (answer) return json(response, answer());
    if (url.pathname.startsWith("/v1/")) return json(response, { code: "route_unknown" }, 404);
    file(response, dist, url.pathname);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    inventory: INVENTORY,
    /** So many changes, at the pace of a server under load. */
    async run(count, perTick = PER_TICK, tickMs = TICK_MS) {
      for (let done = 0; done < count; done += perTick) {
        change(Math.min(perTick, count - done));
        await new Promise((next) => setTimeout(next, tickMs));
      }
    },
    close: () => {
      for (const answer of live) answer.end();
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

function stream(response, live, first) {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  const frame = first();
  response.write(`id: 1:${frame.seq}\ndata: ${JSON.stringify(frame)}\n\n`);
  live.add(response);
  response.on("close", () => live.delete(response));
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

function json(response, body, status = 200) {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
}

/** What is no file is the page itself: its routes are the browser's. */
function file(response, dist, path) {
  const wanted = new URL(`.${path}`, dist);
  const found = extname(path) !== "" && existsSync(wanted) ? wanted : new URL("index.html", dist);
  response.writeHead(200, { "Content-Type": TYPES[extname(found.pathname)] ?? "application/octet-stream" });
  response.end(readFileSync(found));
}
