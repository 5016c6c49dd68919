import { defineConfig } from "vitest/config";

/** Real servers and a real browser: one file after the other. */
export default defineConfig({
  test: {
    // Pictures are taken the same way, when they are asked for.
    include: [process.env.SHOTS ? "e2e/**/*.shots.ts" : "e2e/**/*.e2e.ts"],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 45_000, interval: 50 } },
  },
});
