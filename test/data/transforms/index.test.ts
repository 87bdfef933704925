import fc from "fast-check";
import { expect, it } from "vitest";
import { clientMoments, type Moments } from "../../../src/data/moments.js";
import {
  compose,
  fitTransforms,
  type TransformSpec,
  transformFromJSON,
  transforms,
} from "../../../src/data/transforms/index.js";
import type { Engine } from "../../../src/kernels/index.js";
import { expectDataError } from "../../support/damage.js";
import { describeEngines } from "../../support/engines.js";
import { arbitrarySpecIn } from "../../support/specs.js";
import { reproducesGoldenTransform } from "./golden.js";

const [count, dimension] = [60, 5];
/** Correlated columns of unequal scale; the last one is constant. */
const points = Float32Array.from({ length: count * dimension }, (_, at) => {
  const [row, column] = [Math.floor(at / dimension), at % dimension];
  if (column === dimension - 1) return 7;
  const noise = ((row * 37 + column * 11) * 7919) % 101;
  return noise * (column + 1) * 0.1 + row * 0.3 - 5;
});
const allRows = Uint32Array.from({ length: count }, (_, row) => row);
const momentsOf = (engine: Engine, rows: Float32Array = points, width = dimension) =>
  clientMoments(engine, rows, width, allRows);

/** Transforms that project nothing away. */
const steps = arbitrarySpecIn(transforms).map((spec) =>
  "components" in spec ? { ...spec, components: dimension } : spec,
);
const pipelines = fc.array(steps, { maxLength: 3 });

/** Largest |a - b|, in units of the largest |b|. */
function relativeError(a: Float32Array, b: Float32Array): number {
  expect(a).toHaveLength(b.length);
  const largest = b.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return a.reduce((max, value, index) => Math.max(max, Math.abs(value - b[index])), 0) / largest;
}

function expectSameMoments(found: Moments, expected: Moments, tolerance: number): void {
  const largest = expected.second.reduce((max, value) => Math.max(max, Math.abs(value)), 1);
  found.second.forEach((value, index) => {
    expect(Math.abs(value - expected.second[index]) / largest).toBeLessThan(tolerance);
  });
}

