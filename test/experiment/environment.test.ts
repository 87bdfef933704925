import { expect, it } from "vitest";
import { describeEnvironment, runtimeName } from "../../src/experiment/environment.js";
import { runtime } from "../../src/report/format.js";

it("names runtimes that call themselves Node by their own names", () => {
  expect(runtimeName({ node: "24.3.0", bun: "1.3.1" })).toBe("Bun 1.3.1");
  expect(runtimeName({ node: "24.2.0", deno: "2.5.0" })).toBe("Deno 2.5.0");
  expect(runtimeName({ node: "20.19.0" })).toBeUndefined();
  const here = describeEnvironment("simd", 1);
  expect(runtime(here)).toBe(here.runtime ?? `Node ${process.versions.node}`);
  expect(runtime({ ...here, runtime: "Bun 1.3.1" })).toBe("Bun 1.3.1");
});
