/// <reference types="vite/client" />
// For tests: all messages are there at once.
import type { Message } from "./catalogue.ts";
import type { Language } from "./language.ts";
import { addMessages } from "./messages.ts";

const files = import.meta.glob<Record<string, Record<string, Message>>>("./{en,ko}/*.ts", { eager: true });
for (const [path, sections] of Object.entries(files)) addMessages(path.slice(2, 4) as Language, sections);
