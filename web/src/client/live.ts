export type Connection = "connecting" | "live" | "stale" | "closed";
