import { describe, expect, it } from "vitest";
import { parameterizations } from "../../src/diffusion/parameterizations/index.js";
import { levelOfLogSnr } from "../../src/diffusion/schedule.js";
import { createEngine } from "../../src/kernels/index.js";
import { networkFloat64 } from "../../src/network/float64-network.js";
import { initializeParameters } from "../../src/network/initialize.js";
import { activations } from "../../src/network/network-fields.js";
import { ScoreNetwork } from "../../src/network/score-network.js";
import type { NetworkSpec } from "../../src/network/spec.js";
import { networkOf } from "../support/networks.js";

const engine = await createEngine({ variant: "simd" });
const level = levelOfLogSnr(-0.4, 0.5);

const names = Object.keys(parameterizations) as NetworkSpec["parameterization"][];
const base = { dimension: 3, hidden: [13, 13, 8], noiseFeatures: 6, sigmaData: 0.7 };
const specs = [
  ...names.map((parameterization) => networkOf({ ...base, parameterization })),
  ...activations.map((activation) => networkOf({ ...base, parameterization: "v", activation })),
  networkOf({ ...base, parameterization: "v", residual: true }),
  networkOf({ ...base, parameterization: "v", hidden: [5] }),
];

describe.each(
  specs.map((spec) => [`${spec.parameterization} ${spec.activation} ${spec.hidden} ${spec.residual}`, spec] as const),
)("a network in float64: %s", (_, spec) => {
  const parameters = initializeParameters(engine, spec, 7);
  const network = networkFloat64(spec, parameters).at(engine, level);
  const d = spec.dimension;
  const points = Float32Array.from({ length: 8 * d }, (_, at) => 1.5 * Math.sin(2 * at + 0.5));

  it("agrees with the float32 network to its rounding", () => {
    engine.arena.scope(() => {
      const x = engine.arena.copyIn(points);
      const out = engine.arena.floats(points.length);
      new ScoreNetwork(spec, parameters).open(engine, 8).denoise(x.pointer, 8, level, out.pointer);
      const denoised = new Float64Array(d);
      for (let row = 0; row < 8; row++) {
        network.denoise(Float64Array.from(points.subarray(row * d, (row + 1) * d)), denoised);
        denoised.forEach((value, j) => {
          expect(value).toBeCloseTo(out.array[row * d + j], 5);
        });
      }
    });
  });

  it("has its derivative as Jacobian, which leaves its values as they are", () => {
    // Central differences: the cubic term of h = 1e-5 and rounding by 1e-16 / h are both below 1e-9.
    const h = 1e-5;
    const x = Float64Array.from(points.subarray(0, d));
    const [alone, beside, up, down] = [0, 1, 2, 3].map(() => new Float64Array(d));
    const jacobian = new Float64Array(d * d).fill(Number.NaN);
    network.denoise(x, alone);
    network.jacobian(jacobian);
    network.denoise(x, beside);
    expect(beside).toEqual(alone);
    for (let j = 0; j < d; j++) {
      const [above, below] = [x.slice(), x.slice()];
      above[j] += h;
      below[j] -= h;
      network.denoise(above, up);
      network.denoise(below, down);
      for (let i = 0; i < d; i++) expect(jacobian[i * d + j]).toBeCloseTo((up[i] - down[i]) / (2 * h), 7);
    }
  });
});
