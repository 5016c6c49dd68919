// A stand-in until `npm run types` has an openapi.json to read.
export interface Money { amount: number; currency: string }
export interface SnapshotFrame { type: "snapshot"; inventory: string; epoch: number; seq: number; plan_version: number; seats: string; counts: [number, number][] }
export interface DeltaFrame { type: "delta"; epoch: number; from: number; to: number; seats: [number, number][]; counts: [number, number][]; at_ms: number }
export interface PlanUnit {
  id: string; kind: "seat" | "area" | "item"; capacity: number; label: string;
  zone?: string; section?: string; row?: number; category?: string; x?: number; y?: number;
  gap_before?: boolean; accessible?: boolean; companion?: boolean; restricted_view?: boolean; whole?: boolean;
  closed?: boolean; min_guests?: number; offer: boolean; price?: Money | null;
}
export interface PlanAnswer {
  plan_version: number; name: string; currency: string | null;
  size: { width: number; height: number } | null; focal_point: { x: number; y: number } | null;
  units: PlanUnit[];
  zones: { id: string; name: string; floor: string | null; focal_point: { x: number; y: number } | null; sections: { id: string; name: string; entrance?: string | null }[]; shapes: Shape[] }[];
  rows: { id: string; label: string; zone: string; section: string | null; table: boolean; whole: boolean; units: number[] }[];
  categories: { id: string; name: string; color: string | null; price: Money | null }[];
  offers: { id: string; label: string; price: Money | null; units: Record<string, number> }[];
  floors: { id: string; name: string }[];
}
// See docs/plan-format.md for the kinds of shapes.
export type Shape = { kind: string; [field: string]: unknown };
