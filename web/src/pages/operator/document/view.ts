import type { PlanAnswer, PlanShape, PlanUnit } from "../../../client/types.gen.ts";
import { count, finite, isLoose, type Loose, objects, text, textOrNull } from "./loose.ts";

/** Where a unit of the view stands in the document, as the server's defects point to it (RFC 6901). */
export interface PlanView {
  plan: PlanAnswer;
  /** By unit number. */
  pointers: readonly string[];
}

type Money = { amount: number; currency: string } | null;
type Row = PlanAnswer["rows"][number];
type Place = { zone: string; section?: string };

/**
 * What `GET …/plan` would answer for a document, before the server has seen it: the same numbers, the same order.
 * A document with defects gives as much of a view as can be drawn.
 */
export function planView(document: Loose): PlanView {
  const view = new View(textOrNull(document.currency), objects(document.categories));
  const zones = objects(document.zones);
  zones.forEach((zone, z) => {
    view.benches(zone, z);
  });
  zones.forEach((zone, z) => {
    view.areas(zone, z);
  });
  view.items(objects(document.items));
  const { units, rows, categories, pointers } = view;
  const plan: PlanAnswer = {
    plan_version: 0,
    name: text(document.name),
    currency: textOrNull(document.currency),
    size: sizeOf(document.size),
    focal_point: pointOf(document.focal_point),
    units,
    zones: zones.map(zoneOf),
    rows,
    categories,
    offers: [...view.wholeTables, ...objects(document.offers).map((offer) => view.named(offer))],
    floors: objects(document.floors).map((floor) => ({ id: text(floor.id), name: text(floor.name) })),
  };
  return { plan, pointers };
}

class View {
  readonly units: PlanUnit[] = [];
  readonly rows: Row[] = [];
  readonly pointers: string[] = [];
  readonly wholeTables: PlanAnswer["offers"] = [];
  readonly categories: PlanAnswer["categories"];
  readonly #prices: Map<string, Money>;

  constructor(
    readonly currency: string | null,
    categories: readonly Loose[],
  ) {
    this.categories = categories.map((category) => ({
      id: text(category.id),
      name: text(category.name),
      color: textOrNull(category.color),
      price: this.#money(category.price),
    }));
    this.#prices = new Map(this.categories.map((category) => [category.id, category.price]));
  }

  benches(zone: Loose, z: number) {
    objects(zone.rows).forEach((row, r) => {
      this.#bench(zone, row, `/zones/${z}/rows/${r}`, false);
    });
    objects(zone.tables).forEach((table, t) => {
      this.#bench(zone, table, `/zones/${z}/tables/${t}`, true);
    });
  }

  #bench(zone: Loose, bench: Loose, at: string, isTable: boolean) {
    const whole = isTable && bench.whole === true;
    const row = this.rows.length;
    const place = placeOf(zone, bench);
    const numbers = objects(bench.seats).map((seat, s) => {
      const category = textOrNull(whole ? bench.category : seat.category);
      const unit = { ...named(seat, "seat", 1), ...place, row, ...marks(seat, s), ...position(seat) };
      if (whole) unit.whole = true;
      return this.#add(unit, category, !whole, `${at}/seats/${s}`);
    });
    const { id, label } = { id: text(bench.id), label: text(bench.label) };
    const section = place.section ?? null;
    this.rows.push({ id, label, zone: place.zone, section, table: isTable, whole, units: numbers });
    if (whole && id && typeof bench.category === "string") this.#wholeTable(bench, numbers);
  }

  #wholeTable(table: Loose, numbers: readonly number[]) {
    const id = text(table.id);
    const price = this.#prices.get(text(table.category)) ?? null;
    const units = Object.fromEntries(numbers.map((number) => [this.units[number]?.id ?? "", 1]));
    this.wholeTables.push({ id, label: text(table.label) || id, price, units });
  }

  areas(zone: Loose, z: number) {
    objects(zone.areas).forEach((area, a) => {
      const unit = {
        ...named(area, "area", count(area.capacity)),
        ...placeOf(zone, area),
        ...position(area),
      };
      if (area.whole === true) unit.whole = true;
      if (area.whole === true && count(area.min_guests) > 0) unit.min_guests = count(area.min_guests);
      this.#add(unit, textOrNull(area.category), true, `/zones/${z}/areas/${a}`);
    });
  }

  items(items: readonly Loose[]) {
    items.forEach((item, i) => {
      const unit = named(item, "item", count(item.capacity));
      unit.offer = item.sellable === true;
      if (unit.offer) unit.price = this.#money(item.price);
      this.#add(unit, null, false, `/items/${i}`);
    });
  }

  named(offer: Loose): PlanAnswer["offers"][number] {
    const bill = Object.entries(isLoose(offer.units) ? offer.units : {});
    const units = Object.fromEntries(bill.map(([unit, quantity]) => [unit, count(quantity)]));
    const id = text(offer.id);
    return { id, label: text(offer.label) || id, price: this.#money(offer.price), units };
  }

  #add(unit: PlanUnit, category: string | null, isOffer: boolean, pointer: string): number {
    if (category !== null) {
      unit.category = category;
      if (isOffer) {
        unit.offer = true;
        unit.price = this.#prices.get(category) ?? null;
      }
    }
    this.pointers.push(pointer);
    return this.units.push(unit) - 1;
  }

  #money(amount: unknown): Money {
    const known = finite(amount);
    return known === undefined || this.currency === null ? null : { amount: known, currency: this.currency };
  }
}

