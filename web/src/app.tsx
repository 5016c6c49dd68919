import { LocationProvider, lazy, Route, Router } from "preact-iso";
import { t } from "./i18n/index.ts";
import Event from "./pages/event/index.tsx";
import Events from "./pages/events.tsx";
import NotFound from "./pages/not-found.tsx";
import { LiveRegion, Toasts } from "./ui/index.ts";

const Tickets = lazy(() => import("./pages/tickets.tsx"));
const Operator = lazy(() => import("./pages/operator/index.tsx"));

export function App() {
  return (
    <LocationProvider>
      <header>
        <a href="/">fairhold</a> <a href="/tickets">{t("common.tickets")}</a>{" "}
        <a href="/operator">{t("common.operator")}</a>
      </header>
      <main id="content">
        <Router>
          <Route path="/" component={Events} />
          <Route path="/events/:id" component={Event} />
          <Route path="/tickets" component={Tickets} />
          <Route path="/operator/*" component={Operator} />
          <Route path="/operator" component={Operator} />
          <Route default component={NotFound} />
        </Router>
      </main>
      <Toasts />
      <LiveRegion />
    </LocationProvider>
  );
}
