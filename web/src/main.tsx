import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/parts.css";
import "./ui/states.css";
import "./app/app.css";
import { render } from "preact";
import { App } from "./app.tsx";
import { applyTheme } from "./store/theme.ts";

applyTheme();
const root = document.getElementById("app");
if (root) render(<App />, root);