function named(thing: Loose, kind: PlanUnit["kind"], capacity: number): PlanUnit {
  const id = text(thing.id);
  return { id, kind, capacity, label: text(thing.label) || id, offer: false };
}

function placeOf(zone: Loose, thing: Loose): Place {
  const section = textOrNull(thing.section);
  return section === null ? { zone: text(zone.id) } : { zone: text(zone.id), section };
}

function marks(seat: Loose, index: number): Partial<PlanUnit> {
  const found: Partial<PlanUnit> = {};
  if (seat.gap_before === true && index > 0) found.gap_before = true;
  if (seat.accessible === true) found.accessible = true;
  if (seat.companion === true) found.companion = true;
  if (seat.restricted_view === true) found.restricted_view = true;
  return found;
}

function position(thing: Loose): { x?: number; y?: number } {
  const [x, y] = [finite(thing.x), finite(thing.y)];
  return x === undefined || y === undefined ? {} : { x, y };
}

function pointOf(value: unknown): { x: number; y: number } | null {
  const { x, y } = isLoose(value) ? position(value) : {};
  return x === undefined || y === undefined ? null : { x, y };
}

function sizeOf(value: unknown): PlanAnswer["size"] {
  if (!isLoose(value)) return null;
  const [width, height] = [finite(value.width) ?? 0, finite(value.height) ?? 0];
  return width > 0 && height > 0 ? { width, height } : null;
}

/** Whether the map may be given it: a known kind with the numbers that it is drawn by. */
function isDrawable(shape: Loose): shape is Loose & PlanShape {
  const needed = DRAWN_BY[text(shape.kind)];
  if (!needed) return false;
  if (shape.kind === "polygon") return objects(shape.points).every((point) => pointOf(point) !== null);
  if (shape.kind === "text" && typeof shape.text !== "string") return false;
  return needed.every((field) => finite(shape[field]) !== undefined);
}

const DRAWN_BY: Readonly<Record<string, readonly string[]>> = {
  rectangle: ["x", "y", "width", "height"],
  circle: ["x", "y", "radius"],
  ellipse: ["x", "y", "radius_x", "radius_y"],
  polygon: [],
  text: ["x", "y"],
};

function zoneOf(zone: Loose): PlanAnswer["zones"][number] {
  return {
    id: text(zone.id),
    name: text(zone.name),
    floor: textOrNull(zone.floor),
    focal_point: pointOf(zone.focal_point),
    sections: objects(zone.sections).map((section) => ({
      id: text(section.id),
      name: text(section.name),
      ...(typeof section.entrance === "string" ? { entrance: section.entrance } : {}),
    })),
    shapes: objects(zone.shapes).filter(isDrawable),
  };
}
