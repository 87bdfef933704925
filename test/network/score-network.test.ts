import fc from "fast-check";
import { expect, it } from "vitest";
import { parameterizations } from "../../src/diffusion/parameterizations/index.js";
import { levelOfLogSnr } from "../../src/diffusion/schedule.js";
import { type Engine, nullPointer } from "../../src/kernels/index.js";
import { noiseFeatures } from "../../src/network/levels.js";
import { MlpSession } from "../../src/network/mlp.js";
import { ScoreNetwork } from "../../src/network/score-network.js";
import { layoutOf, type NetworkSpec } from "../../src/network/spec.js";
import { describeEngines } from "../support/engines.js";
import { networkOf } from "../support/networks.js";
import { testNumbers } from "../support/numbers.js";

const specs: fc.Arbitrary<NetworkSpec> = fc
  .record({
    dimension: fc.integer({ min: 1, max: 9 }),
    hidden: fc.array(fc.constantFrom(1, 5, 8, 16, 21), { minLength: 1, maxLength: 3 }),
    residual: fc.boolean(),
    noiseFeatures: fc.constantFrom(2, 4, 6),
    parameterization: fc.constantFrom("eps" as const, "v" as const, "edm" as const),
  })
  .map(networkOf);

const scaledParameters = (spec: NetworkSpec) => testNumbers(layoutOf(spec).size, 5).map((value) => 0.4 * value);

function denoise(engine: Engine, network: ScoreNetwork, x: Float32Array, logSnrs: readonly number[]): Float32Array {
  const { arena } = engine;
  const rows = x.length / network.dimension;
  return arena.scope(() => {
    const out = arena.floats(x.length);
    const session = network.open(engine, rows);
    const from = arena.copyIn(x).pointer;
    for (const logSnr of logSnrs) session.denoise(from, rows, levelOfLogSnr(logSnr, 0), out.pointer);
    return out.array.slice();
  });
}

/** cSkip x + cOut F([cIn x, features]), the network run on whole rows of inputs. */
function denoiseByRows(engine: Engine, spec: NetworkSpec, x: Float32Array, logSnr: number): Float32Array {
  const { arena } = engine;
  const { dimension, noiseFeatures: width } = spec;
  const rows = x.length / dimension;
  const { cIn, cSkip, cOut } = parameterizations[spec.parameterization].at(levelOfLogSnr(logSnr, 0), spec.sigmaData);
  const features = noiseFeatures(engine, Float64Array.of(logSnr), width);
  return arena.scope(() => {
    const session = new MlpSession(engine, spec, rows, "inference");
    session.parameters.array.set(scaledParameters(spec));
    session.pack();
    const input = arena.floats(rows * (dimension + width));
    const out = arena.floats(x.length);
    for (let row = 0; row < rows; row++) {
      const scaled = x.slice(row * dimension, (row + 1) * dimension).map((value) => cIn * value);
      input.array.set(scaled, row * (dimension + width));
      input.array.set(features, row * (dimension + width) + dimension);
    }
    session.forward(input.pointer, rows, out.pointer);
    return out.array.map((value, at) => cSkip * x[at] + cOut * value);
  });
}

describeEngines("score network", (engineOf) => {
  it("with the noise features folded into the first bias is the network on whole inputs, up to rounding", () => {
    const property = fc.property(
      specs,
      fc.integer({ min: 1, max: 15 }),
      fc.double({ min: -6, max: 6, noNaN: true }),
      (spec, rows, logSnr) => {
        const x = testNumbers(rows * spec.dimension, 7);
        const network = new ScoreNetwork(spec, scaledParameters(spec));
        const got = denoise(engineOf(), network, x, [logSnr]);
        const want = denoiseByRows(engineOf(), spec, x, logSnr);
        const size = want.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
        got.forEach((value, i) => {
          // Both sum the same products in another order: a few hundred roundings of 2^-24 of what is summed.
          expect(Math.abs(value - want[i])).toBeLessThan(3e-5 * size);
        });
      },
    );
    fc.assert(property, { numRuns: 60 });
  });

  it("gives a row the same bytes in any batch, and after other levels", () => {
    const spec = networkOf({ hidden: [16, 16], parameterization: "edm" });
    const network = new ScoreNetwork(spec, scaledParameters(spec));
    const x = testNumbers(3 * 50, 3);
    const whole = denoise(engineOf(), network, x, [0.7]);
    expect(denoise(engineOf(), network, x, [2, -1, 0.7])).toEqual(whole);
    expect(denoise(engineOf(), network, x.slice(30, 33), [0.7])).toEqual(whole.slice(30, 33));
  });

  it("has levels in inference mode only", () => {
    engineOf().arena.scope(() => {
      const session = new MlpSession(engineOf(), networkOf(), 4, "training");
      expect(() => session.setLevel(nullPointer)).toThrow(/levels need "inference"/);
      expect(() => session.forwardPoints(nullPointer, 1, nullPointer)).toThrow(/levels need "inference"/);
    });
  });
});
