import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Board } from "../client/board.ts";
import type { Connection } from "../client/live.ts";
import { PlanIndex } from "../client/plan.ts";
import { ProblemError } from "../client/problem.ts";
import type { HoldAnswer, InventoryAnswer } from "../client/types.gen.ts";
import { api } from "./session.ts";

export type OpenState = "loading" | "ready" | "missing" | "failed";

/** One inventory, kept up to date while any page shows it. */
export interface OpenInventory {
  readonly id: string;
  readonly state: ReadonlySignal<OpenState>;
  readonly facts: ReadonlySignal<InventoryAnswer | undefined>;
  readonly plan: ReadonlySignal<PlanIndex | undefined>;
  readonly board: Board;
  readonly connection: ReadonlySignal<Connection>;
  readonly viewers: ReadonlySignal<number>;
  /** Mine, and alive. */
  readonly holds: ReadonlySignal<readonly HoldAnswer[]>;
  /** The numbers of the units in them. */
  readonly mine: ReadonlySignal<ReadonlySet<number>>;
  /** The server's, in milliseconds since 1970. */
  readonly clock: { now(): number };
  retry(): void;
  close(): void;
}

export function openInventory(id: string): OpenInventory {
  const state = signal<OpenState>("loading");
  const facts = signal<InventoryAnswer>();
  const plan = signal<PlanIndex>();
  const holds = signal<readonly HoldAnswer[]>([]);
  const board = new Board();
  const load = async () => {
    state.value = "loading";
    try {
      const [inventory, layout, standing] = await Promise.all([
        api.inventory(id),
        api.plan(id),
        api.availability(id),
      ]);
      facts.value = inventory;
      plan.value = new PlanIndex(layout);
      board.reset({ ...standing, type: "snapshot" });
      state.value = "ready";
    } catch (error) {
      state.value = error instanceof ProblemError && error.status === 404 ? "missing" : "failed";
    }
  };
  void load();
  const mine = computed(() => {
    const ids = holds.value.flatMap((hold) => hold.lines.flatMap((line) => line.units.map(([unit]) => unit)));
    return new Set(ids.flatMap((unit) => plan.value?.unitNumber(unit) ?? []));
  });
  return {
    id,
    state,
    facts,
    plan,
    board,
    connection: signal<Connection>("connecting"),
    viewers: signal(0),
    holds,
    mine,
    clock: { now: Date.now },
    retry: () => void load(),
    close: () => {},
  };
}

/** For a page: opened with it, closed with it. */
export function useInventory(id: string): OpenInventory {
  const open = useMemo(() => openInventory(id), [id]);
  useEffect(() => () => open.close(), [open]);
  return open;
}
