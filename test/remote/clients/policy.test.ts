import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policySchema } from "../../../src/experiment/config/policy.js";
import { packBits, unpackBits } from "../../../src/remote/clients/bit-set.js";
import {
  completePolicy,
  countClasses,
  policyFields,
  statisticProblem,
  trainingProblem,
} from "../../../src/remote/clients/policy.js";

const steps = { round: 0, localSteps: 10, trained: 0 };

describe("a policy", () => {
  it("has the same keys and defaults in a file as in the library", () => {
    expect(policySchema.parse({})).toEqual(completePolicy({}));
    expect(Object.keys(policySchema.shape).sort()).toEqual(["$schema", ...Object.keys(policyFields)].sort());
    expect(() => completePolicy({ mostRound: 3 } as object)).toThrow("mostRounds");
    expect(() => completePolicy({ smallestGroup: 0 })).toThrow("policy.smallestGroup");
  });

  it("has its keys and their defaults in docs/remote.md", () => {
    const page = readFileSync(new URL("../../../docs/remote.md", import.meta.url), "utf8");
    for (const [key, { text, absent }] of Object.entries(policyFields)) {
      const row = page.split("\n").find((line) => line.startsWith(`| \`${key}\` |`)) ?? "";
      expect(row).toContain(text.replace(/\.? Default: any number\.$/, ""));
      if (typeof absent !== "symbol") expect(row.replaceAll("`", "")).toContain(`| ${absent} |`);
    }
  });

  it("limits local steps and rounds, also those that are called by other numbers", () => {
    const policy = completePolicy({ mostLocalSteps: 10, mostRounds: 3 });
    expect(trainingProblem(policy, steps)).toBeUndefined();
    expect(trainingProblem(policy, { ...steps, localSteps: 11 })).toBe("its policy allows 10 local steps, not 11");
    expect(trainingProblem(policy, { ...steps, round: 2, trained: 2 })).toBeUndefined();
    for (const more of [{ round: 3 }, { trained: 3 }])
      expect(trainingProblem(policy, { ...steps, ...more })).toBe("its policy allows 3 rounds, and this is one more");
    expect(trainingProblem(completePolicy({}), { round: 1e6, localSteps: 1e6, trained: 1e6 })).toBeUndefined();
  });

  it("gives statistics that it names, of enough rows", () => {
    const policy = completePolicy({ loss: false, smallestGroup: 5 });
    expect(statisticProblem(policy, "moments", 5)).toBeUndefined();
    expect(statisticProblem(policy, "moments", 4)).toBe("its policy gives moments of at least 5 rows");
    expect(statisticProblem(policy, "loss", 100)).toBe("its policy does not give loss");
    expect(statisticProblem(policy, "classes", 100)).toBe("its policy does not give classes");
  });

  it("names no class of fewer rows than its smallest group, and loses no row", () => {
    const labels = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 60 });
    fc.assert(
      fc.property(labels, fc.integer({ min: 1, max: 12 }), (list, smallestGroup) => {
        const { classes, counts, unnamed } = countClasses(completePolicy({ smallestGroup }), Int32Array.from(list));
        expect([...classes]).toEqual([...classes].sort((a, b) => a - b));
        for (const [index, label] of classes.entries()) {
          expect(counts[index]).toBe(list.filter((each) => each === label).length);
          expect(counts[index]).toBeGreaterThanOrEqual(smallestGroup);
        }
        const named = list.filter((label) => classes.includes(label)).length;
        expect(unnamed).toBe(list.length - named);
      }),
    );
  });
});

it("bits of a mask are read as they were written, of the right number alone", () => {
  const flags = fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 40 });
  fc.assert(
    fc.property(flags, (list) => {
      const bits = packBits(Uint8Array.from(list));
      expect(bits.length).toBe(Math.ceil(list.length / 8));
      expect([...unpackBits(bits, list.length)]).toEqual(list);
      expect(() => unpackBits(bits, list.length + 8)).toThrow("bytes of bits");
    }),
  );
});
