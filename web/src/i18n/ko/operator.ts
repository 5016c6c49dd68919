import type { Translated } from "../catalogue.ts";
import type { operator as en } from "../en/operator.ts";

export const operator: Translated<typeof en> = {};
