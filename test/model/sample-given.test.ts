import { describe, expect, test } from "vitest";
import {
  type SampleModelGivenOptions,
  sampleModelGiven,
  sampleModelGivenInPool,
} from "../../src/model/sample-given.js";
import { sampleGivenBlock } from "../../src/model/sample-given-block.js";
import { requestOf } from "../../src/model/sample-request.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";
import { testModels } from "../support/models.js";

const engine = await simdEngine();
const models = testModels(engine);
const plain = models.filter(({ network }) => network.classes === undefined);
const modelOf = (transform: string) => {
  const found = plain.find((model) => model.transform.name === transform);
  if (!found) throw new Error(`no model with transform ${transform}`);
  return found;
};
const model = modelOf("standardize");
const d = model.transform.inputDimension;

const rows = 21;
const options = {
  points: Float32Array.from({ length: rows * d }, (_, at) => Math.fround((at % 11) / 7)),
  given: Uint8Array.from({ length: rows * d }, (_, at) => Number(at % 3 === 0)),
  particles: 64,
};

describe("sampleModelGiven", () => {
  test("draws what sampleGiven does with the model's parts, in blocks, in the space of the data", async () => {
    const progress: (readonly number[])[] = [];
    const onAdvance = (...each: readonly number[]) => progress.push(each);
    const drawn = await sampleModelGiven(engine, model, { ...options, draws: 2, onAdvance });
    expect(progress.map(([done]) => done)).toEqual([16, 21, 37, 42]);
    expect(progress.every(([, total]) => total === 2 * rows)).toBe(true);
    const { points, given, particles } = options;
    const whole = sampleGivenBlock.run(engine, {
      ...requestOf(model, { count: rows * particles }),
      ...{ points: model.transform.forward(points), given, particles, firstRow: 0 },
    });
    const expected = model.transform.inverse(whole).map((value, at) => (given[at] === 1 ? points[at] : value));
    expect(drawn.subarray(0, rows * d)).toEqual(expected);
    const second = drawn.subarray(rows * d);
    for (const [at, flag] of given.entries()) expect(second[at] === drawn[at]).toBe(flag === 1);
  });

  test("looks at no number that is not given", async () => {
    const points = options.points.map((value, at) => (options.given[at] === 1 ? value : Number.NaN));
    expect(await sampleModelGiven(engine, model, { ...options, points })).toEqual(
      await sampleModelGiven(engine, model, options),
    );
  });

  test("refuses transforms that mix coordinates", async () => {
    const mixed = plain.filter(({ transform }) => transform.name.includes("pca"));
    expect(mixed.length).toBeGreaterThan(1);
    for (const each of mixed.slice(0, 2)) {
      await expect(sampleModelGiven(engine, each, options)).rejects.toMatchObject({
        code: "FEDSCORE_UNSUPPORTED",
        message: expect.stringContaining(`the model's transform ${each.transform.name} mixes coordinates`),
      });
    }
  });

  test("wants the class of rows by a model with classes", async () => {
    const conditioned = models.find(
      ({ network, transform }) => network.classes !== undefined && transform.name === "standardize",
    );
    if (!conditioned) throw new Error("no model with classes");
    await expect(sampleModelGiven(engine, conditioned, options)).rejects.toThrow("class must be given");
    const [first, second] = await Promise.all(
      [0, 1].map((label) => sampleModelGiven(engine, conditioned, { ...options, class: label })),
    );
    expect(first).not.toEqual(second);
  });

  test.each<[Partial<SampleModelGivenOptions>, string]>([
    [{ draws: 0 }, "draws must be an integer >= 1, got 0"],
    [{ particles: 1001 }, "particles must be an integer in [1, 1000], got 1001"],
    [{ points: new Float32Array(d + 1) }, `points must have rows of ${d} numbers, got ${d + 1}`],
    [{ given: new Uint8Array(d) }, `given must have ${rows * d} entries, got ${d}`],
    [{ seed: -1 }, "seed must be an integer >= 0, got -1"],
  ])("names what is wrong: %o", async (wrong, message) => {
    await expect(sampleModelGivenInPool(new InThreadPool(engine), model, { ...options, ...wrong })).rejects.toThrow(
      message,
    );
  });

  test("stops at a signal", async () => {
    const stopped = sampleModelGiven(engine, model, { ...options, signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
  });
});
