import { describe, expect, test } from "vitest";
import { ArgumentError, FedscoreError, requireInteger } from "../../../src/errors.js";
import { inSection } from "../../../src/experiment/config/section.js";

describe("inSection", () => {
  test("names an argument by its key of the config", () => {
    const work = () => inSection("config.sampling", () => requireInteger("grid.steps", 0, 1));
    expect(work).toThrow("config.sampling.grid.steps must be an integer >= 1, got 0");
    expect(work).toThrow(FedscoreError);
    expect(work).not.toThrow(ArgumentError);
  });

  test("passes values and other errors on", () => {
    expect(inSection("config", () => 3)).toBe(3);
    expect(() =>
      inSection("config", () => {
        throw new SyntaxError("x");
      }),
    ).toThrow(SyntaxError);
  });
});
