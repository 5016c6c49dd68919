import type { LiveFrame } from "./types.gen.ts";

/** What a live stream says. Others may come: they are passed over. */
export type Frame = LiveFrame;

export function parseFrame(text: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "type" in value ? (value as Frame) : undefined;
  } catch {
    return undefined;
  }
}
