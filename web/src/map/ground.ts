// The layer under the seats: drawings, outlines, areas, tables, and from afar the sections with what is left of them.
import { money, number, t } from "../i18n/index.ts";
import { css, inkOn, mix } from "./color.ts";
import type { Outline } from "./drawings.ts";
import type { Box, Point } from "./geometry.ts";
import { middle, touches } from "./geometry.ts";
import type { Looks } from "./looks.ts";
import { CHOSEN, MINE } from "./looks.ts";
import { paintNumbersOfRows } from "./row-labels.ts";
import type { AreaPlace, Group, Scene, TablePlace } from "./scene.ts";
import { lowestPrice } from "./tally.ts";
import type { Theme } from "./theme.ts";
import type { View } from "./view.ts";
import { toScreen } from "./view.ts";
import { firstThatFits, isolated, type Line, shortened, writeLines } from "./writing.ts";

export interface Ground {
  readonly scene: Scene;
  readonly looks: Looks;
  readonly theme: Theme;
  readonly view: View;
  /** What of the scene is on the screen. */
  readonly shown: Box;
  /** Only this floor; undefined: all. */
  readonly floor: number | undefined;
  /** Sections instead of seats. */
  readonly isOverview: boolean;
  /** The section under the pointer, which stands out from afar. */
  readonly hovered: number | undefined;
}

/** Paints all of it; the canvas is scaled to CSS pixels and empty. */
export function paintGround(context: CanvasRenderingContext2D, ground: Ground) {
  const { scene, isOverview } = ground;
  paintDrawings(context, ground);
  for (const [number, group] of scene.groups.entries()) {
    if (group.seats === 0 || !isOn(ground, group.floor, group.outline.box)) continue;
    isOverview ? paintSection(context, ground, number, group) : paintBed(context, ground, group);
  }
  if (!isOverview) {
    for (const table of scene.tables) {
      if (isOn(ground, table.floor, table.outline.box)) paintTable(context, ground, table);
    }
    paintNumbersOfRows(context, ground);
  }
  for (const area of scene.areas) {
    const floor = scene.groups[area.group]?.floor ?? 0;
    if (isOn(ground, floor, area.outline.box)) paintArea(context, ground, area);
  }
}

function isOn(ground: Ground, floor: number, box: Box): boolean {
  return (ground.floor === undefined || floor === ground.floor) && touches(box, ground.shown);
}

function path(context: CanvasRenderingContext2D, view: View, points: readonly Point[]): Point[] {
  const screen = points.map((point) => toScreen(view, point));
  context.beginPath();
  for (const [corner, { x, y }] of screen.entries())
    corner === 0 ? context.moveTo(x, y) : context.lineTo(x, y);
  context.closePath();
  return screen;
}

function paintDrawings(context: CanvasRenderingContext2D, ground: Ground) {
  const { scene, theme, view } = ground;
  for (const { floor, outline, writing } of scene.drawings) {
    if (outline && isOn(ground, floor, outline.box)) paintOutline(context, ground, outline);
    if (!writing || (ground.floor !== undefined && floor !== ground.floor)) continue;
    const size = writing.size * view.scale;
    if (size < 6) continue;
    const { x, y } = toScreen(view, writing.at);
    context.save();
    context.translate(x, y);
    context.rotate((writing.degrees * Math.PI) / 180);
    const line = { text: isolated(writing.text), size, bold: false };
    writeLines(context, { x: 0, y: 0 }, [line], { family: theme.font, color: css(theme.muted) });
    context.restore();
  }
}

function paintOutline(context: CanvasRenderingContext2D, ground: Ground, outline: Outline) {
  const { theme, view } = ground;
  const screen = path(context, view, outline.points);
  const named = outline.color ? theme.named(outline.color) : undefined;
  const color = named ?? mix(theme.surface, theme.text, 0.1);
  context.fillStyle = css(color);
  context.fill();
  const border = outline.border ? theme.named(outline.border) : undefined;
  context.lineWidth = 1;
  context.strokeStyle = css(border ?? mix(color, theme.text, 0.25));
  context.stroke();
  if (!outline.label) return;
  const line = (size: number) => [{ text: isolated(outline.label ?? ""), size, bold: true }];
  const at = toScreen(view, middle(outline.box));
  const lines = firstThatFits(context, at, screen, [line(16), line(13), line(11), line(9)], theme.font);
  if (lines) writeLines(context, at, lines, { family: theme.font, color: css(inkOn(color)) });
}

/** What lies under the seats of a section when they can be seen. */
function paintBed(context: CanvasRenderingContext2D, { view, theme }: Ground, group: Group) {
  path(context, view, group.outline.points);
  context.fillStyle = css(mix(theme.surface, theme.text, 0.035));
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = css(mix(theme.surface, theme.text, 0.1));
  context.stroke();
}

