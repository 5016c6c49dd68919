import { signal } from "@preact/signals";

const spoken = signal({ text: "", turn: 0 });

/** Says it to those who listen to the page instead of looking at it. */
export function announce(text: string) {
  spoken.value = { text, turn: spoken.value.turn + 1 };
}

/** Once a page. Two regions take turns, so that the same text said twice is heard twice. */
export function LiveRegion() {
  const { text, turn } = spoken.value;
  return (
    <div class="hidden-text">
      <div aria-live="polite">{turn % 2 === 0 ? text : ""}</div>
      <div aria-live="polite">{turn % 2 === 1 ? text : ""}</div>
    </div>
  );
}
