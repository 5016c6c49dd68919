// Writes src/client/types.gen.ts from the schemas of openapi.json. The same input gives the same file.
//   node scripts/types.mjs [openapi.json [types.ts]]
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";

const beside = (path) => fileURLToPath(new URL(path, import.meta.url));
const source = process.argv[2] ?? beside("../openapi.json");
const target = process.argv[3] ?? beside("../src/client/types.gen.ts");

/** What says something about a type. Limits, formats and examples are the server's. */
const kept = ["type", "enum", "const", "description", "required"];

/** A schema of OpenAPI 3.1 in the words that the compiler knows. */
function adapt(schema) {
  if (typeof schema !== "object" || schema === null) return schema;
  // What stands beside a reference would make a second type of the same shape.
  if (schema.$ref) return { $ref: schema.$ref.replace("#/components/schemas/", "#/definitions/") };
  const adapted = Object.fromEntries(kept.filter((key) => key in schema).map((key) => [key, schema[key]]));
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) adapted.anyOf = branches.map(adapt);
  if (schema.allOf) adapted.allOf = schema.allOf.map(adapt);
  if (schema.properties) adapted.properties = adaptAll(schema.properties);
  if (typeof schema.additionalProperties === "object") {
    adapted.additionalProperties = adapt(schema.additionalProperties);
  } else if (isAnyObject(schema)) {
    adapted.additionalProperties = true;
  }
  if (schema.prefixItems) return { ...adapted, ...tuple(schema.prefixItems) };
  if (schema.items) adapted.items = adapt(schema.items);
  return adapted;
}

function adaptAll(schemas) {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, adapt(schema)]));
}

function isAnyObject(schema) {
  const types = [schema.type].flat();
  return types.includes("object") && !schema.properties && schema.additionalProperties !== false;
}

function tuple(items) {
  return {
    items: items.map(adapt),
    additionalItems: false,
    minItems: items.length,
    maxItems: items.length,
  };
}

const { components } = JSON.parse(await readFile(source, "utf8"));
const names = Object.keys(components.schemas).sort();
const root = {
  type: "object",
  definitions: adaptAll(components.schemas),
  properties: Object.fromEntries(names.map((name) => [name, { $ref: `#/definitions/${name}` }])),
};
const text = await compile(root, "Schemas", {
  additionalProperties: false,
  bannerComment: "// Made by `npm run types` from openapi.json: change that, not this.\n",
  style: { printWidth: 110 },
});
// The root only held the names together.
await writeFile(target, text.replace(/export interface Schemas \{[\s\S]*?\n\}\n/, ""));
