import { expect, it } from "vitest";
import type { LabEvent } from "../../src/web/lab/messages.js";
import { afterAction, firstState, type LabAction, type LabState } from "../../src/web/state.js";

const after = (state: LabState, ...actions: readonly LabAction[]) => actions.reduce(afterAction, state);
const chosen = (survey: number, name: string): LabAction => ({
  ...{ kind: "file", survey, file: { name, content: new Blob(["1"]) } },
});
const read = (survey: number, name: string): LabAction => {
  const config = { name, data: { kind: "csv", path: name } } as const;
  return { kind: "heard", event: { kind: "surveyed", survey, config, note: `read ${name}` } };
};
const refused = (survey: number): LabAction => {
  const event: LabEvent = { kind: "unreadable", survey, message: "no rows" };
  return { kind: "heard", event };
};

it("has the data of the file that was chosen last, whichever is read first", () => {
  const both = after(firstState(undefined), chosen(1, "large.csv"), chosen(2, "small.csv"));
  for (const actions of [
    [read(1, "large.csv"), read(2, "small.csv")],
    [read(2, "small.csv"), read(1, "large.csv")],
    [read(2, "small.csv"), refused(1)],
  ]) {
    const { config, survey } = after(both, ...actions);
    expect(config.data).toEqual({ kind: "csv", path: "small.csv" });
    expect(survey).toMatchObject({ name: "small.csv", text: "read small.csv", isProblem: false });
  }
});

it("keeps its data where a file is refused, and where other data were chosen while it was read", () => {
  const first = firstState(undefined);
  expect(after(first, chosen(1, "empty.csv"), refused(1))).toMatchObject({
    ...{ config: first.config, survey: { text: "no rows", isProblem: true } },
  });
  const other = { name: "moons", data: { kind: "moons" } };
  const late = after(first, chosen(1, "a.csv"), { kind: "data", config: other }, read(1, "a.csv"));
  expect(late.config.data).toEqual({ kind: "moons" });
});
