import fc from "fast-check";
import { expect } from "vitest";
import { hostileValues, ownError } from "../support/hostile-values.js";
import { legal } from "../support/public-calls.js";
import { handOnNonFinite, publicFunctions } from "../support/public-functions.js";
import { openWatchdog } from "../support/watchdog.js";
import { faultOf } from "../support/wrong-kinds.js";
import { fuzzProperty } from "./property.js";

type Place = readonly (string | number)[];

/** A place in the arguments of a call, and the name of the hostile value that stands there. */
interface Change {
  readonly place: Place;
  readonly value: string;
}

/** Arguments and what is in them, four levels deep: plain objects by their keys, arrays by their first two entries. */
function placesIn(value: unknown, path: Place = []): Place[] {
  if (path.length > 4 || !isOpen(value)) return [path];
  const entries = Array.isArray(value)
    ? [...value.entries()].slice(0, path.length === 0 ? undefined : 2)
    : Object.entries(value);
  const inner = entries.flatMap(([key, each]) => placesIn(each, [...path, key]));
  return path.length === 0 ? inner : [path, ...inner];
}

/** Whether a caller writes it out: no engine, whose parts are not theirs. */
function isOpen(value: unknown): value is object {
  if (Array.isArray(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype && !("kernels" in value);
}

/** A copy in which one place has another value. */
function withValue(value: unknown, [key, ...rest]: Place, other: unknown): unknown {
  if (key === undefined) return other;
  if (Array.isArray(value)) return value.map((each, index) => (index === key ? withValue(each, rest, other) : each));
  if (!isOpen(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, name === key ? withValue(each, rest, other) : each]),
  );
}

/** What is wrong with how the changed legal call of a function ends. */
async function callOf(name: string, changes: readonly Change[]): Promise<string | undefined> {
  const run = publicFunctions.get(name);
  // The deepest first: hostile values are not looked into.
  const args = changes
    .toSorted((a, b) => b.place.length - a.place.length)
    .reduce<unknown>((changed, { place, value }) => withValue(changed, place, hostileValues[value]?.()), legal[name]);
  if (!run || !Array.isArray(args)) throw new Error(`no legal call of ${name}`);
  return faultOf(() => run(...args), { errors: [ownError], nonFinite: handOnNonFinite.includes(name) });
}

/** What is not asked of some functions: by the reason, the places and the values that are left out. */
const leftOut: readonly { readonly reason: string; readonly at: RegExp; readonly values: RegExp }[] = [
  {
    reason: "takes what JSON can hold, or what a run wrote",
    at: /^(failedParts|renderReport|renderSweepReport|renderSweepSvg|runReport|parseConfig|parseSweep|prepareExperiment|runExperiment|runSweep) 0\b/,
    values: /cyclic|impostor|proxy of a Float32Array/,
  },
  {
    reason: "hands rows on as they are",
    at: /^(selectRows 0|splitDataset 1|openTraining 1)\.points$/,
    values: /NaN|Infinity/,
  },
  { reason: "a product of what is not finite is not finite", at: /^matmul [12]$/, values: /NaN|Infinity|3e38/ },
  {
    reason: "as many local steps as are asked for",
    at: /^(measureClient|trainLocally) 1\.(localSteps|steps)$/,
    values: /^2\^31$/,
  },
  { reason: "what createSchedule made for the kernels", at: / \d\.kernel\.\w+(\.\d)?$/, values: /./ },
];

const isAsked = (name: string, { place, value }: Change): boolean =>
  !leftOut.some(({ at, values }) => at.test(`${name} ${place.join(".")}`) && values.test(value));

const call = fc.constantFrom(...Object.keys(legal).filter((name) => (legal[name] ?? []).length > 0)).chain((name) =>
  fc.record({
    name: fc.constant(name),
    changes: fc.uniqueArray(
      fc
        .record({
          place: fc.constantFrom(...placesIn(legal[name])),
          value: fc.constantFrom(...Object.keys(hostileValues)),
        })
        .filter((change) => isAsked(name, change)),
      { minLength: 1, maxLength: 2, selector: ({ place }) => place.join(".") },
    ),
  }),
);

/** Longest time of one call, milliseconds: the slowest takes a second. */
const patience = 120_000;

/** Calls of the public functions from plain JavaScript, in which one or two things are wrong. */
export const api = fuzzProperty({
  name: "api",
  text: "a public function called with hostile values ends, with finite numbers or an error of its own",
  cases: 500,
  async open() {
    const legalMatmul = () => publicFunctions.get("matmul")?.(...(legal.matmul ?? []));
    const before = await legalMatmul();
    const watchdog = openWatchdog(patience);
    return {
      arbitrary: call,
      async holds({ name, changes }) {
        const text = `${name}, ${changes.map(({ place, value }) => `${place.join(".")} = ${value}`).join(", ")}`;
        const fault = await watchdog.over(text, () => callOf(name, changes));
        if (fault !== undefined) throw new Error(`${text}: ${fault}`);
      },
      async end(cases) {
        expect(await legalMatmul()).toEqual(before);
        return `the engine multiplies as before after ${cases} cases`;
      },
      close: () => watchdog.close(),
    };
  },
});
