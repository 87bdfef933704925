/**
 * A page runs this too (same-numbers.browser.test.ts): certificates and intervals of the strict build (simd) have the same numbers in every JavaScript engine, but for what the
 * last bits of its Math.exp, Math.expm1 and Math.log make of them in noise levels and steps.
 */

import { expect, it } from "vitest";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { initializeParameters } from "../../../src/network/initialize.js";
import { certifyInPool } from "../../../src/theory/certificate/certify-in-pool.js";
import type { CertificateRequest } from "../../../src/theory/certificate/unit-task.js";
import { klIntervalInPool } from "../../../src/theory/interval/kl-interval-in-pool.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { simdEngine } from "../../support/engines.js";
import { networkOf } from "../../support/networks.js";

const engine = await simdEngine();
const pool = new InThreadPool(engine);
const linear = { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 } as const;
const grid = createGrid({ kind: "uniform-log-snr", steps: 8 }, createSchedule(linear));
const spec = networkOf({ dimension: 2, hidden: [12, 12], noiseFeatures: 8, parameterization: "edm", sigmaData: 1 });
const request: CertificateRequest = {
  schedule: linear,
  grid,
  sampler: "ddim",
  law: { of: { kind: "ring" }, affine: { shift: Float64Array.of(0.1, -0.2), scale: 3 } },
  network: { spec, parameters: initializeParameters(engine, spec, 3) },
  seed: 3,
};

/** Value, upper end and interval. */
async function certified(changed: Partial<CertificateRequest>): Promise<readonly (number | null | undefined)[]> {
  const { value, upper, interval } = await certifyInPool(pool, { ...request, ...changed }, { paths: 64 });
  return [value, upper, interval?.low, interval?.high];
}

/** Relative distances stay small: 1e-16 in a level is up to 1e-12 where the noise is 1e-2 of the data. */
function expectAll(found: readonly (number | null | undefined)[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs((found[i] ?? Number.NaN) / value - 1)).toBeLessThan(1e-11);
  });
}

const product = { of: { kind: "product", dimension: 65 } } as const;

it.each([
  ["a network's ddim", {}, [4.094538689856037, 8.93803819411254, 1.4997433753080234, 6.626451642420031]],
  [
    "a network's heun",
    { sampler: "heun" },
    [2.6218452264991776, 5.739151001526078, 0.8385268109860127, 4.428525566655268],
  ],
  [
    "an exact denoiser's ddim",
    { network: undefined },
    [0.5413868898098992, 2.2271502605578135, -0.8213011873278185, 1.7771849729618077],
  ],
  [
    "an exact denoiser's ddim in 65 dimensions",
    { network: undefined, law: product },
    [13.874510155210976, 50.67307459127956, 11.333444557134444, 16.41557575328751],
  ],
] as const)("the certificate of %s is the same in Node and in a page", async (_, changed, expected) => {
  expectAll(await certified(changed), expected);
});

it("the interval of KL is the same in Node and in a page", async () => {
  const { low, high, estimates } = await klIntervalInPool(
    pool,
    { ...request, sampler: "ancestral" },
    { rows: 256, k: 4, proposal: "tilted" },
  );
  expectAll(
    [low, high, estimates.low, estimates.high],
    [2.237442329746257, 5.572561935902578, 2.992489441918121, 4.868552056362341],
  );
});
