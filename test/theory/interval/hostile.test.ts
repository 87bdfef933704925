// @module-tag slow
import { describe, expect, it } from "vitest";
import type { Denoiser } from "../../../src/diffusion/denoiser.js";
import { denoiserFromFunction } from "../../../src/diffusion/function-denoiser.js";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { samplers } from "../../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { mixtureTarget } from "../../../src/targets/gaussian-mixture.js";
import type { GaussianMixture } from "../../../src/targets/mixture.js";
import { requireDensity } from "../../../src/theory/interval/dense-target.js";
import { type ProposalName, proposals } from "../../../src/theory/interval/proposals/index.js";
import type { IntervalProblem } from "../../../src/theory/interval/row-weights.js";
import { binomialLimits } from "../../support/binomial.js";
import { simdEngine } from "../../support/engines.js";
import { exactOutputKl } from "../../support/exact-output.js";
import { intervalHere } from "../../support/interval.js";
import { tries } from "../../support/thorough.js";

const engine = await simdEngine();
const schedule = createSchedule({ kind: "ou", tMin: 0.01, tMax: 3 });
const reach = 14;
/** Each by name, and the one that a pilot chooses. */
const everyProposal = [...(Object.keys(proposals) as ProposalName[]), undefined];

/** Numbers in (0, 1) of a seed (Park, Miller 1988). */
function uniform(seed: number): () => number {
  let state = 7919 * seed + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

function oneOf<T>(random: () => number, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)];
}

/** One to four modes, far apart at times, one of them of weight 1e-3 at times. */
function randomMixture(random: () => number): GaussianMixture {
  const count = 1 + Math.floor(4 * random());
  const raw = Array.from({ length: count }, (_, k) => (k > 0 && random() < 0.3 ? 1e-3 : 0.1 + random()));
  const total = raw.reduce((sum, value) => sum + value, 0);
  return {
    dimension: 1,
    means: Float32Array.from(raw, () => 8 * (random() - 0.5)),
    weights: raw.map((value) => value / total),
    variances: raw.map(() => oneOf(random, [0.01, 0.09, 0.5])),
  };
}

/** The exact denoiser of another law, or of this one made wrong; or of this one. */
function wrongDenoiser(random: () => number, exact: Denoiser): Denoiser {
  const kind = random();
  if (kind < 0.2) return exact;
  if (kind < 0.45) return mixtureTarget("another", randomMixture(random)).denoiser ?? exact;
  const [size, shift] = [oneOf(random, [0.03, 0.1, 0.5]), oneOf(random, [0, 0.02, -0.3])];
  return {
    dimension: 1,
    open(engine, most) {
      const inner = exact.open(engine, most);
      const outer = denoiserFromFunction(1, (x, batch, { sigma }, out) => {
        for (let i = 0; i < batch; i++) out[i] += size * sigma * Math.sin(2 * x[i] + 0.3) + shift * sigma;
      }).open(engine, most);
      return {
        denoise(x, batch, level, denoised) {
          inner.denoise(x, batch, level, denoised);
          outer.denoise(x, batch, level, denoised);
        },
      };
    },
  };
}

function randomProblem(seed: number): { readonly problem: IntervalProblem; readonly name: string } {
  const random = uniform(seed);
  const mixture = randomMixture(random);
  const target = requireDensity(mixtureTarget("mixture", mixture));
  const sampler = oneOf(random, [samplers.ancestral, samplers["exponential-integrator"], samplers["euler-maruyama"]]);
  const steps = oneOf(random, [1, 2, 5, 12]);
  const kind = oneOf(random, ["uniform-log-snr", "uniform"] as const);
  const grid = createGrid({ kind, steps, start: oneOf(random, [3, 1]), end: 0.02 }, schedule);
  if (!target.denoiser) throw new Error("a mixture has a denoiser");
  const denoiser = wrongDenoiser(random, target.denoiser);
  const name = `seed ${seed}: ${sampler.name}, ${steps} steps, ${JSON.stringify(mixture)}`;
  return { problem: { schedule, grid, sampler, target, denoiser, seed }, name };
}

describe("interval of one-dimensional samplers whose KL is known by quadrature", () => {
  it("contains it, each end missing no more often than it says", async () => {
    const confidence = 0.95;
    const count = tries(40, 120);
    const missed = { low: [] as string[], high: [] as string[] };
    for (let seed = 1; seed <= count; seed++) {
      const { problem, name } = randomProblem(seed);
      const random = uniform(seed + 5000);
      const k = oneOf(random, [1, 4, 16]);
      const proposal = everyProposal[seed % everyProposal.length];
      const { kl, mass } = exactOutputKl(engine, problem, reach);
      expect(mass, name).toBeLessThan(1 + 1e-6);
      const { low, high } = await intervalHere(engine, problem, { rows: 512, k, proposal, confidence });
      if (low > kl) missed.low.push(`${name}: ${low} > ${kl}`);
      if (high < kl) missed.high.push(`${name}: ${high} < ${kl}`);
    }
    for (const end of ["low", "high"] as const) {
      expect(missed[end].length, missed[end].join("\n")).toBeLessThanOrEqual(binomialLimits(count, 0.025, 0.01)[1]);
    }
  }, 120_000);

  it("sees mass that the sampler puts where the law has none, which rows of the law do not show", async () => {
    const mixture = { dimension: 1, means: Float32Array.of(-1), weights: [1], variances: [0.09] };
    const target = requireDensity(mixtureTarget("mixture", mixture));
    const exact = target.denoiser;
    if (!exact) throw new Error("a mixture has a denoiser");
    // What starts to the right of 0.8, a fifth, is sent to 6 and stays there.
    const denoiser: Denoiser = {
      dimension: 1,
      open(engine, most) {
        const inner = exact.open(engine, most);
        const outer = denoiserFromFunction(1, (x, batch, { alpha }, out) => {
          for (let i = 0; i < batch; i++) if (x[i] > Math.max(0.8, 3 * alpha)) out[i] = 6;
        }).open(engine, most);
        return {
          denoise(x, batch, level, denoised) {
            inner.denoise(x, batch, level, denoised);
            outer.denoise(x, batch, level, denoised);
          },
        };
      },
    };
    const grid = createGrid({ kind: "uniform-log-snr", steps: 12, start: 3, end: 0.02 }, schedule);
    const problem = { schedule, grid, sampler: samplers.ancestral, target, denoiser, seed: 4 };
    const { kl } = exactOutputKl(engine, problem, reach);
    const { low, high, stray } = await intervalHere(engine, problem, { rows: 2048, k: 16 });
    expect(kl).toBeGreaterThan(0.2);
    expect(stray.value).toBeGreaterThan(0.15);
    expect(high).toBeGreaterThan(kl);
    expect(low).toBeLessThan(kl);
    expect(high - stray.upper, "what rows of the law alone would have certified").toBeLessThan(kl);
    expect(high).toBeLessThan(1.4 * kl);
  });
});
