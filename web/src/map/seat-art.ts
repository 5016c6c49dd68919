// One seat as a picture: what it is by its form, what has become of it by form and colour.
import type { PlanUnit } from "../client/types.gen.ts";
import type { Rgb } from "./color.ts";
import { css, inkOn, mix } from "./color.ts";
import type { Look } from "./looks.ts";
import { BLOCKED, CHOSEN, FREE, HELD, LOST, MINE, OFF, SOLD } from "./looks.ts";
import type { Theme } from "./theme.ts";

/** Forms of seats: discs, and squares for wheelchairs and their companions; with a bar where the view is poor. */
export const PLAIN = 0;
export const ACCESSIBLE = 1;
export const COMPANION = 2;
export const RESTRICTED = 3;
export const FORMS = 4;
export type Form = typeof PLAIN | typeof ACCESSIBLE | typeof COMPANION | typeof RESTRICTED;

export function formOf(unit: PlanUnit): Form {
  if (unit.accessible) return ACCESSIBLE;
  if (unit.companion) return COMPANION;
  return unit.restricted_view ? RESTRICTED : PLAIN;
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** The colour that stands for the look where there is no room for forms. */
export function flatColor(look: Look, category: Rgb, theme: Theme): Rgb {
  switch (look) {
    case FREE:
      return category;
    case CHOSEN:
      return theme.chosen;
    case MINE:
      return theme.mine;
    case LOST:
      return theme.lost;
    case HELD:
      return mix(theme.held, theme.surface, 0.35);
    default:
      return mix(theme.sold, theme.surface, 0.62);
  }
}

/** Paints it around (x, y) with the radius, all in pixels of the canvas. */
export function paintSeat(
  context: Context,
  at: { x: number; y: number; radius: number },
  seat: { look: Look; form: Form; category: Rgb },
  theme: Theme,
) {
  const { x, y, radius: r } = at;
  const color = flatColor(seat.look, seat.category, theme);
  context.lineWidth = Math.max(1, r * 0.22);
  context.lineCap = "round";
  context.lineJoin = "round";
  switch (seat.look) {
    case FREE:
      fillBody(context, at, seat.form, css(color));
      return paintForm(context, at, seat.form, css(inkOn(color)));
    case CHOSEN:
      fillBody(context, at, seat.form, css(color));
      return check(context, x, y, r, css(inkOn(color)));
    case MINE:
      fillBody(context, at, seat.form, css(color));
      return ticket(context, x, y, r, css(inkOn(color)));
    case LOST:
      fillBody(context, at, seat.form, css(color));
      return exclaim(context, x, y, r, css(inkOn(color)));
    case HELD:
      strokeBody(context, at, seat.form, css(theme.held), css(mix(theme.held, theme.surface, 0.78)));
      return hatch(context, x, y, r, css(theme.held));
    case SOLD:
      strokeBody(
        context,
        at,
        seat.form,
        css(mix(theme.sold, theme.surface, 0.45)),
        css(mix(theme.sold, theme.surface, 0.82)),
      );
      return cross(context, x, y, r * 0.42, css(theme.sold));
    case BLOCKED:
      strokeBody(
        context,
        at,
        seat.form,
        css(mix(theme.blocked, theme.surface, 0.45)),
        css(mix(theme.blocked, theme.surface, 0.82)),
      );
      return dash(context, x, y, r * 0.5, css(theme.blocked));
    case OFF:
      return strokeBody(context, at, seat.form, css(mix(theme.blocked, theme.surface, 0.5)), undefined);
  }
}

interface At {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** The form of a seat, added to the path. */
export function addBody(context: Context, { x, y, radius: r }: At, form: Form) {
  context.moveTo(x + r, y);
  if (form !== ACCESSIBLE && form !== COMPANION) return context.arc(x, y, r, 0, 2 * Math.PI);
  context.roundRect(x - r * 0.92, y - r * 0.92, r * 1.84, r * 1.84, r * 0.35);
}

function body(context: Context, at: At, form: Form) {
  context.beginPath();
  addBody(context, at, form);
}

function fillBody(context: Context, at: At, form: Form, color: string) {
  body(context, at, form);
  context.fillStyle = color;
  context.fill();
}

function strokeBody(context: Context, at: At, form: Form, color: string, fill: string | undefined) {
  const width = Math.max(1, at.radius * 0.16);
  body(context, { ...at, radius: at.radius - width / 2 }, form);
  if (fill) {
    context.fillStyle = fill;
    context.fill();
  }
  context.lineWidth = width;
  context.strokeStyle = color;
  context.stroke();
  context.lineWidth = Math.max(1, at.radius * 0.22);
}

function lines(context: Context, color: string, points: readonly (readonly [number, number, boolean?])[]) {
  context.strokeStyle = color;
  context.beginPath();
  for (const [x, y, isStart] of points) isStart ? context.moveTo(x, y) : context.lineTo(x, y);
  context.stroke();
}

function check(context: Context, x: number, y: number, r: number, color: string) {
  lines(context, color, [
    [x - r * 0.45, y + r * 0.02, true],
    [x - r * 0.1, y + r * 0.38],
    [x + r * 0.5, y - r * 0.36],
  ]);
}

/** A bar with a dot: a ticket that is kept. */
function ticket(context: Context, x: number, y: number, r: number, color: string) {
  context.strokeStyle = color;
  context.beginPath();
  context.arc(x, y, r * 0.42, 0, 2 * Math.PI);
  context.stroke();
}

function exclaim(context: Context, x: number, y: number, r: number, color: string) {
  lines(context, color, [
    [x, y - r * 0.52, true],
    [x, y + r * 0.1],
    [x, y + r * 0.5, true],
    [x, y + r * 0.51],
  ]);
}

function cross(context: Context, x: number, y: number, arm: number, color: string) {
  lines(context, color, [
    [x - arm, y - arm, true],
    [x + arm, y + arm],
    [x + arm, y - arm, true],
    [x - arm, y + arm],
  ]);
}

function dash(context: Context, x: number, y: number, arm: number, color: string) {
  lines(context, color, [
    [x - arm, y, true],
    [x + arm, y],
  ]);
}

function hatch(context: Context, x: number, y: number, r: number, color: string) {
  const [long, short, shift] = [r * 0.5, r * 0.3, r * 0.36];
  context.lineWidth = Math.max(1, r * 0.16);
  lines(context, color, [
    [x - long, y + long, true],
    [x + long, y - long],
    [x - short - shift, y + short - shift, true],
    [x + short - shift, y - short - shift],
    [x - short + shift, y + short + shift, true],
    [x + short + shift, y - short + shift],
  ]);
}

function paintForm(context: Context, { x, y, radius: r }: At, form: Form, color: string) {
  if (form === RESTRICTED) return dashBelow(context, x, y, r, color);
  if (form === COMPANION) return plus(context, x, y, r * 0.4, color);
  if (form === ACCESSIBLE && r >= 4) wheelchair(context, x, y, r, color);
}

function dashBelow(context: Context, x: number, y: number, r: number, color: string) {
  dash(context, x, y + r * 0.5, r * 0.45, color);
}

function plus(context: Context, x: number, y: number, arm: number, color: string) {
  dash(context, x, y, arm, color);
  lines(context, color, [
    [x, y - arm, true],
    [x, y + arm],
  ]);
}

function wheelchair(context: Context, x: number, y: number, r: number, color: string) {
  context.lineWidth = Math.max(1, r * 0.17);
  context.fillStyle = color;
  context.beginPath();
  context.arc(x - r * 0.12, y - r * 0.58, r * 0.15, 0, 2 * Math.PI);
  context.fill();
  lines(context, color, [
    [x - r * 0.12, y - r * 0.3, true],
    [x - r * 0.12, y + r * 0.12],
    [x + r * 0.3, y + r * 0.12],
    [x + r * 0.48, y + r * 0.52],
  ]);
  context.beginPath();
  context.arc(x - r * 0.1, y + r * 0.25, r * 0.4, 0.25, Math.PI * 1.25);
  context.stroke();
}
