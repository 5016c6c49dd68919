/** Tells when somebody looks at the page again or the network is back, and when the network is gone. */
export function watchPage(onWake: () => void, onLost: () => void): () => void {
  const wake = () => {
    if (isSeen()) onWake();
  };
  addEventListener("online", wake);
  addEventListener("pageshow", wake);
  addEventListener("offline", onLost);
  document.addEventListener("visibilitychange", wake);
  return () => {
    removeEventListener("online", wake);
    removeEventListener("pageshow", wake);
    removeEventListener("offline", onLost);
    document.removeEventListener("visibilitychange", wake);
  };
}

export function isSeen(): boolean {
  return document.visibilityState !== "hidden";
}

/**
 * Tells when a page begins and ends to be seen, and when it is put away as it is (`pagehide`, `freeze`): what it holds
 * open then would keep the browser from keeping it.
 */
export function watchSight(onSeen: () => void, onHidden: () => void, onPutAway: () => void): () => void {
  const sight = () => (isSeen() ? onSeen() : onHidden());
  document.addEventListener("visibilitychange", sight);
  document.addEventListener("freeze", onPutAway);
  document.addEventListener("resume", sight);
  addEventListener("pagehide", onPutAway);
  addEventListener("pageshow", sight);
  return () => {
    document.removeEventListener("visibilitychange", sight);
    document.removeEventListener("freeze", onPutAway);
    document.removeEventListener("resume", sight);
    removeEventListener("pagehide", onPutAway);
    removeEventListener("pageshow", sight);
  };
}
