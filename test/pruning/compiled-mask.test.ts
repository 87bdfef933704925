import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layoutOf } from "../../src/network/spec.js";
import { compileMask } from "../../src/pruning/compiled-mask.js";
import { arbitraryNetwork, arbitraryNetworkAndMask, arbitraryStructuredMask, networkOf } from "../support/networks.js";

describe("compileMask", () => {
  it("is made once for each mask of a network", () => {
    const [spec, other] = [networkOf(), networkOf({ hidden: [9, 9] })];
    const mask = { kind: "full" } as const;
    expect(compileMask(spec, mask)).toBe(compileMask(spec, mask));
    expect(compileMask(spec, { ...mask })).not.toBe(compileMask(spec, mask));
    expect(compileMask(other, mask).kept).toBe(layoutOf(other).size);
    expect(compileMask(spec, mask).kept).toBe(layoutOf(spec).size);
  });

  it("visits what a structured mask keeps, ascending, and counts through the submodel's vector", () => {
    fc.assert(
      fc.property(
        arbitraryNetwork.chain((spec) => fc.tuple(fc.constant(spec), arbitraryStructuredMask(spec))),
        ([spec, mask]) => {
          const compiled = compileMask(spec, mask);
          const visited: number[] = [];
          for (let again = 0; again < 2; again++) {
            visited.length = 0;
            compiled.visit((start, end, packed) => {
              expect(packed).toBe(visited.length);
              for (let i = start; i < end; i++) visited.push(i);
            });
          }
          expect(visited).toEqual([...compiled.keep.keys()].filter((i) => compiled.keep[i] === 1));
          expect(compiled.kept).toBe(visited.length);
          expect(layoutOf(compiled.spec).size).toBe(visited.length);
          expect(compiled.units.map(({ length }) => length)).toEqual(layoutOf(compiled.spec).units);
        },
      ),
    );
  });

  it("keeps as many parameters as `keep` has ones, for every mask", () => {
    fc.assert(
      fc.property(arbitraryNetworkAndMask, ({ spec, mask }) => {
        const { keep, kept } = compileMask(spec, mask);
        expect(keep.length).toBe(layoutOf(spec).size);
        expect(kept).toBe(keep.reduce((ones, one) => ones + one, 0));
      }),
    );
  });
});
