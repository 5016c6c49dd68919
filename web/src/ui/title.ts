import { useEffect } from "preact/hooks";

/** The name of the page in the window, the history and the bookmarks. */
export function useTitle(title: string | undefined) {
  useEffect(() => {
    document.title = title ? `${title} · fairhold` : "fairhold";
  }, [title]);
}
