import { describe, expect, it } from "vitest";
import { type JudgedRows, type JudgeName, judges } from "../../src/judges/index.js";
import { type Engine, Purpose, RandomStream } from "../../src/kernels/index.js";
import golden from "../golden/judges.json" with { type: "json" };
import { binomialLimits } from "../support/binomial.js";
import { describeEnginesThoroughly, simdEngine } from "../support/engines.js";
import { judgedRows, oneHot } from "../support/judged.js";
import { gaussianSample, hashedSample } from "../support/samples.js";

const names = Object.keys(judges) as JudgeName[];
const evaluate = (name: JudgeName, engine: Engine, samples: JudgedRows, data: JudgedRows, seed = 1) => {
  const estimate = judges[name].evaluate(engine, samples, data, { seed });
  if (!estimate) throw new Error(`${name} says nothing`);
  return estimate;
};

/** Gaussian features, each row of a random class, which all are asked to be of. */
function drawn(
  engine: Engine,
  rows: number,
  width: number,
  seed: number,
  options: { shift?: number; scale?: number } = {},
) {
  const random = new RandomStream(engine, { seed, purpose: Purpose.targetLabel });
  const places = Int32Array.from({ length: rows }, () => random.integer(4));
  return judgedRows(gaussianSample(engine, rows, width, seed, options), width, oneHot(places, 4), places);
}

function permuted(rows: JudgedRows, order: readonly number[]): JudgedRows {
  const { features, featureWidth, probabilities, predicted, asked } = rows;
  const pick = (values: Float32Array, width: number) =>
    Float32Array.from(order.flatMap((row) => [...values.subarray(row * width, (row + 1) * width)]));
  return judgedRows(
    pick(features, featureWidth),
    featureWidth,
    pick(probabilities, probabilities.length / predicted.length),
    asked && Int32Array.from(order, (row) => asked[row]),
  );
}

describeEnginesThoroughly("judges against numpy", (engineOf) => {
  for (const { n, m, d, classes, sample, expected } of golden) {
    const weights = (rows: number, s: number) => {
      const numbers = Float64Array.from(hashedSample(rows, classes, s), (value) => Math.exp(3 * value));
      return Float32Array.from(numbers, (weight, at) => {
        const first = at - (at % classes);
        return weight / numbers.subarray(first, first + classes).reduce((sum, each) => sum + each, 0);
      });
    };
    const asked = Int32Array.from({ length: n }, (_, row) => row % classes);
    const samples = judgedRows(hashedSample(n, d, sample), d, weights(n, sample), asked);
    const data = judgedRows(hashedSample(m, d, sample + 1), d, weights(m, sample + 1));
    it.each(Object.entries(expected))(`%s, n = ${n}, m = ${m}, d = ${d}`, (name, value) => {
      // Shares are counts; means of float32 probabilities and of the eigenvalues of covariances are float64.
      expect(evaluate(name as JudgeName, engineOf(), samples, data).value).toBeCloseTo(value, 5);
    });
  }
});

