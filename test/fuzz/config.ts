import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { isFedscoreError } from "../../src/errors.js";
import { parseConfig } from "../../src/experiment/config/parse.js";
import { configJsonSchema } from "../../src/experiment/config/schema.js";
import { readConfig } from "../../src/experiment/files/read-config.js";
import { checkSettings } from "../../src/experiment/prepare/prepare-run.js";
import type { Engine } from "../../src/kernels/index.js";
import { targets } from "../../src/targets/index.js";
import { simdEngine } from "../support/engines.js";
import { specsOf } from "../support/specs.js";
import { fuzzProperty } from "./property.js";

type Key = string | number;
type Path = readonly Key[];

const examples = fileURLToPath(new URL("../../examples", import.meta.url));

/** Valid configs with all their defaults, so that every key can be broken: those of the examples, and one of each target. */
const configs: readonly object[] = [
  ...readdirSync(examples)
    .filter((name) => name.endsWith(".json"))
    .map((name) => readConfig(join(examples, name)).config),
  ...specsOf(targets).map((spec) =>
    parseConfig({ name: "drawn", data: spec, sampling: { grid: { kind: "karras", steps: 9 } } }),
  ),
].map((config) => JSON.parse(JSON.stringify(config)));

const broken = [
  null,
  true,
  "x",
  "",
  [],
  {},
  [null],
  ["x"],
  { kind: "x" },
  0,
  -1,
  0.5,
  1.5,
  3,
  1e-300,
  1e300,
  65537,
  3e5,
  3e9,
  1e12,
  2 ** 53,
  "__proto__",
];

/** Keys whose product is limited: when it is too large, any of them may be named. */
const factors =
  /^(data\.|transforms\[\d+\]|network\.(hidden|noiseFeatures)|training\.(batchSize|levels\.count|optimizer)|sampling\.count|federation\.clients|federation\.capacities|pruning\.family|reference\.dense|apriori\.probes)/;

/** The grid of a schedule must lie in its times. */
const clock = /^(schedule|sampling\.grid)\b/;

/** A broken value at one of the leaves, or a key that nobody knows. */
const mutation = fc
  .constantFrom(...configs)
  .chain((config) =>
    fc.record({
      config: fc.constant(config),
      path: fc.constantFrom(...pathsOf(config)),
    }),
  )
  .chain(({ config, path }) =>
    fc.record({ config: fc.constant(config), path: fc.constant(path), value: fc.constantFrom(...broken) }),
  );

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, each]) =>
    pathsOf(each, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? inner : [path, ...inner];
}

function withValue(config: object, path: Path, value: unknown): object {
  const copy = structuredClone(config);
  let place: object = copy;
  for (const key of path.slice(0, -1)) place = Reflect.get(place, key);
  Reflect.set(place, path[path.length - 1], value);
  return copy;
}

function problemsOf(engine: Engine, config: object): string[] {
  try {
    checkSettings(engine, parseConfig(config));
    return [];
  } catch (error) {
    if (!isFedscoreError(error) || error.code !== "FEDSCORE_INVALID_CONFIG") throw error;
    return error.message.split("\n");
  }
}

/** The path that a message begins with. */
function namedIn(message: string): string {
  const [place] = /^config(\.[$\w-]+|\[\d+\])*/.exec(message) ?? [];
  if (place === undefined || !/^( |:)/.test(message.slice(place.length)))
    throw new Error(`names no key of a config: ${message}`);
  return place.replace(/^config\.?/, "");
}

const written = (path: Path) =>
  path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`))
    .join("")
    .replace(/^\./, "");

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** Whether a path exists in a JSON schema, in whichever member of its unions. */
function existsIn(schema: Schema, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  const members = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  const next = /^\d+$/.test(key) ? schema.items : schema.properties?.[key];
  return (next !== undefined && existsIn(next, rest)) || members.some((member) => existsIn(member, [key, ...rest]));
}

/** The key that was broken, one above or below it, one of the same object (a rule between settings), or a factor of the same product. */
function isAbout(named: string, path: Path): boolean {
  const own = written(path);
  const parent = written(path.slice(0, -1));
  const within = (inner: string, outer: string) =>
    outer === "" || inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
  return (
    within(named, own) ||
    within(own, named) ||
    (parent !== "" && within(named, parent)) ||
    (factors.test(named) && factors.test(own)) ||
    (clock.test(named) && clock.test(own))
  );
}

/** Configs of which one value is broken. */
export const config = fuzzProperty({
  name: "config",
  text: "a config with a broken value is refused before anything is read, by keys that exist and that have to do with it",
  cases: 150,
  async open() {
    const engine = await simdEngine();
    const schema: Schema = JSON.parse(JSON.stringify(configJsonSchema()));
    let refused = 0;
    for (const each of configs) {
      const problems = problemsOf(engine, each);
      if (problems.length > 0) throw new Error(`not a valid config to begin with: ${problems}`);
    }
    return {
      arbitrary: mutation,
      holds({ config, path, value }) {
        const problems = problemsOf(engine, withValue(config, path, value));
        if (problems.length > 0) refused++;
        for (const problem of problems) {
          const named = namedIn(problem);
          const keys = named.split(/[.[\]]+/).filter((key) => key !== "");
          const isUnknown = problem.includes("is not a known key");
          if (!existsIn(schema, isUnknown ? keys.slice(0, -1) : keys))
            throw new Error(`names a key that does not exist: ${problem}`);
          if (!isAbout(named, path)) throw new Error(`${written(path)} is broken, but the message is: ${problem}`);
          if (/undefined|NaN|\[object/.test(problem)) throw new Error(`unreadable: ${problem}`);
        }
      },
      end: (cases) => `${refused} of ${cases} refused`,
    };
  },
});
