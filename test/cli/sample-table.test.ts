/** `fedscore sample` of a model of a table: rows that are chosen by conditions and by weights. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { saveModel } from "../../src/model/save-model.js";
import { ComlinkPool } from "../../src/workers/comlink/pool.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";
import { tableModel } from "../support/table-model.js";
import { callCli } from "./support.js";

const engine = await simdEngine();
const folder = mkdtempSync(join(tmpdir(), "fedscore-sample-table-"));
afterAll(() => rmSync(folder, { recursive: true }));
const model = join(folder, "model.safetensors");
writeFileSync(model, saveModel(tableModel(engine)));
const out = join(folder, "rows.csv");

beforeEach(() => {
  // What the command uses of a pool is what a WorkerPool has.
  vi.spyOn(ComlinkPool, "start").mockImplementation(async () => new InThreadPool(engine) as unknown as ComlinkPool);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const sample = (...options: string[]) =>
  callCli(["sample", model, "--variant", "simd", "--out", out, "--count", "100", ...options]);

const sizes = () =>
  readFileSync(out, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",")[0]);

const large = () => sizes().filter((size) => size === "L").length;

test("rows fit their conditions, or are as frequent as their weights say", async () => {
  expect(await sample()).toMatchObject({ code: 0 });
  const usual = large();
  expect(usual).toBeGreaterThan(0);
  expect(await sample("--weight", "size=L:8")).toMatchObject({ code: 0 });
  expect(large()).toBeGreaterThan(1.5 * usual);
  expect(await sample("--where", "size=L", "--where", "nothing=")).toMatchObject({ code: 0 });
  expect(large()).toBe(100);
});

test.each([
  [["--weight", "size=L"], 'a condition, a colon and a number, such as "Size=Large:10", got "size=L"'],
  [["--weight", "size=L:"], "a condition, a colon and a number"],
  [["--weight", "size=L:0"], "--weight[0].weight must lie in"],
  [["--weight", "size=l:2"], 'must be a category that the model has in "size"'],
  [["--weight", "sise=large:2"], 'did you mean "size"?'],
  [["--most", "300"], "for rows that are as --where or --weight asks"],
])("%j is refused", async (options, message) => {
  const { code, stderr } = await sample(...options);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
