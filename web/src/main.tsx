import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/parts.css";
import "./ui/states.css";
import "./app/app.css";
import { render } from "preact";
import { NotStarted } from "./app/NotStarted.tsx";
import { warm } from "./app/warm.ts";
import { App } from "./app.tsx";
import { needMessages } from "./i18n/index.ts";
import { applyTheme } from "./store/theme.ts";
import { pressGuard } from "./ui/guard.ts";

applyTheme();
pressGuard.watch(window);
warm(location.pathname);
const root = document.getElementById("app");
if (root) {
  needMessages("common").then(
    () => render(<App />, root),
    () => render(<NotStarted />, root),
  );
}
