import { expect, test } from "vitest";
import { levelAt } from "../../../src/diffusion/schedule.js";
import { createSchedule, type NoiseScheduleSpec } from "../../../src/diffusion/schedules/index.js";
import { describeEngines } from "../../support/engines.js";

const specs: NoiseScheduleSpec[] = [
  { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-9 },
  { kind: "vp-linear", betaMin: 0, betaMax: 900, tMin: 1e-5 },
  { kind: "vp-cosine", tMin: 1e-9, tMax: 0.999999999 },
  { kind: "ou", tMin: 1e-12, tMax: 300 },
];

describeEngines("schedules and the noiseLevels kernel", (engineOf) => {
  test.each(specs)(
    "$kind: the same log snr within rounding, alpha and sigma to the last float32 bit but one",
    (spec) => {
      const { arena, kernels } = engineOf();
      const schedule = createSchedule(spec);
      const n = 400;
      const { tMin, tMax } = schedule;
      // Half geometric from tMin, half geometric towards tMax.
      const times = Float64Array.from({ length: n }, (_, k) => {
        const u = (k >> 1) / (n / 2 - 1);
        const t = tMin * (tMax / tMin) ** u;
        return Math.min(tMax, Math.max(tMin, k % 2 ? t : tMax - (t - tMin)));
      });
      const found = arena.scope(() => {
        const input = arena.copyBytes(times);
        const logSnr = arena.allocate(n * 8);
        const [alpha, sigma] = [arena.floats(n), arena.floats(n)];
        const { code = Number.NaN, parameters: [p0, p1] = [0, 0] } = schedule.kernel ?? {};
        kernels.noiseLevels(code, p0, p1, input, n, logSnr, alpha.pointer, sigma.pointer);
        return { logSnr: arena.float64(logSnr, n).slice(), alpha: alpha.array.slice(), sigma: sigma.array.slice() };
      });
      for (let k = 0; k < n; k++) {
        const level = levelAt(schedule, times[k]);
        const bound = 4 * Number.EPSILON * Math.max(1, Math.abs(level.logSnr));
        expect(Math.abs(found.logSnr[k] - level.logSnr)).toBeLessThanOrEqual(bound);
        // float32 rounds by 2^-24 relative; below the least normal number by half of 2^-149.
        for (const [value, exact] of [
          [found.alpha[k], level.alpha],
          [found.sigma[k], level.sigma],
        ]) {
          expect(Math.abs(value - exact)).toBeLessThanOrEqual(1.0001 * 2 ** -24 * exact + 2 ** -150);
        }
      }
    },
  );
});
