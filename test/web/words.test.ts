import { expect, it } from "vitest";
import type { RunFacts } from "../../src/web/lab/messages.js";
import { fileWords } from "../../src/web/survey.js";
import { aboutRows, lookWords } from "../../src/web/words.js";

const facts: RunFacts = {
  environment: { version: "0.1.0", variant: "simd", workers: 1, cpu: "" },
  ...{ trainRows: 8, heldOutRows: 2, dimension: 2, parameters: 9, hasRowsAlone: true, clients: [] },
};

it("says that the certificate of rows alone is about the training rows, and nothing of that where the law is known", () => {
  expect(aboutRows({ facts })).toMatch(/about the training rows, not about the law/);
  expect(aboutRows({ facts: { ...facts, hasRowsAlone: false } })).toBeUndefined();
  expect(aboutRows({ facts: undefined })).toBeUndefined();
});

it("calls no early look the certificate of its run", () => {
  expect(lookWords({ final: true }, "done")).toContain("The last bar is the run’s certificate");
  expect(lookWords({ final: true }, "stopped")).toContain("The last bar is the run’s certificate");
  expect(lookWords({ final: false }, "running")).toContain("still to come");
  expect(lookWords({ final: false }, "stopped")).toContain("without a certificate of its own");
});

it("says of the file that was chosen last what it is, and of a refused one what the data still are", () => {
  const files = [{ name: "a.csv", content: new Blob(["1".repeat(12)]) }];
  const of = (name: string, text: string, isProblem = false) => ({ id: 1, name, text, isProblem });
  expect(fileWords(undefined, [], undefined)).toBe("");
  expect(fileWords(undefined, [], "a.csv")).toBe("This page does not have a.csv yet: choose it here.");
  expect(fileWords(undefined, files, "a.csv")).toBe("a.csv, 12\u202fB.");
  expect(fileWords(of("a.csv", "Two columns."), files, "a.csv")).toBe("Two columns. a.csv, 12\u202fB.");
  expect(fileWords(of("b.csv", "Reading b.csv …"), files, "a.csv")).toBe("Reading b.csv …");
  expect(fileWords(of("b.npy", "No rows.", true), files, "a.csv")).toBe(
    "No rows. The data are still a.csv, 12\u202fB.",
  );
  expect(fileWords(of("B.CSV.gz", "expected a number", true), [], undefined)).toBe(
    "expected a number. If it has texts, dates or gaps, it is a table: choose it below.",
  );
});
