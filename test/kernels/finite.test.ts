import fc from "fast-check";
import { expect, test } from "vitest";
import { atFloat32 } from "../../src/kernels/index.js";
import { describeEngines } from "../support/engines.js";

describeEngines("finite numbers", (engineOf) => {
  test("non-finite numbers are counted wherever they stand", () => {
    const { arena, kernels } = engineOf();
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, -1, 3e38, Number.NaN, Infinity, -Infinity, 1e-45), { maxLength: 40 }),
        (x) =>
          arena.scope(() => {
            const block = arena.floats(x.length + 1);
            block.array.set(x, 1);
            const at = atFloat32(block.pointer, 1);
            expect(kernels.countNonFinite(at, x.length)).toBe(x.filter((value) => !Number.isFinite(value)).length);
          }),
      ),
    );
  });
});
