import { beforeAll, describe, expect, it } from "vitest";
import { tableResult } from "../../../src/experiment/result/table-schema.js";
import { clientsToJudge, leastClientRows } from "../../../src/experiment/stages/clients-to-judge.js";
import { baselines } from "../../../src/tables/baselines/index.js";
import { detection } from "../../../src/tables/judges/detection.js";
import { efficacy } from "../../../src/tables/judges/efficacy.js";
import { newRowSynthesis } from "../../../src/tables/judges/new-row-synthesis.js";
import { judgePrivacy } from "../../../src/tables/judges/privacy.js";
import { qualityReport } from "../../../src/tables/judges/quality-report.js";
import { firstRows, takeRows } from "../../../src/tables/table-rows.js";
import { computed } from "../../support/computed.js";
import { simdEngine } from "../../support/engines.js";
import { judgedTable, smallCase, smallSchema, type TableResult } from "../../support/judged-table.js";

const engine = await simdEngine();
const seed = 5;
const small = smallCase(engine);
const { train, heldOut } = small;
const synthetic = computed(small.synthetic);
const failed = { notComputed: "made to fail", code: "FEDSCORE_NON_FINITE" as const };

describe("what is said of a synthetic table", () => {
  let result: TableResult;
  beforeAll(async () => {
    result = await judgedTable(engine, { reference: heldOut });
  });

  it("is as the schema of result.json has it", () => {
    expect(tableResult.safeParse(result).error).toBeUndefined();
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(result.rows).toEqual({ train: 60, heldOut: 24, synthetic: 40 });
  });

  it("is what the library says of the same rows, beside training rows, and of as many as are held out", () => {
    const judged = computed(result.synthetic);
    const quality = computed(judged.quality);
    const report = qualityReport(train, synthetic);
    const few = qualityReport(train, firstRows(synthetic, heldOut.rows));
    expect(quality.overall.value).toBe(report.overall.value);
    expect(quality.pairs.map(({ score }) => score.value)).toEqual(report.trends.map(({ score }) => score.value));
    expect(quality.columns.map(({ shape }) => shape.value)).toEqual(report.shapes.map(({ score }) => score.value));
    expect(quality.equalRows).toMatchObject({ rows: 24, overall: { value: few.overall.value } });
    expect(quality.equalRows.overall.value).not.toBe(quality.overall.value);
    expect(computed(judged.newRows)).toEqual(newRowSynthesis(engine, train, synthetic, { seed }));
    expect(computed(judged.detection)).toEqual(detection(engine, heldOut, synthetic, { seed }));
    expect(computed(judged.privacy)).toEqual(judgePrivacy(engine, { train, heldOut, synthetic }, { seed }));
    const use = efficacy(engine, { train, synthetic, test: heldOut }, { column: "outcome", seed });
    expect(judged.use).toEqual({ learnt: use.synthetic, difference: use.difference });
    expect(result.predicted).toBe("outcome");
  });

  it("stands beside simple generators that draw as many rows, and beside the reference", () => {
    expect(Object.keys(result.baselines)).toEqual(Object.keys(baselines));
    const rows = baselines.gaussianCopula.generate(engine, train, { rows: 40, seed });
    const { quality } = computed(result.baselines.gaussianCopula);
    expect(computed(quality).overall.value).toBe(qualityReport(train, rows).overall.value);
    const reference = computed(result.reference);
    expect(computed(reference.quality).overall.value).toBe(qualityReport(train, heldOut).overall.value);
  });

  it("stands beside real rows, which no generator has seen either", () => {
    const real = computed(result.real);
    expect(computed(real.quality).overall.value).toBe(qualityReport(train, heldOut).overall.value);
    const fresh = firstRows(train, 40);
    expect(computed(real.detection)).toEqual(detection(engine, heldOut, fresh, { seed }));
    const rest = takeRows(
      heldOut,
      Uint32Array.from({ length: 12 }, (_, row) => 12 + row),
    );
    const halves = { train, heldOut: rest, synthetic: firstRows(heldOut, 12) };
    expect(computed(real.privacy)).toEqual(judgePrivacy(engine, halves, { seed }));
    const { real: learnt } = efficacy(engine, { train, synthetic, test: heldOut }, { column: "outcome", seed });
    expect(real.use).toEqual({ learnt });
  });

  it("counts the cells of each column, those that did not fit and those without a code", () => {
    const columns = computed(result.columns);
    expect(columns.map(({ name, invalid, unknown }) => [name, invalid, unknown])).toEqual([
      ["site", 0, 0],
      ["day", 0, 0],
      ["cost", 0, 2],
      ["outcome", 0, 0],
    ]);
    for (const { train: own, synthetic: drawn } of columns) {
      const cells = ({ bins, atoms = [], gaps }: typeof own) => [...bins, ...atoms, gaps].reduce((a, b) => a + b, 0);
      expect([cells(own), cells(computed(drawn))]).toEqual([60, 40]);
    }
  });

  it("counts cells of columns that are named as what every object has", async () => {
    const named = <T extends { readonly columns: readonly { readonly name: string }[] }>(table: T) => ({
      ...table,
      columns: table.columns.map((column, at) => ({
        ...column,
        name: ["constructor", "__proto__"][at] ?? column.name,
      })),
    });
    const fields = smallSchema.fields.map((field, at) => ({
      ...field,
      name: ["constructor", "__proto__"][at] ?? field.name,
    }));
    const tables = { train: named(train), heldOut: named(heldOut), synthetic: named(synthetic) };
    const strange = await judgedTable(engine, { ...tables, schema: { fields }, clientColumn: "constructor" });
    expect(tableResult.safeParse(strange).error).toBeUndefined();
    expect(computed(strange.columns).map(({ invalid, unknown }) => [invalid, unknown])).toEqual([
      [0, 0],
      [0, 0],
      [0, 2],
      [0, 0],
    ]);
  });

  it("shows the first rows as they are written", () => {
    const rows = computed(result.examples);
    expect(rows.length).toBe(10);
    expect(rows[0][1]).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(rows.some((cells) => cells[2] === "")).toBe(true);
  });

  it("has for each client, without the column that parts them, what synthetic and real rows reach", () => {
    const clients = computed(result.clients);
    expect(clients).toMatchObject({ compared: 24, leastRows: leastClientRows, left: 0, leftOut: "site" });
    const sizes = clients.judged.map(({ rows }) => rows);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(sizes.reduce((a, b) => a + b)).toBe(60);
    const [smallest] = clients.judged;
    const without = ({ rows, columns }: typeof train) => ({ rows, columns: columns.slice(1) });
    const own = without(takeRows(train, small.clientRows?.[smallest.client] ?? new Uint32Array(0)));
    expect(smallest.synthetic.overall.value).toBe(qualityReport(own, without(firstRows(synthetic, 24))).overall.value);
    expect(smallest.real.overall.value).toBe(qualityReport(own, without(heldOut)).overall.value);
    expect(smallest.name).toBe(small.clients?.[smallest.client]);
  });
});

