import { expectTypeOf, it } from "vitest";
import type { SamplerSpec, settledSamplers } from "../../src/diffusion/samplers/index.js";

it("an object names a sampler that has settings", () => {
  expectTypeOf<keyof typeof settledSamplers>().toEqualTypeOf<"ddim" | "heun" | "predictor-corrector" | "rk45">();
  expectTypeOf<{ readonly kind: "ddim"; readonly eta: number }>().toExtend<SamplerSpec>();
  expectTypeOf<{ readonly kind: "ancestral" }>().not.toExtend<SamplerSpec>();
});
