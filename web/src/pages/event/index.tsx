import { lazy } from "preact-iso";
import { useInventory } from "../../store/inventory.ts";
import { Skeleton } from "../../ui/index.ts";
import NotFound from "../not-found.tsx";

const Seats = lazy(() => import("./seats.tsx"));

export default function Event({ id }: { id: string }) {
  const open = useInventory(id);
  if (open.state.value === "missing") return <NotFound />;
  if (open.state.value !== "ready") return <Skeleton />;
  return <Seats open={open} />;
}
