import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formats } from "../../../src/data/formats/index.js";
import { summedMoments } from "../../../src/data/moments.js";
import { transforms } from "../../../src/data/transforms/index.js";
import { grids } from "../../../src/diffusion/grids/index.js";
import { createSampler, type SamplerSpec, settledSamplers } from "../../../src/diffusion/samplers/index.js";
import { createSchedule, schedules } from "../../../src/diffusion/schedules/index.js";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import { configJsonSchema } from "../../../src/experiment/config/schema.js";
import { createFrom, type Member } from "../../../src/family.js";
import { aggregations } from "../../../src/federation/aggregations/index.js";
import { type Attack, attacks } from "../../../src/federation/attacks/index.js";
import { clientRules } from "../../../src/federation/client-rules/index.js";
import { encodings } from "../../../src/federation/encodings/index.js";
import { partitioners } from "../../../src/federation/partitioners/index.js";
import { serverOptimizers } from "../../../src/federation/server-optimizers/index.js";
import type { NumberShape, Shape } from "../../../src/fields.js";
import type { Engine } from "../../../src/kernels/index.js";
import { Purpose } from "../../../src/kernels/purpose.js";
import { RandomStream } from "../../../src/kernels/random.js";
import { optimizers } from "../../../src/network/optimizers/index.js";
import { targets } from "../../../src/targets/index.js";
import { simdEngine } from "../../support/engines.js";
import { arbitrarySpec, type Spec } from "../../support/specs.js";

/** A family, the place of its specification in a config, and what the library makes of it. */
interface Place {
  readonly section: string;
  readonly family: Readonly<Record<string, Member>>;
  /** Settings without a default. */
  readonly given?: Readonly<Record<string, unknown>>;
  readonly config: (spec: object) => object;
  /** The name of a specification in messages of the config and of the library. */
  readonly names: readonly [config: string, library: string];
  readonly create: (spec: Spec) => unknown;
}

const engine = await simdEngine();

/** The formats without a file. */
const unread = Object.fromEntries(
  Object.entries<Member>(formats).map(([kind, format]) => [kind, { ...format, create: () => undefined }]),
);

