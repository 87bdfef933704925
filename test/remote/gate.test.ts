import fc from "fast-check";
import { expect, it } from "vitest";
import { Gate } from "../../src/remote/gate.js";

it("lets no more works be under way than it has places, as many where there are enough, and begins them in their order", async () => {
  const works = fc.array(fc.record({ turns: fc.nat(4), fails: fc.boolean() }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), works, async (places, works) => {
      const gate = new Gate(places);
      const begun: number[] = [];
      let [underway, most] = [0, 0];
      const results = await Promise.allSettled(
        works.map(({ turns, fails }, index) =>
          gate.through(async () => {
            begun.push(index);
            most = Math.max(most, ++underway);
            for (let turn = 0; turn < turns; turn++) await Promise.resolve();
            underway--;
            if (fails) throw new Error(`work ${index}`);
            return index;
          }),
        ),
      );
      expect(begun).toEqual([...works.keys()]);
      expect(most).toBeLessThanOrEqual(places);
      if (works.every(({ turns }) => turns > 0)) expect(most).toBe(Math.min(places, works.length));
      expect(results.map((each) => (each.status === "fulfilled" ? each.value : each.reason.message))).toEqual(
        works.map(({ fails }, index) => (fails ? `work ${index}` : index)),
      );
    }),
  );
});
