import type {
  DeltaFrame,
  HoldFrame,
  PlanFrame,
  ResumedFrame,
  SnapshotFrame,
  ViewersFrame,
} from "./types.gen.ts";

/** What a live stream says. Others may come: they are passed over. */
export type Frame = SnapshotFrame | DeltaFrame | ResumedFrame | ViewersFrame | PlanFrame | HoldFrame;

export function parseFrame(text: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "type" in value ? (value as Frame) : undefined;
  } catch {
    return undefined;
  }
}
