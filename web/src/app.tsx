import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Footer, Header } from "./app/Header.tsx";
import { Events, NotFound, Operator, Tickets } from "./app/pages.ts";
import { language, t } from "./i18n/index.ts";
import Event from "./pages/event/index.tsx";
import { path, steps, toTop, watchAddress } from "./store/address.ts";
import { isOnline } from "./store/network.ts";
import { Boundary, LiveRegion, Toasts } from "./ui/index.ts";

/** What is not ours (the descriptions of the API, say) the browser opens as usual. */
const SCOPE = /^\/(events\/|tickets|operator|\?|$)/;

export function App() {
  const main = useRef<HTMLElement>(null);
  const place = path.value;
  useEffect(() => watchAddress(SCOPE), []);
  useLayoutEffect(toTop, [place]);
  useNavigationFocus(place, main);
  useEffect(() => {
    document.documentElement.lang = language.value;
  }, [language.value]);
  return (
    <div class="shell">
      <a class="skip" href="#content">
        {t("common.skip")}
      </a>
      <Header path={place} />
      <div role="status">{!isOnline() && <p class="offline-banner">{t("common.offline")}</p>}</div>
      <main class="main" id="content" tabIndex={-1} ref={main}>
        <Boundary page={place}>
          <Page />
        </Boundary>
        <Toasts />
      </main>
      <Footer />
      <LiveRegion />
    </div>
  );
}

function Page() {
  const [first = "", second, more] = steps.value;
  if (first === "") return <Events />;
  if (first === "operator") return <Operator />;
  if (first === "tickets" && second === undefined) return <Tickets />;
  if (first === "events" && second && more === undefined) return <Event id={second} />;
  return <NotFound />;
}

/** After a navigation the focus stands on the new page, as after a load; at first it stays where it is. */
function useNavigationFocus(path: string, main: { readonly current: HTMLElement | null }) {
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    const heading = main.current?.querySelector<HTMLElement>("h1[tabindex]");
    (heading ?? main.current)?.focus({ preventScroll: true });
  }, [path, main]);
}
