import { describe, expect, test } from "vitest";
import { legal } from "./support/public-calls.js";
import { type Callable, exempt, handOnNonFinite, publicFunctions } from "./support/public-functions.js";
import { faultOf, mistaken, written } from "./support/wrong-kinds.js";

describe("in plain JavaScript", () => {
  test("every function of the entries is covered, or exempt for a reason", () => {
    const known = [...Object.keys(legal), ...Object.values(exempt).flat()].sort();
    expect(known).toEqual([...publicFunctions.keys()].sort());
  });

  test.for(Object.entries(legal))(
    "%s says what is wrong with its arguments",
    { timeout: 60_000 },
    async ([name, args]) => {
      const call = publicFunctions.get(name) as Callable;
      await call(...args);
      const faults: string[] = [];
      for (const wrong of mistaken(args)) {
        const fault = await faultOf(() => call(...wrong), { nonFinite: handOnNonFinite.includes(name) });
        if (fault) faults.push(`${written(name, wrong)}: ${fault}`);
      }
      expect(faults).toEqual([]);
    },
  );
});
