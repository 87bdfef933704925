import { parseHTML } from "linkedom";
import { expect, it } from "vitest";
import { renderReport } from "../../src/report/index.js";
import { reportResult, reportSamples } from "../support/report-input.js";

const plain = reportResult();
const perRound = plain.training.perRound.map((round, index) => ({
  ...round,
  virtual: { end: 5 * (index + 1), seconds: 5, last: { client: 0, download: 1, compute: 2, upload: 1 } },
}));
const times = { download: 1.5, compute: 2.5, upload: 3.5 };
const counts = { share: 1, clients: 2, keepRatio: 0.25, asked: 24, updates: 20, late: 3, lost: 1 };
const devices = {
  ...{ seconds: 60, download: 12, compute: 24, upload: 13, waiting: 11 },
  classes: [
    { name: "board", ...counts, ...times, staleness: 0.75 },
    { name: "phone", ...counts, keepRatio: 1, ...times },
  ],
};

function tablesOf(result: typeof plain): Record<string, (string | null | undefined)[]>[] {
  const { document } = parseHTML(renderReport(result, reportSamples()));
  return [...document.querySelectorAll("#devices table")].map((table) =>
    Object.fromEntries(
      [...table.querySelectorAll("tbody tr")].map((row) => {
        const [name, ...cells] = [...row.children];
        return [name.textContent, cells.map((cell) => cell.querySelector("data")?.getAttribute("value"))];
      }),
    ),
  );
}

it("the report has virtual time by cause, and a row for each kind of device", () => {
  const [causes, classes] = tablesOf({ ...plain, training: { ...plain.training, perRound }, devices });
  expect(causes).toEqual({
    ...{ download: ["12"], compute: ["24"], upload: ["13"] },
    ...{ "waiting for clients that did not come": ["11"], "all rounds": ["60"] },
  });
  expect(classes.board).toEqual(["2", "0.25", "24", "20", "3", "1", "1.5", "2.5", "3.5", "0.75"]);
  expect(classes.phone).toEqual(["2", "1", "24", "20", "3", "1", "1.5", "2.5", "3.5", "0"]);
});

it("draws loss over virtual time to the end of the last round", () => {
  const result = { ...plain, training: { ...plain.training, perRound }, devices };
  const { document } = parseHTML(renderReport(result, reportSamples()));
  expect(document.getElementById("virtual-loss-desc")?.textContent).toMatch(/^From 2.5\d* to 0.6\d* in (60|1)/);
});

it("says nothing of devices where there are none", () => {
  expect(tablesOf(plain)).toEqual([]);
});
