import { useEffect, useRef } from "preact/hooks";
import type { OpenInventory } from "../../../store/inventory.ts";
import { toast } from "../../../ui/index.ts";

/** Says that the time of a hold is over, however that came to be known. */
export function useExpired({ expired }: OpenInventory, text: string) {
  const last = expired.value;
  const told = useRef(last);
  useEffect(() => {
    if (last !== told.current) toast(text, "bad");
    told.current = last;
  }, [last, text]);
}