describeEnginesThoroughly("every judge", (engineOf) => {
  it.each(names)("%s does not depend on the order of rows, and repeats with its seed", (name) => {
    const engine = engineOf();
    const [samples, data] = [drawn(engine, 60, 3, 1), drawn(engine, 60, 3, 2, { shift: 0.5 })];
    const order = Array.from({ length: 60 }, (_, row) => (row * 7 + 3) % 60);
    const there = evaluate(name, engine, samples, data);
    expect(evaluate(name, engine, permuted(samples, order), permuted(data, order)).value).toBeCloseTo(there.value, 6);
    expect(evaluate(name, engine, samples, data)).toEqual(there);
    expect(there.low).toBeLessThanOrEqual(there.value);
    expect(there.high).toBeGreaterThanOrEqual(there.value);
  });

  const best: Partial<Record<JudgeName, number>> = {
    classifierFrechet: 0,
    precision: 1,
    recall: 1,
    // Each row lies in its own ball and in those of which it is one of the five nearest: six for each ball.
    density: 6 / 5,
    coverage: 1,
    classHistogram: 0,
    conditionalAccuracy: 1,
  };
  it.each(Object.entries(best))(
    "%s of the data themselves is %d, and of samples far away it is worse",
    (key, value) => {
      const [engine, name] = [engineOf(), key as JudgeName];
      const data = drawn(engine, 80, 3, 1);
      expect(evaluate(name, engine, data, data).value).toBeCloseTo(value, 5);
      const all = { ...judgedRows(gaussianSample(engine, 80, 3, 2, { shift: 50 }), 3, oneHot(new Int32Array(80), 4)) };
      const away = evaluate(name, engine, { ...all, asked: data.predicted }, data).value;
      if (judges[name].better === "lower") expect(away).toBeGreaterThan(value + 0.1);
      else expect(away).toBeLessThan(value - 0.1);
    },
  );

  it.each(names)("%s refuses rows that do not fit, and names the row of a NaN", (name) => {
    const engine = engineOf();
    const good = drawn(engine, 20, 3, 1);
    const bad = { ...good, features: good.features.slice() };
    bad.features[3 * 7 + 1] = Number.NaN;
    const call = (samples: JudgedRows, data: JudgedRows) => () =>
      judges[name].evaluate(engine, samples, data, { seed: 1 });
    expect(call(good, bad)).toThrow("data.features: row 7, column 1 is NaN; samples must be finite");
    expect(call({ ...good, predicted: new Int32Array(19) }, good)).toThrow(
      "samples.predicted must have 20 entries, got 19",
    );
    expect(call(good, drawn(engine, 20, 2, 1))).toThrow("samples.featureWidth");
    expect(call(good, { ...good, probabilities: oneHot(good.predicted, 5) })).toThrow("classes of samples");
  });

  it.each(names)("%s lives with two rows and with rows that are all the same", (name) => {
    const engine = engineOf();
    const same = judgedRows(new Float32Array(24).fill(3), 3, oneHot(new Int32Array(8), 2), new Int32Array(8));
    const two = judgedRows(Float32Array.of(0, 0, 0, 1, 1, 1), 3, oneHot([0, 1], 2), Int32Array.of(0, 0));
    for (const [samples, data] of [
      [same, same],
      [two, same],
      [same, two],
      [two, two],
    ]) {
      const { value, low, high } = evaluate(name, engine, samples, data);
      expect([value, low, high].every(Number.isFinite)).toBe(true);
    }
  });
});

describeEnginesThoroughly("closed forms", (engineOf) => {
  it("classifierFrechet of two samples is that of their Gaussians: |mean|^2 + d (scale - 1)^2", () => {
    const engine = engineOf();
    const data = drawn(engine, 5000, 2, 1);
    const samples = drawn(engine, 5000, 2, 2, { shift: 2, scale: 1.5 });
    // Its standard error is about 2 * 2 sqrt((1 + 1.5^2) / 5000) = 0.1; 4 of them.
    expect(Math.abs(evaluate("classifierFrechet", engine, samples, data).value - 4.5)).toBeLessThan(0.4);
  });

  it("inceptionScore is the number of classes that are found equally often, and 1 where all rows look alike", () => {
    const engine = engineOf();
    const features = gaussianSample(engine, 60, 2, 1);
    const places = Int32Array.from({ length: 60 }, (_, row) => row % 5);
    const sharp = judgedRows(features, 2, oneHot(places, 5));
    expect(evaluate("inceptionScore", engine, sharp, sharp).value).toBeCloseTo(5, 5);
    const flat = judgedRows(features, 2, new Float32Array(300).fill(0.2));
    expect(evaluate("inceptionScore", engine, flat, flat).value).toBeCloseTo(1, 5);
  });

  it("density and coverage of equal laws have the means of Naeem et al., lemmas 1 and 2, whatever the law", () => {
    const engine = engineOf();
    const [rows, k, repeats] = [40, 5, 60];
    // 1 - (N - 1) ... (N - k) / ((N + M - 1) ... (N + M - k)) of N rows of data and M samples.
    const missed = Array.from({ length: k }, (_, i) => (rows - 1 - i) / (2 * rows - 1 - i));
    const expected = { density: 1, coverage: 1 - missed.reduce((product, factor) => product * factor, 1) };
    for (const name of ["density", "coverage"] as const) {
      const values = Float64Array.from({ length: repeats }, (_, repeat) => {
        const [samples, data] = [0, 1].map((which) => drawn(engine, rows, 3, 2 * repeat + which));
        return evaluate(name, engine, samples, data).value;
      });
      const mean = values.reduce((sum, value) => sum + value, 0) / repeats;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (repeats - 1);
      expect(Math.abs(mean - expected[name])).toBeLessThan(4 * Math.sqrt(variance / repeats));
    }
  });

  it("precision sees what is not in the data, recall what is not in the samples", () => {
    const engine = engineOf();
    const [left, right] = [gaussianSample(engine, 100, 2, 1), gaussianSample(engine, 100, 2, 2, { shift: 100 })];
    const both = Float32Array.from([...left, ...right]);
    const few = judgedRows(Float32Array.from([...left, ...left]), 2, oneHot(new Int32Array(200), 2));
    const all = judgedRows(both, 2, oneHot(new Int32Array(200), 2));
    expect(evaluate("precision", engine, few, all).value).toBe(1);
    expect(evaluate("recall", engine, few, all).value).toBe(0.5);
    expect(evaluate("precision", engine, all, few).value).toBe(0.5);
    expect(evaluate("coverage", engine, few, all).value).toBe(0.5);
  });

  it("conditionalAccuracy has nothing to say of samples that nobody asked for a class", () => {
    const { asked: _, ...unasked } = drawn(engineOf(), 20, 2, 1);
    expect(judges.conditionalAccuracy.evaluate(engineOf(), unasked, unasked, { seed: 1 })).toBeNull();
  });
});

