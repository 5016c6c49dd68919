/** Reading of JSON that nobody has checked yet: what is not of the wished kind counts as absent. */

export type Loose = { readonly [field: string]: unknown };

export function isLoose(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects of a list. One that is no object stays as an empty one, so that positions keep their meaning. */
export function objects(value: unknown): readonly Loose[] {
  return Array.isArray(value) ? value.map((entry) => (isLoose(entry) ? entry : {})) : [];
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

export function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}

export function finite(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
