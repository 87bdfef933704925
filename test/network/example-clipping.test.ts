import fc from "fast-check";
import { expect, it } from "vitest";
import { atFloat32, type Engine, nullPointer } from "../../src/kernels/index.js";
import { type ClippingRule, ExampleClipping } from "../../src/network/example-clipping.js";
import { MlpSession } from "../../src/network/mlp.js";
import { conditionWidth, hasFilm, layoutOf, type NetworkSpec } from "../../src/network/spec.js";
import { compileMask } from "../../src/pruning/compiled-mask.js";
// python3 test/golden/clipping.py > test/golden/clipping.json      (PyTorch 1.13)
import golden from "../golden/clipping.json" with { type: "json" };
import { describeEngines } from "../support/engines.js";
import { arbitraryNetwork, arbitraryNetworkAndMask, networkOf } from "../support/networks.js";
import { testNumbers } from "../support/numbers.js";

/** A batch of a network: its rows' inputs, conditions and gradients at the output. */
interface Batch {
  readonly parameters: Float32Array;
  readonly input: Float32Array;
  readonly conditions: Float32Array;
  readonly outputGradient: Float32Array;
  readonly rows: number;
}

function batchOf(spec: NetworkSpec, rows: number, seed = 1): Batch {
  const { size, widths } = layoutOf(spec);
  return {
    parameters: testNumbers(size, seed).map((value) => 0.4 * value),
    input: testNumbers(rows * widths[0], seed + 1),
    conditions: testNumbers(hasFilm(spec) ? rows * conditionWidth(spec) : 0, seed + 2),
    // Rows of gradients whose sizes differ by powers of ten.
    outputGradient: testNumbers(rows * spec.dimension, seed + 3).map(
      (value, at) => value * 10 ** ((Math.floor(at / spec.dimension) % 4) - 2),
    ),
    rows,
  };
}

/** Rows [first, first + rows) of a batch. */
function part(spec: NetworkSpec, batch: Batch, first: number, rows: number): Batch {
  const of = (matrix: Float32Array, width: number) => matrix.slice(first * width, (first + rows) * width);
  return {
    parameters: batch.parameters,
    input: of(batch.input, layoutOf(spec).widths[0]),
    conditions: of(batch.conditions, hasFilm(spec) ? conditionWidth(spec) : 0),
    outputGradient: of(batch.outputGradient, spec.dimension),
    rows,
  };
}

/** A batch in an engine's memory, and a session that has its parameters; for the current arena scope. */
function opened(engine: Engine, spec: NetworkSpec, batch: Batch, maxBatch: number) {
  const { arena } = engine;
  const session = new MlpSession(engine, spec, maxBatch, "training");
  session.parameters.array.set(batch.parameters);
  session.pack();
  const [input, conditions, outputGradient] = [batch.input, batch.conditions, batch.outputGradient].map(
    (values) => arena.copyIn(values).pointer,
  );
  const output = arena.floats(maxBatch * spec.dimension).pointer;
  return { session, input, conditions: hasFilm(spec) ? conditions : nullPointer, outputGradient, output };
}

/** The sum of the clipped gradients of a batch, after a forward pass. */
function clippedGradient(engine: Engine, spec: NetworkSpec, batch: Batch, rule: ClippingRule): Float32Array {
  return engine.arena.scope(() => {
    const { rows } = batch;
    const { session, input, conditions, outputGradient, output } = opened(engine, spec, batch, Math.max(1, rows));
    session.forward(input, rows, output, conditions);
    session.gradient.array.fill(Number.NaN);
    const clipping = new ExampleClipping(engine, rule, rows / rule.draws);
    session.backwardClipped(input, rows, outputGradient, clipping, conditions);
    return session.gradient.array.slice();
  });
}

/** The gradient of each row of a batch, by a backward pass of one row. */
function rowGradients(engine: Engine, spec: NetworkSpec, batch: Batch): Float32Array[] {
  const [width, condition] = [layoutOf(spec).widths[0], conditionWidth(spec)];
  return engine.arena.scope(() => {
    const { session, input, conditions, outputGradient, output } = opened(engine, spec, batch, 1);
    return Array.from({ length: batch.rows }, (_, row) => {
      const [from, slope] = [atFloat32(input, row * width), atFloat32(outputGradient, row * spec.dimension)];
      const given = conditions === nullPointer ? nullPointer : atFloat32(conditions, row * condition);
      session.forward(from, 1, output, given);
      session.backward(from, 1, slope, given);
      return session.gradient.array.slice();
    });
  });
}

