import { beforeEach, describe, expect, it } from "vitest";
import { ServerClock } from "./clock.ts";

const NOON = Date.parse("2026-05-01T12:00:00Z");

/** A device whose clocks the test moves, and a server whose time goes on with real time. */
class Bench {
  monotonic = 5_000;
  wall: number;
  server = NOON;
  readonly clock: ServerClock;

  constructor(wall: number) {
    this.wall = wall;
    this.clock = new ServerClock({ monotonic: () => this.monotonic, wall: () => this.wall });
  }

  pass(ms: number) {
    this.monotonic += ms;
    this.wall += ms;
    this.server += ms;
  }

  /** The clock of some systems stands still in sleep. */
  sleep(ms: number) {
    this.wall += ms;
    this.server += ms;
  }

  /** A call that takes 80 ms, answered in its middle, about a hold that ends so late. */
  ask(endsAt: number) {
    const mark = this.clock.mark();
    this.pass(40);
    const answer = {
      expires_at: new Date(endsAt).toISOString(),
      expires_in_seconds: Math.ceil(Math.max(0, endsAt - this.server) / 1000),
    };
    this.pass(40);
    this.clock.learn(answer, mark);
  }

  get error() {
    return Math.abs(this.clock.now() - this.server);
  }
}

describe("the server's clock", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench(NOON + 3 * 3_600_000);
  });

  it("is right to a second although the device is three hours ahead", () => {
    bench.ask(NOON + 300_000);
    expect(bench.error).toBeLessThan(600);
    bench.pass(120_000);
    expect(bench.error).toBeLessThan(600);
  });

  it("is right to half a round trip where an answer tells the time, and passes over what is none", () => {
    const mark = bench.clock.mark();
    bench.pass(40);
    const told = new Date(bench.server).toISOString();
    bench.pass(40);
    bench.clock.learnNow(told, mark);
    expect(bench.error).toBeLessThanOrEqual(40);
    bench.clock.learnNow("", bench.clock.mark());
    expect(bench.error).toBeLessThanOrEqual(40);
  });

  it("becomes more exact with every answer", () => {
    bench.ask(NOON + 300_000);
    bench.pass(370);
    bench.ask(NOON + 300_000);
    bench.pass(333);
    bench.ask(NOON + 300_000);
    expect(bench.error).toBeLessThan(250);
  });

  it("does not run backward or forward with a clock that is set", () => {
    bench.ask(NOON + 300_000);
    bench.wall -= 3_600_000;
    expect(bench.error).toBeLessThan(600);
    expect(bench.clock.doubtful).toBe(false);
  });

  it("never promises time that sleep has used up", () => {
    bench.ask(NOON + 300_000);
    bench.sleep(200_000);
    expect(bench.clock.doubtful).toBe(true);
    expect(bench.error).toBeLessThan(600);
  });

  it("is put right by the next answer after a clock was set forward", () => {
    bench.ask(NOON + 300_000);
    bench.wall += 3_600_000;
    expect(bench.clock.doubtful).toBe(true);
    bench.ask(NOON + 300_000);
    expect(bench.clock.doubtful).toBe(false);
    expect(bench.error).toBeLessThan(600);
  });

  it("notices sleep even after a clock was set back", () => {
    bench.ask(NOON + 300_000);
    bench.wall -= 3_600_000;
    bench.clock.now();
    bench.sleep(100_000);
    expect(bench.error).toBeLessThan(600);
  });

  it("is the device's time while nothing is known", () => {
    bench = new Bench(NOON + 70);
    expect(bench.clock.now()).toBe(NOON + 70);
  });

  it("is not before what has happened", () => {
    bench = new Bench(NOON - 60_000);
    bench.clock.atLeast(bench.server);
    bench.pass(10_000);
    expect(bench.error).toBe(0);
  });

  it("begins anew when an answer contradicts the others", () => {
    bench.ask(NOON + 300_000);
    bench.server += 40_000;
    bench.ask(NOON + 300_000);
    expect(bench.error).toBeLessThan(600);
  });

  it("takes nothing from an answer without a time", () => {
    bench = new Bench(NOON);
    bench.clock.learn({ expires_at: "soon", expires_in_seconds: 3 });
    expect(bench.clock.now()).toBe(NOON);
  });
});
