import { describe, expectTypeOf, it } from "vitest";
import { atFloat32, atFloat64, type Kernels, nullPointer, type Pointer } from "../../src/kernels/index.js";

describe("pointers", () => {
  const call = (kernels: Kernels, x: Pointer, out: Pointer, n: number) => {
    kernels.squaredNorms(x, n, n, out);
    // @ts-expect-error a length in a pointer's place
    kernels.squaredNorms(n, x, n, out);
    // @ts-expect-error a pointer's sum with bytes is a plain number: atFloat32 says which entry is meant
    kernels.squaredNorms(x + 4, n, n, out);
    // @ts-expect-error nothing is nullPointer
    kernels.gradientNorm(x, 0, n);
    kernels.gradientNorm(x, nullPointer, n);
  };

  it("are what kernels take where their sources say usize", () => {
    expectTypeOf(call).toBeFunction();
    expectTypeOf<Parameters<Kernels["columnSums"]>>().toEqualTypeOf<[Pointer, number, number, number, Pointer]>();
    expectTypeOf<ReturnType<Kernels["heapBase"]>>().toEqualTypeOf<Pointer>();
  });

  it("come from others", () => {
    expectTypeOf<number>().not.toExtend<Pointer>();
    expectTypeOf(atFloat32).parameter(0).toEqualTypeOf<Pointer>();
    expectTypeOf(atFloat64).returns.toEqualTypeOf<Pointer>();
  });
});
