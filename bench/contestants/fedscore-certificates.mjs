/** What certificates cost, on one thread: a piece of work is one step of one path (one step of one row where the sampler is deterministic). */
import {
  createGrid,
  createSchedule,
  initializeParameters,
  ScoreNetwork,
  sample,
  samplers,
} from "../../dist/entries/diffusion.js";
import { createEngine, supportsRelaxedSimd } from "../../dist/entries/kernels.js";
import { certifyInPool, klIntervalInPool } from "../../dist/entries/theory.js";
import { InThreadPool } from "../../dist/entries/workers.js";

const engine = await createEngine({ variant: supportsRelaxedSimd() ? "relaxed" : "simd" });
const pool = new InThreadPool(engine);
const scheduleSpec = { kind: "vp-linear" };
const schedule = createSchedule(scheduleSpec);
/** The ring of examples/mixture.json in its units of one standard deviation. */
const law = { of: { kind: "ring", modes: 8, radius: 1.4063164, standardDeviation: 0.1054737 } };
const spec = {
  dimension: 2,
  hidden: [64, 64, 64],
  noiseFeatures: 16,
  activation: "tanh",
  residual: false,
  parameterization: "edm",
  sigmaData: 1,
};
const parameters = initializeParameters(engine, spec, 1);

function gridOf(sampler, steps) {
  const grid = createGrid({ kind: "uniform-log-snr", steps }, schedule);
  return samplers[sampler].needsErrors ? { ...grid, errors: new Float64Array(steps).fill(0.1) } : grid;
}

const requestOf = ({ sampler, steps }) => ({
  schedule: scheduleSpec,
  grid: gridOf(sampler, steps),
  sampler,
  law,
  network: { spec, parameters },
  seed: 1,
});

export const versions = {};
export const workloads = {
  async certificate(params) {
    const request = requestOf(params);
    const certify = () => certifyInPool(pool, request, { paths: params.paths });
    const { samples } = await certify();
    return { units: samples * params.steps, run: certify, check: async () => [(await certify()).value] };
  },
  async interval(params) {
    const request = requestOf(params);
    const { rows, k } = params;
    const weigh = () => klIntervalInPool(pool, request, { rows, k, proposal: "tilted" });
    return { units: 2 * rows * k * params.steps, run: weigh, check: async () => [(await weigh()).estimates.high] };
  },
  async samplerSteps(params) {
    const { sampler, steps, count } = params;
    const network = new ScoreNetwork(spec, parameters);
    const options = {
      count,
      denoiser: network,
      schedule,
      grid: gridOf(sampler, steps),
      sampler: samplers[sampler],
      seed: 1,
    };
    const run = () => sample(engine, options);
    return { units: count * steps, run, check: () => [] };
  },
};
