import { effect, type ReadonlySignal } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Board } from "../client/board.ts";
import { Looks } from "./looks.ts";
import type { Scene } from "./scene.ts";

interface Sources {
  board: Board;
  mine: ReadonlySignal<ReadonlySet<number>>;
  chosen: ReadonlySignal<ReadonlySet<number>>;
  lost: ReadonlySignal<ReadonlySet<number>>;
}

/** Other people's changes are shown this often at most, in milliseconds. */
const CHANGES_EVERY = 250;

/**
 * How all units look now; the component is drawn again when that changes. The looks are changed in place: parts that
 * are given them are given the turn, too, else they seem to be given nothing new.
 */
export function useLooks(
  scene: Scene,
  { board, mine, chosen, lost }: Sources,
): { looks: Looks; turn: number } {
  const [turn, draw] = useState(0);
  const looks = useMemo(
    () => new Looks(scene, board, { mine: mine.value, chosen: chosen.value, lost: lost.value }),
    [scene, board, mine, chosen, lost],
  );
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer = undefined;
      looks.refreshAll();
      draw((turn) => turn + 1);
    };
    const unsubscribe = board.subscribe(() => {
      timer ??= setTimeout(refresh, CHANGES_EVERY);
    });
    const stop = effect(() => {
      looks.marked = { mine: mine.value, chosen: chosen.value, lost: lost.value };
      refresh();
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
      stop();
    };
  }, [looks, board, mine, chosen, lost]);
  return { looks, turn };
}
