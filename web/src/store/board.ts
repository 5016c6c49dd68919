import { useEffect, useState } from "preact/hooks";
import type { Board } from "../client/board.ts";

/** Renders again when the board changed: at most once a frame, however often it changes. */
export function useBoard(board: Board): Board {
  const [, turn] = useState(0);
  useEffect(() => {
    let waiting = 0;
    const draw = () => {
      waiting = 0;
      turn((count) => count + 1);
    };
    const stop = board.subscribe(() => {
      waiting ||= requestAnimationFrame(draw);
    });
    // It may have changed between the first rendering and now.
    draw();
    return () => {
      stop();
      cancelAnimationFrame(waiting);
    };
  }, [board]);
  return board;
}
