// The live state as one viewer rebuilds it: a snapshot and the deltas after it.
import encoding from 'k6/encoding';

export const FREE = 0;
export const HELD = 1;
export const SOLD = 2;

// Two bits for every unit, least significant first, in base64.
export function statuses(text) {
  const bytes = new Uint8Array(encoding.b64decode(text, 'std'));
  const units = new Uint8Array(bytes.length * 4);
  units.forEach((_, unit) => {
    units[unit] = (bytes[unit >> 2] >> ((unit & 3) * 2)) & 3;
  });
  return units;
}

export class Board {
  constructor() {
    this.epoch = 0;
    this.seq = 0;
    this.units = new Uint8Array(0);
    this.counts = {};
    // what went wrong
    this.gaps = 0;
    this.unsold = 0;
  }

  take(frame) {
    if (frame.type === 'snapshot') this.start(frame);
    // frames of a lower epoch are dropped, unknown types ignored
    if (frame.type === 'delta' && frame.epoch >= this.epoch) this.advance(frame);
  }

  start(frame) {
    if (frame.epoch < this.epoch) return;
    if (frame.seq < this.seq) this.gaps += 1;
    this.epoch = frame.epoch;
    this.seq = frame.seq;
    this.units = statuses(frame.seats);
    this.counts = Object.fromEntries(frame.counts || []);
  }

  advance(frame) {
    if (frame.epoch !== this.epoch || frame.from !== this.seq || frame.to <= frame.from) this.gaps += 1;
    this.epoch = frame.epoch;
    this.seq = frame.to;
    for (const [unit, status] of frame.seats || []) {
      // nothing is returned in this test: what is sold stays sold
      if (this.units[unit] === SOLD && status !== SOLD) this.unsold += 1;
      this.units[unit] = status;
    }
    for (const [unit, available] of frame.counts || []) this.counts[unit] = available;
  }

  // Whether this is the state of a later snapshot; undefined while it is not that far.
  equals(snapshot) {
    if (this.epoch !== snapshot.epoch || this.seq !== snapshot.seq) return undefined;
    const counts = Object.fromEntries(snapshot.counts || []);
    const units = statuses(snapshot.seats);
    return (
      units.length === this.units.length &&
      units.every((status, unit) => this.units[unit] === status) &&
      Object.keys(counts).length === Object.keys(this.counts).length &&
      Object.keys(counts).every((unit) => this.counts[unit] === counts[unit])
    );
  }
}
