// Colours of plans made fit for the theme: a plan may say any colour, and people have to see it.

export interface Rgb {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

/** For categories without a colour: told apart by people who do not see all colours (after Okabe and Ito). */
export const PALETTE = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#b8860b",
  "#56b4e9",
  "#7a5195",
  "#6b7280",
];

/** Of `#rgb` to `#rrggbbaa`, `rgb(…)` and `color(srgb …)`, as browsers write computed colours; opacity is left out. */
export function parse(text: string): Rgb | undefined {
  const hex = /^#([0-9a-f]{3,8})$/i.exec(text.trim())?.[1];
  if (hex) return ofHex(hex);
  const [, kind, inner] = /^(rgba?|color)\((.*)\)$/.exec(text.trim()) ?? [];
  if (!kind || inner === undefined) return undefined;
  const numbers = (inner.match(/-?\d+(\.\d+)?(e-?\d+)?/g) ?? []).map(Number);
  const [r, g, b] = kind === "color" ? numbers.map((share) => share * 255) : numbers;
  return r === undefined || g === undefined || b === undefined ? undefined : { r, g, b };
}

function ofHex(hex: string): Rgb | undefined {
  if (hex.length === 5 || hex.length === 7) return undefined;
  const wide = hex.length < 6 ? [...hex].map((digit) => digit + digit).join("") : hex;
  const at = (place: number) => Number.parseInt(wide.slice(place, place + 2), 16);
  return { r: at(0), g: at(2), b: at(4) };
}

export function css({ r, g, b }: Rgb, opacity = 1): string {
  const whole = `${Math.round(r)} ${Math.round(g)} ${Math.round(b)}`;
  return opacity === 1 ? `rgb(${whole})` : `rgb(${whole} / ${opacity})`;
}

/** `share` of the second. */
export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const of = (x: number, y: number) => x + (y - x) * share;
  return { r: of(a.r, b.r), g: of(a.g, b.g), b: of(a.b, b.b) };
}

/** WCAG 2.2: 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance({ r, g, b }: Rgb): number {
  const linear = (channel: number) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/** The colour, moved towards `ink` until it stands out from what is under it. */
export function visibleOn(color: Rgb, under: Rgb, ink: Rgb, least = 3): Rgb {
  for (let share = 0; share < 1; share += 0.1) {
    const mixed = mix(color, ink, share);
    if (contrast(mixed, under) >= least) return mixed;
  }
  return ink;
}

const WHITE: Rgb = { r: 255, g: 255, b: 255 };
const BLACK: Rgb = { r: 17, g: 17, b: 17 };

/** For letters and marks on the colour. */
export function inkOn(color: Rgb): Rgb {
  return contrast(color, WHITE) >= contrast(color, BLACK) ? WHITE : BLACK;
}
