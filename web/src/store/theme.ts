import { effect, signal } from "@preact/signals";
import { kept } from "../client/kept.ts";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const chosen = kept("fairhold.theme");
const dark = matchMedia("(prefers-color-scheme: dark)");
const deviceIsDark = signal(dark.matches);

export const theme = signal<Theme>(themeOf(chosen.read()));

export function chooseTheme(choice: Theme) {
  chosen.write(choice === "system" ? null : choice);
  theme.value = choice;
}

/** Keeps the document in the colours that the reader or the device wants. */
export function applyTheme(): () => void {
  const onDevice = () => {
    deviceIsDark.value = dark.matches;
  };
  dark.addEventListener("change", onDevice);
  const unwatch = chosen.watch((choice) => {
    theme.value = themeOf(choice);
  });
  const stop = effect(() => {
    const device = deviceIsDark.value ? "dark" : "light";
    document.documentElement.dataset.theme = theme.value === "system" ? device : theme.value;
  });
  return () => {
    dark.removeEventListener("change", onDevice);
    unwatch();
    stop();
  };
}

function themeOf(choice: string | null): Theme {
  return THEMES.find((known) => known === choice) ?? "system";
}
