import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { fillTable } from "../../src/model/fill-table.js";
import { sampleGivenBlock } from "../../src/model/sample-given-block.js";
import { saveModel } from "../../src/model/save-model.js";
import { ComlinkPool } from "../../src/workers/comlink/pool.js";
import { simdEngine } from "../support/engines.js";
import { RecordingPool } from "../support/recording-pool.js";
import { tableModel } from "../support/table-model.js";
import { callCli } from "./support.js";

const engine = await simdEngine();
const model = tableModel(engine);
const folder = mkdtempSync(join(tmpdir(), "fedscore-cli-fill-"));
const [run, gaps, out] = ["model.safetensors", "gaps.csv", "whole.csv"].map((name) => join(folder, name));
const bytes = new TextEncoder().encode("size;speed;note\n;70;a\nL;;b\n");
writeFileSync(run, saveModel(model));
writeFileSync(gaps, bytes);

let pool: RecordingPool;
beforeEach(() => {
  pool = new RecordingPool(engine);
  vi.spyOn(ComlinkPool, "start").mockResolvedValue(pool as unknown as ComlinkPool);
});
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});
const fill = (...options: string[]) => callCli(["fill", run, gaps, "--variant", "simd", "--out", out, ...options]);

test("fedscore fill writes what fillTable gives", async () => {
  const { code, stdout } = await fill();
  expect(code).toBe(0);
  const { files } = await fillTable(engine, model, bytes);
  expect(Uint8Array.from(readFileSync(out))).toEqual(files[0]);
  expect(stdout).toBe(`${out}: 2 of 2 rows had gaps\nfilled: size 1, speed 1\n`);
});

test("its options reach the draws, each of which has a file", async () => {
  const { code, stdout } = await fill("--draws", "2", "--particles", "3", "--seed", "8", "--steps", "5", "--json");
  expect(code).toBe(0);
  const names = [1, 2].map((draw) => join(folder, `whole-${draw}.csv`));
  expect(JSON.parse(stdout)).toEqual({
    ...{ out: names, rows: 2, rowsWithGaps: 2, filled: { size: 1, speed: 1 }, left: {} },
  });
  const grid = { kind: "uniform-log-snr", steps: 5 } as const;
  const { files } = await fillTable(engine, model, bytes, { draws: 2, particles: 3, seed: 8, grid });
  expect(names.map((name) => Uint8Array.from(readFileSync(name)))).toEqual(files);
  const [{ input }] = pool.callsOf(sampleGivenBlock);
  expect(input).toMatchObject({ seed: 8, particles: 3, grid: { steps: 5 } });
});

test("says where a cell is wrong", async () => {
  writeFileSync(gaps, "size;speed\n;fast\n");
  const { code, stderr } = await fill();
  expect(code).toBe(2);
  expect(stderr).toContain(`${gaps}, line 2, column "speed": expected `);
});
