/** What a page makes of the answers about its table. */
import { expect, it } from "vitest";
import { surveyTable, type TableAsk } from "../../../src/web/lab/table-survey.js";
import { afterAction, firstState, type LabAction, type LabState } from "../../../src/web/state.js";
import { askAgain, askOf, firstAsk, tableProblem } from "../../../src/web/table/table-setup.js";

const csvOf = (columns: string, row: (i: number) => string) =>
  `${columns}\n${Array.from({ length: 40 }, (_, i) => row(i)).join("\n")}\n`;
const visits = csvOf("site,kind,x", (i) => `${"ab"[i % 2]},${"pq"[i % 3 === 0 ? 0 : 1]},${(i * 7) % 23}`);
const fileOf = (name: string, text: string) => ({ name, content: new Blob([text]) });
const askFor = (name: string, text: string, choices: Partial<TableAsk> = {}): TableAsk => ({
  ...{ file: fileOf(name, text), overrule: {}, onInvalid: "error" },
  ...choices,
});

const after = (state: LabState, ...actions: readonly LabAction[]) => actions.reduce(afterAction, state);
const asked = (survey: number, ask: TableAsk): LabAction => ({ kind: "table", survey, ask });
async function heard(survey: number, ask: TableAsk): Promise<LabAction> {
  const answer = await surveyTable(ask);
  if (!answer) throw new Error("nobody has ended it");
  return { kind: "heard", event: { kind: "table", survey, answer } };
}
const answered = async (state: LabState, survey: number, ask: TableAsk) =>
  after(state, asked(survey, ask), await heard(survey, ask));
const set = (path: readonly string[], value: string | number): LabAction => ({ kind: "set", path, value });

const first = askFor("visits.csv", visits);
const ready = await answered(firstState(undefined), 1, first);

it("takes the config of a first table whole, and of the next answers what they change", async () => {
  expect(ready.config).toMatchObject({ name: "visits", certificate: false, federation: { clients: 4 } });
  expect(ready.files.map(({ name }) => name)).toEqual(["visits.csv"]);
  const edited = after(ready, set(["training", "rounds"], 9), set(["federation", "clients"], 7));
  const left = await answered(edited, 2, { ...first, overrule: { x: false }, predict: "kind" });
  expect(left.config).toMatchObject({
    ...{ training: { rounds: 9 }, federation: { clients: 7, partition: { kind: "iid" } } },
    data: { predict: "kind", schema: { fields: [{ name: "site" }, { name: "kind" }] } },
  });
  const owned = await answered(left, 3, { ...first, overrule: { x: false }, clientColumn: "site" });
  expect(owned.config).toMatchObject({
    ...{ training: { rounds: 9 }, data: { clientColumn: "site" } },
    federation: { clients: 2, partition: { kind: "column" } },
  });
  expect(owned.config.data).not.toHaveProperty("predict");
});

it("keeps config and file where a cell does not fit, and refuses to run until it does", async () => {
  const typed = { ...first, overrule: { site: { type: "number" } } } as const;
  const waiting = after(ready, asked(2, typed));
  expect(tableProblem(waiting.config, waiting.table)).toBe("visits.csv is still being read");
  const refused = after(waiting, await heard(2, typed));
  expect(refused.config).toEqual(ready.config);
  expect(tableProblem(refused.config, refused.table)).toMatch(/^visits\.csv, line 2, column "site"/);
  expect(refused.table && askOf(refused.table).overrule).toEqual(typed.overrule);
  const mended = await answered(refused, 3, first);
  expect(tableProblem(mended.config, mended.table)).toBeUndefined();
  // Answers to what was asked before say nothing.
  expect(after(mended, asked(5, first), await heard(4, typed)).table?.isWaiting).toBe(true);
});

it("loses nothing to a file that is no table, not one of the same name either", async () => {
  for (const name of ["other.csv", "visits.csv"]) {
    const state = await answered(ready, 2, askFor(name, 'a,b\n"1,2\n'));
    expect([state.config, state.files]).toEqual([ready.config, ready.files]);
    expect(state.table).toMatchObject({ isWaiting: false, known: { columns: { length: 3 } } });
    expect(state.table?.unreadable).toMatch(`${name}, line 2: `);
    expect(tableProblem(state.config, state.table)).toBeUndefined();
    expect(state.table && askOf(state.table).file).toBe(first.file);
  }
});

it("is as it was before where a person ends the reading, whatever is heard of it then", async () => {
  const other = askFor("other.csv", visits.replaceAll("p", "r"));
  const progress = { step: "cells", rows: 9, share: 0.5 } as const;
  const reading: LabAction = { kind: "heard", event: { kind: "reading", survey: 2, progress } };
  const under = after(ready, asked(2, other), reading);
  expect(under.table).toMatchObject({ isWaiting: true, isLeft: false, progress });
  expect(after(ready, asked(3, other), reading).table?.progress).toBeUndefined();
  const left = after(under, { kind: "leaveTable" }, reading, await heard(2, other));
  expect(left.table).toMatchObject({ isWaiting: false, isLeft: true, known: ready.table?.known });
  expect(left.table?.progress).toBeUndefined();
  expect([left.config, left.files]).toEqual([ready.config, ready.files]);
  expect(tableProblem(left.config, left.table)).toBeUndefined();
  expect(left.table && askOf(left.table).file).toBe(first.file);
  expect((await answered(left, 3, other)).table).toMatchObject({ isLeft: false, known: { ask: { file: other.file } } });
});

it("asks again with what a link or the table before it says, and anew for another file", async () => {
  const mended = fileOf("visits.csv", visits);
  const owned = await answered(ready, 2, { ...first, overrule: { x: false }, clientColumn: "site" });
  expect(firstAsk(owned.config, owned.table, mended)).toMatchObject({
    ...{ file: mended, overrule: { x: false }, clientColumn: "site" },
  });
  expect(firstAsk(owned.config, owned.table, fileOf("b.csv", visits))).toEqual(askFor("b.csv", visits));
  const linked = after(firstState(owned.config), set(["training", "rounds"], 5));
  const again = firstAsk(linked.config, linked.table, mended);
  expect(again).toEqual(askAgain(linked.config, mended));
  const opened = await answered(linked, 1, again);
  expect(opened.config).toEqual(linked.config);
  expect(opened.table?.known?.columns.map(({ leftOut }) => leftOut)).toEqual([false, false, true]);
  const kept = await answered(opened, 2, { ...first, clientColumn: "site" });
  expect(kept.config).toMatchObject({ training: { rounds: 5 }, data: { schema: { fields: { length: 3 } } } });
});

it("is left for other data with all that tables alone are trained with", async () => {
  const other = { name: "moons", data: { kind: "moons" }, training: { rounds: 3 } };
  const state = after(ready, { kind: "data", config: other });
  expect([state.config, state.table]).toEqual([other, undefined]);
});
