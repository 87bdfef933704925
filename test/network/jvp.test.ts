import fc from "fast-check";
import { expect, it } from "vitest";
import { type ParameterizationName, parameterizations } from "../../src/diffusion/parameterizations/index.js";
import { type Engine, nullPointer } from "../../src/kernels/index.js";
import { noiseFeatures } from "../../src/network/levels.js";
import { MlpSession } from "../../src/network/mlp.js";
import { activations } from "../../src/network/network-fields.js";
import { ScoreNetwork } from "../../src/network/score-network.js";
import { layoutOf, type NetworkSpec } from "../../src/network/spec.js";
import { maskedCopy } from "../../src/pruning/expand.js";
import { extract } from "../../src/pruning/extract.js";
import { describeEngines } from "../support/engines.js";
import { jacobiansOf, jvpOf, levelAtLogSnr } from "../support/jvp.js";
import { arbitraryMask, networkOf } from "../support/networks.js";
import { testNumbers } from "../support/numbers.js";
import { referenceForward, referenceTangent } from "../support/reference-mlp.js";
import { createDebugEngine } from "../support/test-builds.js";

const names = Object.keys(parameterizations) as ParameterizationName[];

const specs: fc.Arbitrary<NetworkSpec> = fc
  .record({
    dimension: fc.integer({ min: 1, max: 9 }),
    hidden: fc.array(fc.constantFrom(1, 5, 8, 16, 21), { minLength: 1, maxLength: 4 }),
    activation: fc.constantFrom(...activations),
    residual: fc.boolean(),
    noiseFeatures: fc.constantFrom(2, 4, 6),
    parameterization: fc.constantFrom(...names),
    sigmaData: fc.constantFrom(0.5, 1, 3),
  })
  .map(networkOf);

const scaledParameters = (spec: NetworkSpec) => testNumbers(layoutOf(spec).size, 5).map((value) => 0.4 * value);

/** Output and J v of each row in float64, from the definition. */
function reference(
  engine: Engine,
  { spec, parameters }: ScoreNetwork,
  x: Float32Array,
  v: Float32Array,
  logSnr: number,
) {
  const { dimension: d } = spec;
  const features = noiseFeatures(engine, Float64Array.of(logSnr), spec.noiseFeatures);
  const { cIn, cSkip, cOut } = parameterizations[spec.parameterization].at(levelAtLogSnr(logSnr), spec.sigmaData);
  return Array.from({ length: x.length / d }, (_, row) => {
    const [point, along] = [x, v].map((values) => Array.from(values.subarray(row * d, (row + 1) * d)));
    const input = [...point.map((value) => cIn * value), ...features];
    const tangent = [...along.map((value) => cIn * value), ...features.map(() => 0)];
    const { product } = referenceTangent(spec, parameters, input, tangent);
    return product.map((value, j) => cSkip * along[j] + cOut * value);
  }).flat();
}

/** Sums of at most 21 products of order 1 in at most 5 layers, and as many in the layers below: some hundred roundings of 2^-24. */
const roundings = 3e-5;

function expectReference(engine: Engine, network: ScoreNetwork, rows: number, logSnr: number): void {
  const { dimension } = network;
  const [x, v] = [testNumbers(rows * dimension, 7), testNumbers(rows * dimension, 8)];
  const { denoised, plain, products } = jvpOf(engine, network, x, v, levelAtLogSnr(logSnr));
  expect(denoised).toEqual(plain);
  const want = reference(engine, network, x, v, logSnr);
  const size = want.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  products.forEach((value, at) => {
    expect(Math.abs(value - want[at])).toBeLessThan(roundings * size);
  });
}

it("is the slope of the network along the tangent: the reference agrees with central differences", () => {
  for (const activation of activations) {
    for (const residual of [false, true]) {
      const spec = networkOf({ hidden: [7, 7, 5], activation, residual });
      const parameters = Float64Array.from(scaledParameters(spec));
      const input = testNumbers(spec.dimension + spec.noiseFeatures, 3);
      const tangent = testNumbers(input.length, 4);
      const at = (h: number) =>
        referenceForward(
          spec,
          parameters,
          Array.from(input, (value, j) => value + h * tangent[j]),
        );
      const h = 1e-5;
      const [above, below] = [at(h), at(-h)];
      referenceTangent(spec, parameters, input, tangent).product.forEach((value, j) => {
        // h^2 f''' / 6 and 1e-16 / h.
        expect(value).toBeCloseTo((above[j] - below[j]) / (2 * h), 8);
      });
    }
  }
});

