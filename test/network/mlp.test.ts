import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Engine, nullPointer } from "../../src/kernels/index.js";
import { MlpSession } from "../../src/network/mlp.js";
import { type Activation, activations } from "../../src/network/network-fields.js";
import { layoutOf, type NetworkSpec } from "../../src/network/spec.js";
// python3 test/golden/mlp.py > test/golden/mlp.json      (PyTorch 1.13)
import golden from "../golden/mlp.json" with { type: "json" };
import { address } from "../support/address.js";
import { describeEngines } from "../support/engines.js";
import { testNumbers } from "../support/numbers.js";
import { referenceForward } from "../support/reference-mlp.js";
import { createDebugEngine } from "../support/test-builds.js";

function specOf(changes: Partial<NetworkSpec> = {}): NetworkSpec {
  return {
    dimension: 3,
    hidden: [13, 13, 10],
    activation: "silu",
    residual: false,
    noiseFeatures: 4,
    parameterization: "eps",
    sigmaData: 1,
    ...changes,
  };
}

const specs = fc
  .record({
    dimension: fc.integer({ min: 1, max: 10 }),
    hidden: fc.array(fc.constantFrom(1, 5, 8, 9, 16, 21), { minLength: 1, maxLength: 4 }),
    activation: fc.constantFrom(...activations),
    residual: fc.boolean(),
    noiseFeatures: fc.constantFrom(2, 4, 6),
  })
  .map((changes) => specOf(changes));

/** Weights of the usual size: uniform with variance 1 / fan-in. */
function parametersOf(spec: NetworkSpec, seed = 1): Float32Array<ArrayBuffer> {
  const { entries, size } = layoutOf(spec);
  const parameters = testNumbers(size, seed);
  for (const { offset, length, shape, kind } of entries) {
    const scale = kind === "weight" ? Math.sqrt(3 / (shape[1] as number)) : 0.3;
    for (let i = offset; i < offset + length; i++) parameters[i] = (parameters[i] as number) * scale;
  }
  return parameters;
}

function run(
  engine: Engine,
  spec: NetworkSpec,
  mode: "inference" | "training",
  batch: number,
  input: Float32Array,
  parameters = parametersOf(spec),
  maxBatch = Math.max(batch, 1),
) {
  return engine.arena.scope(() => {
    const session = new MlpSession(engine, spec, maxBatch, mode);
    session.parameters.array.set(parameters);
    session.pack();
    const output = engine.arena.floats(batch * spec.dimension);
    session.forward(engine.arena.copyIn(input).pointer, batch, output.pointer);
    return output.array.slice();
  });
}

/** Gradient of sum(output * outputGradient). */
function gradientOf(
  engine: Engine,
  spec: NetworkSpec,
  batch: number,
  input: Float32Array,
  outputGradient: Float32Array,
  parameters = parametersOf(spec),
) {
  return engine.arena.scope(() => {
    const session = new MlpSession(engine, spec, Math.max(batch, 1), "training");
    session.parameters.array.set(parameters);
    session.pack();
    const source = engine.arena.copyIn(input).pointer;
    session.forward(source, batch, engine.arena.floats(batch * spec.dimension).pointer);
    session.gradient.array.fill(Number.NaN);
    session.backward(source, batch, engine.arena.copyIn(outputGradient).pointer);
    return session.gradient.array.slice();
  });
}

/** Four layers of sums of at most 10 terms of order 1: 60 roundings of a few units. */
function expectClose(actual: Float32Array, expected: readonly number[]) {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, index) => {
    expect(Math.abs((actual[index] as number) - value)).toBeLessThan(60 * 2 ** -24 * Math.max(1, Math.abs(value)));
  });
}

/** Compares 12 entries of the gradient of sum(output * outputGradient) with central differences in float64. */
function expectGradient(engine: Engine, spec: NetworkSpec, batch: number, seed: number) {
  const fanIn = spec.dimension + spec.noiseFeatures;
  const input = testNumbers(batch * fanIn, seed);
  const outputGradient = testNumbers(batch * spec.dimension, seed + 1);
  const parameters = parametersOf(spec, seed + 2);
  const gradient = gradientOf(engine, spec, batch, input, outputGradient, parameters);
  const loss = (at: Float64Array) => {
    let sum = 0;
    for (let row = 0; row < batch; row++) {
      referenceForward(spec, at, input.subarray(row * fanIn, (row + 1) * fanIn)).forEach((value, index) => {
        sum += value * (outputGradient[row * spec.dimension + index] as number);
      });
    }
    return sum;
  };
  const step = 1e-5;
  for (let probe = 0; probe < 12; probe++) {
    const index = (probe * 7919 + seed) % parameters.length;
    const shifted = Float64Array.from(parameters);
    shifted[index] = (parameters[index] as number) + step;
    const above = loss(shifted);
    shifted[index] = (parameters[index] as number) - step;
    const difference = (above - loss(shifted)) / (2 * step);
    expect(Math.abs((gradient[index] as number) - difference)).toBeLessThan(5e-5);
  }
}

