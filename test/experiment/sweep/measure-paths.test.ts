import { describe, expect, test } from "vitest";
import { divergences } from "../../../src/divergence/index.js";
import type { Json } from "../../../src/experiment/config/paths.js";
import { resultSchema } from "../../../src/experiment/result/schema.js";
import { runExperiment } from "../../../src/experiment/run.js";
import { jobKinds } from "../../../src/experiment/sweep/jobs/index.js";
import { requireFound, requirePossible } from "../../../src/experiment/sweep/measure-paths.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { simdEngine } from "../../support/engines.js";
import { reportResult } from "../../support/report-input.js";
import { reportTheory } from "../../support/report-theory.js";

const schema = jobKinds.run.resultSchema();
const place = "sweep.measures[0].path";
const possible = (path: string) => requirePossible({ place, path }, schema);

/** Paths of all numbers in a value. */
function numbersIn(value: unknown, path: readonly string[] = []): string[] {
  if (typeof value === "number") return [path.join(".")];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbersIn(inner, [...path, key]));
}

describe("paths of measures", () => {
  test("every number of a result has one", async () => {
    const drawn = resultSchema.parse(reportResult({ ...reportTheory() }));
    const computed = await runExperiment(
      {
        name: "paths",
        data: { kind: "moons", train: 60, heldOut: 40 },
        network: { hidden: [4], noiseFeatures: 2 },
        training: { rounds: 2, localSteps: 1 },
        federation: { clients: 2 },
        sampling: { count: 30, grid: { kind: "uniform", steps: 2 } },
        evaluation: { samples: 30, divergences: Object.keys(divergences) },
        certificate: { paths: 16, empiricalPaths: 16 },
        reference: { dense: true },
      },
      { pool: new InThreadPool(await simdEngine()), variant: "simd" },
    );
    const paths = [...numbersIn(drawn), ...numbersIn(computed)];
    expect(paths.length).toBeGreaterThan(100);
    for (const path of paths) expect(() => possible(path), path).not.toThrow();
    possible("training.loss.-1");
  });

  test.each([
    ["certificate.uper", '"certificate" has no "uper", but name, theorem, value, upper, unit', '"certificate.upper"?'],
    ["certficate.upper", 'a point\'s result has no "certficate", but schemaVersion, name', '"certificate.upper"?'],
    ["training.seconds.total", '"training.seconds" has no "total", it is no object', ""],
    ["training.loss.last", '"training.loss" has no "last", but 0, -1', ""],
    ["certificate.notComputed", '"certificate" has no "notComputed", but name', ""],
    [
      "apriori.gradient.terms.drft.value",
      '"apriori.gradient.terms" has no "drft", but',
      '"apriori.gradient.terms.drift.value"?',
    ],
    ["__proto__.x", 'a point\'s result has no "__proto__"', ""],
  ])("%s does not exist, and what does is said", (path, reason, suggestion) => {
    expect(() => possible(path)).toThrow(`${place} "${path}" does not exist: ${reason}`);
    if (suggestion) expect(() => possible(path)).toThrow(`; did you mean ${suggestion}`);
  });

  test.each([
    ["certificate", /names no number, which has name, theorem/],
    ["environment.version", /names no number$/],
    ["training.loss", /names no number, which has 0, -1/],
  ])("%s is no number", (path, message) => {
    expect(() => possible(path)).toThrow(message);
  });

  test("of a name that only results know, the names that they have are said", () => {
    const results: Json[] = [{ certificate: { terms: { score: { value: 1 } } } }, { certificate: null }];
    const found =
      (path: string, of = results) =>
      () =>
        requireFound({ place, path }, schema, of);
    expect(() => possible("certificate.terms.scor.value")).not.toThrow();
    expect(found("certificate.terms.scor.value")).toThrow(
      `${place} "certificate.terms.scor.value" does not exist: "certificate.terms" has no "scor", but score; did you mean "certificate.terms.score.value"?`,
    );
    expect(found("certificate.terms.score.value")).not.toThrow();
    // Nothing can be said where no point has come so far.
    expect(found("certificate.terms.scor.value", [])).not.toThrow();
    expect(found("certificate.terms.scor.value", [{ certificate: null }])).not.toThrow();
    const failed = { certificate: { notComputed: "too large", code: "FEDSCORE_NON_FINITE" } };
    expect(found("certificate.terms.score.value", [failed])).not.toThrow();
    expect(found("apriori.value", [{}])).not.toThrow();
    expect(found("measured.mmdd.value", [{ measured: { mmd: { value: 1 } } }])).toThrow(/"measured.mmd.value"\?$/);
  });
});
