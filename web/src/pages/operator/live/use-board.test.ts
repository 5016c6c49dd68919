import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Board } from "../../../client/board.ts";
import { onceEvery } from "./use-board.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function change(board: Board, to: number) {
  board.apply({ type: "delta", epoch: 0, from: to - 1, to, seats: [[0, 1]], counts: [], at_ms: 0 });
}

it("many changes are acted on once, after a while", () => {
  const board = new Board();
  board.statuses = new Uint8Array(1);
  const act = vi.fn();
  const stop = onceEvery(board, 400, act);
  change(board, 1);
  vi.advanceTimersByTime(300);
  change(board, 2);
  expect(act).not.toHaveBeenCalled();
  vi.advanceTimersByTime(100);
  expect(act).toHaveBeenCalledTimes(1);
  change(board, 3);
  stop();
  vi.advanceTimersByTime(1000);
  expect(act).toHaveBeenCalledTimes(1);
});
