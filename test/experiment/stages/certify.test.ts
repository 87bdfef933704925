import { describe, expect, it } from "vitest";
import { covarianceOf, summedMoments } from "../../../src/data/moments.js";
import { fitTransforms, type Transform, type TransformSpec } from "../../../src/data/transforms/index.js";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import type { SamplerName } from "../../../src/diffusion/samplers/index.js";
import { levelOfLogSnr } from "../../../src/diffusion/schedule.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { certificateDefaults } from "../../../src/experiment/config/certificate.js";
import type { DataConfig } from "../../../src/experiment/config/data.js";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import { drawTarget, type TargetConfig } from "../../../src/experiment/prepare/draw-target.js";
import { exactLaw } from "../../../src/experiment/prepare/exact-law.js";
import { certifiedGrid } from "../../../src/experiment/prepare/sampling-grid.js";
import { levelSettings } from "../../../src/experiment/prepare/training-settings.js";
import { certificateResult } from "../../../src/experiment/result/schema.js";
import { certifySubject } from "../../../src/experiment/stages/certify.js";
import { describeCertification } from "../../../src/experiment/stages/describe-certification.js";
import type { CertificationSubject } from "../../../src/experiment/stages/subject.js";
import { Purpose } from "../../../src/kernels/index.js";
import { normals } from "../../../src/kernels/random.js";
import { initializeParameters } from "../../../src/network/initialize.js";
import { createLaw } from "../../../src/targets/law.js";
import type { Target } from "../../../src/targets/target.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { computed } from "../../support/computed.js";
import { simdEngine } from "../../support/engines.js";
import { networkOf } from "../../support/networks.js";

const engine = await simdEngine();
const pool = new InThreadPool(engine);
const ring: TargetConfig & DataConfig = {
  kind: "ring",
  modes: 8,
  radius: 4,
  standardDeviation: 0.3,
  train: 300,
  heldOut: 100,
};
function withoutCounts({ train: _train, heldOut: _heldOut, ...spec }: TargetConfig) {
  return spec;
}

const moons: TargetConfig & DataConfig = { kind: "moons", noise: 0.1, train: 300, heldOut: 100 };
const spec = networkOf({ dimension: 2, hidden: [16], noiseFeatures: 8, parameterization: "edm" });
const schedule = { kind: "ou", tMin: 1e-2, tMax: 4 } as const;

function subjectOf(
  data: TargetConfig & DataConfig,
  specs: TransformSpec[],
  change: Partial<CertificationSubject> = {},
): CertificationSubject & { readonly transform: Transform } {
  const { train, heldOut } = drawTarget(engine, data, 1);
  const rows = Uint32Array.from({ length: data.train }, (_, row) => row);
  const transform = fitTransforms(engine, specs, summedMoments(engine, train.points, train.dimension, [rows]));
  return {
    law: exactLaw(engine, data, transform),
    schedule: createSchedule(schedule),
    scheduleSpec: schedule,
    grid: createGrid({ kind: "uniform-log-snr", steps: 10 }, createSchedule(schedule)),
    sampler: "ancestral",
    denoiseLast: false,
    network: { spec, parameters: initializeParameters(engine, spec, 1) },
    train: transform.forward(train.points),
    heldOut: transform.forward(heldOut.points),
    seed: 1,
    transform,
    ...change,
  };
}

const settings = { ...certificateDefaults, paths: 1024, empiricalPaths: 128 };

