import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const tests = fileURLToPath(new URL("..", import.meta.url));
/** Their folders are built by what runs them. */
const others = /^(e2e|matrix)\/|\.browser\.test\.ts$/;
const runsBuild =
  /from "fedscore["/]|import\("fedscore|\bdist\/(?!\))[\w$.{}/]*\.js|new URL\("[./]*dist\/"|build\/js\//;

it("every test that runs the built package says when the build is not that of the sources", () => {
  const files = readdirSync(tests, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".d.ts") && !others.test(file),
  );
  const running = files.filter((file) => runsBuild.test(readFileSync(join(tests, file), "utf8")));
  expect(running.length).toBeGreaterThan(5);
  const silent = running.filter((file) => !readFileSync(join(tests, file), "utf8").includes("requireBuild()"));
  expect(silent).toEqual([]);
});
