import { kept } from "../client/kept.ts";
import type { HoldAnswer, SettingsAnswer } from "../client/types.gen.ts";

/** More time is offered when so little is left: before that it would give next to nothing, and still be used up. */
export const OFFERED_MS = 90_000;
/** A hold lives for so many times its length at most, however often it is extended. */
const LENGTHS_MAX = 2;
/** What gives less is not worth one. */
const WORTH_MS = 5_000;
const KEPT_MAX = 50;

/** What is known of a hold beside what the server tells of it. */
interface Story {
  id: string;
  startedAt: number;
  used: number;
}

/** What one more press gives. */
export interface MoreTime {
  /** How often it can be had, this time included. */
  times: number;
  /** Until the end, once it is had. */
  seconds: number;
}

const store = kept("fairhold.extended");

/** Undefined: not yet, not any more, or not for what it would give. */
export function moreTime(hold: HoldAnswer, settings: SettingsAnswer, now: number): MoreTime | undefined {
  const left = Date.parse(hold.expires_at) - now;
  if (hold.group || left <= 0 || left > OFFERED_MS) return undefined;
  const { startedAt, used } = storyOf(hold, settings);
  const times = settings.extensions_max - used;
  if (times <= 0) return undefined;
  const length = settings.hold_seconds * 1000;
  const after = Math.min(length, startedAt + LENGTHS_MAX * length - now);
  return after - left < WORTH_MS ? undefined : { times, seconds: Math.floor(after / 1000) };
}

/** One was had. */
export function extended(hold: HoldAnswer, settings: SettingsAnswer) {
  const story = storyOf(hold, settings);
  keep({ ...story, used: story.used + 1 });
}

/** The server says that there is none, whoever had them. */
export function neverAgain(hold: HoldAnswer, settings: SettingsAnswer) {
  keep({ ...storyOf(hold, settings), used: settings.extensions_max });
}

/** Who was not extended here began a length before the end. */
function storyOf(hold: HoldAnswer, { hold_seconds }: SettingsAnswer): Story {
  const known = stories().find(({ id }) => id === hold.id);
  const startedAt = Date.parse(hold.expires_at) - hold_seconds * 1000;
  return known ?? { id: hold.id, startedAt, used: 0 };
}

function keep(story: Story) {
  const others = stories().filter(({ id }) => id !== story.id);
  store.write(JSON.stringify([story, ...others].slice(0, KEPT_MAX)));
}

function stories(): Story[] {
  try {
    const list: unknown = JSON.parse(store.read() ?? "[]");
    return Array.isArray(list) ? list.filter(isStory) : [];
  } catch {
    return [];
  }
}

function isStory(value: unknown): value is Story {
  if (typeof value !== "object" || value === null) return false;
  const { id, startedAt, used } = value as Partial<Story>;
  return typeof id === "string" && Number.isFinite(startedAt) && Number.isFinite(used);
}
