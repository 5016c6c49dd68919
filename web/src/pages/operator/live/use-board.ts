import { useEffect, useState } from "preact/hooks";
import type { Board } from "../../../client/board.ts";
import { operatorApi } from "../key.ts";
import { type Loaded, useLoaded } from "../parts/use-loaded.ts";

/** Renders again when the board changed, but not more often than people can read. */
export function useBoardTurn(board: Board, everyMs = 400): number {
  const [turn, setTurn] = useState(0);
  useEffect(() => onceEvery(board, everyMs, () => setTurn((turn) => turn + 1)), [board, everyMs]);
  return turn;
}

/** Acts some time after a change, once for all changes of that time. */
export function onceEvery(board: Board, everyMs: number, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = board.subscribe(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      act();
    }, everyMs);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}

export type Facts = Awaited<ReturnType<typeof operatorApi.inventoryTagged>>;

/** Settings and figures with their ETag: asked again when something changed, and now and then. */
export function useFacts(id: string, board: Board): Loaded<Facts> {
  const facts = useLoaded(() => operatorApi.inventoryTagged(id), id, 10_000);
  useEffect(() => onceEvery(board, 1_000, facts.reload), [board, facts.reload]);
  return facts;
}
