import { expect, it } from "vitest";
import { parseConfig } from "../../../src/experiment/config/parse.js";

const parse = (ema: unknown) => parseConfig({ name: "a", data: { kind: "ring" }, training: { ema } });

it("training.ema is a decay, or a moving average with its defaults", () => {
  expect(parse(0.9).training.ema).toBe(0.9);
  expect(parse({ kind: "power" }).training.ema).toEqual({ kind: "power", relativeLength: 0.1 });
});

it.each([
  [1, "config.training.ema must lie in [0, 1), got 1"],
  ["much", 'config.training.ema must lie in [0, 1), or be an object with a kind, got "much"'],
  [
    { kind: "powr" },
    'config.training.ema.kind must be one of "exponential" or "power", got "powr"; did you mean "power"?',
  ],
  [{ kind: "exponential" }, "config.training.ema.decay is missing: it must lie in [0, 1)"],
  [{ kind: "power", relativ: 1 }, "config.training.ema.relativ is not a known key; known here: kind, relativeLength"],
])("%j is refused by name", (ema, message) => {
  expect(() => parse(ema)).toThrow(message);
});
