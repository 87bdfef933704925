import { beforeAll, describe } from "vitest";
import { createEngine, type Engine, supportsRelaxedSimd, type Variant } from "../../src/kernels/index.js";
import { isThorough } from "./thorough.js";

const onNode = typeof process === "object" && typeof process.versions?.node === "string";

/** Node 20 has relaxed SIMD behind a flag that must be set before the first compilation. */
async function enableRelaxedSimd(): Promise<void> {
  if (!onNode || supportsRelaxedSimd()) return;
  const specifier = "node:v8";
  const v8: typeof import("node:v8") = await import(/* @vite-ignore */ specifier);
  v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
}

await enableRelaxedSimd();

/** The release builds that this machine runs. */
export const variants: readonly Variant[] = supportsRelaxedSimd() ? ["simd", "relaxed"] : ["simd"];

/** A fresh engine of the bit-reproducible build. */
export function simdEngine(): Promise<Engine> {
  return createEngine({ variant: "simd" });
}

/** One fresh engine for each of `variants`. */
export function engines(): Promise<Engine[]> {
  return Promise.all(variants.map((variant) => createEngine({ variant })));
}

/** Runs one suite over both release builds; `engineOf()` is valid inside hooks and tests. */
export function describeEngines(name: string, suite: (engineOf: () => Engine) => void): void {
  describeVariants(name, (variant) => createEngine({ variant }), suite);
}

/** The same over the bit-reproducible build alone, and over both where tests are thorough: for what is computed around the kernels. */
export function describeEnginesThoroughly(name: string, suite: (engineOf: () => Engine) => void): void {
  describeVariants(name, (variant) => createEngine({ variant }), suite, isThorough ? undefined : ["simd"]);
}

/** Runs one suite over what is created for each arithmetic; `createdOf()` is valid inside hooks and tests. */
export function describeVariants<T>(
  name: string,
  create: (variant: Variant) => Promise<T>,
  suite: (createdOf: () => T) => void,
  wanted: readonly Variant[] = ["simd", "relaxed"],
): void {
  for (const variant of wanted) {
    if (!variants.includes(variant)) {
      describe.skip(`${name} (${variant}: skipped, this JavaScript engine has no relaxed SIMD)`, () => suite(nothing));
      continue;
    }
    describe(`${name} (${variant})`, () => {
      let created: { readonly value: T } | undefined;
      beforeAll(async () => {
        created = { value: await create(variant) };
      });
      suite(() => (created ?? nothing()).value);
    });
  }
}

function nothing(): never {
  throw new Error("what is tested exists only inside hooks and tests");
}