describeEngines("transforms", (engineOf) => {
  reproducesGoldenTransform(engineOf);

  it("are undone by inverse, where nothing was projected away", () => {
    fc.assert(
      fc.property(pipelines, (specs) => {
        const transform = fitTransforms(engineOf(), specs, momentsOf(engineOf()));
        // Up to 6 roundings to float32 and 3 products of depth 5, whose scales span two powers of ten.
        expect(relativeError(transform.inverse(transform.forward(points)), points)).toBeLessThan(
          100 * (6 + 3 * 5) * 2 ** -24,
        );
      }),
      { numRuns: 50 },
    );
  });

  it("carry moments as they carry points", () => {
    fc.assert(
      fc.property(pipelines, (specs) => {
        const transform = fitTransforms(engineOf(), specs, momentsOf(engineOf()));
        const direct = momentsOf(engineOf(), transform.forward(points), transform.outputDimension);
        expectSameMoments(transform.moments(momentsOf(engineOf())), direct, 100 * (6 + 3 * 5) * 2 ** -24);
      }),
      { numRuns: 50 },
    );
  });

  it("come back from their JSON with the same bytes", () => {
    fc.assert(
      fc.property(pipelines, (specs) => {
        const transform = fitTransforms(engineOf(), specs, momentsOf(engineOf()));
        const text = JSON.stringify(transform);
        const restored = transformFromJSON(engineOf(), JSON.parse(text), "result.json");
        const forward = transform.forward(points);
        expect(restored.forward(points)).toEqual(forward);
        expect(restored.inverse(forward)).toEqual(transform.inverse(forward));
        expect(restored.name).toBe(transform.name);
        expect(JSON.stringify(restored)).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  it("change nothing when there are none", () => {
    const identity = fitTransforms(engineOf(), [], momentsOf(engineOf()));
    expect(identity).toMatchObject({ name: "identity", inputDimension: dimension, outputDimension: dimension });
    expect(identity.forward(points)).toEqual(points);
    expect(identity.forward(points)).not.toBe(points);
  });

  it("fit each from what comes before it", () => {
    const specs: TransformSpec[] = [
      { kind: "pca", components: 2 },
      { kind: "standardize", scale: "global" },
    ];
    const transform = fitTransforms(engineOf(), specs, momentsOf(engineOf()));
    expect(transform).toMatchObject({ name: "pca + standardize", inputDimension: dimension, outputDimension: 2 });
    const mapped = transform.forward(points);
    const square = mapped.reduce((sum, value) => sum + value * value, 0) / mapped.length;
    expect(square).toBeCloseTo(1, 5);
    const first = fitTransforms(engineOf(), specs.slice(0, 1), momentsOf(engineOf()));
    expect(transform.explained).toBe(first.explained);
    expect(transform.explained).toBeLessThan(1);
  });

  it("refuse unknown kinds, empty data and points of another width", () => {
    const moments = momentsOf(engineOf());
    // @ts-expect-error: not a kind of transform.
    expect(() => fitTransforms(engineOf(), [{ kind: "log" }], moments)).toThrow(
      'transforms[0].kind must be one of "standardize" or "pca", got "log"',
    );
    expect(() => fitTransforms(engineOf(), [], { ...moments, count: 0 })).toThrow(
      "moments.count must be an integer >= 1, got 0",
    );
    expect(() => fitTransforms(engineOf(), [{ kind: "pca", components: 6 }], moments)).toThrow(
      "transforms[0].components must be an integer in [1, 5], got 6",
    );
    for (const kind of ["standardize", "pca"] as const) {
      const transform = fitTransforms(engineOf(), [kind === "pca" ? { kind, components: 1 } : { kind }], moments);
      expect(() => transform.forward(new Float32Array(7))).toThrow("points must have a multiple of 5 numbers, got 7");
    }
    const narrow = fitTransforms(engineOf(), [{ kind: "pca", components: 2 }], moments);
    expect(() => compose(dimension, [narrow, narrow])).toThrow(
      "steps[1].inputDimension must be 2, what comes before it gives, got 5",
    );
  });

  it("say what is wrong in a damaged file", () => {
    const fitted = fitTransforms(
      engineOf(),
      [{ kind: "pca", components: 2 }, { kind: "standardize" }],
      momentsOf(engineOf()),
    );
    const {
      kind,
      dimension: width,
      steps: [pca, standardize],
    } = JSON.parse(JSON.stringify(fitted));
    const restore = (data: unknown) => () => transformFromJSON(engineOf(), data, "result.json");
    expect(restore(null)).toThrow("result.json, transform: expected an object with a kind, found null");
    expect(restore({ kind: "log" })).toThrow(
      'result.json, transform, kind: expected one of compose, standardize, pca, found "log"',
    );
    expect(restore({ kind, dimension: width })).toThrow(
      "transform compose, steps: expected an array of transforms, found undefined",
    );
    expect(restore({ kind, dimension: 4, steps: [pca] })).toThrow(
      "transform compose, steps[0].dimension: expected 4, found 5",
    );
    expect(restore({ ...pca, components: 6 })).toThrow(
      "result.json, transform pca, components: expected an integer in [1, 5], found 6",
    );
    expect(restore({ ...pca, whiten: 1 })).toThrow("transform pca, whiten: expected true or false, found 1");
    expect(restore({ ...pca, axes: pca.mean })).toThrow(
      "transform pca, axes: expected 10 finite float32 numbers in base64",
    );
    expect(restore({ ...pca, mean: "AAAAA===" })).toThrow(
      "transform pca, mean: expected 5 finite float32 numbers in base64",
    );
    expect(restore({ ...pca, variances: [1, -1] })).toThrow(
      "transform pca, variances: expected an array of 2 numbers >= 0",
    );
    expect(restore({ ...pca, totalVariance: null })).toThrow(
      "transform pca, totalVariance: expected a number >= 0, found null",
    );
    expect(restore({ ...standardize, scale: btoa("\0".repeat(8)) })).toThrow(
      "transform standardize, scale: expected 2 numbers > 0",
    );
    expect(restore({ ...standardize, mean: btoa("\xff".repeat(8)) })).toThrow(
      "transform standardize, mean: expected 2 finite float32",
    );
  });

  it("restore or throw FEDSCORE_INVALID_DATA, whatever a field became", () => {
    const fitted = fitTransforms(
      engineOf(),
      [{ kind: "pca", components: 2 }, { kind: "standardize" }],
      momentsOf(engineOf()),
    );
    const data = JSON.parse(JSON.stringify(fitted));
    const places = [data, ...data.steps].flatMap((object, step) => Object.keys(object).map((key) => ({ step, key })));
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 2 }), ({ step, key }, value) => {
        const copy = structuredClone(data);
        [copy, ...copy.steps][step][key] = value;
        try {
          transformFromJSON(engineOf(), copy, "result.json");
        } catch (error) {
          expectDataError(error, "result.json");
        }
      }),
      { numRuns: 500 },
    );
  });
});
