/** fedscore with FEDSCORE_WORKERS workers: what its pools, not its kernels, are measured by. */

import { sampleInPool } from "../../build/js/model/sample-in-pool.js";
import { createEngine, openPool, supportsRelaxedSimd } from "../../dist/index.js";
import { spaced } from "../harness/inputs.mjs";
import { parametersOf, specOf } from "./fedscore-workloads.mjs";

const workers = Number(process.env.FEDSCORE_WORKERS ?? 1);
const engine = await createEngine({ variant: supportsRelaxedSimd() ? "relaxed" : "simd" });
const pool = await openPool(engine, { workers });

async function samplingInPool(params) {
  const { dimension, count, steps } = params;
  const request = {
    network: specOf(params),
    parameters: parametersOf(params),
    schedule: { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 0.001 },
    grid: { kind: "uniform", steps: steps.length },
    sampler: "euler-maruyama",
    denoiseLast: false,
    seed: 1,
    count,
  };
  return {
    async run() {
      await sampleInPool(pool, request);
    },
    check: async () => spaced(await sampleInPool(pool, request), Math.min(512, count * dimension)),
  };
}

export const versions = {};
export const workloads = { samplingInPool };
