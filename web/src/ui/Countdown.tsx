import { useEffect, useRef, useState } from "preact/hooks";
import { duration, durationInWords } from "../i18n/index.ts";

interface CountdownProps {
  /** On the server's clock. */
  deadline: number;
  clock: { now(): number };
  onEnd?(): void;
}

const SOON_SECONDS = 60;

/** The time that is left until a moment of the server's clock. */
export function Countdown({ deadline, clock, onEnd }: CountdownProps) {
  const [, tick] = useState(0);
  const left = Math.max(0, deadline - clock.now());
  const ended = useRef(onEnd);
  ended.current = onEnd;
  const over = left === 0;
  useEffect(() => {
    if (over) {
      ended.current?.();
      return;
    }
    const timer = setInterval(() => tick((turn) => turn + 1), 250);
    return () => clearInterval(timer);
  }, [over]);
  // One who sees 0:01 still has a part of that second.
  const seconds = Math.ceil(left / 1000);
  return (
    <span class={seconds <= SOON_SECONDS ? "countdown countdown-soon" : "countdown"} role="timer">
      <span aria-hidden="true">{duration(seconds)}</span>
      <span class="hidden-text">{durationInWords(seconds)}</span>
    </span>
  );
}
