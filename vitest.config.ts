import { availableParallelism } from "node:os";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import { LongFirst } from "./test/support/long-first.js";
import { findChromium } from "./tools/chromium.mjs";

const chromium = findChromium();

const unit: TestProjectConfiguration = {
  test: {
    name: "unit",
    globalSetup: "test/support/build-setup.ts",
    include: ["test/**/*.test.ts"],
    exclude: ["test/**/*.browser.test.ts", "test/e2e/**", "test/matrix/**"],
    // Node 20 aborts the whole process (node_platform.cc, ForIsolate) where a worker thread dies while V8 compiles for it in the background.
    execArgv: ["--no-concurrent-recompilation"],
    // Files share the modules of their process, which are loaded once: loading them for each file took a fifth of all tests' time.
    isolate: false,
    // For what hangs: a machine that does something else beside takes its time.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    typecheck: { enabled: true, include: ["test/types/**/*.test-d.ts"], tsconfig: "./tsconfig.test.json" },
  },
};

const packed: TestProjectConfiguration = {
  test: {
    name: "package",
    include: ["test/e2e/**/*.test.ts"],
    globalSetup: "test/e2e/packed.ts",
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
};

const browser: TestProjectConfiguration = {
  test: {
    name: "browser",
    include: ["test/**/*.browser.test.ts"],
    testTimeout: 60_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: {
          ...(chromium !== undefined && { executablePath: chromium }),
          args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
        },
      }),
      instances: [{ browser: "chromium" }],
    },
  },
};

export default defineConfig({
  // One more than there are cores: tests of servers and of other processes wait for most of their time.
  test: {
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongFirst },
    tags: [
      {
        name: "slow",
        description: "Takes seconds: not in a plain npm test.",
      },
    ],
    projects: chromium === undefined ? [unit, packed] : [unit, packed, browser],
  },
});