describeEngines("MlpSession", (engineOf) => {
  test("forward is the network's definition, in both modes, for any widths and batch", () => {
    fc.assert(
      fc.property(
        specs,
        fc.integer({ min: 0, max: 20 }),
        fc.constantFrom("inference" as const, "training" as const),
        (spec, batch, mode) => {
          const fanIn = spec.dimension + spec.noiseFeatures;
          const input = testNumbers(batch * fanIn, 2);
          const parameters = parametersOf(spec);
          const output = run(engineOf(), spec, mode, batch, input, parameters);
          for (let row = 0; row < batch; row++) {
            const expected = referenceForward(spec, parameters, input.subarray(row * fanIn, (row + 1) * fanIn));
            expected.forEach((value, index) => {
              expect(Math.abs((output[row * spec.dimension + index] as number) - value)).toBeLessThan(2e-5);
            });
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test("backward is the gradient: central differences of the float64 network agree", () => {
    const smooth = specs.filter((spec) => spec.activation !== "relu");
    const batch = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(smooth, batch, fc.integer({ min: 1, max: 1e6 }), (spec, rows, seed) => {
        expectGradient(engineOf(), spec, rows, seed);
      }),
      { numRuns: 60 },
    );
  });

  test("layers wider than a cache block have the right gradient, joined or not", () => {
    expectGradient(engineOf(), specOf({ hidden: [300, 300], residual: true }), 3, 1);
    expectGradient(engineOf(), specOf({ hidden: [270, 600] }), 2, 2);
  });

  test.each(golden.networks)("agrees with PyTorch: $activation, residual $residual", (network) => {
    const { dimension, noiseFeatures, hidden, residual } = network;
    const activation = network.activation as Activation;
    const spec = specOf({ dimension, noiseFeatures, hidden, residual, activation });
    const input = Float32Array.from(network.input);
    const parameters = Float32Array.from(network.parameters);
    const batch = input.length / (dimension + noiseFeatures);
    const outputGradient = Float32Array.from(network.outputGradient);
    const output = run(engineOf(), spec, "training", batch, input, parameters);
    const gradient = gradientOf(engineOf(), spec, batch, input, outputGradient, parameters);
    expectClose(output, network.output);
    expectClose(gradient, network.gradient);
  });

  test("a row's output has the same bits in every batch, tile and mode", () => {
    const spec = specOf({ hidden: [256, 256], residual: true });
    const input = testNumbers(700 * 7, 3);
    const together = run(engineOf(), spec, "inference", 700, input);
    expect(run(engineOf(), spec, "training", 700, input)).toEqual(together);
    for (const batch of [1, 5, 64]) {
      expect(run(engineOf(), spec, "inference", batch, input.subarray(14, 14 + 7 * batch))).toEqual(
        together.slice(6, 6 + 3 * batch),
      );
    }
  });

  test("a batch of 0 rows has gradient 0", () => {
    expect(
      gradientOf(engineOf(), specOf(), 0, new Float32Array(0), new Float32Array(0)).every((value) => value === 0),
    ).toBe(true);
  });

  test("counts the multiply-adds of both passes", () => {
    const spec = specOf({ dimension: 2, noiseFeatures: 4, hidden: [8, 16] });
    engineOf().arena.scope(() => {
      const { flopsPerSample } = new MlpSession(engineOf(), spec, 1, "inference");
      expect(flopsPerSample).toEqual({ forward: 2 * (48 + 128 + 32), backward: 2 * (2 * (128 + 32) + 48) });
    });
  });

  test("says what is wrong with its arguments", () => {
    const engine = engineOf();
    engine.arena.scope(() => {
      const session = new MlpSession(engine, specOf(), 4, "inference");
      expect(() => session.gradient).toThrow(expect.objectContaining({ code: "FEDSCORE_UNSUPPORTED" }));
      expect(() => session.backward(nullPointer, 1, nullPointer)).toThrow(/inference/);
      expect(() => session.forward(nullPointer, 5, nullPointer)).toThrow("batch must be an integer in [0, 4], got 5");
      expect(() => new MlpSession(engine, specOf(), 0, "training")).toThrow(/maxBatch/);
      expect(() => new MlpSession(engine, specOf({ hidden: [4, 0] }), 1, "training")).toThrow(
        "spec.hidden[1] must be an integer in [1, 65536], got 0",
      );
      expect(() => new MlpSession(engine, specOf({ activation: "selu" as Activation }), 1, "training")).toThrow(
        /activation must be one of "silu", "relu", "gelu" or "tanh", got/,
      );
    });
  });
});

describe("debug build", () => {
  test("runs a network inside its allocations and traps on an input outside the memory", async () => {
    const engine = await createDebugEngine();
    const spec = specOf({ residual: true });
    expect(run(engine, spec, "training", 5, testNumbers(35, 4))).toEqual(
      run(engine, spec, "inference", 5, testNumbers(35, 4)),
    );
    engine.arena.scope(() => {
      const session = new MlpSession(engine, spec, 4, "inference");
      const outside = address(engine.arena.buffer.byteLength - 4);
      expect(() => session.forward(outside, 4, session.parameters.pointer)).toThrow();
    });
  });
});