function paintSection(context: CanvasRenderingContext2D, ground: Ground, at: number, group: Group) {
  const { looks, theme, view, scene } = ground;
  const screen = path(context, view, group.outline.points);
  const left = looks.leftInGroup(at);
  const color = theme.categories.at(mainCategory(ground, at)) ?? theme.accent;
  const share = Math.min(1, left / Math.max(1, group.seats));
  const base = mix(theme.surface, theme.text, 0.06);
  // A section with a few seats left still differs from a sold out one.
  const fill = left === 0 ? base : mix(base, color, 0.14 + 0.4 * share);
  context.fillStyle = css(ground.hovered === at ? mix(fill, theme.text, 0.08) : fill);
  context.fill();
  context.lineWidth = ground.hovered === at ? 2.5 : 1.25;
  context.strokeStyle = css(left === 0 ? mix(theme.surface, theme.text, 0.3) : color);
  context.stroke();
  const price = lowestPrice(scene, looks, at);
  const facts =
    left === 0
      ? [t("map.soldOut")]
      : [...(price ? [t("map.from", { price: money(price) })] : []), leftText(left)];
  writeIn(context, ground, { outline: group.outline, screen, name: group.name, facts }, css(theme.text));
}

function leftText(left: number): string {
  return t("map.left", { count: left, text: number(left) });
}

/** The category that most of the section has; -1 (the last of the theme's colours) for none. */
function mainCategory({ scene }: Ground, group: number): number {
  const units = scene.groups[group]?.units ?? [];
  return scene.categoryOf[units[Math.floor(units.length / 2)] ?? 0] ?? -1;
}

function paintArea(context: CanvasRenderingContext2D, ground: Ground, { unit, outline }: AreaPlace) {
  const { looks, theme, view, scene } = ground;
  const screen = path(context, view, outline.points);
  const look = looks.of[unit];
  const left = looks.left(unit);
  const color = theme.categories.at(scene.categoryOf[unit] as number) ?? theme.accent;
  const base = mix(theme.surface, theme.text, 0.06);
  const own = look === CHOSEN ? theme.chosen : look === MINE ? theme.mine : undefined;
  const { label, price } = scene.plan.unit(unit);
  const capacity = Math.max(1, scene.plan.unit(unit).capacity);
  context.fillStyle = css(
    left === 0 ? base : mix(base, own ?? color, 0.14 + 0.4 * Math.min(1, left / capacity)),
  );
  context.fill();
  context.lineWidth = own ? 3 : 1.25;
  context.strokeStyle = css(own ?? (left === 0 ? mix(theme.surface, theme.text, 0.3) : color));
  context.stroke();
  const facts = left === 0 ? [t("map.soldOut")] : [...(price ? [money(price)] : []), leftText(left)];
  writeIn(context, ground, { outline, screen, name: label, facts }, css(theme.text));
}

interface Sign {
  readonly outline: Outline;
  readonly screen: readonly Point[];
  readonly name: string;
  readonly facts: readonly string[];
}

/** Name and facts, fewer and smaller until they fit. */
function writeIn(context: CanvasRenderingContext2D, { theme, view }: Ground, sign: Sign, color: string) {
  const at = toScreen(view, middle(sign.outline.box));
  const line = (text: string, size: number, bold: boolean): Line => ({ text: isolated(text), size, bold });
  const facts = (size: number) => sign.facts.map((fact) => line(fact, size, false));
  const short = shortened(sign.name);
  const choices = [
    [line(sign.name, 15, true), ...facts(13)],
    [line(sign.name, 13, true), ...facts(11)],
    [line(short, 13, true), ...facts(11)],
    [line(short, 13, true), ...facts(11).slice(0, 1)],
    [line(sign.name, 12, true)],
    [line(short, 12, true)],
    [line(short, 10, true)],
    [line(short, 8.5, true)],
  ];
  const lines = firstThatFits(context, at, sign.screen, choices, theme.font);
  if (lines) writeLines(context, at, lines, { family: theme.font, color });
}

function paintTable(
  context: CanvasRenderingContext2D,
  ground: Ground,
  { row, centre, whole, outline }: TablePlace,
) {
  const { scene, theme, view } = ground;
  const screen = path(context, view, outline.points);
  context.fillStyle = css(mix(theme.surface, theme.text, whole ? 0.16 : 0.1));
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = css(mix(theme.surface, theme.text, 0.3));
  context.stroke();
  const { label, id } = scene.plan.plan.rows[row] ?? { label: "", id: "" };
  const name = label || id;
  const at = toScreen(view, centre);
  const line = (text: string, size: number) => [{ text: isolated(text), size, bold: false }];
  const choices = [line(name, 12), line(shortened(name), 11), line(shortened(name), 9)];
  const lines = firstThatFits(context, at, screen, choices, theme.font);
  if (lines) writeLines(context, at, lines, { family: theme.font, color: css(theme.text) });
}
