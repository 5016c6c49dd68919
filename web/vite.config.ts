import { defineConfig } from "vitest/config";

const api = process.env.FAIRHOLD_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // Nothing inline: the pages' policy allows files of this server only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // `npm run dev` beside a running server.
  server: { proxy: { "/v1": { target: api, ws: true, rewriteWsOrigin: true } } },
  test: {
    include: ["src/**/*.test.{ts,tsx}"],
    environment: "happy-dom",
    setupFiles: ["src/i18n/testing.ts"],
  },
});