describe("the law of a run", () => {
  it("goes through transforms with one scale, and only through those", () => {
    const scales: TransformSpec[] = [
      { kind: "standardize", scale: "global" },
      { kind: "standardize", scale: "global" },
    ];
    const { transform, train, law: found } = subjectOf(ring, scales);
    const points = Float32Array.from([1, 2, -3, 0.5]);
    const { affine } = "law" in found ? found.law : { affine: undefined };
    const mapped = points.map((value, at) => (value - (affine?.shift[at % 2] ?? 0)) / (affine?.scale ?? 1));
    transform.forward(points).forEach((value, at) => {
      expect(value).toBeCloseTo(mapped[at], 5);
    });
    // What the second step sees is standardized already.
    expect(affine?.scale).toBeGreaterThan(2);
    expect(train.reduce((sum, value) => sum + value * value, 0) / train.length).toBeCloseTo(1, 2);
    expect(subjectOf(ring, []).law).toMatchObject({ law: { of: { kind: "ring" } } });
    expect(subjectOf(ring, [{ kind: "standardize" }]).law).toMatchObject({
      reason: expect.stringContaining('scale "global"'),
    });
    expect(subjectOf(ring, [{ kind: "pca", components: 2 }]).law).toMatchObject({
      reason: expect.stringContaining("pca"),
    });
  });
});

describe("the law of a run on a Gaussian", () => {
  const data = {
    kind: "low-rank" as const,
    dimension: 5,
    rank: 2,
    noise: 0.4,
    variances: [4, 1],
    seed: 3,
    train: 300,
    heldOut: 50,
  };

  it.each([
    ["each coordinate scaled", [{ kind: "standardize" }]],
    ["whitened components", [{ kind: "pca", components: 3, whiten: true }]],
    ["both", [{ kind: "standardize" }, { kind: "pca", components: 4 }]],
  ] as const)("is known through any transform: %s", (_, specs) => {
    const subject = subjectOf(data, [...specs]);
    if (!("law" in subject.law)) throw new Error(subject.law.reason);
    const law = createLaw(subject.law.law);
    const { transform } = subject;
    const width = transform.outputDimension;
    const count = 40_000;
    const raw = createLaw({ of: withoutCounts(data) }).sample(engine, count, 9).points;
    const rows = Uint32Array.from({ length: count }, (__, row) => row);
    const moments = [transform.forward(raw), law.sample(engine, count, 4).points].map((points) =>
      summedMoments(engine, points, width, [rows]),
    );
    const [through, drawn] = moments.map(covarianceOf);
    const trace = (c: Float64Array) => c.reduce((sum, value, at) => sum + (at % (width + 1) === 0 ? value : 0), 0);
    expect(
      Math.abs(trace(through) - (law.gaussianVariances ?? new Float64Array()).reduce((a, b) => a + b, 0)),
    ).toBeLessThan(0.05 * trace(through));
    // A covariance entry of n draws has a standard deviation of at most sqrt(2 / n) times the largest variance.
    const largest = Math.max(...(law.gaussianVariances ?? []));
    through.forEach((value, at) => {
      expect(Math.abs(value - drawn[at])).toBeLessThan(6 * Math.sqrt(2) * Math.sqrt(2 / count) * largest);
    });
    const error = denoisingError(law, transform.forward(raw.subarray(0, 5 * 4096)));
    const closed = law.gaussianVariances?.reduce((sum, v) => sum + v / (1 + v), 0) ?? 0;
    expect(Math.abs(error / closed - 1)).toBeLessThan(0.1);
  });

  /** Mean of |X_0 - E[X_0 | X_t]|^2 at snr 1. */
  function denoisingError(law: Target, clean: Float32Array): number {
    const { arena } = engine;
    const rows = clean.length / law.dimension;
    const level = levelOfLogSnr(0, 0);
    return arena.scope(() => {
      const noise = normals(engine, clean.length, { seed: 3, purpose: Purpose.probe });
      const x = arena.copyIn(clean.map((value, at) => level.alpha * value + level.sigma * noise[at]));
      const out = arena.floats(clean.length);
      law.denoiser?.open(engine, rows).denoise(x.pointer, rows, level, out.pointer);
      return out.array.reduce((sum, value, at) => sum + (value - clean[at]) ** 2, 0) / rows;
    });
  }

  it("has densities that agree with those of the target behind the transform", () => {
    const subject = subjectOf(data, [{ kind: "standardize" }]);
    if (!("law" in subject.law)) throw new Error(subject.law.reason);
    const law = createLaw(subject.law.law);
    const points = createLaw({ of: withoutCounts(data) }).sample(engine, 20, 9).points;
    const unit = Float32Array.of(0, 0, 0, 0, 0, 1, 1, 1, 1, 1);
    const images = subject.transform.forward(unit);
    const volume = [0, 1, 2, 3, 4].reduce((sum, j) => sum + Math.log(images[5 + j] - images[j]), 0);
    const own = law.marginalLogDensity?.(engine, subject.transform.forward(points), { alpha: 1, sigma: 0 });
    const behind = createLaw({ of: withoutCounts(data) }).logDensity?.(engine, points);
    own?.forEach((value, row) => {
      expect(value + volume).toBeCloseTo(behind?.[row] as number, 3);
    });
  });
});

