import { createGrid } from "../../src/diffusion/grids/index.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { createEngine } from "../../src/kernels/index.js";
import { initializeParameters } from "../../src/network/initialize.js";
import type { CertificateRequest } from "../../src/theory/certificate/unit-task.js";
import { networkOf } from "./networks.js";

export const ou = { kind: "ou", tMin: 1e-3, tMax: 10 } as const;
export const grid = createGrid({ kind: "geometric-tail", steps: 12, start: 4, end: 0.01 }, createSchedule(ou));

/** An untrained network against the ring of Gaussians, moved and stretched, in 12 ancestral steps. */
export async function ringRequest(): Promise<CertificateRequest> {
  const engine = await createEngine({ variant: "simd" });
  const spec = networkOf({ dimension: 2, hidden: [16, 16], noiseFeatures: 8, parameterization: "v" });
  return {
    schedule: ou,
    grid,
    sampler: "ancestral",
    law: { of: { kind: "ring" }, affine: { shift: Float64Array.of(0.1, -0.2), scale: 3 } },
    network: { spec, parameters: initializeParameters(engine, spec, 3) },
    seed: 3,
  };
}
