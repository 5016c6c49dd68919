import { isLoose } from "./loose.ts";

/** The parts of a JSON pointer (RFC 6901), unescaped. Of what is none (`?limit`, ""): nothing. */
export function pointerParts(pointer: string): readonly string[] {
  if (!pointer.startsWith("/")) return [];
  const parts = pointer.slice(1).split("/");
  return parts.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** What the pointer leads to, and what it passes on its way from the root; it ends where there is nothing more. */
export function walk(root: unknown, parts: readonly string[]): readonly unknown[] {
  const passed: unknown[] = [root];
  let here = root;
  for (const part of parts) {
    here = step(here, part);
    if (here === undefined) break;
    passed.push(here);
  }
  return passed;
}

function step(from: unknown, part: string): unknown {
  if (Array.isArray(from)) return /^\d+$/.test(part) ? from[Number(part)] : undefined;
  return isLoose(from) && Object.hasOwn(from, part) ? from[part] : undefined;
}
