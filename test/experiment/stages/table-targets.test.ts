import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import { type TableTargets, tableTargets } from "../../../src/experiment/config/table-targets.js";
import { tableResult } from "../../../src/experiment/result/table-schema.js";
import { reachedTargets } from "../../../src/experiment/stages/table-targets.js";
import { computed } from "../../support/computed.js";
import { simdEngine } from "../../support/engines.js";
import { judgedTable, smallCase } from "../../support/judged-table.js";

const engine = await simdEngine();
const all: TableTargets = { quality: 0.5, reference: 0.1, pairTrends: 0, detection: 0.9, use: 0.3, closestRecord: 0.1 };
const { heldOut } = smallCase(engine);
const failed = { notComputed: "made to fail", code: "FEDSCORE_NON_FINITE" as const };
const table = await judgedTable(engine, { targets: all, reference: heldOut });
const judged = computed(table.synthetic);
const numberOf = (score: { readonly value: number | null } | undefined) => score?.value ?? Number.NaN;
const overall = numberOf(computed(judged.quality).overall);
const trends = numberOf(computed(judged.quality).columnPairTrends);
const share = numberOf(computed(computed(judged.privacy).closestRecordShare));

describe("the targets of a table", () => {
  it("stand in the result with what is reached, each with its limits", () => {
    expect(tableResult.safeParse(table).error).toBeUndefined();
    const reference = numberOf(computed(computed(computed(table.reference).quality).overall));
    const baselines = Object.values(table.baselines).map((rows) =>
      numberOf(computed(computed(rows).quality).columnPairTrends),
    );
    const real = numberOf(computed(computed(table.real).use ?? failed).learnt);
    expect(table.targets).toMatchObject({
      quality: { asked: 0.5, value: overall, low: 0.5 },
      reference: { value: overall, low: reference - 0.1 },
      pairTrends: { value: trends, low: Math.max(...baselines) },
      detection: { value: numberOf(computed(judged.detection)), high: 0.9 },
      use: { value: numberOf(computed(judged.use ?? failed).learnt), low: real - 0.3 },
      closestRecord: { value: share, low: 0.4, high: 0.6 },
    });
    expect(Object.keys(table.targets ?? {})).toEqual(Object.keys(tableTargets));
  });

  it("are met at the limit, and missed by what is lacking beyond it, on either side", () => {
    const ask = (targets: TableTargets) => reachedTargets(targets, table);
    expect(ask({ quality: overall }).quality).toMatchObject({ met: true, missedBy: 0 });
    const missed = ask({ quality: 1, detection: 0.5, closestRecord: 0 });
    expect(missed.quality).toMatchObject({ met: false, missedBy: 1 - overall });
    expect(missed.detection).toMatchObject({ missedBy: Math.max(0, numberOf(computed(judged.detection)) - 0.5) });
    expect(missed.closestRecord).toMatchObject({ met: share === 0.5, missedBy: Math.abs(share - 0.5) });
    expect(Object.keys(missed)).toEqual(["quality", "detection", "closestRecord"]);
  });

  it("are open where nobody can know, and the reason says what is lacking", () => {
    const { synthetic, real, baselines } = table;
    const bare = reachedTargets(all, { synthetic, real, baselines });
    expect(bare.reference).toEqual({
      asked: 0.1,
      value: null,
      reason: "the config asks for no reference, reference.dense",
    });
    expect(bare.use).toEqual({ asked: 0.3, value: null, reason: "the config has nothing foretold, data.predict" });
    const lost = { synthetic, real: failed, baselines: { ...baselines, gaussianCopula: failed }, predicted: "outcome" };
    const open = reachedTargets(all, { ...lost, reference: failed });
    for (const name of ["reference", "pairTrends", "use"] as const) expect(open[name]).toMatchObject({ value: null });
    expect(open.quality).toMatchObject({ met: true });
    const none = reachedTargets(all, { ...table, synthetic: failed });
    for (const each of Object.values(none))
      expect(each).toMatchObject({ value: null, reason: "its measure could not be computed" });
  });

  it("are refused beside data that are no table, by name and by range", () => {
    const config = (data: object, targets: object) => () => parseConfig({ name: "t", data, evaluation: { targets } });
    const rows = { kind: "table", path: "t.csv" };
    expect(config({ kind: "mnist" }, { quality: 0.9 })).toThrow(
      "config.evaluation.targets must be left out where data are no table: they are of kind mnist",
    );
    expect(config(rows, { qualty: 0.9 })).toThrow('did you mean "quality"?');
    expect(config(rows, { detection: 0.4 })).toThrow("config.evaluation.targets.detection must lie in [0.5, 1]");
  });
});
