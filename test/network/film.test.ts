import fc from "fast-check";
import { expect, it } from "vitest";
import { type Engine, nullPointer } from "../../src/kernels/index.js";
import { networkFloat64 } from "../../src/network/float64-network.js";
import { noiseFeatures } from "../../src/network/levels.js";
import { MlpSession } from "../../src/network/mlp.js";
import { activations } from "../../src/network/network-fields.js";
import { ScoreNetwork } from "../../src/network/score-network.js";
import { conditionWidth, layoutOf, type NetworkSpec } from "../../src/network/spec.js";
import { describeEngines } from "../support/engines.js";
import { jvpOf, levelAtLogSnr } from "../support/jvp.js";
import { arbitraryConditioning, networkOf } from "../support/networks.js";
import { testNumbers } from "../support/numbers.js";
import { referenceForward, referenceTangent } from "../support/reference-mlp.js";

const films = arbitraryConditioning.filter(({ conditioning }) => conditioning === "film");

const specs: fc.Arbitrary<NetworkSpec> = fc
  .record({
    dimension: fc.integer({ min: 1, max: 9 }),
    hidden: fc.array(fc.constantFrom(5, 8, 16, 21), { minLength: 1, maxLength: 4 }),
    activation: fc.constantFrom(...activations),
    residual: fc.boolean(),
    noiseFeatures: fc.constantFrom(2, 4, 6),
    film: films,
  })
  .map(({ film, ...spec }) => networkOf({ ...spec, ...film }));

const parametersOf = (spec: NetworkSpec) => testNumbers(layoutOf(spec).size, 5).map((value) => 0.4 * value);

/** Features of a level, then 1 for the class, K for none. */
function conditionOf(engine: Engine, spec: NetworkSpec, logSnr: number, label = spec.classes ?? 0): number[] {
  const features = Array.from(noiseFeatures(engine, Float64Array.of(logSnr), spec.noiseFeatures));
  if (spec.classes === undefined) return features;
  return [...features, ...Array.from({ length: spec.classes + 1 }, (_, k) => (k === label ? 1 : 0))];
}

/** Gradient of sum(output * outputGradient), with its output. */
function trained(engine: Engine, spec: NetworkSpec, batch: number, conditions: Float32Array) {
  return engine.arena.scope(() => {
    const session = new MlpSession(engine, spec, batch, "training");
    session.parameters.array.set(parametersOf(spec));
    session.pack();
    const [input, condition] = [testNumbers(batch * spec.dimension, 3), conditions].map((values) =>
      engine.arena.copyIn(values),
    );
    const output = engine.arena.floats(batch * spec.dimension);
    session.forward(input.pointer, batch, output.pointer, condition.pointer);
    const result = output.array.slice();
    session.gradient.array.fill(Number.NaN);
    const outputGradient = engine.arena.copyIn(testNumbers(batch * spec.dimension, 4));
    session.backward(input.pointer, batch, outputGradient.pointer, condition.pointer);
    return { output: result, gradient: session.gradient.array.slice() };
  });
}

function lossAt(spec: NetworkSpec, parameters: Float64Array, batch: number, conditions: Float32Array): number {
  const { dimension: d } = spec;
  const width = conditionWidth(spec);
  const [input, outputGradient] = [testNumbers(batch * d, 3), testNumbers(batch * d, 4)];
  let sum = 0;
  for (let row = 0; row < batch; row++) {
    const condition = conditions.subarray(row * width, (row + 1) * width);
    referenceForward(spec, parameters, input.subarray(row * d, (row + 1) * d), condition).forEach((value, j) => {
      sum += value * outputGradient[row * d + j];
    });
  }
  return sum;
}

