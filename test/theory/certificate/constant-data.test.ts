import { expect, test } from "vitest";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { certifyInPool } from "../../../src/theory/certificate/certify-in-pool.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { simdEngine } from "../../support/engines.js";

test.each([1, 2, 3, 4])("no term of a certificate on nearly constant data is negative: seed %d", async (seed) => {
  const schedule = { kind: "vp-cosine" } as const;
  const points = Float32Array.from({ length: 40 }, (_, at) => [0.1, 1.1][at % 2] * (1 + 1e-6 * (at % 3)));
  const certificate = await certifyInPool(
    new InThreadPool(await simdEngine()),
    {
      schedule,
      grid: createGrid({ kind: "uniform-log-snr", steps: 5 }, createSchedule(schedule)),
      sampler: "ancestral",
      law: { of: { kind: "empirical", dimension: 2, points } },
      network: undefined,
      seed,
    },
    { paths: 64 },
  );
  for (const { value, upper } of Object.values(certificate.terms)) {
    expect(value).toBeGreaterThanOrEqual(0);
    expect(upper).toBeGreaterThanOrEqual(value);
  }
});
