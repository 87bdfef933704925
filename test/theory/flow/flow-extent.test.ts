import { describe, expect, it } from "vitest";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { samplers } from "../../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { layoutOf } from "../../../src/network/spec.js";
import { createLaw, type LawSpec } from "../../../src/targets/law.js";
import { cellsOf } from "../../../src/theory/certificate/open-run.js";
import { strataOf } from "../../../src/theory/certificate/strata.js";
import { certifyFlow } from "../../../src/theory/flow/certify-flow.js";
import { flowExtent } from "../../../src/theory/flow/flow-extent.js";
import { requireFlow } from "../../../src/theory/flow/flow-task.js";
import { type FlowUnitRequest, openFlow, runFlowUnits } from "../../../src/theory/flow/flow-units.js";
import { simdEngine } from "../../support/engines.js";
import { networkOf } from "../../support/networks.js";

const vpLinear = { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 } as const;
const schedule = createSchedule(vpLinear);
const grid = createGrid({ kind: "uniform-log-snr", steps: 3 }, schedule);
const ring: LawSpec = { of: { kind: "ring", modes: 8 } };

describe("rows of a certificate by change of variables", () => {
  it("are those that its units have, the pilot's too", async () => {
    const engine = await simdEngine();
    const target = createLaw(ring);
    const { float64: law } = target;
    if (!law) throw new Error("a ring is known in float64");
    const cells = cellsOf(target);
    for (const paths of [1, 400]) {
      const seed = 1;
      const problem = { schedule, grid, sampler: samplers.ddim, denoiser: law, law, cells, seed };
      const run = openFlow(engine, { ...problem, determinants: "exact" });
      let rows = 0;
      const runUnits = async (request: FlowUnitRequest) => {
        rows += 8 * request.strata.length;
        return runFlowUnits(engine, run, request);
      };
      await certifyFlow({ sampler: "ddim", schedule, grid, target, determinants: "exact", exact: true }, runUnits, {
        paths,
      });
      expect(flowExtent(strataOf(cells), paths).rows).toBe(rows);
    }
  });

  it("are what is refused where they take days: one path of eight cells is a row of each, and 32 of its pilot", () => {
    const spec = networkOf({ dimension: 2, hidden: [1024, 1024], noiseFeatures: 8 });
    const network = { spec, parameters: new Float32Array(layoutOf(spec).size) };
    const refused = (sampler: "ddim" | "heun", steps: number) => {
      const grid = createGrid({ kind: "uniform-log-snr", steps }, schedule);
      return expect(() => requireFlow({ schedule: vpLinear, grid, sampler, law: ring, network }, createLaw(ring), 1));
    };
    refused("ddim", 2000).toThrow(/cannot be certified in hours: 320 rows of 2000 steps/);
    refused("heun", 1000).toThrow(/cannot be certified in hours: 320 rows of 1000 steps/);
    refused("ddim", 1000).not.toThrow();
  });
});
