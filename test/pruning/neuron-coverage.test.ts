import { expect, it } from "vitest";
import { layoutOf } from "../../src/network/spec.js";
import { compileMask } from "../../src/pruning/compiled-mask.js";
import { maskFamilies } from "../../src/pruning/families/index.js";
import { neuronCoverage } from "../../src/pruning/neuron-coverage.js";
import { contextOf } from "../support/mask-context.js";

it.each(Object.values(maskFamilies))(
  "counts for $name the clients whose submodels have a neuron's weights",
  (family) => {
    const context = contextOf([1, 0.5, 0.5, 0.25]);
    const { spec } = context;
    const masks = family.assign(context);
    const expected = spec.hidden.map((width, layer) => {
      const { offset, fanIn } = layoutOf(spec).maps[layer];
      return Array.from({ length: width }, (_, neuron) =>
        masks.reduce((sum, mask) => {
          const row = compileMask(spec, mask).keep.subarray(offset + neuron * fanIn, offset + (neuron + 1) * fanIn);
          const kept = row.reduce((count, each) => count + each, 0);
          return sum + (mask.kind === "unstructured" ? kept / fanIn : Number(kept > 0));
        }, 0),
      );
    });
    const found = neuronCoverage(spec, masks);
    expect(found.map((layer) => layer.length)).toEqual(spec.hidden);
    found.forEach((layer, index) => {
      layer.forEach((count, neuron) => {
        expect(count).toBeCloseTo(expected[index][neuron], 12);
      });
    });
  },
);
