import { afterEach, describe, expect, it, vi } from "vitest";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { weightings } from "../../src/diffusion/weightings/index.js";
import { atFloat32, type Engine, nullPointer } from "../../src/kernels/index.js";
import { Purpose, type StreamKey } from "../../src/kernels/purpose.js";
import { drawIndices, normals } from "../../src/kernels/random.js";
import { allocateBatch, drawCorruption } from "../../src/network/batch.js";
import { initializeParameters } from "../../src/network/initialize.js";
import { levelTable, trainingLevels } from "../../src/network/levels.js";
import { MlpSession } from "../../src/network/mlp.js";
import type { RecordPrivacy } from "../../src/network/privacy.js";
import { conditionWidth, hasFilm, layoutOf, type NetworkSpec, rowWidth } from "../../src/network/spec.js";
import { trainLocally } from "../../src/network/train-locally.js";
import type { LocalTrainingRequest, TrainingSettings } from "../../src/network/training.js";
import { binomialLimits } from "../support/binomial.js";
import { describeEngines, simdEngine } from "../support/engines.js";
import { networkOf } from "../support/networks.js";

const schedule = createSchedule({ kind: "vp-cosine", tMin: 0.01, tMax: 0.98 });
const spec = networkOf({ dimension: 2, hidden: [12, 12], residual: true });
const privacy: RecordPrivacy = { clipNorm: 30, noiseMultiplier: 0, noiseDraws: 1, reproducible: true };
const base: TrainingSettings = {
  batchSize: 20,
  // A step of rate 1 leaves the gradient in the parameters.
  optimizer: { kind: "sgd", learningRate: 1 },
  weighting: "simple",
  levels: { count: 64, spacing: "time" },
  privacy,
};
const records = 60;

/** Some numbers of the points. */
type Numbers = Readonly<Record<number, number>>;

/** Of which rows overflow in the network, or in its loss. */
const overflowing: Numbers = Object.fromEntries([...Array(records).keys()].map((row) => [4 * row, 3e38]));

interface Run {
  readonly spec?: NetworkSpec;
  readonly settings?: Partial<TrainingSettings>;
  readonly privacy?: Partial<RecordPrivacy>;
  readonly request?: Partial<LocalTrainingRequest>;
  /** In the place of some numbers of the points. */
  readonly points?: Numbers;
}

const settingsOf = ({ settings, privacy: changes }: Run): TrainingSettings => ({
  ...base,
  ...settings,
  privacy: { ...privacy, ...changes },
});

/** Points of very different sizes, so that some gradients are clipped, and classes where the network has some. */
function pointsOf(of: NetworkSpec): Float32Array {
  const width = rowWidth(of);
  return Float32Array.from({ length: records * width }, (_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    return column === of.dimension ? row % (of.classes ?? 1) : Math.sin(i) * (1 + (row % 7));
  });
}

/** For the current arena scope. */
function requestOf(engine: Engine, run: Run): LocalTrainingRequest {
  const { spec: own = spec } = run;
  const levels = trainingLevels(engine, schedule, base.levels);
  return {
    spec: own,
    parameters: initializeParameters(engine, own, 7),
    levelTable: engine.arena.copyIn(levelTable(engine, own, levels, weightings.simple)),
    points: engine.arena.copyIn(Object.assign(pointsOf(own), run.points)),
    settings: settingsOf(run),
    ...{ steps: 1, seed: 3, round: 2, client: 5 },
    ...run.request,
  };
}

/** The gradient of the only step: what parameters lost, and the step's loss. */
function stepOf(engine: Engine, run: Run = {}) {
  return engine.arena.scope(() => {
    const request = requestOf(engine, run);
    const before = request.parameters.slice();
    const { losses, flops } = trainLocally(engine, request);
    return { gradient: before.map((value, i) => value - request.parameters[i]), loss: losses[0], losses, flops };
  });
}

/** The records that a step draws, by the stream that is for it. */
function drawnOf(engine: Engine, batchSize: number, key: Omit<StreamKey, "purpose">): number[] {
  return engine.arena.scope(() => {
    const out = engine.arena.allocate(4 * records);
    const count = drawIndices(engine, out, records, batchSize / records, { ...key, purpose: Purpose.recordSampling });
    return [...engine.arena.int32(out, count)];
  });
}

/**
 * The same gradient and loss by the definition: each drawn record's gradient is the mean over its draws, each by a backward pass of its own; the
 * clipped ones are summed in float64.
 */