describeEngines("Jacobian-vector products of a network", (engineOf) => {
  it("are those of the float64 network, for every activation and parameterization, and come with the same denoised points", () => {
    const property = fc.property(
      specs,
      fc.integer({ min: 1, max: 70 }),
      fc.double({ min: -6, max: 6, noNaN: true }),
      (spec, rows, logSnr) => {
        expectReference(engineOf(), new ScoreNetwork(spec, scaledParameters(spec)), rows, logSnr);
      },
    );
    fc.assert(property, { numRuns: 100 });
  });

  it.each(names)("%s: are linear in the tangent, and 0 along none", (parameterization) => {
    const spec = networkOf({ hidden: [16, 16], residual: true, parameterization });
    const network = new ScoreNetwork(spec, scaledParameters(spec));
    const level = levelAtLogSnr(0.3);
    const x = testNumbers(3 * 20, 2);
    const d = spec.dimension;
    const jacobians = jacobiansOf(engineOf(), network, x, level);
    const v = testNumbers(3 * 20, 9);
    const { products } = jvpOf(engineOf(), network, x, v, level);
    products.forEach((value, at) => {
      const row = Math.floor(at / d);
      let sum = 0;
      for (let j = 0; j < d; j++) sum += jacobians[at * d + j] * v[row * d + j];
      expect(Math.abs(value - sum)).toBeLessThan(1e-5 * Math.max(1, Math.abs(sum)));
    });
    expect(jvpOf(engineOf(), network, x, new Float32Array(60), level).products.every((value) => value === 0)).toBe(
      true,
    );
  });

  it("of a pruned network are those of the masked one, extracted or not", () => {
    const property = fc.property(
      specs.chain((spec) => arbitraryMask(spec).map((mask) => ({ spec, mask }))),
      ({ spec, mask }) => {
        const parameters = scaledParameters(spec);
        const masked = new ScoreNetwork(spec, maskedCopy(spec, mask, parameters));
        expectReference(engineOf(), masked, 9, 0.4);
        if (mask.kind !== "structured") return;
        const small = extract(engineOf(), spec, parameters, mask);
        const cut = new ScoreNetwork(small.spec, small.parameters);
        expectReference(engineOf(), cut, 9, 0.4);
        const [x, v] = [testNumbers(9 * spec.dimension, 7), testNumbers(9 * spec.dimension, 8)];
        const [a, b] = [masked, cut].map((network) => jvpOf(engineOf(), network, x, v, levelAtLogSnr(0.4)).products);
        const size = a.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
        a.forEach((value, at) => {
          expect(Math.abs(value - b[at])).toBeLessThan(roundings * size);
        });
      },
    );
    fc.assert(property, { numRuns: 40 });
  });

  it("of a row have the same bytes in any batch", () => {
    const spec = networkOf({ hidden: [130, 130], residual: true, parameterization: "edm" });
    const network = new ScoreNetwork(
      spec,
      scaledParameters(spec).map((value) => 0.2 * value),
    );
    const [x, v] = [testNumbers(3 * 500, 3), testNumbers(3 * 500, 4)];
    const level = levelAtLogSnr(0.7);
    const whole = jvpOf(engineOf(), network, x, v, level).products;
    const part = jvpOf(engineOf(), network, x.slice(300, 633), v.slice(300, 633), level).products;
    expect(part).toEqual(whole.slice(300, 633));
  });

  it("need inference mode", () => {
    engineOf().arena.scope(() => {
      const session = new MlpSession(engineOf(), networkOf(), 4, "training");
      const none = nullPointer;
      expect(() => session.forwardTangents(none, none, 1, none, none)).toThrow(/levels need "inference"/);
    });
  });
});

it("stay inside the memory they are given", async () => {
  const engine = await createDebugEngine();
  for (const hidden of [[13], [8, 21], [16, 16, 5]]) {
    const spec = networkOf({ hidden, residual: true });
    expectReference(engine, new ScoreNetwork(spec, scaledParameters(spec)), 61, -0.5);
  }
});
