import { eventTimes } from "../i18n/index.ts";

interface EventTimeProps {
  of: { starts_at: string | null; time_zone?: string | null };
}

/** When it is where it is, with the name of that zone; and when that is for the reader, if the clocks differ. */
export function EventTime({ of: { starts_at, time_zone } }: EventTimeProps) {
  if (!starts_at) return null;
  const { there, here } = eventTimes(starts_at, time_zone ?? undefined);
  return (
    <time class="event-time" dateTime={starts_at}>
      <span>{there}</span>
      {here && <span class="muted small">{here}</span>}
    </time>
  );
}
