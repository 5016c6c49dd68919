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
