import fc from "fast-check";
import { expect, test } from "vitest";
import { depthBlock, type Engine, Epilogue, nullPointer, type Pointer, packedLength } from "../../src/kernels/index.js";
import { type Activation, activations as names } from "../../src/network/network-fields.js";
import { address } from "../support/address.js";
import { describeEngines } from "../support/engines.js";
import { testNumbers } from "../support/numbers.js";
import { activations } from "../support/reference-mlp.js";
import { createDebugEngine } from "../support/test-builds.js";

const padded = (width: number) => Math.ceil(width / 8) * 8;

/** act(z) and act'(z) of the kernel: one neuron of weight 1 and bias 0, so that z arrives exactly. */
function activate(engine: Engine, name: Activation, z: Float32Array) {
  const { arena, kernels } = engine;
  return arena.scope(() => {
    const packed = arena.copyIn(Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0)).pointer;
    const bias = arena.copyIn(Float32Array.of(0)).pointer;
    const [output, derivative] = [arena.floats(8 * z.length), arena.floats(8 * z.length)];
    const input = arena.copyIn(z).pointer;
    const code = Epilogue[name];
    const slopes = derivative.pointer;
    kernels.denseForward(code, input, 1, packed, bias, z.length, 1, 1, output.pointer, 8, slopes, nullPointer, 0);
    const column = (block: Float32Array) => block.filter((_, index) => index % 8 === 0);
    return { value: column(output.array), slope: column(derivative.array) };
  });
}

/** Arguments of both signs, dense where activations bend, from 2^-20 to 2^7. */
function spread(): Float32Array<ArrayBuffer> {
  const values = [0];
  for (let exponent = -20; exponent < 7; exponent += 0.002) values.push(2 ** exponent, -(2 ** exponent));
  for (let z = -20; z < 20; z += 0.003) values.push(z);
  return Float32Array.from(values);
}

describeEngines("activations", (engineOf) => {
  // Errors as measured in both builds over 3 million arguments, in units of 2^-24: of the value relative to |z|
  // (every activation is at most |z| for z < 0 and near z above), of the derivative absolute.
  test.each<[Activation, number, number]>([
    ["silu", 2.4, 3.1],
    ["relu", 0, 0],
    ["gelu", 2.4, 3.3],
    ["tanh", 2.9, 3.3],
  ])("%s is within %f of its definition, its derivative within %f", (name, valueBound, slopeBound) => {
    const z = spread();
    const { value, slope } = activate(engineOf(), name, z);
    let [valueError, slopeError] = [0, 0];
    z.forEach((each, index) => {
      const exact = activations[name];
      const error = Math.abs((value[index] as number) - exact.value(each));
      valueError = Math.max(valueError, each === 0 ? error : error / Math.abs(each));
      slopeError = Math.max(slopeError, Math.abs((slope[index] as number) - exact.slope(each)));
    });
    expect(valueError * 2 ** 24).toBeLessThanOrEqual(valueBound);
    expect(slopeError * 2 ** 24).toBeLessThanOrEqual(slopeBound);
  });

  test.each(names)("%s has its limits far out and keeps NaN", (name) => {
    const { value, slope } = activate(engineOf(), name, Float32Array.of(1e4, -1e4, Number.NaN));
    expect(value[0]).toBe(name === "tanh" ? 1 : 1e4);
    expect(value[1]).toBeCloseTo(name === "tanh" ? -1 : 0, 20);
    expect(value[2]).toBeNaN();
    expect(slope[0]).toBeCloseTo(name === "tanh" ? 0 : 1, 20);
    expect(slope[1]).toBeCloseTo(0, 20);
  });
});