const places: readonly Place[] = [
  {
    section: "federation.server",
    family: serverOptimizers,
    config: (server) => ({ federation: { server } }),
    names: ["config.federation.server", "server"],
    create: (spec) => createFrom(serverOptimizers, "server", spec),
  },
  {
    section: "federation.aggregation",
    family: aggregations,
    config: (aggregation) => ({ federation: { aggregation } }),
    names: ["config.federation.aggregation", "aggregation"],
    create: (spec) => createFrom(aggregations, "aggregation", spec),
  },
  {
    section: "federation.attack",
    family: attacks,
    given: { clients: 1 },
    config: (attack) => ({ federation: { attack } }),
    names: ["config.federation.attack", "attack"],
    create: (spec) => createFrom<[Engine], Attack>(attacks, "attack", spec, engine),
  },
  {
    section: "federation.clientRule",
    family: clientRules,
    config: (clientRule) => ({ federation: { clientRule } }),
    names: ["config.federation.clientRule", "clientRule"],
    create: (spec) => createFrom(clientRules, "clientRule", spec),
  },
  {
    section: "federation.encoding",
    family: encodings,
    config: (encoding) => ({ federation: { encoding } }),
    names: ["config.federation.encoding", "encoding"],
    create: (spec) => createFrom(encodings, "encoding", spec, engine),
  },
  {
    section: "training.optimizer",
    family: optimizers,
    config: (optimizer) => ({ training: { optimizer } }),
    names: ["config.training.optimizer", "optimizer"],
    create: (spec) => engine.arena.scope(() => createFrom(optimizers, "optimizer", spec, engine, 4)),
  },
  {
    section: "federation.partition",
    family: partitioners,
    config: (partition) => ({ federation: { partition } }),
    names: ["config.federation.partition", "partition"],
    create(spec) {
      const owners = Int32Array.from({ length: 12 }, (_, row) => row % 3);
      const request = { count: 12, clients: 3, labels: new Int32Array(12), owners, seed: 1 };
      const random = new RandomStream(engine, { seed: 1, purpose: Purpose.partition });
      return createFrom(partitioners, "partition", spec, request, random);
    },
  },
  {
    section: "transforms[]",
    family: transforms,
    given: { components: 2 },
    config: (transform) => ({ transforms: [transform] }),
    names: ["config.transforms[0]", "transforms[0]"],
    create(spec) {
      const moments = summedMoments(engine, Float32Array.of(0, 1, 2, 3, 5, 8), 2, [Uint32Array.of(0, 1, 2)]);
      return createFrom(transforms, "transforms[0]", spec, engine, moments, "transforms[0]");
    },
  },
  {
    section: "data",
    family: targets,
    given: { dimension: 3, rank: 2 },
    config: (data) => ({ data }),
    names: ["config.data", "target"],
    create: (spec) => createFrom(targets, "target", spec),
  },
  {
    section: "data",
    family: formats,
    config: (data) => ({ data: { path: "points", ...data } }),
    names: ["config.data", "format"],
    create: (spec) => createFrom(unread, "format", spec),
  },
  {
    section: "schedule",
    family: schedules,
    given: { shift: -1, times: [0.1, 1], logSnr: [8, -9] },
    config: (schedule) => ({ schedule }),
    names: ["config.schedule", "schedule"],
    create: (spec) => createFrom(schedules, "schedule", spec),
  },
  {
    section: "sampling.sampler",
    family: settledSamplers,
    config: (sampler) => ({ sampling: { sampler } }),
    names: ["config.sampling.sampler", "sampler"],
    create: (spec) => createSampler(spec as SamplerSpec),
  },
  {
    section: "sampling.grid",
    family: grids,
    given: { steps: 10, times: [0.9, 0.5] },
    config: (grid) => ({ sampling: { grid } }),
    names: ["config.sampling.grid", "grid"],
    create: (spec) => createFrom(grids, "grid", spec, createSchedule({ kind: "vp-cosine" })),
  },
];

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly const?: unknown;
}

const members = places.flatMap((place) =>
  Object.values(place.family).map((member) => ({ kind: member.kind, section: place.section, place, member })),
);

const reference = readFileSync(new URL("../../../docs/config.md", import.meta.url), "utf8");

/** The union in the config's schema that a section such as "transforms[]" names. */
function unionAt(section: string): readonly Schema[] {
  const schema = section.split(".").reduce<Schema | undefined>((here, key) => {
    const property = here?.properties?.[key.replace("[]", "")];
    return key.endsWith("[]") ? property?.items : property;
  }, configJsonSchema() as Schema);
  return (schema?.anyOf?.find((each) => each.oneOf) ?? schema)?.oneOf ?? [];
}

/** The lines of the reference from the heading of a member to the next heading. */
function referenceOf(section: string, kind: string): string {
  const [, page = ""] = reference.split(`\n## ${section}\n`);
  const [, text = ""] = (page.split("\n## ")[0] ?? "").split(`### kind: \`${kind}\`\n`);
  return text.split("\n#")[0] ?? "";
}

function specOf({ given = {} }: Place, { kind, fields }: Member): Spec {
  return { kind, ...Object.fromEntries(Object.entries(given).filter(([key]) => key in fields)) };
}

/** What a parsed config has at a section such as "transforms[]". */
function settingsAt(section: string, config: object): unknown {
  const keys = section.replace("[]", ".0").split(".");
  return keys.reduce<unknown>((here, key) => Object.entries(here ?? {}).find(([name]) => name === key)?.[1], config);
}

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "no error";
}