function explicitStep(engine: Engine, run: Run) {
  return engine.arena.scope(() => {
    const request = requestOf(engine, run);
    const { settings, seed, round, client, spec: own } = request;
    const { noiseDraws, clipNorm } = settings.privacy as RecordPrivacy;
    let clipped = 0;
    const drawn = drawnOf(engine, settings.batchSize, { seed, round, client, step: 0 });
    const rows = drawn.length * noiseDraws;
    const batch = allocateBatch(engine.arena, request, Math.max(1, rows));
    engine.arena.int32(batch.rowIndex, rows).set(drawn.flatMap((record) => new Array(noiseDraws).fill(record)));
    drawCorruption(engine, request, 0, batch, { first: 0, rows });
    const session = new MlpSession(engine, own, 1, "training");
    session.parameters.array.set(request.parameters);
    session.pack();
    const [width, condition] = [layoutOf(own).widths[0], hasFilm(own) ? conditionWidth(own) : 0];
    let loss = 0;
    const total = new Float64Array(layoutOf(own).size);
    drawn.forEach((_, place) => {
      const mean = new Float64Array(total.length);
      for (let row = place * noiseDraws; row < (place + 1) * noiseDraws; row++) {
        const input = atFloat32(batch.input, row * width);
        const given = condition ? atFloat32(batch.conditions, row * condition) : nullPointer;
        session.forward(input, 1, batch.output, given);
        const [target, weight] = [atFloat32(batch.target, row * own.dimension), atFloat32(batch.weight, row)];
        const found = engine.kernels.dsmLoss(batch.output, target, weight, 1, own.dimension, batch.outputGradient);
        if (Number.isFinite(found)) loss += found / noiseDraws;
        session.backward(input, 1, batch.outputGradient, given);
        session.gradient.array.forEach((value, i) => {
          mean[i] += value / noiseDraws;
        });
      }
      if (!Number.isFinite(normOf(mean))) return;
      const scale = Math.min(1, clipNorm / normOf(mean));
      if (scale < 1) clipped++;
      mean.forEach((value, i) => {
        total[i] += (scale * value) / settings.batchSize;
      });
    });
    return { gradient: total, loss: loss / settings.batchSize, drawn: drawn.length, clipped };
  });
}

const normOf = (vector: ArrayLike<number>) =>
  Math.sqrt(Array.from(vector).reduce((sum, value) => sum + value * value, 0));

const distance = (a: ArrayLike<number>, b: ArrayLike<number>) => normOf(Array.from(a, (value, i) => value - b[i]));

