import { describe, expect, it } from "vitest";
import { summedMoments } from "../../src/data/moments.js";
import { fitTransforms, type TransformSpec } from "../../src/data/transforms/index.js";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { type CertificationSubject, certifyRun } from "../../src/experiment/certification.js";
import { certificateDefaults } from "../../src/experiment/config/certificate.js";
import type { DataConfig } from "../../src/experiment/config/data.js";
import { parseConfig } from "../../src/experiment/config/parse.js";
import { describeCertification } from "../../src/experiment/describe-certification.js";
import { levelSettings } from "../../src/experiment/federations.js";
import { certifiedGrid } from "../../src/experiment/grid.js";
import { exactLaw } from "../../src/experiment/law.js";
import { drawTarget, type TargetConfig } from "../../src/experiment/target.js";
import { InThreadPool } from "../../src/federation/transports/in-thread.js";
import { createEngine } from "../../src/kernels/index.js";
import { initializeParameters } from "../../src/network/initialize.js";
import type { NetworkSpec } from "../../src/network/spec.js";

const engine = await createEngine({ variant: "simd" });
const pool = new InThreadPool(engine);
const ring: TargetConfig & DataConfig = {
  kind: "ring",
  modes: 8,
  radius: 4,
  standardDeviation: 0.3,
  train: 300,
  heldOut: 100,
};
const moons: TargetConfig & DataConfig = { kind: "moons", noise: 0.1, train: 300, heldOut: 100 };
const spec: NetworkSpec = {
  dimension: 2,
  hidden: [16],
  activation: "silu",
  residual: false,
  noiseFeatures: 8,
  parameterization: "edm",
  sigmaData: 1,
};
const schedule = { kind: "ou", tMin: 1e-2, tMax: 4 } as const;

function subjectOf(
  data: TargetConfig & DataConfig,
  specs: TransformSpec[],
  change: Partial<CertificationSubject> = {},
): CertificationSubject {
  const { train, heldOut } = drawTarget(engine, data, 1);
  const rows = Uint32Array.from({ length: data.train }, (_, row) => row);
  const transform = fitTransforms(engine, specs, summedMoments(engine, train.points, 2, [rows]));
  return {
    data,
    transform,
    schedule,
    grid: createGrid({ kind: "uniform-log-snr", steps: 10 }, createSchedule(schedule)),
    sampler: "ancestral",
    denoiseLast: false,
    network: { spec, parameters: initializeParameters(engine, spec, 1) },
    train: transform.forward(train.points),
    heldOut: transform.forward(heldOut.points),
    seed: 1,
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
    const { transform, train } = subjectOf(ring, scales);
    const found = exactLaw(ring, transform);
    const points = Float32Array.from([1, 2, -3, 0.5]);
    const { affine } = "law" in found ? found.law : { affine: undefined };
    const mapped = points.map((value, at) => (value - (affine?.shift[at % 2] ?? 0)) / (affine?.scale ?? 1));
    transform.forward(points).forEach((value, at) => {
      expect(value).toBeCloseTo(mapped[at], 5);
    });
    // What the second step sees is standardized already.
    expect(affine?.scale).toBeGreaterThan(2);
    expect(train.reduce((sum, value) => sum + value * value, 0) / train.length).toBeCloseTo(1, 2);
    expect(exactLaw(ring, subjectOf(ring, []).transform)).toMatchObject({ law: { of: { kind: "ring" } } });
    expect(exactLaw(ring, subjectOf(ring, [{ kind: "standardize" }]).transform)).toMatchObject({
      reason: expect.stringContaining('scale "global"'),
    });
    expect(exactLaw(ring, subjectOf(ring, [{ kind: "pca", components: 2 }]).transform)).toMatchObject({
      reason: expect.stringContaining("pca"),
    });
  });
});

describe("certification of a run", () => {
  it("is against the target where its exact denoiser is known", async () => {
    const found = await certifyRun(pool, subjectOf(ring, [{ kind: "standardize", scale: "global" }]), settings);
    expect(found.certificate?.samples).toBe(1024);
    expect(found.certificate?.assumptions[0].statement).toMatch(/ring/);
    expect(found.reason).toBeUndefined();
    expect(found.variational).toBeUndefined();
    const plain = describeCertification(found);
    expect(JSON.parse(JSON.stringify(plain))).toEqual(plain);
    expect(plain.certificate?.steps.snr).toHaveLength(10);
  });

  it("is the variational bound and the empirical law where it is not, and says why", async () => {
    for (const [data, specs, reason] of [
      [moons, [], /exact denoiser of moons is not known/],
      [ring, [{ kind: "standardize" }], /do not scale all coordinates alike/],
    ] as const) {
      const found = await certifyRun(pool, subjectOf(data, [...specs]), settings);
      expect(found.certificate?.name).toMatch(/against the empirical law of the training data/);
      expect(found.certificate?.samples).toBe(128);
      expect(found.reason).toMatch(reason);
      expect(found.variational?.samples).toBe(100);
      expect(found.variational?.bitsPerDimension).not.toBeNull();
      const without = await certifyRun(pool, subjectOf(data, [...specs]), { ...settings, empiricalPaths: 0 });
      expect(without.certificate).toBeNull();
      expect(without.reason).toMatch(reason);
      expect(without.variational).toEqual(found.variational);
    }
  });

  it("is null for a sampler without a path KL, with its reason", async () => {
    const found = await certifyRun(pool, subjectOf(ring, [], { sampler: "ddim" }), settings);
    expect(describeCertification(found)).toEqual({
      certificate: null,
      certificateNote: expect.stringMatching(/ddim cannot be certified/),
    });
    expect(describeCertification(undefined)).toMatchObject({ certificate: null });
  });

  it("says that the last denoising is not part of it", async () => {
    const { certificate } = await certifyRun(pool, subjectOf(ring, [], { denoiseLast: true }), settings);
    expect(certificate?.assumptions.at(-1)?.statement).toMatch(/before its last denoising/);
  });
});

describe("certified grid of a run", () => {
  const config = { kind: "certified", steps: 12, end: 0.02 } as const;

  it("comes from held-out rows and the trained network where there is no law", async () => {
    const { heldOut, network } = subjectOf(moons, []);
    const source = { clean: { points: heldOut, dimension: 2 }, denoiser: network, dimension: 2 };
    const grid = await certifiedGrid(pool, config, createSchedule(schedule), source, 1);
    const times = grid.kind === "user" ? grid.times : [];
    expect([times.length, times[0], times[12]]).toEqual([13, 4, 0.02]);
    expect(times.every((time, k) => k === 0 || time < times[k - 1])).toBe(true);
  });

  it("cannot be what such a network is trained on", () => {
    const parsed = parseConfig({
      name: "early",
      data: { kind: "moons" },
      sampling: { grid: config },
      training: { levels: { spacing: "grid" } },
    });
    expect(() => levelSettings(parsed)).toThrow(/spacing must not be "grid" with a certified sampling grid/);
    expect(levelSettings(parsed, { kind: "user", times: [0.9, 0.5, 0.1] })).toMatchObject({ spacing: "grid" });
  });
});
