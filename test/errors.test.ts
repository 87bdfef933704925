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

it("values in messages are short and on one line, whatever their characters", () => {
  const message = new ArgumentError("name", "must be a name", `a\n\x1b[31m\x7f\x9b\u202eb${"x".repeat(100)}`).message;
  expect(message).toBe(`name must be a name, got "a\\n\\u001b[31m\\u007f\\u009b\\u202eb${"x".repeat(49)}…"`);
});
