import { defineConfig } from "vitest/config";

const api = process.env.FAIRHOLD_URL ?? "http://127.0.0.1:8080";

// What every page needs, and what every sale needs: one file packs better than many.
const BASE =
  /node_modules\/@?preact|src\/(store\/(basket|known|sale-state)|pages\/event\/(CodeField|SaleBanner|ShutButton|hold\/expired))\.tsx?$/;

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // Nothing inline: the pages' policy allows files of this server only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "base", test: BASE }] } } },
  },
  // `npm run dev` beside a running server.
  server: { proxy: { "/v1": { target: api, ws: true, rewriteWsOrigin: true } } },
  test: {
    include: ["src/**/*.test.{ts,tsx}"],
    environment: "happy-dom",
    setupFiles: ["src/i18n/testing.ts"],
  },
});
