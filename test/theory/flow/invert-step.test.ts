import { expect, it } from "vitest";
import { FlowStep, stepScratch } from "../../../src/theory/flow/flow-step.js";
import { StepInverse } from "../../../src/theory/flow/invert-step.js";

it("leaves x0hat of the solution behind, also where Newton's last step has found nothing better", () => {
  // Rough by 1e-12: no residual falls to 1e-13, and any below 1e-10 is a solution.
  const value = (x: number) => 0.5 * x + 1e-12 * Math.sin(1e15 * x);
  let tried = 0;
  const level = {
    denoise(x: Float64Array, denoised: Float64Array) {
      [tried] = x;
      denoised[0] = value(tried);
    },
    jacobian: (jacobian: Float64Array) => jacobian.fill(0.5),
  };
  for (let y = 0.1; y < 3; y += 0.1) {
    const scratch = stepScratch(1);
    const step = new FlowStep({ x: 1, denoised: 1, noise: 0 }, level, level, scratch);
    const x = new Float64Array(1);
    expect(new StepInverse(1, Math.log).invert(step, Float64Array.of(y), x)?.residual).toBeLessThan(1e-10);
    expect(tried).toBe(x[0]);
    expect(scratch.denoised[0]).toBe(value(x[0]));
  }
});
