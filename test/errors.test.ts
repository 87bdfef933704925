import { describe, expect, it } from "vitest";
import { ArgumentError, ArgumentTypeError, FedscoreError, isFedscoreError, requireArray } from "../src/errors.js";
import { layoutOf } from "../src/network/spec.js";
import { networkOf } from "./support/networks.js";

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

it("an object whose constructor is not one, and a function, have a name in messages", () => {
  const got = [Object.create(null), { constructor: undefined }, { constructor: "x" }, () => "its whole text"].map(
    (value) => new ArgumentError("a", "must be b", value).message,
  );
  expect(got).toEqual([...Array(3).fill("a must be b, got object"), "a must be b, got a function"]);
});

it("an array with holes, over which map and forEach would step, is refused at its first hole", () => {
  expect(() => requireArray("list", [1, 2])).not.toThrow();
  expect(() => requireArray("list", new Array(2 ** 32 - 1))).toThrow("list[0] must not be a hole of the array");
  expect(() => layoutOf(networkOf({ hidden: new Array(3) }))).toThrow("spec.hidden[0] must not be a hole");
});