describe("intervals", () => {
  const seeds = 120;
  const classes = [0.4, 0.3, 0.2, 0.1];
  /** Probability of the class that is found: KL differs from class to class, so that its first order is what varies. */
  const sure = [0.95, 0.5, 0.9, 0.6];
  /** Rows of random classes, four that a classifier is more or less sure of. */
  const classified = (engine: Engine, rows: number, seed: number, shares: readonly number[]) => {
    const random = new RandomStream(engine, { seed, purpose: Purpose.targetLabel });
    const places = Int32Array.from({ length: rows }, () => {
      let [place, rest] = [0, random.uniform()];
      while (place < 3 && rest > shares[place]) rest -= shares[place++];
      return place;
    });

    const probabilities = Float32Array.from({ length: 4 * rows }, (_, at) => {
      const place = places[Math.floor(at / 4)];
      return at % 4 === place ? sure[place] : (1 - sure[place]) / 3;
    });
    return judgedRows(
      gaussianSample(engine, rows, 3, seed),
      3,
      probabilities,
      Int32Array.from(places, (_, i) => i % 4),
    );
  };
  const kl = () => {
    const p = (place: number, k: number) => (k === place ? sure[place] : (1 - sure[place]) / 3);
    const mean = [0, 1, 2, 3].map((k) => classes.reduce((sum, share, place) => sum + share * p(place, k), 0));
    return classes.reduce(
      (sum, share, place) =>
        sum + share * mean.reduce((inner, m, k) => inner + p(place, k) * Math.log(p(place, k) / m), 0),
      0,
    );
  };
  const truth: Partial<Record<JudgeName, number>> = {
    inceptionScore: Math.exp(kl()),
    classHistogram: 0.3,
    conditionalAccuracy: 0.25,
  };

  it.each(Object.entries(truth))("%s: 19 in 20 hold the value of the law", async (name, value) => {
    const engine = await simdEngine();
    let held = 0;
    for (let seed = 0; seed < seeds; seed++) {
      const samples = classified(engine, 150, 2 * seed, classes);
      const data = classified(engine, 150, 2 * seed + 1, [0.1, 0.3, 0.2, 0.4]);
      const { low, high } = evaluate(name as JudgeName, engine, samples, data, seed);
      if (low <= value && value <= high) held++;
    }
    const [least, most] = binomialLimits(seeds, 0.95, 0.02);
    expect(held).toBeGreaterThanOrEqual(least);
    expect(held).toBeLessThanOrEqual(most);
  });

  it.each(["precision", "density"] as const)("%s: 19 in 20 hold the mean over samples, of these data", async (name) => {
    const engine = await simdEngine();
    const data = drawn(engine, 150, 3, 5000);
    const estimates = Array.from({ length: seeds }, (_, seed) =>
      evaluate(name, engine, drawn(engine, 150, 3, seed, { shift: 1.5 }), data, seed),
    );
    const mean = estimates.reduce((sum, { value }) => sum + value, 0) / seeds;
    const held = estimates.filter(({ low, high }) => low <= mean && mean <= high).length;
    const [least, most] = binomialLimits(seeds, 0.95, 0.02);
    expect(held).toBeGreaterThanOrEqual(least);
    expect(held).toBeLessThanOrEqual(most);
  });
});
