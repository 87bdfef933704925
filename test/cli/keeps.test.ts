import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { writeNpy } from "../../src/data/formats/npy.js";
import { failedParts } from "../../src/experiment/result/not-computed.js";
import { resultSchema } from "../../src/experiment/result/schema.js";
import { testNumbers } from "../support/numbers.js";
import { callCli, temporaryFolder } from "./support.js";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

const data = { kind: "gaussian", dimension: 2, train: 200, heldOut: 50 };
const training = { rounds: 12, localSteps: 2, batchSize: 16 };
const withRate = (kind: string, learningRate: number) => ({ ...training, optimizer: { kind, learningRate } });

/** A run of half a second, in a file of its name. */
function write(name: string, change: object): void {
  const config = {
    name,
    workers: 1,
    data,
    network: { hidden: [16], noiseFeatures: 4 },
    training,
    federation: { clients: 2 },
    sampling: { count: 50, grid: { kind: "uniform-log-snr", steps: 5 } },
    certificate: { paths: 100, intervalRows: 256, intervalPaths: 2 },
    evaluation: { samples: 50 },
    ...change,
  };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(config));
}

const run = (name: string, ...options: string[]) =>
  callCli(["run", `${name}.json`, "--out", name, "--variant", "simd", ...options], folder);
const list = (...path: string[]) => readdirSync(join(folder, ...path)).sort();
const read = (...path: string[]) => readFileSync(join(folder, ...path));
const resultOf = (...path: string[]) => resultSchema.parse(JSON.parse(read(...path, "result.json").toString()));

/** Rows of three coordinates, float32, each scaled. */
function writeRows(name: string, scales: readonly number[]): void {
  const values = testNumbers(600, 5).map((value, i) => value * scales[i % 3]);
  writeFileSync(join(folder, name), writeNpy(values, [200, 3]));
}

describe("a run of which a part fails", () => {
  test("has everything else in place, says what failed and ends with 1; --resume repeats what comes after training", async () => {
    write("exploding", { training: withRate("adam", 1e5) });
    const { code, stdout, stderr } = await run("exploding");
    expect(code).toBe(1);
    const sentence = stderr.split("\n").filter((line) => line.startsWith("fedscore: "));
    expect(sentence).toHaveLength(1);
    expect(sentence[0]).toMatch(
      /^fedscore: not computed: samples, needed by .*measured\.mmd.* \(sample \d+ is not finite /,
    );
    expect(sentence[0]).toMatch(/the model too; --resume repeats what comes after training$/);
    expect(stdout).toMatch(/^samples +not computed: sample \d+ is not finite/m);
    expect(stdout).toMatch(/^mmd +not computed, as it needs samples; floor -?\d/m);
    expect(stdout).toMatch(/^certificate +KL <= \d/m);
    const files = ["checkpoint.bin", "log.jsonl", "model.safetensors", "report.html", "result.json"];
    expect(list("exploding")).toEqual(files);
    const result = resultOf("exploding");
    expect(result.samples).toMatchObject({ code: "FEDSCORE_NON_FINITE" });
    expect(result.certificate).toHaveProperty("upper", expect.any(Number));
    for (const { floor } of Object.values(result.measured)) expect(floor).toHaveProperty("value", expect.any(Number));
    expect(read("exploding", "report.html").toString()).toContain('<section id="not-computed">');
    expect((await callCli(["inspect", join(folder, "exploding", "result.json")])).stdout).toContain("needs samples");

    const model = read("exploding", "model.safetensors");
    const refused = await run("exploding");
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("choose --resume to compute what comes"),
    });
    const again = await run("exploding", "--resume");
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("training: from 12/12");
    expect(again.stderr).not.toContain("training: round");
    expect(read("exploding", "model.safetensors").equals(model)).toBe(true);
    expect(failedParts(resultOf("exploding"))).toEqual(failedParts(result));
  });

  test.each([
    ["tiny", [1e-20, 1e-20, 1e-20]],
    ["onebig", [1, 1e20, 1]],
  ])(
    "data of a scale that some measure cannot take (%s) lose no other: result, model and samples are there",
    async (name, scales) => {
      writeRows(`${name}.npy`, scales);
      write(name, { data: { kind: "npy", path: `${name}.npy` }, transforms: [{ kind: "standardize" }] });
      const { code, stderr } = await run(name);
      expect(stderr).not.toContain("unexpected error");
      const result = resultOf(name);
      expect(code).toBe(failedParts(result).length > 0 ? 1 : 0);
      for (const file of ["model.safetensors", "samples.npy", "report.html"]) expect(list(name)).toContain(file);
      expect(Object.values(result.measured).some((each) => "value" in each)).toBe(true);
      expect(result.certificate).toHaveProperty("upper", expect.any(Number));
      for (const { part } of failedParts(result)) expect(stderr).toContain(part);
    },
  );

  test("samples of 1e25 leave the measures that can take them", async () => {
    write("large", { training: withRate("adam", 1000) });
    const { code, stderr } = await run("large");
    expect(stderr).not.toContain("unexpected error");
    const result = resultOf("large");
    expect(code).toBe(failedParts(result).length > 0 ? 1 : 0);
    expect(result.measured.slicedWasserstein2).toHaveProperty("value", expect.any(Number));
    expect(result.lowerBound).toHaveProperty("value", expect.any(Number));
  });
});

describe("training that diverges", () => {
  test("keeps the last good checkpoint, and says what is kept and what to do", async () => {
    write("diverging", { training: withRate("sgd", 10) });
    const { code, stderr } = await run("diverging");
    expect(code).toBe(1);
    const lines = stderr.split("\n").filter((line) => line.startsWith("fedscore: "));
    expect(lines).toEqual([
      expect.stringMatching(/^fedscore: round [1-9]\d*: client \d+ .* step \d+$/),
      expect.stringMatching(
        /smaller training\.optimizer\.learningRate \(it is 10\).* with --overwrite or another --out$/,
      ),
      expect.stringMatching(/^fedscore: kept: diverging\/checkpoint\.bin, training up to the end of round \d+, and /),
    ]);
    expect(list("diverging")).toEqual(["checkpoint.bin", "log.jsonl"]);
    const inspected = await callCli(["inspect", join(folder, "diverging", "checkpoint.bin")]);
    expect(inspected).toMatchObject({ code: 0, stdout: expect.stringMatching(/[1-9]\d* rounds done/) });
  });

  test("in a run that replaces another one leaves the files of that one; the next good run removes them", async () => {
    write("replaced", {});
    expect((await run("replaced")).code).toBe(0);
    const good = { result: read("replaced", "result.json"), model: read("replaced", "model.safetensors") };
    write("replaced", { training: withRate("sgd", 10) });
    expect((await run("replaced", "--overwrite")).code).toBe(1);
    expect(existsSync(join(folder, "replaced", "result.json"))).toBe(false);
    expect(read("replaced", "replaced", "result.json").equals(good.result)).toBe(true);
    expect(read("replaced", "replaced", "model.safetensors").equals(good.model)).toBe(true);
    write("replaced", { seed: 2 });
    expect((await run("replaced", "--overwrite")).code).toBe(0);
    expect(list("replaced")).toEqual([
      "checkpoint.bin",
      "log.jsonl",
      "model.safetensors",
      "report.html",
      "result.json",
      "samples.npy",
    ]);
  });
});
