import { expect, it } from "vitest";
import type { RunFacts } from "../../src/web/lab/messages.js";
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