describe("certification of a run", () => {
  it("is against the target where its exact denoiser is known", async () => {
    const found = await certifySubject(pool, subjectOf(ring, [{ kind: "standardize", scale: "global" }]), settings);
    expect(computed(found.certificate).samples).toBe(1024);
    expect(computed(found.certificate).assumptions[0].statement).toMatch(/ring/);
    expect(found.reason).toBeUndefined();
    expect(found.variational).toBeUndefined();
    const plain = describeCertification(found);
    expect(JSON.parse(JSON.stringify(plain))).toEqual(plain);
    expect(computed(plain.certificate).steps?.snr).toHaveLength(10);
  });

  it("is the variational bound and the empirical law where it is not, and says why", async () => {
    for (const [data, specs, reason] of [
      [moons, [], /exact denoiser of moons is not known/],
      [ring, [{ kind: "standardize" }], /do not scale all coordinates alike/],
    ] as const) {
      const found = await certifySubject(pool, subjectOf(data, [...specs]), settings);
      expect(computed(found.certificate).name).toMatch(/against the empirical law of the training data/);
      // One path from each of the 300 rows, more than the 128 that were asked for; groups of eight are whole.
      expect(computed(found.certificate).samples).toBe(304);
      expect(found.reason).toMatch(reason);
      expect(computed(found.variational).samples).toBe(100);
      expect(computed(found.variational).bitsPerDimension).not.toBeNull();
      const without = await certifySubject(pool, subjectOf(data, [...specs]), { ...settings, empiricalPaths: 0 });
      expect(without.certificate).toBeNull();
      expect(without.reason).toMatch(reason);
      expect(without.variational).toEqual(found.variational);
    }
  });

  it("is null where a sampler has none, with its reason", async () => {
    const linear = { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 } as const;
    const varying = createSchedule(linear);
    const grid = createGrid({ kind: "uniform", steps: 4 }, varying);
    const change = { sampler: "euler-maruyama", schedule: varying, scheduleSpec: linear, grid } as const;
    expect(describeCertification(await certifySubject(pool, subjectOf(ring, [], change), settings))).toEqual({
      certificate: null,
      certificateNote: expect.stringMatching(/beta of vp-linear varies/),
    });
    expect(describeCertification(undefined)).toMatchObject({ certificate: null });
  });

  it.each(["ddim", "heun"] as const)(
    "is by change of variables for %s, with rows of its own number",
    async (sampler) => {
      const rows = { ...settings, invertedRows: 256 };
      const transforms: TransformSpec[] = [{ kind: "standardize", scale: "global" }];
      const advances: [number, number][] = [];
      const onAdvance = (done: number, of: number) => advances.push([done, of]);
      const subject = subjectOf(ring, transforms, { sampler });
      const plain = describeCertification(await certifySubject(pool, subject, rows, { onAdvance }));
      const { theorem, samples, terms, steps } = computed(plain.certificate);
      expect([theorem, samples, steps]).toEqual(["change-of-variables", 256, undefined]);
      expect(Object.keys(terms)).toEqual(["density", "stray"]);
      expect(advances.at(-1)).toEqual([256, 256]);
      expect(JSON.parse(JSON.stringify(plain))).toEqual(plain);
      expect(certificateResult.parse(computed(plain.certificate))).toEqual(plain.certificate);
    },
  );

  it("by change of variables is refused where it cannot be computed, and against training rows where their law is unknown", async () => {
    const board: TargetConfig & DataConfig = { kind: "checkerboard", train: 300, heldOut: 100 };
    const refused = await certifySubject(pool, subjectOf(board, [], { sampler: "ddim" }), settings);
    expect(refused.certificate).toBeNull();
    expect(refused.reason).toMatch(/ddim cannot be certified: .*that of .*checkerboard.* is not known/);
    const rows = { ...settings, invertedRows: 128 };
    const found = await certifySubject(pool, subjectOf(moons, [], { sampler: "ddim" }), rows);
    expect(computed(found.certificate).name).toMatch(/ddim.* against the empirical law/);
    // Each group of 8 rows has at least one unit.
    expect(computed(found.certificate).samples).toBe(304);
  });

  it("says that the last denoising is not part of it", async () => {
    const { certificate } = await certifySubject(pool, subjectOf(ring, [], { denoiseLast: true }), settings);
    expect(computed(certificate).assumptions.at(-1)?.statement).toMatch(/before its last denoising/);
  });
});

