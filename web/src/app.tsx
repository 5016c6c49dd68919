import { useEffect, useRef } from "preact/hooks";
import { LocationProvider, Route, Router, useLocation } from "preact-iso";
import { Footer, Header } from "./app/Header.tsx";
import { Events, NotFound, Operator, Tickets } from "./app/pages.ts";
import { language, t } from "./i18n/index.ts";
import Event from "./pages/event/index.tsx";
import { isOnline } from "./store/network.ts";
import { Boundary, LiveRegion, Toasts } from "./ui/index.ts";

/** What is not ours (the descriptions of the API, say) the browser opens as usual. */
const SCOPE = /^\/(events\/|tickets|operator|\?|$)/;

export function App() {
  return (
    <LocationProvider scope={SCOPE}>
      <Shell />
    </LocationProvider>
  );
}

function Shell() {
  const { path } = useLocation();
  const main = useRef<HTMLElement>(null);
  useNavigationFocus(path, main);
  useEffect(() => {
    document.documentElement.lang = language.value;
  }, [language.value]);
  return (
    <div class="shell">
      <a class="skip" href="#content">
        {t("common.skip")}
      </a>
      <Header path={path} />
      <div role="status">{!isOnline() && <p class="offline-banner">{t("common.offline")}</p>}</div>
      <main class="main" id="content" tabIndex={-1} ref={main}>
        <Boundary page={path}>
          <Router>
            <Route path="/" component={Events} />
            <Route path="/events/:id" component={Event} />
            <Route path="/tickets" component={Tickets} />
            <Route path="/operator" component={Operator} />
            <Route path="/operator/*" component={Operator} />
            <Route default component={NotFound} />
          </Router>
        </Boundary>
        <Toasts />
      </main>
      <Footer />
      <LiveRegion />
    </div>
  );
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