describeEngines("what the next products multiply", (engineOf) => {
  /** 0, or so large that the product of two is not denormal. */
  const isHarmless = (x: number) => x === 0 || Math.abs(x) >= 2 ** -63;
  const far = Float32Array.from({ length: 20_000 }, (_, i) => -1 - 0.005 * i);

  test.each(names)("%s and its derivative have no tiny numbers where products round", (name) => {
    const engine = engineOf();
    const { value, slope } = activate(engine, name, Float32Array.of(...far, -1e3, -1e4, -1e12));
    if (engine.variant === "simd") expect([...value, ...slope].filter((x) => !isHarmless(x))).toEqual([]);
    else expect(Math.max(...value.subarray(-3).map(Math.abs))).toBeLessThanOrEqual(name === "tanh" ? 1 : 1e-18);
  });

  test("sigmoids that count as 0 are below 2^-65, and only where products round", () => {
    const engine = engineOf();
    const { value } = activate(engine, "silu", Float32Array.of(-44.9, -45.2, -60));
    const exact = (z: number) => z / (1 + Math.exp(-z));
    expect(value[0] / exact(-44.9)).toBeCloseTo(1, 4);
    if (engine.variant === "simd") expect([value[1], value[2]]).toEqual([-0, -0]);
    else expect(value[2] / exact(-60)).toBeCloseTo(1, 4);
  });

  test.each<Activation>(["silu", "gelu"])("%s does not hide an infinite argument", (name) => {
    const { value } = activate(engineOf(), name, Float32Array.of(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY));
    expect([...value].map(Number.isFinite)).toEqual([false, false]);
  });

  test("gradients have no tiny numbers where products round, and keep NaN", () => {
    const engine = engineOf();
    const { arena, kernels } = engine;
    const slopes = [1, 2 ** -30, -(2 ** -31), 2 ** -80, 0, Number.NaN, -1, 3];
    const [gradient, derivative] = [arena.floats(8), arena.copyIn(Float32Array.from(slopes))];
    const packed = arena.copyIn(new Float32Array(8).fill(2 ** -20)).pointer;
    const delta = arena.copyIn(Float32Array.of(2 ** -13)).pointer;
    kernels.denseBackward(delta, 1, packed, 1, 8, 1, 0, gradient.pointer, 8, derivative.pointer);
    const expected = slopes.map((slope) => slope * 2 ** -33);
    const kept = engine.variant === "simd" ? expected.map((x) => (Math.abs(x) < 2 ** -63 ? 0 : x)) : expected;
    expect([...derivative.array].map((x) => x + 0)).toEqual(kept);
  });
});

const width = fc.integer({ min: 1, max: 19 });
const rows = fc.integer({ min: 0, max: 15 });

