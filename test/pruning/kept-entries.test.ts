import fc from "fast-check";
import { expect, it } from "vitest";
import { layoutOf } from "../../src/network/spec.js";
import { compileMask } from "../../src/pruning/compiled-mask.js";
import { expandMask } from "../../src/pruning/expand.js";
import { extract } from "../../src/pruning/extract.js";
import { gatherKept, scatterKept } from "../../src/pruning/kept-entries.js";
import { simdEngine } from "../support/engines.js";
import { arbitraryMask, networkOf } from "../support/networks.js";

const engine = await simdEngine();
const network = networkOf({ dimension: 2, hidden: [6, 5], noiseFeatures: 4 });
const { size } = layoutOf(network);
const vector = Float32Array.from({ length: size }, (_, i) => i + 1);

it("gathers what a mask keeps in ascending order, which of a structured one is its submodel", () => {
  fc.assert(
    fc.property(arbitraryMask(network), (mask) => {
      const keep = expandMask(network, mask);
      const kept = gatherKept(compileMask(network, mask), vector);
      expect(kept).toEqual(vector.filter((_, i) => keep[i] === 1));
      if (mask.kind !== "unstructured") expect(kept).toEqual(extract(engine, network, vector, mask).parameters);
    }),
  );
});

it("scatters to the same places and leaves the rest", () => {
  fc.assert(
    fc.property(arbitraryMask(network), (mask) => {
      const compiled = compileMask(network, mask);
      const keep = expandMask(network, mask);
      const target = vector.map((value) => -value);
      scatterKept(compiled, gatherKept(compiled, vector), target);
      expect(target).toEqual(vector.map((value, i) => (keep[i] === 1 ? value : -value)));
    }),
  );
});