describe("certified grid of a run", () => {
  const config = { kind: "certified", steps: 12, end: 0.02 } as const;

  it("comes from held-out rows and the trained network where there is no law", async () => {
    const { heldOut, network } = subjectOf(moons, []);
    const source = { clean: { points: heldOut, dimension: 2 }, denoiser: network, dimension: 2 };
    const { spec: found, grid } = await certifiedGrid(
      pool,
      { sampler: "ancestral", grid: config },
      createSchedule(schedule),
      source,
      1,
    );
    const times = found.kind === "user" ? found.times : [];
    expect([...grid.times]).toEqual(times);
    expect([times.length, times[0], times[12]]).toEqual([13, 4, 0.02]);
    expect(times.every((time, k) => k === 0 || time < times[k - 1])).toBe(true);
  });

  it("is made for the sampler where it has one of its own, else for ancestral", async () => {
    const tunedFor = async (sampler: SamplerName, dimension: number) => {
      const law = { of: { kind: "gaussian", dimension } } as const;
      const sampling = { sampler, grid: { kind: "certified", steps: 3, end: 0.02 } } as const;
      const clean = { points: new Float32Array(40 * dimension).fill(0.5), dimension };
      const source = { clean, denoiser: law, dimension };
      const { spec: found, grid } = await certifiedGrid(pool, sampling, createSchedule(schedule), source, 1);
      expect(found).toMatchObject({ tunedFor: grid.tunedFor });
      return grid.tunedFor;
    };
    expect(await tunedFor("analytic", 1)).toBe("analytic");
    expect(await tunedFor("jvp", 1)).toBe("jvp");
    expect(await tunedFor("full-covariance", 1)).toBe("full-covariance");
    expect(await tunedFor("full-covariance", 17)).toBe("ancestral");
    expect(await tunedFor("heun", 1)).toBe("ancestral");
  });

  it("cannot be what such a network is trained on", () => {
    const parsed = parseConfig({
      name: "early",
      data: { kind: "moons" },
      sampling: { grid: config },
      training: { levels: { spacing: "grid" } },
    });
    const { training } = parsed;
    expect(() => levelSettings(training, undefined)).toThrow(
      /spacing must not be "grid" with a certified sampling grid/,
    );
    const known = createGrid({ kind: "user", times: [0.9, 0.5, 0.1] }, createSchedule(parsed.schedule));
    expect(levelSettings(training, known)).toMatchObject({ spacing: "grid" });
  });
});