describeEngines("modulated networks", (engineOf) => {
  it("give what the definition gives, and its gradient", () => {
    fc.assert(
      fc.property(specs, fc.integer({ min: 1, max: 7 }), (spec, batch) => {
        const engine = engineOf();
        const conditions = testNumbers(batch * conditionWidth(spec), 9);
        const { output, gradient } = trained(engine, spec, batch, conditions);
        const parameters = Float64Array.from(parametersOf(spec));
        const { dimension: d } = spec;
        const input = testNumbers(batch * d, 3);
        const width = conditionWidth(spec);
        output.forEach((value, at) => {
          const row = Math.floor(at / d);
          const condition = conditions.subarray(row * width, (row + 1) * width);
          const want = referenceForward(spec, parameters, input.subarray(row * d, (row + 1) * d), condition)[at % d];
          expect(Math.abs(value - want)).toBeLessThan(1e-4);
        });
        const { entries } = layoutOf(spec);
        for (const { offset, length } of entries) {
          const index = offset + ((7919 * batch) % length);
          const [above, below] = [1e-5, -1e-5].map((step) => {
            const moved = parameters.slice();
            moved[index] += step;
            return lossAt(spec, moved, batch, conditions);
          });
          const difference = (above - below) / 2e-5;
          // A kink of relu between the two points makes the difference meaningless.
          if (spec.activation === "relu") continue;
          expect(Math.abs(gradient[index] - difference)).toBeLessThan(2e-4 * Math.max(1, Math.abs(difference)));
        }
      }),
      { numRuns: 40 },
    );
  });

  it("denoise each row by its class, with the Jacobian of it", () => {
    fc.assert(
      fc.property(specs, fc.double({ min: -4, max: 4, noNaN: true }), (spec, logSnr) => {
        const engine = engineOf();
        const rows = 5;
        const { dimension: d, classes = 0 } = spec;
        const labels = Uint32Array.from({ length: rows }, (_, row) => row % (classes + 1));
        const parameters = parametersOf(spec);
        const network = new ScoreNetwork(
          { ...spec, parameterization: "x0" },
          parameters,
          spec.classes === undefined ? undefined : { first: 0, classes: labels, guidance: { scale: 1 } },
        );
        const [x, v] = [testNumbers(rows * d, 7), testNumbers(rows * d, 8)];
        const { denoised, products } = jvpOf(engine, network, x, v, levelAtLogSnr(logSnr));
        for (let row = 0; row < rows; row++) {
          const [point, along] = [x, v].map((values) => values.subarray(row * d, (row + 1) * d));
          const want = referenceTangent(spec, parameters, point, along, conditionOf(engine, spec, logSnr, labels[row]));
          want.output.forEach((value, j) => {
            expect(Math.abs(denoised[row * d + j] - value)).toBeLessThan(1e-4);
          });
          const size = want.product.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
          want.product.forEach((value, j) => {
            expect(Math.abs(products[row * d + j] - value)).toBeLessThan(1e-4 * size);
          });
        }
      }),
      { numRuns: 30 },
    );
  });

  it("are the same function in float64", () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const engine = engineOf();
        const level = levelAtLogSnr(-0.4);
        const parameters = parametersOf(spec);
        const { dimension: d } = spec;
        const [x, v] = [testNumbers(d, 7), testNumbers(d, 8)];
        const { denoised, products } = jvpOf(engine, new ScoreNetwork(spec, parameters), x, v, level);
        const wide = networkFloat64(spec, parameters).at(engine, level);
        const [value, jacobian] = [new Float64Array(d), new Float64Array(d * d)];
        wide.denoise(Float64Array.from(x), value);
        wide.jacobian(jacobian);
        const size = jacobian.reduce((most, each) => Math.max(most, Math.abs(each)), 1);
        for (let i = 0; i < d; i++) {
          expect(Math.abs(denoised[i] - value[i])).toBeLessThan(1e-4 * size);
          const product = v.reduce((sum, along, j) => sum + jacobian[i * d + j] * along, 0);
          expect(Math.abs(products[i] - product)).toBeLessThan(1e-4 * size * d);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("give a row the same bytes whatever batch it is in", () => {
    const engine = engineOf();
    const spec = networkOf({ conditioning: "film", normalization: "rms", classes: 3, hidden: [24, 24] });
    const level = levelAtLogSnr(0.3);
    const x = testNumbers(200 * spec.dimension, 2);
    const classes = Uint32Array.from({ length: 200 }, (_, row) => row % 4);
    const run = (first: number, count: number) =>
      engine.arena.scope(() => {
        const session = new ScoreNetwork(spec, parametersOf(spec), { first: 0, classes, guidance: { scale: 2 } }).open(
          engine,
          count,
        );
        session.begin?.(first);
        const at = engine.arena.copyIn(x.subarray(first * spec.dimension, (first + count) * spec.dimension));
        const out = engine.arena.floats(count * spec.dimension);
        session.denoise(at.pointer, count, level, out.pointer);
        return out.array.slice();
      });
    const whole = run(0, 200);
    for (const row of [0, 1, 99, 199]) {
      expect(run(row, 1)).toEqual(whole.slice(row * spec.dimension, (row + 1) * spec.dimension));
    }
  });

  it("refuses normalization and classes without modulation", () => {
    const engine = engineOf();
    for (const change of [{ normalization: "rms" } as const, { classes: 3 }])
      expect(() => new MlpSession(engine, networkOf(change), 1, "training")).toThrow('needs conditioning "film"');
    expect(nullPointer).toBe(0);
  });
});