describeEngines("dense layers", (engineOf) => {
  test("denseForward adds the joint after the activation and leaves the derivative of the activation alone", () => {
    const { arena, kernels } = engineOf();
    fc.assert(
      fc.property(fc.constantFrom(...names), rows, width, width, fc.boolean(), (name, batch, fanIn, fanOut, joined) => {
        arena.scope(() => {
          const stride = padded(fanOut) + 8;
          const input = testNumbers(batch * fanIn, 1);
          const weights = testNumbers(fanOut * fanIn, 2);
          const bias = testNumbers(fanOut, 3);
          const joint = testNumbers(batch * stride, 4);
          const packed = arena.floats(packedLength(fanIn, fanOut)).pointer;
          kernels.packPanelsTransposed(arena.copyIn(weights).pointer, fanIn, fanIn, fanOut, packed);
          const [output, derivative] = [arena.floats(batch * stride), arena.floats(batch * stride)];
          const [inputPointer, biasPointer] = [arena.copyIn(input).pointer, arena.copyIn(bias).pointer];
          const jointPointer = joined ? arena.copyIn(joint).pointer : nullPointer;
          const code = Epilogue[name];
          kernels.denseForward(
            code,
            inputPointer,
            fanIn,
            packed,
            biasPointer,
            batch,
            fanIn,
            fanOut,
            output.pointer,
            stride,
            derivative.pointer,
            jointPointer,
            stride,
          );
          for (let row = 0; row < batch; row++) {
            for (let out = 0; out < fanOut; out++) {
              let z = bias[out] as number;
              for (let k = 0; k < fanIn; k++)
                z += (input[row * fanIn + k] as number) * (weights[out * fanIn + k] as number);
              const index = row * stride + out;
              const expected = activations[name].value(z) + (joined ? (joint[index] as number) : 0);
              expect(Math.abs((output.array[index] as number) - expected)).toBeLessThan(1e-5);
              // The slope of relu jumps at 0.
              if (name === "relu" && Math.abs(z) < 1e-5) continue;
              expect(Math.abs((derivative.array[index] as number) - activations[name].slope(z))).toBeLessThan(1e-5);
            }
          }
        });
      }),
    );
  });

  test("denseBackward multiplies the derivative by delta W, or by delta W added to the gradient", () => {
    const { arena, kernels } = engineOf();
    fc.assert(
      fc.property(rows, width, width, fc.boolean(), (batch, fanIn, fanOut, accumulate) => {
        arena.scope(() => {
          const stride = padded(fanIn);
          const delta = testNumbers(batch * fanOut, 5);
          const weights = testNumbers(fanOut * fanIn, 6);
          const [before, slopes] = [testNumbers(batch * stride, 7), testNumbers(batch * stride, 8)];
          const packed = arena.floats(packedLength(fanOut, fanIn)).pointer;
          kernels.packPanels(arena.copyIn(weights).pointer, fanIn, fanOut, fanIn, packed);
          const [gradient, derivative] = [arena.copyIn(before), arena.copyIn(slopes)];
          const { pointer } = arena.copyIn(delta);
          kernels.denseBackward(
            pointer,
            fanOut,
            packed,
            batch,
            fanIn,
            fanOut,
            accumulate ? 1 : 0,
            gradient.pointer,
            stride,
            derivative.pointer,
          );
          for (let row = 0; row < batch; row++) {
            for (let index = row * stride; index < row * stride + fanIn; index++) {
              let sum = accumulate ? (before[index] as number) : 0;
              for (let out = 0; out < fanOut; out++) {
                sum += (delta[row * fanOut + out] as number) * (weights[out * fanIn + index - row * stride] as number);
              }
              expect(Math.abs((gradient.array[index] as number) - sum)).toBeLessThan(1e-5);
              expect(Math.abs((derivative.array[index] as number) - sum * (slopes[index] as number))).toBeLessThan(
                1e-5,
              );
            }
          }
        });
      }),
    );
  });

  test("denseWeightGradient and columnSums sum over the batch, also over several blocks of it", () => {
    const { arena, kernels } = engineOf();
    fc.assert(
      fc.property(
        fc.oneof(rows, fc.constantFrom(depthBlock, depthBlock + 1, 1200)),
        width,
        fc.integer({ min: 1, max: 35 }),
        (batch, fanIn, fanOut) => {
          arena.scope(() => {
            const delta = testNumbers(batch * fanOut, 9);
            const input = testNumbers(batch * fanIn, 10);
            const packed = arena.floats(packedLength(Math.min(batch, depthBlock), fanIn)).pointer;
            const [weights, sums] = [arena.floats(fanOut * fanIn), arena.floats(fanOut)];
            const [deltaPointer, inputPointer] = [arena.copyIn(delta).pointer, arena.copyIn(input).pointer];
            kernels.denseWeightGradient(
              deltaPointer,
              fanOut,
              inputPointer,
              fanIn,
              packed,
              batch,
              fanIn,
              fanOut,
              weights.pointer,
            );
            kernels.columnSums(deltaPointer, fanOut, batch, fanOut, sums.pointer);
            // `batch` terms below 1: a partial sum stays below 30, each of 2 batch roundings below 30 * 2^-24.
            const bound = (2 * batch + 1) * 30 * 2 ** -24;
            for (let out = 0; out < fanOut; out++) {
              const column = Array.from({ length: batch }, (_, row) => delta[row * fanOut + out] as number);
              const sum = column.reduce((total, value) => total + value, 0);
              expect(Math.abs((sums.array[out] as number) - sum)).toBeLessThanOrEqual(bound);
              for (let k = 0; k < fanIn; k++) {
                const product = column.reduce(
                  (total, value, row) => total + value * (input[row * fanIn + k] as number),
                  0,
                );
                expect(Math.abs((weights.array[out * fanIn + k] as number) - product)).toBeLessThanOrEqual(bound);
              }
            }
          });
        },
      ),
      { numRuns: 40 },
    );
  });
});

test("the debug build traps on a layer that ends outside the memory", async () => {
  const { kernels, arena } = await createDebugEngine();
  const end = arena.buffer.byteLength;
  const [a, b, c, d] = [1024, 2048, 4096, 8192].map(address);
  const [inside, outside] = [address(end - 64), address(end - 60)];
  const forward = (output: Pointer) =>
    kernels.denseForward(Epilogue.silu, a, 4, b, c, 2, 4, 8, output, 8, nullPointer, nullPointer, 0);
  expect(() => forward(inside)).not.toThrow();
  expect(() => forward(outside)).toThrow();
  expect(() => kernels.columnSums(outside, 8, 2, 8, a)).toThrow();
  expect(() => kernels.denseWeightGradient(a, 8, outside, 8, d, 2, 8, 8, c)).toThrow();
});
