/** What a page makes of the answers about its table. */
import { expect, it } from "vitest";
import { surveyTable, type TableAsk } from "../../../src/web/lab/table-survey.js";
import { afterAction, firstState, type LabAction, type LabState } from "../../../src/web/state.js";
import { askAgain, askOf, firstAsk, tableProblem } from "../../../src/web/table/table-setup.js";

const csvOf = (columns: string, row: (i: number) => string) =>
  `${columns}\n${Array.from({ length: 40 }, (_, i) => row(i)).join("\n")}\n`;
const visits = csvOf("site,kind,x", (i) => `${"ab"[i % 2]},${"pq"[i % 3 === 0 ? 0 : 1]},${(i * 7) % 23}`);
const fileOf = (name: string, text: string) => ({ name, bytes: new TextEncoder().encode(text) });
const askFor = (name: string, text: string, choices: Partial<TableAsk> = {}): TableAsk => ({
  ...{ file: fileOf(name, text), overrule: {}, onInvalid: "error" },
  ...choices,
});

const after = (state: LabState, ...actions: readonly LabAction[]) => actions.reduce(afterAction, state);
const asked = (survey: number, ask: TableAsk): LabAction => ({ kind: "table", survey, ask });
const heard = (survey: number, ask: TableAsk): LabAction => ({
  kind: "heard",
  event: { kind: "table", survey, answer: surveyTable(ask) },
});
const answered = (state: LabState, survey: number, ask: TableAsk) =>
  after(state, asked(survey, ask), heard(survey, ask));
const set = (path: readonly string[], value: string | number): LabAction => ({ kind: "set", path, value });

const first = askFor("visits.csv", visits);
const ready = answered(firstState(undefined), 1, first);

it("takes the config of a first table whole, and of the next answers what they change", () => {
  expect(ready.config).toMatchObject({ name: "visits", certificate: false, federation: { clients: 4 } });
  expect(ready.files.map(({ name }) => name)).toEqual(["visits.csv"]);
  const edited = after(ready, set(["training", "rounds"], 9), set(["federation", "clients"], 7));
  const left = answered(edited, 2, { ...first, overrule: { x: false }, predict: "kind" });
  expect(left.config).toMatchObject({
    ...{ training: { rounds: 9 }, federation: { clients: 7, partition: { kind: "iid" } } },
    data: { predict: "kind", schema: { fields: [{ name: "site" }, { name: "kind" }] } },
  });
  const owned = answered(left, 3, { ...first, overrule: { x: false }, clientColumn: "site" });
  expect(owned.config).toMatchObject({
    ...{ training: { rounds: 9 }, data: { clientColumn: "site" } },
    federation: { clients: 2, partition: { kind: "column" } },
  });
  expect(owned.config.data).not.toHaveProperty("predict");
});

it("keeps config and file where a cell does not fit, and refuses to run until it does", () => {
  const typed = { ...first, overrule: { site: { type: "number" } } } as const;
  const waiting = after(ready, asked(2, typed));
  expect(tableProblem(waiting.config, waiting.table)).toBe("visits.csv is still being read");
  const refused = after(waiting, heard(2, typed));
  expect(refused.config).toEqual(ready.config);
  expect(tableProblem(refused.config, refused.table)).toMatch(/^visits\.csv, line 2, column "site"/);
  expect(refused.table && askOf(refused.table).overrule).toEqual(typed.overrule);
  const mended = answered(refused, 3, first);
  expect(tableProblem(mended.config, mended.table)).toBeUndefined();
  // Answers to what was asked before say nothing.
  expect(after(mended, asked(5, first), heard(4, typed)).table?.isWaiting).toBe(true);
});

it("loses nothing to a file that is no table, not one of the same name either", () => {
  for (const name of ["other.csv", "visits.csv"]) {
    const state = answered(ready, 2, askFor(name, 'a,b\n"1,2\n'));
    expect([state.config, state.files]).toEqual([ready.config, ready.files]);
    expect(state.table).toMatchObject({ isWaiting: false, known: { columns: { length: 3 } } });
    expect(state.table?.unreadable).toMatch(`${name}, line 2: `);
    expect(tableProblem(state.config, state.table)).toBeUndefined();
    expect(state.table && askOf(state.table).file).toBe(first.file);
  }
});

it("asks again with what a link or the table before it says, and anew for another file", () => {
  const mended = fileOf("visits.csv", visits);
  const owned = answered(ready, 2, { ...first, overrule: { x: false }, clientColumn: "site" });
  expect(firstAsk(owned.config, owned.table, mended)).toMatchObject({
    ...{ file: mended, overrule: { x: false }, clientColumn: "site" },
  });
  expect(firstAsk(owned.config, owned.table, fileOf("b.csv", visits))).toEqual(askFor("b.csv", visits));
  const linked = after(firstState(owned.config), set(["training", "rounds"], 5));
  const again = firstAsk(linked.config, linked.table, mended);
  expect(again).toEqual(askAgain(linked.config, mended));
  const opened = answered(linked, 1, again);
  expect(opened.config).toEqual(linked.config);
  expect(opened.table?.known?.columns.map(({ leftOut }) => leftOut)).toEqual([false, false, true]);
  const kept = answered(opened, 2, { ...first, clientColumn: "site" });
  expect(kept.config).toMatchObject({ training: { rounds: 5 }, data: { schema: { fields: { length: 3 } } } });
});

it("is left for other data with all that tables alone are trained with", () => {
  const other = { name: "moons", data: { kind: "moons" }, training: { rounds: 3 } };
  const state = after(ready, { kind: "data", config: other });
  expect([state.config, state.table]).toEqual([other, undefined]);
});
