import { describe, expect, it } from "vitest";
import { summedMoments } from "../../../src/data/moments.js";
import { fitTransforms } from "../../../src/data/transforms/index.js";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { levelAt } from "../../../src/diffusion/schedule.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { certificateDefaults } from "../../../src/experiment/config/certificate.js";
import { exactLaw } from "../../../src/experiment/prepare/exact-law.js";
import { sandwichResult } from "../../../src/experiment/result/sandwich-schema.js";
import { type Certification, certifySubject } from "../../../src/experiment/stages/certify.js";
import { compareBounds } from "../../../src/experiment/stages/compare-bounds.js";
import { describeComparison } from "../../../src/experiment/stages/describe-certification.js";
import type { CertificationSubject } from "../../../src/experiment/stages/subject.js";
import { sampleInPool } from "../../../src/model/sample-in-pool.js";
import { initializeParameters } from "../../../src/network/initialize.js";
import { createLaw } from "../../../src/targets/law.js";
import { noisedSample } from "../../../src/theory/measured/noised-sample.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { computed } from "../../support/computed.js";
import { simdEngine } from "../../support/engines.js";
import { networkOf } from "../../support/networks.js";

const engine = await simdEngine();
const pool = new InThreadPool(engine);
const dimension = 2;
const spec = networkOf({ dimension, hidden: [16], noiseFeatures: 8, parameterization: "edm" });
const schedule = { kind: "ou", tMin: 1e-2, tMax: 4 } as const;
const gridSpec = { kind: "uniform-log-snr", steps: 10 } as const;
const ring = { kind: "ring" as const, modes: 8, radius: 4, standardDeviation: 0.3 };
const { points } = createLaw({ of: ring }).sample(engine, 300, 1);
const rows = Uint32Array.from({ length: 300 }, (_, row) => row);
const moments = summedMoments(engine, points, dimension, [rows]);
const transform = fitTransforms(engine, [{ kind: "standardize", scale: "global" }], moments);
const { affine } = transform;
if (!affine) throw new Error("standardize with one scale is affine");
const lawOf = (data: typeof ring) => exactLaw(engine, { ...data, train: 300, heldOut: 100 }, transform);
const subject: CertificationSubject = {
  law: lawOf(ring),
  schedule: createSchedule(schedule),
  scheduleSpec: schedule,
  grid: createGrid(gridSpec, createSchedule(schedule)),
  sampler: "ancestral",
  denoiseLast: false,
  network: { spec, parameters: initializeParameters(engine, spec, 1) },
  train: new Float32Array(0),
  heldOut: new Float32Array(0),
  seed: 1,
};
const request = {
  network: spec,
  parameters: subject.network.parameters,
  schedule,
  grid: gridSpec,
  sampler: "ancestral",
  denoiseLast: false,
  seed: 1,
  count: 2000,
} as const;
const apriori = { unavailable: "not asked for" };
const none: Certification = { certificate: null, reason: "ddim has no path KL" };
const confidence = 0.95;

describe("comparison of the bounds of a run", () => {
  it("is ordered for an untrained network, and its rows are those of result.json", async () => {
    const certification = await certifySubject(pool, subject, { ...certificateDefaults, paths: 512 });
    const samples = () => sampleInPool(pool, request);
    const found = await compareBounds(pool, subject, { samples, certification, confidence, apriori });
    const [lower, estimate, certificate, last] = computed(found.sandwich).rows.map(({ value }) => value ?? Number.NaN);
    expect(computed(found.sandwich).rows.map(({ role }) => role)).toEqual([
      "lower bound",
      "estimate",
      "certificate",
      "a-priori bound",
    ]);
    expect(lower).toBeGreaterThan(0.2);
    expect(estimate).toBeGreaterThan(lower);
    expect(certificate).toBeGreaterThan(estimate);
    expect(certificate).toBe(computed(certification.certificate).upper);
    expect(last).toBeNaN();
    const plain = describeComparison(found);
    expect(computed(plain.lowerBound).value).toBe(lower);
    expect(sandwichResult.parse(JSON.parse(JSON.stringify(plain.sandwich)))).toEqual(plain.sandwich);
  });

  it("finds nothing against draws of the law itself in the coordinates of the network", async () => {
    const level = levelAt(createSchedule(schedule), schedule.tMin);
    const samples = async () => noisedSample(engine, createLaw({ of: ring, affine }), level, 2000, 77);
    const { lowerBound, sandwich } = await compareBounds(pool, subject, {
      samples,
      certification: none,
      confidence,
      apriori,
    });
    expect(lowerBound).toMatchObject({ value: 0 });
    const [, { low, high }, certificate] = computed(sandwich).rows;
    // Three times the half width of its 95 % interval.
    expect(Math.abs((low ?? 9) + (high ?? 9))).toBeLessThan(3 * ((high ?? 0) - (low ?? 0)));
    expect(certificate).toMatchObject({ value: null, reason: "ddim has no path KL" });
  });

  it("says why where the law is not known, where samples are few, and where rows coincide", async () => {
    const parts = { certification: none, confidence, apriori };
    const undrawn = () => Promise.reject(new Error("must not be drawn"));
    const file = { ...subject, law: exactLaw(engine, { kind: "npy", path: "points.npy" }, transform) };
    const unknown = await compareBounds(pool, file, { ...parts, samples: undrawn });
    expect(unknown.lowerBound).toMatchObject({ unavailable: expect.stringMatching(/"npy" are read from files/) });
    expect(describeComparison(unknown)).toMatchObject({
      lowerBound: null,
      lowerBoundNote: expect.stringMatching(/files/),
    });
    const few = await compareBounds(pool, subject, { ...parts, samples: async () => new Float32Array(38) });
    expect(few.lowerBound).toEqual({ unavailable: "needs at least 20 samples, sampling.count is 19" });
    const scheduleSpec = { kind: "ou", tMin: 1e-14, tMax: 4 } as const;
    const late = createSchedule(scheduleSpec);
    const tight: CertificationSubject = {
      ...subject,
      law: lawOf({ ...ring, standardDeviation: 1e-7 }),
      schedule: late,
      scheduleSpec,
      grid: createGrid(gridSpec, late),
    };
    const collapsed = await compareBounds(pool, tight, { ...parts, samples: async () => new Float32Array(4000) });
    expect(collapsed.lowerBound).not.toHaveProperty("unavailable");
    expect(computed(collapsed.sandwich).rows[1]).toMatchObject({
      value: null,
      reason: expect.stringMatching(/coincides/),
    });
  });

  it("a certificate below the lower bound is said in the place of the comparison, and the lower bound stays", async () => {
    const { certificate } = await certifySubject(pool, subject, { ...certificateDefaults, paths: 512 });
    const certification = { certificate: { ...computed(certificate), value: 0.01, upper: 0.02 } };
    const samples = () => sampleInPool(pool, request);
    const found = await compareBounds(pool, subject, { samples, certification, confidence, apriori });
    expect(found.sandwich).toEqual({
      notComputed: expect.stringMatching(/^lower bound \(.*\) [\d.]+ nats exceeds certificate \(.*\) 0\.02/),
      code: "FEDSCORE_BOUND_VIOLATED",
    });
    expect(computed(describeComparison(found).lowerBound)).toHaveProperty("value", expect.any(Number));
  });
});
