import { computed, type ReadonlySignal, signal } from "@preact/signals";

const url = signal(here());
/** It was gone to, not back to: then the new page begins at its top. */
let isNew = false;

/** The place without what is asked of it, and without a slash at its end. */
export const path: ReadonlySignal<string> = computed(() => {
  const { pathname } = new URL(url.value, location.origin);
  return pathname.replace(/\/+$/, "") || "/";
});

/** Its parts, as people read them. */
export const steps: ReadonlySignal<readonly string[]> = computed(() => stepsOf(path.value));

export function stepsOf(path: string): string[] {
  return path.split("/").slice(1).map(named);
}

/** What is spelled as nothing is stays as it is: nothing has that name. */
function named(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const query: ReadonlySignal<Record<string, string>> = computed(() =>
  Object.fromEntries(new URL(url.value, location.origin).searchParams),
);

/** Shows another page; `replaces`: one step back leads to where this one came from. */
export function go(to: string, { replaces = false } = {}) {
  if (replaces) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  isNew = !replaces;
  url.value = here();
}

/** The page that was gone to is drawn. */
export function toTop() {
  if (isNew) scrollTo(0, 0);
  isNew = false;
}

/** Follows the browser, and links to what is in scope; all others are the browser's own. */
export function watchAddress(scope: RegExp): () => void {
  const follow = (event: MouseEvent) => {
    const to = target(event, scope);
    if (to === undefined) return;
    event.preventDefault();
    go(to);
  };
  const back = () => {
    isNew = false;
    url.value = here();
  };
  addEventListener("click", follow);
  addEventListener("popstate", back);
  return () => {
    removeEventListener("click", follow);
    removeEventListener("popstate", back);
  };
}

function here(): string {
  return location.pathname + location.search;
}

function target(event: MouseEvent, scope: RegExp): string | undefined {
  if (event.defaultPrevented || event.button !== 0) return undefined;
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return undefined;
  const link = event.composedPath().find((each) => each instanceof HTMLAnchorElement && each.href !== "");
  if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin) return undefined;
  const isElsewhere = (link.target !== "" && link.target !== "_self") || link.hasAttribute("download");
  const isWithin = link.getAttribute("href")?.startsWith("#");
  if (isElsewhere || isWithin || !scope.test(link.pathname + link.search)) return undefined;
  return link.pathname + link.search + link.hash;
}
