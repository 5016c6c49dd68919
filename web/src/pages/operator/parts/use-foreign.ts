import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { PlanReadAnswer } from "../../../client/types.gen.ts";
import { currencyDigits } from "../create/stock.ts";
import { type ForeignFile, readForeign, type Wishes } from "../document/foreign.ts";
import type { Loose } from "../document/loose.ts";
import { operatorKey, signOutIfRefused } from "../key.ts";

export interface ForeignReading {
  wishes: Wishes;
  /** The last answer; it stays while another is on its way. */
  answer: PlanReadAnswer | undefined;
  problem: unknown;
  busy: boolean;
  isCurrencyWrong: boolean;
  wish(part: Partial<Wishes>): void;
  again(): void;
}

/** Has the file read by the server, and again with other wishes. The plan is told when it is that of the last wishes. */
export function useForeign(
  file: ForeignFile,
  currency: string,
  onDocument: (document: Loose | undefined) => void,
): ForeignReading {
  const [wishes, setWishes] = useState<Wishes>({ currency, repair: false });
  const [told, setTold] = useState<{ answer?: PlanReadAnswer; problem?: unknown; busy: boolean }>({
    busy: true,
  });
  const turns = useRef(0);
  const tell = useRef(onDocument);
  tell.current = onDocument;
  const isCurrencyWrong = wishes.currency !== "" && currencyDigits(wishes.currency) === undefined;
  const ask = async () => {
    const turn = ++turns.current;
    tell.current(undefined);
    setTold(({ answer }) => ({ ...(answer && { answer }), busy: !isCurrencyWrong }));
    if (isCurrencyWrong) return;
    try {
      const answer = await readForeign(file, wishes, { key: operatorKey() });
      if (turn !== turns.current) return;
      setTold({ answer, busy: false });
      tell.current(answer.plan ?? undefined);
    } catch (problem) {
      if (turn !== turns.current) return;
      signOutIfRefused(problem);
      setTold({ problem, busy: false });
    }
  };
  // The plan of earlier wishes is gone by the time the new ones show.
  useLayoutEffect(() => {
    ask();
    return () => {
      turns.current++;
    };
  }, [wishes]);
  return {
    answer: told.answer,
    problem: told.problem,
    busy: told.busy,
    wishes,
    isCurrencyWrong,
    wish: (part) => setWishes((known) => ({ ...known, ...part })),
    again: ask,
  };
}
