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

const DARK = "(prefers-color-scheme: dark)";
const FORCED = "(forced-colors: active)";

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

const made = new WeakMap<PlanAnswer, { state: string; theme: Theme }>();

/** The map and its legends ask for the same one: it is made anew only when the page looks different. */
export function readTheme(host: HTMLElement, plan: PlanAnswer): Theme {
  const state = pageState();
  const known = made.get(plan);
  if (known?.state === state) return known.theme;
  const theme = makeTheme(host, plan);
  made.set(plan, { state, theme });
  return theme;
}

/** All that a theme follows from. */
function pageState(): string {
  const { className, dataset, style } = document.documentElement;
  const media = [matchMedia(DARK).matches, matchMedia(FORCED).matches];
  return JSON.stringify([className, dataset.theme, style.cssText, ...media]);
}

function makeTheme(host: HTMLElement, plan: PlanAnswer): Theme {
  const names = Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[];
  const variables = new Map(names.map((name) => [name, `var(${VARIABLES[name]}, ${DEFAULTS[name]})`]));
  const wanted = new Set(variables.values());
  collectNames(plan, (name) => wanted.add(name));
  const known = computed(host, wanted);
  const of = (name: keyof typeof DEFAULTS) =>
    known.get(variables.get(name) as string) ?? (parse(DEFAULTS[name]) as Rgb);
  const colors = Object.fromEntries(names.map((name) => [name, of(name)])) as Record<
    keyof typeof DEFAULTS,
    Rgb
  >;
  const categories = plan.categories.map(({ color }, number) => {
    const own = (color && known.get(color)) || (parse(PALETTE[number % PALETTE.length] as string) as Rgb);
    return visibleOn(own, colors.surface, colors.text);
  });
  const font = getComputedStyle(host).fontFamily || "system-ui, sans-serif";
  const all = [...categories, visibleOn(colors.accent, colors.surface, colors.text)];
  const inks = all.map((color) => css(inkOn(color)));
  return { ...colors, categories: all, inks, font, named: (color) => known.get(color) };
}

/**
 * Asks the browser, by elements inside of the map: a variable may hold `light-dark(…)` or a name. All are asked at once,
 * since each question after a change would have styles computed anew.
 */
function computed(host: HTMLElement, wanted: ReadonlySet<string>): Map<string, Rgb | undefined> {
  const box = document.createElement("span");
  box.hidden = true;
  const probes = [...wanted].map((color) => {
    const probe = document.createElement("span");
    probe.style.color = color;
    box.append(probe);
    return { color, probe };
  });
  host.append(box);
  const known = probes.map(({ color, probe }) => {
    const isColor = probe.style.color !== "";
    return [color, isColor ? parse(getComputedStyle(probe).color) : undefined] as const;
  });
  box.remove();
  return new Map(known);
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
  const dark = matchMedia(DARK);
  const forced = matchMedia(FORCED);
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
