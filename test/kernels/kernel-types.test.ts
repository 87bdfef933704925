import { describe, expect, it } from "vitest";
import { kernelTypes } from "../../tools/kernel-types.mjs";

/** As asc --bindings raw writes it. */
const declarations = `declare namespace __AdaptedExports {
  /** Exported memory */
  export const memory: WebAssembly.Memory;
  /**
   * assembly/scale/scale
   * @param x \`usize\`
   * @param n \`i32\`
   * @param factor \`f64\`
   * @returns \`f64\`
   */
  export function scale(x: number, n: number, factor: number): number;
  /**
   * assembly/place/place
   * @returns \`usize\`
   */
  export function place(): number;
}`;

const sources: Record<string, string> = {
  scale: `/** Scaling. */
import { fma } from "./simd";

/** Not exported. */
function other(): void {}

/** x *= factor. Returns the sum. */
export function scale(x: usize, n: i32, factor: f64): f64 {
`,
  place: `/** Where. */
export function place(): usize {
`,
};

describe("kernelTypes", () => {
  const types = kernelTypes(declarations, (family: string) => sources[family]);

  it("gives a pointer its type and keeps names, order and docstrings", () => {
    expect(types).toContain(`/** Scaling. */
export interface ScaleKernels {
  /** x *= factor. Returns the sum. */
  scale(x: Pointer, n: number, factor: number): number;
}`);
    expect(types).toContain(`export interface PlaceKernels {
  /** Where. */
  place(): Pointer;
}`);
  });

  it("lists each family and each number of parameters once", () => {
    expect(types).toContain("export interface Kernels\n  extends ScaleKernels,\n    PlaceKernels {}");
    expect(types).toContain("{\n  scale: 3,\n  place: 0,\n}");
  });

  it("refuses an export without types", () => {
    expect(() => kernelTypes(declarations.replace("assembly/scale/scale", "elsewhere/scale"), () => "")).toThrow(
      "scale",
    );
  });
});
