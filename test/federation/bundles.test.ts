import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bundle } from "../../src/federation/bundles.js";
import type { BlockTask } from "../../src/federation/messages.js";

const parameters = new Float32Array(1);

function tasksOf(work: readonly number[], of: Partial<BlockTask> = {}): BlockTask[] {
  return work.map((flops, block) => ({
    id: `run/0/${block}`,
    setup: "run",
    round: 0,
    block,
    parameters,
    clients: [],
    flops,
    nonFinite: "stop",
    ...of,
  }));
}

const workOf = (tasks: readonly BlockTask[]) => tasks.reduce((sum, { flops }) => sum + flops, 0);

describe("bundle", () => {
  it("keeps all tasks in their order, and no bundle longer than its share unless it is a single task", () => {
    const work = fc.array(fc.integer({ min: 1, max: 3e9 }), { maxLength: 64 });
    fc.assert(
      fc.property(work, fc.integer({ min: 1, max: 9 }), (flops, places) => {
        const tasks = tasksOf(flops.sort((a, b) => b - a));
        const bundles = bundle(tasks, places);
        expect(bundles.flat()).toEqual(tasks);
        for (const each of bundles) {
          expect(each.length).toBeGreaterThan(0);
          if (each.length > 1) expect(workOf(each)).toBeLessThanOrEqual(Math.min(1e9, workOf(tasks) / places));
        }
      }),
    );
  });

  it("sends work that is not worth a message of its own together, with something for everybody", () => {
    expect(bundle(tasksOf(Array(64).fill(1000)), 1)).toHaveLength(1);
    expect(bundle(tasksOf(Array(64).fill(1000)), 2).map(workOf)).toEqual([32_000, 32_000]);
  });

  it("ends with short bundles, so that nobody waits long for the others", () => {
    const bundles = bundle(tasksOf(Array(64).fill(1e7)), 2).map(workOf);
    expect(bundles[0]).toBe(16e7);
    expect(bundles.at(-1)).toBeLessThanOrEqual(2e7);
  });

  it("never mixes runs, or rounds whose parameters differ", () => {
    const mixed = [
      ...tasksOf([1, 1]),
      ...tasksOf([1], { parameters: new Float32Array(1) }),
      ...tasksOf([1], { setup: "other" }),
    ];
    expect(bundle(mixed, 1).map(({ length }) => length)).toEqual([2, 1, 1]);
  });
});
