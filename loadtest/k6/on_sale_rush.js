// On-sale rush: a wave of buyers falls on one hall while viewers watch it live. The verdict is about
// correctness first: nothing sold twice, no frame missing, every viewer's state equal to the server's.
import { check, sleep } from 'k6';
import { setInterval, clearInterval, setTimeout } from 'k6/timers';
import { Counter, Trend } from 'k6/metrics';
import * as api from './lib/api.js';
import { Board, HELD, SOLD, statuses } from './lib/board.js';
import { config, HOLD_SECONDS, RUSH_SECONDS } from './lib/config.js';
import { hall, seatId } from './lib/hall.js';
import { summary } from './lib/summary.js';
import { WebSocket } from './lib/ws.js';

// how long viewers may take to reach the last change
const SETTLE_SECONDS = 15;

// pieces sold to buyers minus pieces that the server shows as sold: 0 at the end
const oversold = new Counter('oversold');
const pieces = new Counter('pieces_sold');
const refusals = new Counter('refusals');
const gaps = new Counter('frame_gaps');
const unsold = new Counter('sold_seats_that_changed');
const mismatches = new Counter('viewer_mismatches');
const frames = new Counter('frames_received');
const holdMs = new Trend('hold_ms', true);
const lagMs = new Trend('commit_to_viewer_ms', true);

export const options = {
  scenarios: {
    rush: {
      executor: 'ramping-arrival-rate',
      exec: 'buyer',
      startRate: 1,
      timeUnit: '1s',
      preAllocatedVUs: config.buyersMax,
      maxVUs: config.buyersMax,
      stages: [
        { target: config.peakRate, duration: `${config.rampSeconds}s` },
        { target: config.peakRate, duration: `${config.peakSeconds}s` },
        { target: 1, duration: '5s' },
      ],
    },
    watch: {
      executor: 'per-vu-iterations',
      exec: 'watcher',
      vus: config.watchers,
      iterations: 1,
      maxDuration: `${RUSH_SECONDS + 2 * SETTLE_SECONDS}s`,
    },
  },
  thresholds: {
    'http_req_duration{expected_response:true}': [`p(99)<${config.p99Ms}`],
    oversold: ['count==0'],
    frame_gaps: ['count==0'],
    sold_seats_that_changed: ['count==0'],
    viewer_mismatches: ['count==0'],
    frames_received: ['count>0'],
    pieces_sold: ['count>0'],
    dropped_iterations: ['count==0'],
    checks: ['rate==1'],
  },
  summaryTrendStats: ['med', 'p(99)', 'max'],
  teardownTimeout: '120s',
};

export function setup() {
  return { inventory: api.createInventory(hall()) };
}

const below = (bound) => Math.floor(Math.random() * bound);

// What a buyer wants: a seat picked on the map, seats together, or places to stand.
function wish() {
  const dice = Math.random();
  if (dice < 0.5) return { offers: [{ offer: seatId(below(config.rows), below(config.seatsPerRow)) }] };
  if (dice < 0.8) {
    return { best_available: { quantity: 1 + below(4), category: dice < 0.65 ? 'R' : 'S', adjacent: dice < 0.7 } };
  }
  return { offers: [{ offer: 'floor', quantity: 1 + below(3) }] };
}

const count = (lines) => lines.reduce((sum, line) => sum + line.quantity, 0);

export function buyer({ inventory }) {
  const session = api.session();
  if (!check(session, { 'a session is given': (answer) => answer.status === 201 })) return;
  const token = session.json('token');
  const answer = api.hold(inventory, token, wish());
  holdMs.add(answer.timings.duration);
  check(answer, { 'a hold is given or refused with a code': isHoldOrRefusal });
  if (answer.status === 409) refusals.add(1, { code: answer.json('code') });
  if (answer.status !== 201) return;
  sleep(Math.random() * 0.5);
  decide(inventory, token, answer.json());
}

function isHoldOrRefusal(answer) {
  if (answer.status === 201) return answer.json('state') === 'held' && answer.json('lines').length > 0;
  return answer.status === 409 && typeof answer.json('code') === 'string';
}

// Most buy, some think better of it, some walk away and leave the hold to the clock.
function decide(inventory, token, held) {
  const dice = Math.random();
  if (dice < 0.6) {
    const sale = api.purchase(inventory, token, held.id);
    const bought = { 'a live hold can be purchased': () => sale.status === 201 };
    if (!check(sale, bought)) return;
    pieces.add(count(sale.json('lines')));
    oversold.add(count(sale.json('lines')));
  } else if (dice < 0.85) {
    check(api.release(inventory, token, held.id), { 'a hold can be released': (gone) => gone.status === 204 });
  }
}

export function watcher({ inventory }) {
  const viewers = Array.from({ length: config.sockets }, () => watch(inventory));
  setTimeout(() => settle(inventory, viewers), (RUSH_SECONDS + 2) * 1000);
}

function watch(inventory) {
  const viewer = { board: new Board(), socket: new WebSocket(api.liveUrl(inventory)), closing: false };
  viewer.socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(data);
    viewer.board.take(frame);
    frames.add(1);
    if (frame.type === 'delta') lagMs.add(Math.max(0, Date.now() - frame.at_ms));
  });
  const stays = { 'a viewer stays connected': () => viewer.closing };
  viewer.socket.addEventListener('close', () => check(viewer, stays));
  return viewer;
}

// Waits until every viewer has reached the server's state, then compares and closes.
function settle(inventory, viewers) {
  const deadline = Date.now() + SETTLE_SECONDS * 1000;
  const timer = setInterval(() => {
    const state = api.availability(inventory);
    const verdicts = viewers.map(({ board }) => board.equals(state));
    if (verdicts.includes(undefined) && Date.now() < deadline) return;
    clearInterval(timer);
    verdicts.forEach((equal) => mismatches.add(equal ? 0 : 1));
    viewers.forEach(leave);
  }, 500);
}

function leave(viewer) {
  gaps.add(viewer.board.gaps);
  unsold.add(viewer.board.unsold);
  viewer.closing = true;
  viewer.socket.close();
}

export function teardown({ inventory }) {
  // by then the holds that buyers walked away from have expired
  sleep(HOLD_SECONDS + 2);
  const state = api.availability(inventory);
  const units = statuses(state.seats);
  const seats = units.slice(0, config.rows * config.seatsPerRow);
  const standing = state.counts.reduce((sum, [, available]) => sum + config.standing - available, 0);
  const stored = seats.filter((status) => status === SOLD).length + standing;
  check(state, {
    'abandoned holds have expired': () => !seats.includes(HELD),
    'the area is not sold beyond its capacity': () => standing >= 0 && standing <= config.standing,
  });
  oversold.add(-stored);
}

export function handleSummary(data) {
  return summary(data);
}
