import { signal } from "@preact/signals";

const online = signal(navigator.onLine);
addEventListener("online", () => {
  online.value = true;
});
addEventListener("offline", () => {
  online.value = false;
});

/** What the device believes. True says little, false says that nothing can be reached. */
export function isOnline(): boolean {
  return online.value;
}
