import type { Basket } from "../../store/basket.ts";
import type { OpenInventory } from "../../store/inventory.ts";
import { useSaleState } from "../../store/sale-state.ts";
import { Button, useNow } from "../../ui/index.ts";
import { shutLabel } from "./SaleBanner.tsx";

/** What stands on a button that cannot be pressed yet, or any more; undefined: it can. A code may open what is shut. */
export function useShut(open: OpenInventory, basket?: Basket): string | undefined {
  const state = useSaleState(open);
  const now = useNow(open.clock, state.kind === "upcoming" ? 250 : 60_000);
  if (state.kind === "open" || (state.kind === "upcoming" && basket?.code.value)) return undefined;
  return shutLabel(state, now);
}

/** In the place of the one that it will be. */
export function ShutButton({ label }: { label: string }) {
  return (
    <Button variant="primary" size="large" wide aria-disabled>
      {label}
    </Button>
  );
}
