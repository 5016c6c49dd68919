import { useEffect, useState } from "preact/hooks";

/** The time of a clock, and a new rendering at every step of it. */
export function useNow(clock: { now(): number }, everyMs = 1_000): number {
  const [, turn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => turn((count) => count + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return clock.now();
}