const norm = (vector: ArrayLike<number>) =>
  Math.sqrt(Array.from(vector).reduce((sum, value) => sum + value * value, 0));

/**
 * The gradients of examples one by one, in float64: sums over their rows. That of the batch is the gradient of a mean over examples: times their number
 * it is that of the example.
 */
function exampleGradients(rows: readonly Float32Array[], draws: number): Float64Array[] {
  const examples = rows.length / draws;
  return Array.from({ length: examples }, (_, example) => {
    const sum = new Float64Array(rows[0].length);
    for (const row of rows.slice(example * draws, (example + 1) * draws)) {
      for (let i = 0; i < sum.length; i++) sum[i] += examples * row[i];
    }
    return sum;
  });
}

const explicitGradients = (engine: Engine, spec: NetworkSpec, batch: Batch, draws: number) =>
  exampleGradients(rowGradients(engine, spec, batch), draws);

/** A plain loop: sum of the gradients, each scaled down to norm C. */
function clippedSum(gradients: readonly Float64Array[], clipNorm: number): Float64Array {
  return gradients.reduce((sum, gradient) => {
    const scale = Math.min(1, clipNorm / norm(gradient));
    return sum.map((value, i) => value + scale * gradient[i]);
  }, new Float64Array(gradients[0].length));
}

/** Half of the norms lie above it. */
function medianNorm(gradients: readonly Float64Array[]): number {
  return gradients.map(norm).sort((a, b) => a - b)[Math.floor(gradients.length / 2)];
}

/** Within 1e-5 of the largest of both, for vectors. */
function expectSame(actual: ArrayLike<number>, expected: ArrayLike<number>, size = norm(expected)) {
  expect(actual.length).toBe(expected.length);
  expect(norm(Array.from(actual, (value, i) => value - expected[i])) / size).toBeLessThan(1e-5);
}

/** Networks of every kind, and submodels that structured masks cut from them. */
const specs = fc.oneof(
  arbitraryNetwork,
  arbitraryNetworkAndMask.map(({ spec, mask }) => compileMask(spec, mask).spec),
);

