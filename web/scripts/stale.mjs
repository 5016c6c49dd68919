// Makes what is committed but made (dist/ of the sources, the types of openapi.json) anew in a folder of its own, and
// compares: the server's binary carries the committed files, so they have to be those of these sources.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { build } from "vite";

const root = join(import.meta.dirname, "..");
const committed = join(root, "dist");
const fresh = mkdtempSync(join(tmpdir(), "fairhold-web-"));
const built = join(fresh, "dist");

function files(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const inside = entries.filter((entry) => entry.isFile() && entry.name !== ".gitkeep");
  return inside.map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort();
}

function same(file) {
  return readFileSync(join(committed, file)).equals(readFileSync(join(built, file)));
}

try {
  await build({ root, logLevel: "warn", build: { outDir: built, emptyOutDir: true } });
  const [was, is] = [files(committed), files(built)];
  const missing = is.filter((file) => !was.includes(file)).map((file) => `missing: ${file}`);
  const extra = was.filter((file) => !is.includes(file)).map((file) => `left over: ${file}`);
  const changed = is.filter((file) => was.includes(file) && !same(file)).map((file) => `changed: ${file}`);
  const types = join(fresh, "types.gen.ts");
  execFileSync(process.execPath, [join(import.meta.dirname, "types.mjs"), join(root, "openapi.json"), types]);
  const known = readFileSync(join(root, "src/client/types.gen.ts"));
  if (!known.equals(readFileSync(types)))
    changed.push("changed: src/client/types.gen.ts (run `npm run types`)");
  const wrong = [...missing, ...extra, ...changed];
  for (const line of wrong) console.error(line);
  if (wrong.length > 0) {
    console.error(
      "not of these sources: run `npm run types` and `npm run build` in web/ and commit what they write",
    );
    process.exitCode = 1;
  }
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
