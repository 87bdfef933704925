import type { TimeGrid } from "../../src/diffusion/grid.js";
import type { NoiseSchedule } from "../../src/diffusion/schedule.js";
import { weightings } from "../../src/diffusion/weightings/index.js";
import type { Engine } from "../../src/kernels/index.js";
import { initializeParameters } from "../../src/network/initialize.js";
import { levelTable, trainingLevels } from "../../src/network/levels.js";
import { ScoreNetwork } from "../../src/network/score-network.js";
import { layoutOf } from "../../src/network/spec.js";
import { trainLocally } from "../../src/network/train-locally.js";
import type { TrainingSettings } from "../../src/network/training.js";
import { createLaw, type LawSpec } from "../../src/targets/law.js";
import type { NetworkData } from "../../src/theory/certificate/unit-task.js";
import { type CertifiedSampler, exactPathKl, type LineDenoiser, type LineMixture } from "./exact-path-kl.js";
import { networkOf } from "./networks.js";

/** A law on the line whose mass is easy to overlook. */
export interface HostileLaw {
  readonly name: string;
  readonly law: LawSpec;
  readonly mixture: LineMixture;
}

/** A mixture of Gaussians. */
export function mixtureOf(name: string, mixture: LineMixture): HostileLaw {
  return { name, mixture, law: { of: { kind: "product", dimension: 1, ...mixture } } };
}

/** The empirical law of rows; `copies` of a value are that many rows. */
export function rowsOf(name: string, rows: readonly number[]): HostileLaw {
  const counts = new Map<number, number>();
  for (const value of Float32Array.from(rows)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return {
    name,
    law: { of: { kind: "empirical", points: Float32Array.from(rows), dimension: 1 } },
    mixture: {
      means: [...counts.keys()],
      weights: [...counts.values()].map((count) => count / rows.length),
      variances: new Array<number>(counts.size).fill(0),
    },
  };
}

const spec = networkOf({ dimension: 1, hidden: [16, 16], noiseFeatures: 8, parameterization: "edm", sigmaData: 0.5 });

/** The exact denoiser of N(0, 1/4): with all parameters 0 the preconditioning is left. */
export const zeroNetwork: NetworkData = { spec, parameters: new Float32Array(layoutOf(spec).size) };

/** A network that knows nothing, its last layer as large as the others. */
export function randomNetwork(engine: Engine, seed: number): NetworkData {
  const parameters = initializeParameters(engine, spec, seed).map((value, i) => value + 0.3 * Math.sin(7 * i + seed));
  return { spec, parameters };
}

/** A network after some training on rows of a law, as a client of a federation would hold it. */
export function trainedNetwork(
  engine: Engine,
  schedule: NoiseSchedule,
  { law }: HostileLaw,
  steps: number,
): NetworkData {
  const parameters = initializeParameters(engine, spec, 1);
  const { points } = createLaw(law).sample(engine, 2000, 1);
  const settings: TrainingSettings = {
    batchSize: 64,
    optimizer: { kind: "adam", learningRate: 3e-3, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0 },
    weighting: "simple",
    levels: { count: 256, spacing: "logsnr" },
  };
  engine.arena.scope(() => {
    const levels = trainingLevels(engine, schedule, settings.levels);
    trainLocally(engine, {
      spec,
      parameters,
      levelTable: engine.arena.copyIn(levelTable(engine, spec, levels, weightings.simple)),
      points: engine.arena.copyIn(points),
      settings,
      steps,
      seed: 3,
      round: 0,
      client: 0,
    });
  });
  return { spec, parameters };
}

/** A network's denoiser at many states. */
export function lineDenoiser(engine: Engine, { spec: network, parameters }: NetworkData): LineDenoiser {
  return (x, level) =>
    engine.arena.scope(() => {
      const session = new ScoreNetwork(network, parameters).open(engine, x.length);
      const out = engine.arena.floats(x.length);
      session.denoise(engine.arena.copyIn(Float32Array.from(x)).pointer, x.length, level, out.pointer);
      return out.array.slice();
    });
}

/** What the certificate estimates, exactly. */
export function exactly(
  engine: Engine,
  { mixture }: HostileLaw,
  sampler: CertifiedSampler,
  { schedule, grid }: { readonly schedule: NoiseSchedule; readonly grid: TimeGrid },
  network: NetworkData,
): number {
  return exactPathKl(mixture, sampler, schedule, grid, lineDenoiser(engine, network));
}
