// The colours of the page as the canvas needs them, read again when the theme changes.
import type { PlanAnswer } from "../client/types.gen.ts";
import type { Rgb } from "./color.ts";
import { css, inkOn, PALETTE, parse, visibleOn } from "./color.ts";

export interface Theme {
  readonly surface: Rgb;
  readonly text: Rgb;
  readonly muted: Rgb;
  readonly accent: Rgb;
  readonly chosen: Rgb;
  readonly mine: Rgb;
  readonly held: Rgb;
  readonly sold: Rgb;
  readonly blocked: Rgb;
  readonly lost: Rgb;
  /** Of free seats by category, fit for the surface; what has no category comes last. */
  readonly categories: readonly Rgb[];
  /** For letters on them. */
  readonly inks: readonly string[];
  readonly font: string;
  /** Colours of drawings, by what the plan says. */
  named(color: string): Rgb | undefined;
}

/** What is used where the page says nothing, for light surfaces. */
const DEFAULTS = {
  surface: "#f6f7f9",
  text: "#1b1f27",
  muted: "#5b6472",
  accent: "#2f5bd8",
  chosen: "#1d4ed8",
  mine: "#0f766e",
  held: "#8a6d1f",
  sold: "#7b828d",
  blocked: "#7b828d",
  lost: "#c2262e",
};

const VARIABLES: Record<keyof typeof DEFAULTS, string> = {
  surface: "--surface",
  text: "--text",
  muted: "--muted",
  accent: "--accent",
  chosen: "--seat-chosen",
  mine: "--seat-mine",
  held: "--seat-held",
  sold: "--seat-sold",
  blocked: "--seat-blocked",
  lost: "--seat-lost",
};

/** Asks the browser, by an element inside of the map: a variable may hold `light-dark(…)` or a name. */
export function readTheme(host: HTMLElement, plan: PlanAnswer): Theme {
  const probe = document.createElement("span");
  probe.hidden = true;
  host.append(probe);
  const named = (color: string) => {
    probe.style.color = "";
    probe.style.color = color;
    return probe.style.color === "" ? undefined : parse(getComputedStyle(probe).color);
  };
  const of = (name: keyof typeof DEFAULTS) =>
    named(`var(${VARIABLES[name]}, ${DEFAULTS[name]})`) ?? (parse(DEFAULTS[name]) as Rgb);
  const names = Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[];
  const colors = Object.fromEntries(names.map((name) => [name, of(name)])) as Record<
    keyof typeof DEFAULTS,
    Rgb
  >;
  const known = new Map<string, Rgb | undefined>();
  collectNames(plan, (name) => known.set(name, named(name)));
  const categories = plan.categories.map(({ color }, number) => {
    const wanted = (color && known.get(color)) || (parse(PALETTE[number % PALETTE.length] as string) as Rgb);
    return visibleOn(wanted, colors.surface, colors.text);
  });
  const font = getComputedStyle(host).fontFamily || "system-ui, sans-serif";
  probe.remove();
  const all = [...categories, visibleOn(colors.accent, colors.surface, colors.text)];
  const inks = all.map((color) => css(inkOn(color)));
  return { ...colors, categories: all, inks, font, named: (color) => known.get(color) };
}

/** Every colour that the plan names. */
function collectNames(plan: PlanAnswer, each: (name: string) => void) {
  for (const { color } of plan.categories) if (color) each(color);
  for (const { shapes } of plan.zones) {
    for (const shape of shapes) {
      for (const name of ["color", "border_color"] as const) {
        const color: unknown = (shape as unknown as Record<string, unknown>)[name];
        if (typeof color === "string") each(color);
      }
    }
  }
}

/** Calls when the theme may have changed, until the answer is called. */
export function onThemeChange(changed: () => void): () => void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const forced = matchMedia("(forced-colors: active)");
  const attributes = new MutationObserver(changed);
  attributes.observe(document.documentElement, { attributeFilter: ["data-theme", "class", "style"] });
  dark.addEventListener("change", changed);
  forced.addEventListener("change", changed);
  return () => {
    attributes.disconnect();
    dark.removeEventListener("change", changed);
    forced.removeEventListener("change", changed);
  };
}
