import { describe, expect, test } from "vitest";
import { ArgumentError, ArgumentTypeError } from "../src/errors.js";
import { createFrom, familyOf, member, type SpecOf } from "../src/family.js";
import { boolean, choice, integer, number, numbers, oneOf, optional, required } from "../src/fields.js";

const walk = member({
  kind: "walk",
  text: "On foot.",
  fields: {
    length: number("(0, 42]", required, "Kilometres."),
    rests: integer("[0, inf)", 1, "Times to sit down."),
    hours: numbers("[0, 24)", optional, "Hours of the rests.", 1),
    uphill: boolean(false, "Climb."),
    pace: choice(["slow", "brisk"], "slow", "How fast."),
  },
  check({ rests, hours }) {
    if (hours === undefined || hours.length === rests) return undefined;
    return { path: ["hours", hours.length - 1], rule: `must be the last of ${rests}`, value: hours.length };
  },
  create: (spec, from: string) => ({ ...spec, from }),
});
const ride = member({ kind: "ride", text: "By bike.", fields: {}, create: (_, from: string) => ({ from }) });
const ways = familyOf(walk, ride);

/** As JSON gives it: of no type. */
const way = (spec: object): object =>
  createFrom<[string], object>(ways, "way", JSON.parse(JSON.stringify(spec)), "home");

describe("createFrom", () => {
  test("fills in defaults and leaves optional settings absent", () => {
    expect(way({ kind: "walk", length: 5 })).toEqual({
      length: 5,
      rests: 1,
      uphill: false,
      pace: "slow",
      from: "home",
    });
    expect(way({ kind: "ride" })).toEqual({ from: "home" });
    expect(() => way({ kind: "ride", speed: 20 })).toThrow("way.speed is not known");
  });

  test("takes an undefined setting for an absent one", () => {
    const spec = { kind: "walk", length: 5, rests: undefined, hours: undefined };
    expect(createFrom<[string], object>(ways, "way", spec, "home")).toEqual(way({ kind: "walk", length: 5 }));
  });

  test.each<[object, string]>([
    [{ kind: "fly" }, 'way.kind must be one of "walk" or "ride", got "fly"'],
    [{ kind: "toString" }, 'way.kind must be one of "walk" or "ride", got "toString"'],
    [{ kind: "walk", length: 0 }, "way.length must lie in (0, 42], got 0"],
    [{ kind: "walk", length: 5, rests: 1.5 }, "way.rests must be an integer >= 0, got 1.5"],
    [
      { kind: "walk", length: 5, rests: 2 ** 53 },
      "way.rests must be an integer in [0, 9007199254740991], got 9007199254740992",
    ],
    [{ kind: "walk", length: 5, hours: [] }, "way.hours must have at least one entry, got array of 0"],
    [{ kind: "walk", length: 5, hours: [24] }, "way.hours[0] must lie in [0, 24), got 24"],
    [{ kind: "walk", length: 5, pace: "fast" }, 'way.pace must be one of "slow" or "brisk", got "fast"'],
    [{ kind: "walk", length: 5, hours: [3, 4] }, "way.hours[1] must be the last of 1, got 2"],
  ])("%j is out of range", (spec, message) => {
    expect(() => way(spec)).toThrow(ArgumentError);
    expect(() => way(spec)).toThrow(message);
  });

  test.each<[object | null, string]>([
    [null, "way must be an object with a kind, got null"],
    [{ kind: "walk" }, "way.length must lie in (0, 42], got undefined"],
    [{ kind: "walk", length: "5" }, 'way.length must lie in (0, 42], got "5"'],
    [{ kind: "walk", length: 5, hours: 3 }, "way.hours must be an array, got 3"],
    [{ kind: "walk", length: 5, hours: ["3"] }, 'way.hours[0] must lie in [0, 24), got "3"'],
    [{ kind: "walk", length: 5, uphill: 1 }, "way.uphill must be true or false, got 1"],
  ])("%j is of the wrong type", (spec, message) => {
    const work = () => createFrom<[string], object>(ways, "way", JSON.parse(JSON.stringify(spec)), "home");
    expect(work).toThrow(ArgumentTypeError);
    expect(work).toThrow(message);
  });

  test("a specification is typed by the fields", () => {
    const specs: readonly SpecOf<typeof ways>[] = [
      { kind: "ride" },
      { kind: "walk", length: 5, pace: "brisk" },
      // @ts-expect-error: length is required.
      { kind: "walk" },
      // @ts-expect-error: no such pace.
      { kind: "walk", length: 5, pace: "fast" },
    ];
    expect(specs).toHaveLength(4);
  });
});

describe("oneOf", () => {
  test.each<[string[], string]>([
    [["a"], 'must be one of "a"'],
    [["a", "b"], 'must be one of "a" or "b"'],
    [["a", "b", "c"], 'must be one of "a", "b" or "c"'],
  ])("%j", (names, rule) => {
    expect(oneOf(names)).toBe(rule);
  });
});
