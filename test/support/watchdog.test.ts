import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { transformWithOxc } from "vite";
import { expect, it } from "vitest";
import { openWatchdog } from "./watchdog.js";

it("lets calls that end alone", async () => {
  const watchdog = openWatchdog(10_000);
  expect(await watchdog.over("one", () => 1)).toBe(1);
  await expect(watchdog.over("two", () => Promise.reject(new Error("its own")))).rejects.toThrow("its own");
  await watchdog.close();
});

it.each([
  ["a loop", "() => { for (;;); }"],
  ["a promise", "() => new Promise(() => setInterval(() => {}, 1000))"],
])("names %s without end, and ends the process", async (name, call) => {
  const source = readFileSync(join(import.meta.dirname, "watchdog.ts"), "utf8");
  const { code } = await transformWithOxc(`${source}openWatchdog(300).over("${name}", ${call});`, "watchdog.ts");
  const { signal, stderr } = spawnSync(process.execPath, ["--input-type=module"], {
    input: code,
    encoding: "utf8",
    timeout: 60_000,
  });
  expect(stderr).toContain(`has not ended after 0.3 s: ${name}`);
  expect(signal).toBe("SIGKILL");
});
