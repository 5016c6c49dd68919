import { useEffect, useRef, useState } from "preact/hooks";
import { duration, durationInWords, t } from "../i18n/index.ts";
import { announce } from "./announce.tsx";

interface CountdownProps {
  /** On the server's clock. */
  deadline: number;
  clock: { now(): number };
  onEnd?(): void;
}

const SOON_SECONDS = 60;
/** When those who do not see it are told. */
const TOLD_SECONDS = [120, 60, 30];

/** The time that is left until a moment of the server's clock. */
export function Countdown({ deadline, clock, onEnd }: CountdownProps) {
  const [, tick] = useState(0);
  const left = Math.max(0, deadline - clock.now());
  // Who still sees 0:01 has a part of that second.
  const seconds = Math.ceil(left / 1000);
  const ended = useRef(onEnd);
  ended.current = onEnd;
  const isOver = left === 0;
  useEffect(() => {
    if (isOver) {
      ended.current?.();
      return;
    }
    const timer = setInterval(() => tick((turn) => turn + 1), 250);
    return () => clearInterval(timer);
  }, [isOver]);
  useSpoken(seconds);
  return (
    <span class={seconds <= SOON_SECONDS ? "countdown countdown-soon" : "countdown"} role="timer">
      <span aria-hidden="true">{duration(seconds)}</span>
      <span class="hidden-text">{durationInWords(seconds)}</span>
    </span>
  );
}

function useSpoken(seconds: number) {
  const before = useRef(seconds);
  useEffect(() => {
    const passed = TOLD_SECONDS.some((mark) => before.current > mark && seconds <= mark);
    before.current = seconds;
    if (passed && seconds > 0) announce(t("common.timeLeftSaid", { time: durationInWords(seconds) }));
  }, [seconds]);
}