describe("a synthetic table that cannot be judged", () => {
  it("says so in its place, and the rest goes on", async () => {
    const result = await judgedTable(engine, { synthetic: failed, reference: failed, prediction: undefined });
    expect(tableResult.safeParse(result).error).toBeUndefined();
    expect(result.synthetic).toMatchObject({ needs: "samples", code: failed.code });
    expect(result.reference).toMatchObject({ needs: "reference.samples" });
    expect(result.clients).toMatchObject({ needs: "samples" });
    expect(result.examples).toMatchObject({ needs: "samples" });
    expect(computed(result.columns)[0].synthetic).toMatchObject({ needs: "samples" });
    expect(computed(computed(result.real).quality).overall.value).toBeGreaterThan(0.5);
    expect(computed(result.baselines.independentColumns)).not.toHaveProperty("use");
    expect(result).not.toHaveProperty("predicted");
  });

  it("tells nothing of clients whose rows are protected", async () => {
    expect(await judgedTable(engine, { clientRows: undefined })).not.toHaveProperty("clients");
  });

  it("is one measure that fails, and not the others", async () => {
    const lone = firstRows(train, 3);
    const { detection: told, privacy } = computed((await judgedTable(engine, { synthetic: lone })).synthetic);
    expect(told).toEqual({ value: null, reason: "the synthetic table has fewer than 6 rows, two for each fold" });
    expect(computed(privacy).exactCopies.value).toBe(1);
  });
});

describe("the clients that are judged", () => {
  it("are those with enough rows, the smallest first", () => {
    expect(clientsToJudge([50, leastClientRows - 1, leastClientRows, 12])).toEqual([2, 3, 0]);
  });

  it("are some of many, evenly spread, with the smallest and the largest", () => {
    const sizes = Array.from({ length: 1000 }, (_, client) => 2000 - client);
    const chosen = clientsToJudge(sizes);
    expect(chosen.length).toBe(100);
    expect([chosen[0], chosen[99]]).toEqual([999, 0]);
    expect(new Set(chosen).size).toBe(100);
  });
});
