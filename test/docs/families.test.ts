import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formats } from "../../src/data/formats/index.js";
import { transforms } from "../../src/data/transforms/index.js";
import { grids } from "../../src/diffusion/grids/index.js";
import { parameterizations } from "../../src/diffusion/parameterizations/index.js";
import { samplers } from "../../src/diffusion/samplers/index.js";
import { schedules } from "../../src/diffusion/schedules/index.js";
import { weightings } from "../../src/diffusion/weightings/index.js";
import { divergences } from "../../src/divergence/index.js";
import { configJsonSchema } from "../../src/experiment/config/schema.js";
import { aggregations } from "../../src/federation/aggregations/index.js";
import { attacks } from "../../src/federation/attacks/index.js";
import { averages } from "../../src/federation/averages/index.js";
import { clientRules } from "../../src/federation/client-rules/index.js";
import { partitioners } from "../../src/federation/partitioners/index.js";
import { serverOptimizers } from "../../src/federation/server-optimizers/index.js";
import { judges } from "../../src/judges/index.js";
import { levelDistributions } from "../../src/network/level-distributions/index.js";
import { activations } from "../../src/network/network-fields.js";
import { optimizers } from "../../src/network/optimizers/index.js";
import { rates } from "../../src/network/rates/index.js";
import { maskFamilies } from "../../src/pruning/families/index.js";
import { baselines } from "../../src/tables/baselines/index.js";
import { columnMeasures, pairMeasures } from "../../src/tables/judges/index.js";
import { privacyMeasures } from "../../src/tables/judges/privacy.js";
import { targets } from "../../src/targets/index.js";

/** Page of a family, and its key in the config where that takes a name. Kinds with settings are held by test/experiment/config/family.test.ts. */
const families: readonly [page: string, family: object | readonly string[], key?: string][] = [
  ["samplers", schedules],
  ["samplers", grids],
  ["samplers", samplers, "sampling.sampler"],
  ["samplers", samplers, "certificate.sampler"],
  ["data", formats],
  ["data", transforms],
  ["data", partitioners],
  ["targets", targets],
  ["divergences", divergences, "evaluation.divergences"],
  ["judges", judges, "evaluation.judges"],
  ["tables", columnMeasures],
  ["tables", pairMeasures],
  ["tables", privacyMeasures],
  ["tables", baselines],
  ["pruning", maskFamilies, "pruning.family"],
  ["federation", aggregations],
  ["federation", attacks],
  ["federation", averages],
  ["federation", clientRules],
  ["federation", serverOptimizers],
  ["federation", optimizers],
  ["federation", rates],
  ["federation", levelDistributions],
  ["federation", weightings, "training.weighting"],
  ["model", parameterizations, "network.parameterization"],
  ["model", activations, "network.activation"],
];

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
}

/** The names that a key of the config takes, or a list of them. */
function namesAt(key: string): readonly unknown[] | undefined {
  const found = key.split(".").reduce<Schema | undefined>((here, part) => {
    const holder = here?.properties ? here : here?.anyOf?.find(({ properties }) => properties);
    return holder?.properties?.[part];
  }, configJsonSchema() as Schema);
  const here = found?.items ?? found;
  return (here?.anyOf?.find((member) => member.enum) ?? here)?.enum;
}

describe.each(
  families.map(([page, family, key]) => ({ page, names: Array.isArray(family) ? family : Object.keys(family), key })),
)("docs/$page.md, $names", ({ page, names, key }) => {
  const text = readFileSync(new URL(`../../docs/${page}.md`, import.meta.url), "utf8");

  it.each(names)("names `%s`", (name) => {
    expect(text).toContain(`\`${name}\``);
  });

  it.each(key === undefined ? [] : [key])("config.%s takes each of them", (place) => {
    expect(namesAt(place)).toEqual(names);
  });
});
