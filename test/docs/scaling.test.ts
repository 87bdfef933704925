import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { simulate } from "../../tools/scaling/clock.mjs";

const jobs = fc.integer({ min: 1, max: 40 });
const seconds = fc.integer({ min: 1, max: 9 });
const lanes = fc.integer({ min: 1, max: 5 });
const times = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value);

describe("the virtual clock of docs/scaling.md", () => {
  it("lets equal jobs through one station in ceil(n / lanes) turns", () => {
    fc.assert(
      fc.property(jobs, seconds, lanes, (n, s, lanes) => {
        const { seconds, busy } = simulate({ a: { lanes } }, {}, times(n, [["a", s]]));
        expect([seconds, busy.a]).toEqual([Math.ceil(n / lanes) * s, n * s]);
      }),
    );
  });

  it("lets equal jobs through two stations in n of the slower and one of the faster", () => {
    fc.assert(
      fc.property(jobs, seconds, seconds, seconds, (n, a, b, delay) => {
        const route: [string, number][] = [
          ["a", a],
          ["delay", delay],
          ["b", b],
        ];
        const { seconds } = simulate({ a: { lanes: 1 }, b: { lanes: 1 } }, {}, times(n, route));
        expect(seconds).toBe(n * Math.max(a, b) + Math.min(a, b) + delay);
      }),
    );
  });

  it("lets stations of a machine with one core work one at a time, and no machine work faster than its cores", () => {
    const shared = { a: { lanes: 2, machine: "m" }, b: { lanes: 3, machine: "m" } };
    fc.assert(
      fc.property(jobs, seconds, seconds, lanes, (n, a, b, cores) => {
        const routes = times<[string, number][]>(n, [
          ["a", a],
          ["b", b],
        ]);
        expect(simulate(shared, { m: 1 }, routes).seconds).toBe(n * (a + b));
        expect(simulate(shared, { m: cores }, routes).seconds).toBeGreaterThanOrEqual((n * (a + b)) / cores);
      }),
    );
  });
});