describeEngines("the private gradient of a step", (engineOf) => {
  const film = networkOf({ ...spec, conditioning: "film", normalization: "rms", classes: 3 });
  it.each([
    ["a plain network", {}],
    ["records of 4 draws", { privacy: { noiseDraws: 4, clipNorm: 5 } }],
    ["a modulated network with classes", { spec: film, privacy: { noiseDraws: 2, clipNorm: 5 } }],
    ["all records", { settings: { batchSize: records } }],
    ["more records than pass at once", { privacy: { noiseDraws: 512, clipNorm: 3 } }],
    ["records of which some overflow", { privacy: { noiseDraws: 2, clipNorm: 5 }, points: overflowing }],
    ["log-normal levels", { settings: { levels: { ...base.levels, distribution: { kind: "log-normal" } } } }],
  ] as [string, Run][])("is the mean of clipped ones by the definition: %s", (_, run) => {
    const engine = engineOf();
    const { gradient, loss } = stepOf(engine, run);
    const expected = explicitStep(engine, run);
    expect(expected.drawn).toBeGreaterThan(8);
    // Parameters of order 1 lost and keep 2^-24 of it, the gradient is larger.
    expect(distance(gradient, expected.gradient) / normOf(expected.gradient)).toBeLessThan(1e-5);
    expect(Math.abs(loss / expected.loss - 1)).toBeLessThan(1e-5);
    expect(expected.clipped).toBeGreaterThan(0);
    expect(expected.clipped).toBeLessThan(expected.drawn);
  });

  it("is noise alone where no record is drawn, and its loss 0", () => {
    const engine = engineOf();
    const key = { seed: 3, client: 5, step: 0 };
    const round = [...Array(200).keys()].find((each) => drawnOf(engine, 1, { ...key, round: each }).length === 0) ?? -1;
    const run = { settings: { batchSize: 1 }, request: { round } };
    const silent = stepOf(engine, run);
    expect(silent.loss).toBe(0);
    expect(silent.gradient.every((value) => value === 0)).toBe(true);
    const { gradient } = stepOf(engine, { ...run, privacy: { noiseMultiplier: 1 } });
    expect(gradient.every((value) => value !== 0)).toBe(true);
  });

  it("draws its records afresh in each step of a round", () => {
    const engine = engineOf();
    const drawn = (round: number, step: number) => drawnOf(engine, 1, { seed: 3, client: 5, round, step }).length;
    const round = [...Array(200).keys()].find((each) => drawn(each, 0) === 0 && drawn(each, 1) > 0) ?? -1;
    const { losses } = stepOf(engine, { settings: { batchSize: 1 }, request: { round, steps: 2 } });
    expect([...losses].map((loss) => loss > 0)).toEqual([false, true]);
  });

  it("has noise of deviation z C / batchSize on every parameter, fresh in each step, round and client", () => {
    const engine = engineOf();
    const wide = networkOf({ dimension: 2, hidden: [64, 64] });
    const noiseOf = (request: Partial<LocalTrainingRequest>) => {
      const [with_, without] = [2.5, 0].map((noiseMultiplier) =>
        stepOf(engine, { spec: wide, privacy: { noiseMultiplier, clipNorm: 40 }, request }),
      );
      return with_.gradient.map((value, i) => (value - without.gradient[i]) / ((2.5 * 40) / base.batchSize));
    };
    const draws = [{}, { round: 3 }, { client: 6 }, { seed: 4 }].map(noiseOf);
    const key = { seed: 3, round: 2, client: 5, step: 0, purpose: Purpose.privacyNoise };
    const size = draws[0].length;
    // Parameters of order 10 keep 2^-20 of noise of order 5.
    expect(distance(draws[0], normals(engine, size, key)) / Math.sqrt(size)).toBeLessThan(1e-5);
    draws.forEach((z, at) => {
      const mean = z.reduce((sum, value) => sum + value, 0) / size;
      const square = z.reduce((sum, value) => sum + value * value, 0) / size;
      // Standard errors 1 / sqrt(n) and sqrt(2 / n), 4 of each.
      expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(size));
      expect(Math.abs(square - 1)).toBeLessThan(4 * Math.sqrt(2 / size));
      const within = z.filter((value) => Math.abs(value) < 1).length;
      const [least, most] = binomialLimits(size, 0.682689492137, 1e-4);
      expect(within).toBeGreaterThanOrEqual(least);
      expect(within).toBeLessThanOrEqual(most);
      for (const other of draws.slice(at + 1)) {
        const product = z.reduce((sum, value, i) => sum + value * other[i], 0) / size;
        expect(Math.abs(product)).toBeLessThan(4 / Math.sqrt(size));
      }
    });
  });

  it("has new noise in the second step of a round", () => {
    const engine = engineOf();
    const [one, two] = [1, 2].map((steps) => {
      const [noisy, silent] = [1, 0].map((noiseMultiplier) =>
        // With clipped gradients of norm 1e-6 all that moves is noise.
        stepOf(engine, { privacy: { noiseMultiplier: noiseMultiplier * 2e7, clipNorm: 1e-6 }, request: { steps } }),
      );
      return noisy.gradient.map((value, i) => value - silent.gradient[i]);
    });
    const second = two.map((value, i) => value - one[i]);
    expect(Math.abs(normOf(second) / normOf(one) - 1)).toBeLessThan(0.2);
    const cosine = second.reduce((sum, value, i) => sum + value * one[i], 0) / normOf(one) / normOf(second);
    expect(Math.abs(cosine)).toBeLessThan(4 / Math.sqrt(one.length));
  });

  it("clips by the norm over all parameters where some are pruned one by one, which do not move", () => {
    const engine = engineOf();
    const keep = Uint8Array.from({ length: layoutOf(spec).size }, (_, i) => (i % 3 === 0 ? 0 : 1));
    const masked = stepOf(engine, { request: { keep } });
    const whole = stepOf(engine);
    expect(masked.gradient).toEqual(whole.gradient.map((value, i) => (keep[i] ? value : 0)));
  });

  it("is drawn from the run's seed or from nothing that is known", () => {
    const engine = engineOf();
    const noisy = { noiseMultiplier: 1 };
    expect(stepOf(engine, { privacy: noisy })).toEqual(stepOf(engine, { privacy: noisy }));
    const [a, b] = [0, 1].map(() => stepOf(engine, { privacy: { ...noisy, reproducible: false } }));
    expect(a.gradient).not.toEqual(b.gradient);
    // Other records, other levels and other noise for them.
    const [c, d] = [0, 1].map(() => stepOf(engine, { privacy: { reproducible: false } }));
    expect(c.loss).not.toBe(d.loss);
  });

  it("counts the rows that it expects: R for each of batchSize records", () => {
    const engine = engineOf();
    const plain = engine.arena.scope(() => {
      const { privacy: _, ...settings } = base;
      return trainLocally(engine, { ...requestOf(engine, {}), settings }).flops;
    });
    expect(stepOf(engine, { privacy: { noiseDraws: 3 } }).flops).toBe(3 * plain);
  });
});

