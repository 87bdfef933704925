import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.js";
import { ClassifierNetwork } from "../../src/judges/classifier-network.js";
import { classify } from "../../src/judges/classify.js";
import { crossEntropy } from "../../src/judges/cross-entropy.js";
import { trainClassifier } from "../../src/judges/train-classifier.js";
import type { Engine } from "../../src/kernels/index.js";
import { describeEngines, simdEngine } from "../support/engines.js";
import { gaussianSample, hashedSample } from "../support/samples.js";

/** Two Gaussians 4 apart, labelled 7 and -2. */
function twoClasses(engine: Engine, rows: number, seed: number): Dataset {
  const [a, b] = [0, 4].map((shift, which) => gaussianSample(engine, rows / 2, 3, 2 * seed + which, { shift }));
  const labels = Int32Array.from({ length: rows }, (_, row) => (row < rows / 2 ? 7 : -2));
  return { points: Float32Array.from([...a, ...b]), dimension: 3, labels };
}

const small = { hidden: [16, 8], epochs: 20, batchSize: 16, learningRate: 0.01 };

describeEngines("a classifier", (engineOf) => {
  it("has the gradient of its loss", () => {
    const engine = engineOf();
    const widths = [5, 7, 6, 4];
    const labels = [3, 0, 2];
    engine.arena.scope(() => {
      const network = new ClassifierNetwork(engine, widths, 3);
      const input = engine.arena.copyIn(hashedSample(3, 5, 2));
      const start = hashedSample(network.parameters.length, 1, 1).map((value) => value - 0.5);
      const lossOf = (parameters: Float32Array) => {
        network.parameters.array.set(parameters);
        network.pack();
        network.forward(input.pointer, 3);
        return crossEntropy(engine, network.logits, labels);
      };
      lossOf(start);
      network.backward(input.pointer, 3);
      const gradient = network.gradient.array.slice();
      const step = 2 ** -6;
      start.forEach((value, at) => {
        const moved = (by: number) => lossOf(start.with(at, value + by));
        // Central differences with Richardson's step: what is left of order h^4, and float32 rounding over h.
        const slope = (h: number) => (moved(h) - moved(-h)) / (2 * h);
        expect((4 * slope(step) - slope(2 * step)) / 3).toBeCloseTo(gradient[at], 3);
      });
    });
  });

  it("learns classes that can be told apart, by whatever labels they have", () => {
    const engine = engineOf();
    const classifier = trainClassifier(engine, twoClasses(engine, 200, 1), { ...small, seed: 1 });
    expect([...classifier.classes]).toEqual([-2, 7]);
    expect(classifier.widths).toEqual([3, 16, 8, 2]);
    const fresh = twoClasses(engine, 1000, 2);
    const { predicted, features, probabilities, featureWidth } = classify(engine, classifier, fresh.points);
    const right = predicted.filter((place, row) => classifier.classes[place] === fresh.labels?.[row]).length;
    // The best rule is right with probability Phi(2) = 0.977; its standard error over 1000 rows is 0.005.
    expect(right / 1000).toBeGreaterThan(0.955);
    expect([features.length, featureWidth]).toEqual([8000, 8]);
    predicted.forEach((place, row) => {
      const [p, q] = probabilities.subarray(2 * row, 2 * row + 2);
      expect(p + q).toBeCloseTo(1, 6);
      expect(place).toBe(q > p ? 1 : 0);
    });
  });

  it("sees a row the same way in whatever batch it is", () => {
    const engine = engineOf();
    const classifier = trainClassifier(engine, twoClasses(engine, 60, 1), { ...small, epochs: 2, seed: 1 });
    const { points } = twoClasses(engine, 1200, 3);
    const all = classify(engine, classifier, points);
    const one = classify(engine, classifier, points.subarray(3 * 1100, 3 * 1101));
    expect(one.features).toEqual(all.features.subarray(8 * 1100, 8 * 1101));
    expect(one.probabilities).toEqual(all.probabilities.subarray(2 * 1100, 2 * 1101));
  });

  it("is a function of rows and seed", () => {
    const engine = engineOf();
    const train = (seed: number) => trainClassifier(engine, twoClasses(engine, 60, 1), { ...small, epochs: 2, seed });
    expect(train(1)).toEqual(train(1));
    expect(train(2).parameters).not.toEqual(train(1).parameters);
  });

  it("knows an image that was shifted, and does not shift rows that are none", () => {
    const engine = engineOf();
    /** A dot in the left or in the right half of a 4 x 8 image, always in its second row. */
    const dots = (row: number): Dataset => {
      const points = new Float32Array(6 * 32);
      for (let i = 0; i < 6; i++) points[i * 32 + row * 8 + (i < 3 ? 1 + (i % 2) : 5 + (i % 2))] = 1;
      return { points, dimension: 32, labels: Int32Array.of(0, 0, 0, 1, 1, 1) };
    };
    const options = { hidden: [16], epochs: 60, batchSize: 6, learningRate: 0.02, seed: 1 };
    const images = trainClassifier(engine, { ...dots(1), imageShape: [4, 8] }, { ...options, shift: 1 });
    expect([...classify(engine, images, dots(2).points).predicted]).toEqual([0, 0, 0, 1, 1, 1]);
    const rows = (shift: number) => trainClassifier(engine, dots(1), { ...options, epochs: 3, shift });
    expect(rows(1)).toEqual(rows(0));
  });
});

describe("a classifier in use", () => {
  it("refuses what it cannot learn from", async () => {
    const engine = await simdEngine();
    const { labels: _, ...unlabelled } = twoClasses(engine, 20, 1);
    const train =
      (dataset: Dataset, options = {}) =>
      () =>
        trainClassifier(engine, dataset, { seed: 1, ...options });
    expect(train(unlabelled)).toThrow("dataset.labels must be there: a classifier learns them, got undefined");
    const one = { ...unlabelled, labels: new Int32Array(20) };
    expect(train(one)).toThrow("dataset.labels must be of 2 to 1000 classes, got 1");
    expect(train(twoClasses(engine, 20, 1), { hidden: [8, 0] })).toThrow("options.hidden[1] must");
    const large = { hidden: [8], epochs: 30, learningRate: 1e30 };
    expect(train(twoClasses(engine, 20, 1), large)).toThrow(
      expect.objectContaining({
        code: "FEDSCORE_NON_FINITE",
        message: expect.stringContaining("the classifier diverged"),
      }),
    );
  });
});
