import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layoutOf } from "../../../src/network/spec.js";
import { expandMask } from "../../../src/pruning/expand.js";
import { createMaskFamily, type MaskFamilySpec, maskFamilies } from "../../../src/pruning/families/index.js";
import { keptParameters } from "../../../src/pruning/submodel.js";
import { validateMask } from "../../../src/pruning/validate.js";
import { describeEngines } from "../../support/engines.js";
import { contextOf, keptOf } from "../../support/mask-context.js";
import { arbitraryNetwork, networkOf } from "../../support/networks.js";
import { testNumbers } from "../../support/numbers.js";

const families = Object.values(maskFamilies);
const structured = families.filter(({ name }) => !["full", "magnitude-unstructured"].includes(name));
const sharing = families.filter(({ name }) => !["random", "coverage"].includes(name));

const arbitraryContext = fc
  .record({
    spec: arbitraryNetwork,
    ratios: fc.array(fc.oneof(fc.constantFrom(1, 0.5, 0.25, 0.125), fc.double({ min: 0.01, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 6,
    }),
    round: fc.nat(1000),
    seed: fc.nat(),
    updated: fc.boolean(),
  })
  .map(({ spec, ratios, round, seed, updated }) =>
    contextOf(ratios, { spec, round, seed, ...(updated ? { update: testNumbers(layoutOf(spec).size, 9) } : {}) }),
  );

describe.each(families)("every mask family: $name", (family) => {
  it("names its source", () => {
    expect(family.source).toMatch(/arXiv \d{4}\.\d{5}/);
    expect(createMaskFamily({ kind: family.name })).toBe(family);
  });

  it("gives one valid mask per client, full at keep ratio 1", () => {
    fc.assert(
      fc.property(arbitraryContext, (context) => {
        const masks = family.assign(context);
        expect(masks.length).toBe(context.clients.length);
        masks.forEach((mask, n) => {
          validateMask("mask", context.spec, mask);
          if (context.clients[n].keepRatio === 1) expect(mask).toEqual({ kind: "full" });
        });
      }),
    );
  });

  it("is a function of its context", () => {
    fc.assert(
      fc.property(arbitraryContext, (context) => {
        expect(family.assign({ ...context, clients: context.clients.map((client) => ({ ...client })) })).toEqual(
          family.assign(context),
        );
      }),
    );
  });
});

describe.each(structured)("every structured family: $name", (family) => {
  it("keeps ceil(keepRatio * width) neurons of every layer", () => {
    fc.assert(
      fc.property(arbitraryContext, (context) => {
        family.assign(context).forEach((mask, n) => {
          context.spec.hidden.forEach((width, layer) => {
            const expected = Math.ceil(context.clients[n].keepRatio * width - 1e-9);
            expect(keptOf(context.spec, mask, layer).length).toBe(Math.max(1, expected));
          });
        });
      }),
    );
  });

  it("counts a product that is an integer but for rounding as that integer", () => {
    expect(0.07 * 100).toBeGreaterThan(7);
    const spec = networkOf({ hidden: [100] });
    const [mask] = family.assign(contextOf([0.07], { spec }));
    expect(keptOf(spec, mask, 0).length).toBe(7);
  });
});

describe.each(sharing)("a family that looks at the keep ratio alone: $name", (family) => {
  it("gives clients of equal ratio the same object", () => {
    const [a, b, c, d] = family.assign(contextOf([0.5, 0.25, 0.5, 0.25]));
    expect(a).toBe(c);
    expect(b).toBe(d);
  });

  it("gives the clients of a round nested masks", () => {
    fc.assert(
      fc.property(arbitraryContext, (context) => {
        const clients = [...context.clients].sort((a, b) => a.keepRatio - b.keepRatio);
        const keeps = family.assign({ ...context, clients }).map((mask) => expandMask(context.spec, mask));
        for (let n = 1; n < keeps.length; n++) {
          expect(keeps[n].every((keep, i) => keep >= keeps[n - 1][i])).toBe(true);
        }
      }),
    );
  });
});

describe.each(families.filter(({ name }) => name !== "full"))("bad keep ratios: $name", (family) => {
  it.each([0, -0.5, 1.2, Number.NaN, Number.POSITIVE_INFINITY])("refuses %s", (keepRatio) => {
    expect(() => family.assign(contextOf([1, 0.5, keepRatio]))).toThrow(
      `clients[2].keepRatio must lie in (0, 1], got ${keepRatio}`,
    );
  });
});

describe.each(["magnitude", "taylor", "magnitude-unstructured"] as const)("ranking by %s", (kind) => {
  it("refuses parameters that are not finite", () => {
    const context = contextOf([0.5], { round: 4 });
    context.parameters[3] = Number.NaN;
    expect(() => maskFamilies[kind].assign(context)).toThrow("round 4: parameters or update of the server have NaN");
  });
});

describeEngines("families that draw", (engineOf) => {
  it("give the same masks in both builds", () => {
    for (const family of [maskFamilies.random, maskFamilies.coverage]) {
      const context = contextOf([0.3, 0.7, 0.3, 1], { round: 5, seed: 77 });
      expect(family.assign({ ...context, engine: engineOf() })).toEqual(family.assign(context));
    }
  });
});

describe("createMaskFamily", () => {
  it("refuses an unknown kind", () => {
    expect(() => createMaskFamily({ kind: "toString" } as unknown as MaskFamilySpec)).toThrow(
      'masks.kind must be one of "full", "prefix", "rolling", "random", "coverage", "magnitude", "taylor" or "magnitude-unstructured", got "toString"',
    );
  });

  it("makes the full family keep all parameters whatever the ratio", () => {
    const spec = networkOf();
    const [mask] = maskFamilies.full.assign(contextOf([0.1], { spec }));
    expect(keptParameters(spec, mask)).toBe(layoutOf(spec).size);
  });
});
