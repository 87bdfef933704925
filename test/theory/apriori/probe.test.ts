/** Probes of a federation over real worker threads, which cannot load TypeScript: this test runs the built package. */

import {
  createEngine,
  createFederation,
  createGrid,
  createSchedule,
  createTarget,
  type Engine,
  type FederationOptions,
  type NetworkSpec,
  poolTransport,
  type WorkerPool,
} from "fedscore";
import { maskFamilies } from "fedscore/pruning";
import { type AprioriReport, aprioriReport, type RoundProbe, TrainingProbe } from "fedscore/theory";
import { ComlinkPool, InThreadPool } from "fedscore/workers";
import { beforeAll, describe, expect, it } from "vitest";
import { requireBuild } from "../../support/built.js";

requireBuild();

const schedule = { kind: "vp-cosine", tMin: 0.1, tMax: 0.98 } as const;
const grid = createGrid({ kind: "uniform-log-snr", steps: 20 }, createSchedule(schedule));
const network: NetworkSpec = {
  dimension: 2,
  hidden: [16, 16],
  activation: "silu",
  residual: false,
  noiseFeatures: 8,
  parameterization: "x0",
  sigmaData: 1,
};
const seed = 1;
const rounds = 24;
const localSteps = 2;
const learningRate = 1e-3;
const clientRows = [0, 1, 2, 3].map((client) => Uint32Array.from({ length: 500 }, (_, row) => client + 4 * row));

let engine: Engine;
let points: Float32Array;
beforeAll(async () => {
  engine = await createEngine({ variant: "simd" });
  const target = createTarget({ kind: "ring", modes: 2, radius: 1, standardDeviation: 0.3 });
  points = target.sample(engine, 2000, seed).points;
});

const trainingOf = (weighting: "certificate" | "simple") =>
  ({
    batchSize: 64,
    optimizer: { kind: "sgd", learningRate },
    weighting,
    levels: { spacing: "grid", times: [...grid.times] },
  }) as const;

interface Trained {
  readonly probes: RoundProbe[];
  readonly report: AprioriReport;
}

async function train(
  pool: WorkerPool,
  overrides: Partial<FederationOptions> = {},
  weighting: "certificate" | "simple" = "certificate",
): Promise<Trained> {
  const training = trainingOf(weighting);
  const federation = createFederation(engine, {
    network,
    schedule,
    training,
    points,
    clients: clientRows.map((rows, id) => ({ rows, keepRatio: [1, 0.75][id % 2] })),
    maskFamily: maskFamilies.full,
    rounds,
    localSteps,
    participation: 1,
    weighting: "uniform",
    server: { kind: "fedavg", learningRate: 1 },
    nonFinite: "stop",
    seed,
    transport: poolTransport(pool),
    ...overrides,
  });
  const probe = new TrainingProbe(pool, { network, schedule, training, seed, probes: 200, points, clientRows });
  const probes: RoundProbe[] = [];
  const onRound = async (start: Parameters<TrainingProbe["measure"]>[0]) => {
    if (start.round % 6 === 0) probes.push(await probe.measure(start));
  };
  for await (const _ of federation.train({ onRound }));
  probes.push(await probe.measureEnd(federation.round, federation.parameters));
  probe.close();
  const { runMinimum, runPruningNoise, meanParameterNorm } = federation.coverage;
  const report = aprioriReport({
    probes,
    run: {
      learningRate,
      localSteps,
      rounds,
      participants: 4,
      coverageMin: runMinimum,
      pruningNoise: runPruningNoise,
      parameterNorm: meanParameterNorm,
      optimizer: "sgd",
      server: "fedavg",
      neverCovered: federation.coverage.neverCovered(),
      objective: "the mean over 4 clients of 200 probes each",
    },
    training,
    sampler: "ancestral",
    schedule: createSchedule(schedule),
    grid,
    moments: { dimension: 2, variance: 1.2, secondMoment: 1.2 },
  });
  return { probes, report };
}

describe("a-priori bound of a trained mixture", () => {
  it("is finite for plain SGD with a small step, above what was measured term by term", async () => {
    const { report } = await train(new InThreadPool(engine));
    const { gradient, bound, score } = report;
    expect(gradient.vacuous).toBeUndefined();
    expect(gradient.measured ?? Number.NaN).toBeLessThan(gradient.value ?? 0);
    for (const { value, measured } of Object.values(gradient.terms))
      expect(measured ?? 0).toBeLessThanOrEqual(value ?? 0);
    const scoreOf = (loss: number) => 2 * loss;
    const mean = report.gradient.perProbe.slice(0, -1).reduce((sum, { loss }) => sum + scoreOf(loss) / 4, 0);
    expect(score.value ?? 0).toBeGreaterThan(mean);
    expect(bound.value ?? 0).toBeGreaterThan(score.value ?? 0);
    expect(bound.value ?? 0).toBeLessThan(200);
    // Full masks and all clients in each round: no pruning, no heterogeneity, by the bit.
    expect(gradient.constants.heterogeneity.value).toBe(0);
    expect(gradient.constants.coverageMin.value).toBe(4);
  });

  it("has the terms of pruning and heterogeneity where clients keep different parts", async () => {
    const { report } = await train(new InThreadPool(engine), { maskFamily: maskFamilies.rolling });
    const { terms, constants, conditions } = report.gradient;
    expect(conditions.every(({ met }) => met)).toBe(true);
    expect(constants.coverageMin.value).toBeGreaterThanOrEqual(2);
    for (const name of ["pruning", "heterogeneity", "drift", "variance"] as const) {
      expect(terms[name].measured ?? 0).toBeGreaterThan(0);
      expect(terms[name].measured ?? 0).toBeLessThan(terms[name].value ?? 0);
    }
    expect(report.bound.value).not.toBeNull();
  });

  it("has no value where training minimizes another loss, and says why; the gradient's terms stand", async () => {
    const { report } = await train(new InThreadPool(engine), { rounds: 7 }, "simple");
    expect(report.bound.value).toBeNull();
    expect(report.bound.vacuous).toMatch(/the weighting is simple/);
    expect(report.gradient.value ?? 0).toBeGreaterThan(report.gradient.measured ?? Number.NaN);
  });

  it("has no value where a client takes its own number of local steps, though the run's facts do not say so", async () => {
    const clients = clientRows.map((rows, id) => ({ rows, keepRatio: 1, ...(id === 2 && { localSteps: 5 }) }));
    const { report } = await train(new InThreadPool(engine), { rounds: 7, clients });
    for (const { value, vacuous } of [report.bound, report.score, report.gradient]) {
      expect(value).toBeNull();
      expect(vacuous).toBe("every client takes T_l local steps: T_l = 2, client 2 takes 5");
    }
  });

  it("has no value where updates weigh by their rows, though the run's facts do not say so", async () => {
    const clients = clientRows.map((rows, id) => ({ rows: rows.slice(0, 100 * (id + 1)), keepRatio: 1 }));
    const { report } = await train(new InThreadPool(engine), { rounds: 7, clients, weighting: "samples" });
    expect(report.gradient.value).toBeNull();
    expect(report.gradient.vacuous).toMatch(/in round 0 client 0 weighs 100 and client 3 400$/);
  });

  it("is the same for 1 and 2 workers as in this thread", async () => {
    const options = { maskFamily: maskFamilies.rolling, rounds: 7 };
    const expected = await train(new InThreadPool(engine), options);
    for (const workers of [1, 2]) {
      const pool = await ComlinkPool.start(engine, { workers });
      try {
        expect((await train(pool, options)).probes).toEqual(expected.probes);
      } finally {
        await pool.close();
      }
    }
  });
});