describe("the secret of a client's private steps", () => {
  afterEach(() => vi.restoreAllMocks());

  it("is 109 bits of the platform's generator in the place of seed, round and client", async () => {
    const engine = await simdEngine();
    const random = vi.spyOn(globalThis.crypto, "getRandomValues").mockImplementation((array) => {
      (array as unknown as Uint32Array).set([0xfedcba98, 0x76543210, 0x89abcdef, 0x12345678]);
      return array;
    });
    const secret = stepOf(engine, { privacy: { noiseMultiplier: 1, reproducible: false } });
    expect(random).toHaveBeenCalledTimes(1);
    const key = { seed: (0xfedcba98 >>> 11) * 2 ** 32 + 0x76543210, round: 0x123456, client: 0x89abcdef };
    expect(secret).toEqual(stepOf(engine, { privacy: { noiseMultiplier: 1 }, request: key }));
  });
});

describe("records of a step", () => {
  it("are drawn independently, each with probability batchSize / records", async () => {
    const engine = await simdEngine();
    const [steps, batchSize] = [2000, 15];
    const q = batchSize / records;
    const counts = new Float64Array(records);
    let [neighbours, repeats, sizes, squares] = [0, 0, 0, 0];
    let before = new Set<number>();
    for (let step = 0; step < steps; step++) {
      const drawn = drawnOf(engine, batchSize, { seed: 11, round: 1, client: 2, step });
      const present = new Set(drawn);
      for (const record of drawn) {
        counts[record]++;
        if (present.has(record + 1)) neighbours++;
        if (before.has(record)) repeats++;
      }
      before = present;
      sizes += drawn.length;
      squares += drawn.length ** 2;
    }
    const limits = (trials: number, probability: number, error: number) => binomialLimits(trials, probability, error);
    const expectWithin = (count: number, [least, most]: readonly [number, number]) => {
      expect(count).toBeGreaterThanOrEqual(least);
      expect(count).toBeLessThanOrEqual(most);
    };
    // 60 records, each refuted by mistake once in 60,000.
    for (const count of counts) expectWithin(count, limits(steps, q, 1e-3 / records));
    // Pairs overlap, so that these are a little less sure than binomial counts of as many pairs: 5 standard deviations.
    const deviation = (pairs: number) => 5 * Math.sqrt(pairs * q * q * (1 - q * q + 2 * q * (1 - q)));
    const pairs = steps * (records - 1);
    expect(Math.abs(neighbours - pairs * q * q)).toBeLessThan(deviation(pairs));
    const again = (steps - 1) * records;
    expect(Math.abs(repeats - again * q * q)).toBeLessThan(deviation(again));
    // The variance of a binomial size, whose standard error is sqrt(2 / steps) of it; a fixed size has none.
    const variance = squares / steps - (sizes / steps) ** 2;
    expect(Math.abs(variance / (records * q * (1 - q)) - 1)).toBeLessThan(4 * Math.sqrt(2 / steps));
  });
});

describe("settings of privacy", () => {
  it.each([
    ["settings.batchSize must be at most the 60 records of client 5", { settings: { batchSize: 61 } }],
    ["settings.privacy.clipNorm must lie in (0, inf)", { privacy: { clipNorm: 0 } }],
    ["settings.privacy.noiseMultiplier must lie in [0, inf)", { privacy: { noiseMultiplier: -1 } }],
    ["settings.privacy.noiseDraws must be an integer in [1, 1024]", { privacy: { noiseDraws: 0 } }],
    [
      "settings.levels.distribution.kind must not be importance beside privacy",
      { settings: { levels: { ...base.levels, distribution: { kind: "importance" } } } },
    ],
  ] as [string, Run][])("are refused: %s", async (message, run) => {
    const engine = await simdEngine();
    expect(() => stepOf(engine, run)).toThrow(message);
  });
});
