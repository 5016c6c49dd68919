import type { OpenInventory } from "../../store/inventory.ts";

export default function Seats({ open }: { open: OpenInventory }) {
  return <h1 tabIndex={-1}>{open.facts.value?.name}</h1>;
}
