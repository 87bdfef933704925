import { expect, it } from "vitest";
import { prefix } from "../../../src/pruning/families/prefix.js";
import { contextOf, keptOf } from "../../support/mask-context.js";
import { networkOf } from "../../support/networks.js";

it("keeps the first neurons, so that smaller clients are nested in larger ones", () => {
  const spec = networkOf({ hidden: [7, 5, 9] });
  const masks = prefix.assign(contextOf([0.125, 0.3, 0.5, 0.99, 1], { spec, round: 12 }));
  spec.hidden.forEach((width, layer) => {
    for (const [n, mask] of masks.entries()) {
      const kept = keptOf(spec, mask, layer);
      expect(kept).toEqual(kept.map((_, position) => position));
      if (n > 0) expect(kept.length).toBeGreaterThanOrEqual(keptOf(spec, masks[n - 1], layer).length);
    }
    expect(keptOf(spec, masks[4], layer).length).toBe(width);
  });
});