describeEngines("per-example clipping", (engineOf) => {
  it("knows the norm of each example's gradient: clipped to less it has exactly that norm", () => {
    fc.assert(
      fc.property(specs, fc.constantFrom(1, 2, 5), fc.integer({ min: 1, max: 1000 }), (spec, draws, seed) => {
        const engine = engineOf();
        const batch = batchOf(spec, draws, seed);
        const [gradient] = explicitGradients(engine, spec, batch, draws);
        const size = norm(gradient);
        const above = clippedGradient(engine, spec, batch, { draws, clipNorm: 1.001 * size, factor: 1 });
        expect(Math.abs(norm(above) / size - 1)).toBeLessThan(1e-5);
        const below = clippedGradient(engine, spec, batch, { draws, clipNorm: 0.3 * size, factor: 1 });
        expect(Math.abs(norm(below) / (0.3 * size) - 1)).toBeLessThan(1e-5);
        expectSame(below, clippedSum([gradient], 0.3 * size));
      }),
      { seed: 16, numRuns: 40 },
    );
  });

  it("sums the clipped gradients of a batch as a plain loop does, whatever its size", () => {
    fc.assert(
      fc.property(specs, fc.constantFrom(1, 3), fc.integer({ min: 1, max: 40 }), (spec, draws, examples) => {
        const engine = engineOf();
        const batch = batchOf(spec, draws * examples, 7);
        const gradients = explicitGradients(engine, spec, batch, draws);
        const clipNorm = medianNorm(gradients);
        const sum = clippedGradient(engine, spec, batch, { draws, clipNorm, factor: 0.25 });
        const expected = clippedSum(gradients, clipNorm).map((value) => 0.25 * value);
        // Clipped gradients may cancel: roundings are those of their sizes.
        expectSame(sum, expected, 0.25 * clipNorm * examples ** 0.5);
      }),
      { seed: 16, numRuns: 25 },
    );
  });

  it("passes blocks of rows and of depth", () => {
    const engine = engineOf();
    const spec = networkOf({
      hidden: [24, 24],
      residual: true,
      conditioning: "film",
      normalization: "rms",
      classes: 2,
    });
    const batch = batchOf(spec, 600);
    const rows = rowGradients(engine, spec, batch);
    for (const draws of [1, 4, 100]) {
      const gradients = exampleGradients(rows, draws);
      const clipNorm = medianNorm(gradients);
      const sum = clippedGradient(engine, spec, batch, { draws, clipNorm, factor: 1 });
      expectSame(sum, clippedSum(gradients, clipNorm));
    }
  });

  it("lets one example move the sum by at most C, whatever the others are and however large it is", () => {
    fc.assert(
      fc.property(
        specs,
        fc.constantFrom(1, 2),
        fc.integer({ min: 2, max: 9 }),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        (spec, draws, examples, clipNorm) => {
          const engine = engineOf();
          const batch = batchOf(spec, draws * examples, 3);
          // The gradient that a batch is given is that of its mean: without an example the others' parts are larger.
          const without = part(spec, batch, 0, draws * (examples - 1));
          without.outputGradient.forEach((value, i) => {
            without.outputGradient[i] = (value * examples) / (examples - 1);
          });
          const rule = { draws, clipNorm, factor: 1 };
          const [all, others] = [batch, without].map((each) => clippedGradient(engine, spec, each, rule));
          const change = norm(all.map((value, i) => value - others[i]));
          // Sums of at most 9 gradients of norm C, of float32.
          expect(change).toBeLessThanOrEqual(clipNorm * (1 + 9e-6));
        },
      ),
      { seed: 16, numRuns: 40 },
    );
  });

  it("has gradient 0 without an example", () => {
    const spec = networkOf();
    const rule = { draws: 1, clipNorm: 1, factor: 1 };
    expect(clippedGradient(engineOf(), spec, batchOf(spec, 0), rule).every((value) => value === 0)).toBe(true);
  });

  it.each([
    ["plain", networkOf({ hidden: [9, 9], residual: true })],
    ["modulated", networkOf({ conditioning: "film", normalization: "rms" })],
  ])("leaves an example out whose gradient is not finite, all of its draws: %s", (_, spec) => {
    const engine = engineOf();
    // All are clipped, to norm 1.
    const rule = { draws: 2, clipNorm: 1e-4, factor: 1e4 };
    const batch = batchOf(spec, 6);
    const gradients = [
      ["input", Number.NaN, 2 * layoutOf(spec).widths[0]],
      ["input", Number.NEGATIVE_INFINITY, 3 * layoutOf(spec).widths[0]],
      ["outputGradient", Number.POSITIVE_INFINITY, 2 * spec.dimension],
    ] as const;
    const [first, last] = [part(spec, batch, 0, 2), part(spec, batch, 4, 2)].map((each) =>
      clippedGradient(engine, spec, each, rule),
    );
    for (const [operand, value, at] of gradients) {
      const broken = { ...batch, [operand]: batch[operand].slice() };
      broken[operand][at] = value;
      const found = clippedGradient(engine, spec, broken, rule);
      expect(norm(found.map((each, i) => each - first[i] - last[i]))).toBeLessThan(1e-6);
      expect(norm(found)).toBeGreaterThan(0.1);
    }
  });

  it.each(golden.networks)("agrees with torch.autograd on $activation, residual $residual, $draws draws", (of) => {
    const spec = networkOf({
      ...{ dimension: of.dimension, hidden: of.hidden, residual: of.residual, noiseFeatures: of.noiseFeatures },
      activation: of.activation as NetworkSpec["activation"],
    });
    const [parameters, input, outputGradient] = [of.parameters, of.input, of.outputGradient].map((values) =>
      Float32Array.from(values),
    );
    const batch = {
      parameters,
      input,
      outputGradient,
      conditions: new Float32Array(0),
      rows: of.norms.length * of.draws,
    };
    const engine = engineOf();
    of.norms.forEach((expected, example) => {
      const alone = part(spec, batch, example * of.draws, of.draws);
      const clipNorm = expected / of.norms.length / 2;
      const clipped = clippedGradient(engine, spec, alone, { draws: of.draws, clipNorm, factor: 1 });
      expect(Math.abs(norm(clipped) / clipNorm - 1)).toBeLessThan(1e-5);
    });
    const sum = clippedGradient(engine, spec, batch, { draws: of.draws, clipNorm: of.clipNorm, factor: 1 });
    expectSame(sum, of.clippedSum);
  });
});
