import { describe, expect, it } from "vitest";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import {
  gaussianAncestralDiscretization,
  gaussianExponentialIntegratorDiscretization,
} from "../../src/theory/gaussian-discretization.js";

const schedule = createSchedule({ kind: "ou", tMin: 0.001, tMax: 10 });
const grid = (steps: number) => createGrid({ kind: "geometric-tail", steps, start: 4, end: 0.01 }, schedule);
const variances = [0.25, 0.25];

describe("closed-form discretization of N(0, I / 4) in two dimensions, OU from T = 4 to delta = 0.01", () => {
  it.each([
    [20, 2.889, 3],
    [50, 1.192, 3],
    [100, 0.6023, 4],
    [200, 0.30515, 5],
    [400, 0.153, 4],
  ])("exponential integrator, %i steps: %f nats", (steps, nats, digits) => {
    expect(gaussianExponentialIntegratorDiscretization(schedule, grid(steps), variances)).toBeCloseTo(nats, digits);
  });

  it.each([
    [50, 0.1362],
    [100, 0.068],
    [400, 0.0168],
  ])("ancestral, %i steps: %f nats", (steps, nats) => {
    expect(gaussianAncestralDiscretization(schedule, grid(steps), variances)).toBeCloseTo(nats, 4);
  });

  it("is linear in the dimension", () => {
    const one = gaussianAncestralDiscretization(schedule, grid(50), [0.25]);
    expect(gaussianAncestralDiscretization(schedule, grid(50), new Array<number>(64).fill(0.25))).toBeCloseTo(
      64 * one,
      12,
    );
  });
});
