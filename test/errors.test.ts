import { describe, expect, it } from "vitest";
import { ArgumentError, ArgumentTypeError, FedscoreError, isFedscoreError } from "../src/errors.js";

describe("isFedscoreError", () => {
  it("knows all classes of this package's errors, also those of another copy of it", () => {
    const others = Object.assign(new Error("of a second copy"), { code: "FEDSCORE_ABORTED" });
    for (const error of [
      new FedscoreError("FEDSCORE_WORKER", "lost"),
      new ArgumentError("steps", "must be >= 1", 0),
      new ArgumentTypeError("steps", "must be a number", "1"),
      others,
    ]) {
      expect(isFedscoreError(error)).toBe(true);
    }
  });

  it("leaves others alone", () => {
    const system = Object.assign(new Error("no such file"), { code: "ENOENT" });
    for (const error of [
      new Error("x"),
      new RangeError("y"),
      system,
      { code: "FEDSCORE_WORKER" },
      "z",
      null,
      undefined,
    ]) {
      expect(isFedscoreError(error)).toBe(false);
    }
  });
});