/** Values that a shape does not have. */
function outsideOf(shape: Shape): readonly unknown[] {
  if (shape.type === "boolean") return [1, "true"];
  if (shape.type === "choice") return ["none of them"];
  if (shape.type === "text") return ["", 3];
  if (shape.type === "column") return ["", -1, 0.5, true];
  if (shape.type !== "list") return outsideOfNumbers(shape);
  const { entry, least } = shape;
  const before = new Array<number>(Math.max(least - 1, 0)).fill(0.5);
  return [3, ...(least > 0 ? [[]] : []), ...outsideOfNumbers(entry).map((value) => [...before, value])];
}

function outsideOfNumbers({ type, low, high, openLow, openHigh }: NumberShape): readonly unknown[] {
  const stepAt = (end: number) => (type === "integer" ? 1 : 1e-9 * Math.max(1, Math.abs(end)));
  const below = Number.isFinite(low) ? [openLow ? low : low - stepAt(low)] : [];
  const above = Number.isFinite(high) ? [openHigh ? high : high + stepAt(high)] : [];
  const between = type === "integer" ? [low + 0.5] : [];
  return [...below, ...above, ...between, Number.NaN, Number.POSITIVE_INFINITY, "1"];
}

const parse = (place: Place, spec: object) => parseConfig({ name: "a", data: { kind: "ring" }, ...place.config(spec) });

describe.each(members)("$section, kind $kind", ({ place, member }) => {
  const { kind, fields } = member;
  const { section, names, create } = place;
  const [inConfig, inLibrary] = names;

  test("is in the config's schema and in its reference, with all settings", () => {
    const schema = unionAt(section).find(({ properties }) => properties?.kind?.const === kind);
    expect(Object.keys(schema?.properties ?? {})).toEqual(expect.arrayContaining(["kind", ...Object.keys(fields)]));
    const text = referenceOf(section, kind);
    expect(text).toContain(member.text);
    for (const [key, field] of Object.entries(fields))
      expect(text).toMatch(new RegExp(`\\| \`${key}\` .*\\| ${escaped(field.text)} \\|`));
  });

  test("its defaults are the same in the config and in the library, and pass its own check", () => {
    const spec = specOf(place, member);
    const filled = createFrom<[], object>({ [kind]: { ...member, create: (all) => all } }, inLibrary, spec);
    expect(settingsAt(section, parse(place, spec))).toMatchObject({ kind, ...filled });
    expect(() => create(spec)).not.toThrow();
  });

  test("whatever is in range and obeys its rules is a config, and means the same there", () => {
    fc.assert(
      fc.property(arbitrarySpec(member), (spec) => {
        expect(settingsAt(section, parse(place, spec))).toMatchObject(spec);
      }),
      { numRuns: 30 },
    );
  });

  test.each(Object.entries(fields))("%s outside of its range has one message", (key, { shape }) => {
    for (const value of outsideOf(shape)) {
      const spec = { ...specOf(place, member), [key]: value };
      const message = messageOf(() => create(spec));
      expect(message.replace(/\[\d+\] must/, " must"), String(value)).toContain(`${inLibrary}.${key} must `);
      expect(messageOf(() => parse(place, spec))).toBe(message.replace(inLibrary, inConfig));
    }
  });
});

test.each(places)("$section refuses an unknown kind by naming its members", (place) => {
  const kinds = Object.keys(place.family);
  const [inConfig, inLibrary] = place.names;
  const rule = `must be one of "${kinds.slice(0, -1).join('", "')}" or "${kinds.at(-1)}", got "none"`;
  expect(messageOf(() => place.create({ kind: "none" }))).toBe(`${inLibrary}.kind ${rule}`);
  const message = messageOf(() => parse(place, { kind: "none" }));
  expect(message).toMatch(/^[^ ]*\.kind must be one of "/);
  expect(message.startsWith(`${inConfig}.kind `)).toBe(true);
  for (const kind of kinds) expect(message).toContain(`"${kind}"`);
});

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
