import { levelsOf, type TimeGrid } from "../../src/diffusion/grid.js";
import { samplers } from "../../src/diffusion/samplers/index.js";
import type { NoiseSchedule } from "../../src/diffusion/schedule.js";
import { createEngine } from "../../src/kernels/index.js";
import { createLaw, type LawSpec } from "../../src/targets/law.js";
import { Flow, perfectQuality } from "../../src/theory/flow/flow.js";

const engine = await createEngine({ variant: "simd" });

/**
 * KL(q_delta || p_theta) of the exact denoiser of a law in the plane of 8 modes on a circle, standardized, by quadrature: the midpoint rule
 * over one mode, which by symmetry stands for all, 40 points a side to 6 deviations. Its error is far below that of sampling.
 */
export function quadratureKl(spec: LawSpec, schedule: NoiseSchedule, grid: TimeGrid, sampler: "ddim" | "heun"): number {
  const law = createLaw(spec).float64;
  if (!law) throw new Error("no float64");
  const flow = new Flow(engine, { schedule, grid, sampler: samplers[sampler], denoiser: law });
  const last = levelsOf(schedule, grid)[grid.times.length - 1];
  const end = law.at(engine, last);
  const deviation = Math.sqrt(last.alpha ** 2 * 0.011125 + last.sigma ** 2);
  const [points, reach] = [40, 6];
  const step = (2 * reach) / points;
  let [mass, sum] = [0, 0];
  for (let i = 0; i < points; i++) {
    for (let j = 0; j < points; j++) {
      const [a, b] = [i, j].map((at) => -reach + (at + 0.5) * step);
      const y = Float64Array.of((last.alpha * 4) / Math.sqrt(8.09) + deviation * a, deviation * b);
      const logDensity = end.logDensity(y);
      const weight = (Math.exp(-0.5 * (a * a + b * b)) / (2 * Math.PI)) * step ** 2;
      mass += weight;
      sum += weight * (logDensity - (flow.inverse(y, perfectQuality()) ?? Number.NaN));
    }
  }
  if (Math.abs(mass - 1) > 1e-6) throw new Error(`mass ${mass}`);
  return sum;
}
