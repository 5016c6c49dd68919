import type { FieldError } from "../../../client/types.gen.ts";

/** The errors of a refused request, by who shows them. */
export interface SplitErrors {
  /** By field of the form: `name`, `starts_at`, or a setting. */
  fields: Readonly<Record<string, string>>;
  /** Inside the plan. */
  plan: readonly FieldError[];
  /** What no field and no place of the plan can show. */
  others: readonly FieldError[];
}

const FIELD = /^\/(?:settings\/)?([a-z_]+)$/;
const FORM = new Set(["name", "starts_at", "currency"]);

/** `planAt`: where the plan stands in the request; with "" it is the request itself. */
export function splitErrors(errors: readonly FieldError[], planAt: string): SplitErrors {
  const fields: Record<string, string> = {};
  const plan: FieldError[] = [];
  const others: FieldError[] = [];
  for (const error of errors) {
    const field = FIELD.exec(error.pointer)?.[1];
    const isOfForm = field !== undefined && (FORM.has(field) || error.pointer.startsWith("/settings/"));
    if (isOfForm) fields[field] ??= error.detail;
    else if (isInside(error.pointer, planAt)) plan.push(error);
    else others.push(error);
  }
  return { fields, plan, others };
}

function isInside(pointer: string, planAt: string): boolean {
  return pointer === planAt || pointer.startsWith(`${planAt}/`);
}
