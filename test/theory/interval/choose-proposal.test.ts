import { expect, it } from "vitest";
import { Purpose } from "../../../src/kernels/index.js";
import { normals } from "../../../src/kernels/random.js";
import { chosenProposal } from "../../../src/theory/interval/choose-proposal.js";
import type { ProposalName } from "../../../src/theory/interval/proposals/index.js";
import { simdEngine } from "../../support/engines.js";

const engine = await simdEngine();
const rows = 64;
const factors = new Float64Array(rows).fill(1);

/** U of mean `gap` over what rows have in common, and of this deviation. */
function pilot(name: ProposalName, gap: number, deviation: number) {
  const common = normals(engine, rows, { seed: 1, purpose: Purpose.probe });
  const draw = (client: number) => {
    const z = normals(engine, rows, { seed: 2, purpose: Purpose.probe, client });
    return Float64Array.from(z, (value, row) => 100 * common[row] + gap + deviation * value);
  };
  return { name, u: [draw(0), draw(1)], factors } as const;
}

it("is the proposal of the clearly lower mean, whatever rows have in common", () => {
  expect(chosenProposal([pilot("forward", 3, 2), pilot("tilted-resampled", 1, 2)])).toBe("tilted-resampled");
  expect(chosenProposal([pilot("forward", 1, 2), pilot("tilted-resampled", 3, 2)])).toBe("forward");
});

it("is else that of the smaller variance at the same cost", () => {
  expect(chosenProposal([pilot("forward", 0, 3), pilot("tilted", 0, 1)])).toBe("tilted");
  // Twice the cost for three quarters of the variance.
  expect(chosenProposal([pilot("forward", 0, 2), pilot("tilted", 0, Math.sqrt(3))])).toBe("forward");
  const [one] = [pilot("forward", 0, 1)];
  expect(chosenProposal([one, { ...one, name: "resampled" }])).toBe("forward");
});
