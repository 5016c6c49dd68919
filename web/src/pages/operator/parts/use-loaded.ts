import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { signOutIfRefused } from "../key.ts";

export interface Loaded<T> {
  value: T | undefined;
  problem: unknown;
  /** Asks again; what is there stays until the answer comes. */
  reload(): void;
}

/** What `load` answers, asked again when `of` changes and every `everyMs` while the page is looked at. */
export function useLoaded<T>(load: () => Promise<T>, of: string, everyMs?: number): Loaded<T> {
  const [state, setState] = useState<{ of: string; value?: T; problem?: unknown }>({ of });
  const asking = useRef(0);
  const latest = useRef(load);
  latest.current = load;
  const reload = useCallback(async () => {
    const turn = ++asking.current;
    const told = await latest.current().then(
      (value) => ({ of, value }),
      (problem: unknown) => ({ of, problem }),
    );
    if (turn !== asking.current) return;
    if ("problem" in told) signOutIfRefused(told.problem);
    setState((known) => (known.of === of ? { ...known, problem: undefined, ...told } : told));
  }, [of]);
  useEffect(() => {
    reload();
    return () => {
      asking.current++;
    };
  }, [reload]);
  useEffect(() => (everyMs === undefined ? undefined : whileSeen(reload, everyMs)), [reload, everyMs]);
  const current = state.of === of ? state : { of };
  return { value: current.value, problem: current.problem, reload };
}

/** Every so often, but not in a tab that nobody looks at; at once when it is looked at again. */
export function whileSeen(act: () => void, everyMs: number): () => void {
  const unlessHidden = () => {
    if (!document.hidden) act();
  };
  const timer = setInterval(unlessHidden, everyMs);
  document.addEventListener("visibilitychange", unlessHidden);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", unlessHidden);
  };
}
