import { expect, test } from "vitest";
import { describeEngines, engines, variants } from "./engines.js";

describeEngines("describeEngines", (engineOf) => {
  test("gives the suite an instantiated engine of a release build", () => {
    const engine = engineOf();
    expect(variants).toContain(engine.variant);
    expect(engine.kernels.heapBase()).toBeGreaterThan(0);
  });
});

test("engines() creates one engine for each variant, strict SIMD first", async () => {
  const created = await engines();
  expect(created.map((engine) => engine.variant)).toEqual(variants);
  expect(created[0]?.variant).toBe("simd");
});
