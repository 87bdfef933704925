import { expect, it } from "vitest";
import { levelsOf } from "../../../src/diffusion/grid.js";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { snrOf } from "../../../src/diffusion/schedule.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { certificateLoss } from "../../../src/diffusion/weightings/certificate.js";
import { weightings } from "../../../src/diffusion/weightings/index.js";
import { Purpose } from "../../../src/kernels/purpose.js";
import { normals } from "../../../src/kernels/random.js";
import { levelTable, trainingLevels } from "../../../src/network/levels.js";
import { trainLocally } from "../../../src/network/train-locally.js";
import { describeEngines } from "../../support/engines.js";
import { networkOf } from "../../support/networks.js";

describeEngines("certificate weighting", (engineOf) => {
  it("makes the loss F / d: of a network that answers 0 = x0hat it is 1/2 sum (snr_{k+1} - snr_k) E|X_0|^2 in nats", () => {
    const engine = engineOf();
    const schedule = createSchedule({ kind: "vp-cosine", tMin: 0.05, tMax: 0.98 });
    const grid = createGrid({ kind: "uniform-log-snr", steps: 20 }, schedule);
    const dimension = 3;
    const spec = networkOf({ dimension, hidden: [4], parameterization: "x0", noiseFeatures: 4 });
    // One row of data: E|X_0|^2 is exact, so that only the draw of the levels is random.
    const points = normals(engine, dimension, { seed: 2, purpose: Purpose.target });
    const power = points.reduce((sum, x) => sum + x * x, 0);
    const levels = trainingLevels(engine, schedule, { spacing: "grid", times: [...grid.times] });
    const { losses } = engine.arena.scope(() =>
      trainLocally(engine, {
        spec,
        parameters: new Float32Array((dimension + 4 + 1) * 4 + 5 * dimension),
        levelTable: engine.arena.copyIn(levelTable(engine, spec, levels, weightings.certificate)),
        points: engine.arena.copyIn(points),
        settings: {
          batchSize: 20000,
          optimizer: { kind: "sgd", learningRate: 1e-30 },
          weighting: "certificate",
          levels: { spacing: "grid", times: [...grid.times] },
        },
        steps: 1,
        seed: 1,
        round: 0,
        client: 0,
      }),
    );
    const snr = levelsOf(schedule, grid).map(snrOf);
    const widths = snr.slice(1).map((value, k) => value - snr[k]);
    const expected = 0.5 * widths.reduce((sum, width) => sum + width, 0) * power;
    const secondMoment = widths.reduce((sum, width) => sum + (0.5 * 20 * width * power) ** 2, 0) / 20;
    const deviation = Math.sqrt((secondMoment - expected ** 2) / 20000);
    expect(Math.abs(certificateLoss(losses[0], dimension) - expected)).toBeLessThan(4 * deviation);
    expect(deviation).toBeLessThan(0.03 * expected);
  });
});
