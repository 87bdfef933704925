import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutIntoBlocks } from "../../src/federation/blocks.js";
import type { BlockUpdate } from "../../src/federation/messages.js";
import { RoundSum } from "../../src/federation/round-sum.js";
import { networkOf } from "../support/networks.js";

const blocks = 5;
const network = networkOf({ dimension: 1, noiseFeatures: 2, hidden: [1] });
const round = cutIntoBlocks({
  setup: "run",
  round: 2,
  network,
  stepRows: 1,
  assignments: Array.from({ length: blocks }, (_, client) => ({
    client,
    mask: { kind: "full" },
    localSteps: 1,
    weight: 1,
  })),
  nonFinite: "stop",
});

/** Sums whose float64 total depends on the order of the additions. */
const values = [2 ** 60, 1, -(2 ** 60), 3, 2 ** 54];

function updateOf(block: number, value = values[block]): BlockUpdate {
  const reports = [{ client: block, loss: 1, steps: 1, flops: 1, parameters: 6 }];
  return { id: `run/2/${block}`, round: 2, block, sum: Float32Array.of(value, 0, 0, 0, 0, 0), reports };
}

const roundSum = () => new RoundSum(network, round, new Float64Array(6).fill(7));

describe("RoundSum", () => {
  it("adds in block order, whatever the order of arrival", () => {
    const expected = values.reduce((sum, value) => sum + value, 0);
    expect(values.toSorted((a, b) => a - b).reduce((sum, value) => sum + value, 0)).not.toBe(expected);
    const arrivals = fc.shuffledSubarray([...values.keys(), ...values.keys()], { minLength: 2 * blocks });
    fc.assert(
      fc.property(arrivals, (arrival) => {
        const sum = roundSum();
        for (const block of arrival) sum.add(updateOf(block));
        expect(sum.total[0]).toBe(expected);
        expect(sum.reports.map(({ client }) => client)).toEqual([0, 1, 2, 3, 4]);
        expect(sum.complete).toBe(true);
      }),
    );
  });

  it("takes the first update of an id, before and after its turn", () => {
    const sum = roundSum();
    sum.add(updateOf(1));
    sum.add(updateOf(1, 2 ** 100));
    sum.add(updateOf(0));
    sum.add(updateOf(0, 2 ** 100));
    for (const block of [2, 3, 4]) sum.add(updateOf(block));
    expect(sum.total[0]).toBe(values.reduce((total, value) => total + value, 0));
  });

  it("releases an update once its sum was added, and a repeat at once", () => {
    const sum = roundSum();
    const released: string[] = [];
    const arrived = (block: number, name: string) => ({ ...updateOf(block), release: () => released.push(name) });
    sum.add(arrived(1, "1"));
    expect(released).toEqual([]);
    sum.add(arrived(1, "1 again"));
    expect(released).toEqual(["1 again"]);
    sum.add(arrived(0, "0"));
    expect(released).toEqual(["1 again", "0", "1"]);
    for (const block of [0, 1]) sum.add(arrived(block, `${block} once more`));
    expect(released.slice(3)).toEqual(["0 once more", "1 once more"]);
    sum.add({ ...arrived(0, "earlier round"), id: "run/1/0", round: 1 });
    expect(released.at(-1)).toBe("earlier round");
  });

  it("refuses an update of a round that has not begun, of another run and of a block that is not there", () => {
    for (const strange of [
      { id: "run/3/0", round: 3 },
      { id: "run/2/0", round: 2, block: 1 },
      { id: "run/2/9", round: 2, block: 9 },
      { id: "another/1/0", round: 1 },
      { id: "run/1/0", round: 2 },
    ]) {
      const sum = roundSum();
      const update = { ...updateOf(0), ...strange };
      expect(() => sum.add(update), update.id).toThrow("answers no block of this run");
      expect(sum.total[0]).toBe(0);
    }
  });

  it("is complete when every block has come", () => {
    const sum = roundSum();
    for (const block of [4, 2, 1, 3]) {
      sum.add(updateOf(block));
      expect(sum.complete).toBe(false);
    }
    sum.add(updateOf(0));
    expect(sum.complete).toBe(true);
  });
});
