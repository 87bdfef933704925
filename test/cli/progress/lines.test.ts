import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { formatBytes, number } from "../../../src/cli/print.js";
import { lineProgress } from "../../../src/cli/progress/lines.js";
import { duration, roundWords } from "../../../src/cli/progress/words.js";
import type { ProgressEvent } from "../../../src/experiment/progress.js";

function round(done: number): ProgressEvent {
  const total = 100;
  return {
    kind: "round",
    stage: "training",
    done,
    total,
    loss: 0.5,
    participants: 8,
    absent: 0,
    clientsPerSecond: 12.345,
    secondsLeft: 100 - done,
  };
}

describe("lineProgress", () => {
  test("a line a stage, one every five seconds, and one at the end", () => {
    let seconds = 0;
    const stream = new PassThrough();
    const { listen, note } = lineProgress(stream, () => 1000 * seconds);
    listen({ kind: "stage", stage: "training", done: 10, total: 100 });
    for (let done = 11; done <= 100; done++) {
      seconds += 0.125;
      listen(round(done));
    }
    listen({ kind: "stage", stage: "sampling", done: 0, total: 50 });
    listen({ kind: "advance", stage: "sampling", done: 10, total: 50 });
    note("enough");
    expect(stream.read().toString()).toBe(
      [
        "training: from 10/100",
        "training: round 50/100 · 8 clients · loss 0.5000 · 12.35 clients/s · 50 s left",
        "training: round 90/100 · 8 clients · loss 0.5000 · 12.35 clients/s · 10 s left",
        "training: round 100/100 · 8 clients · loss 0.5000 · 12.35 clients/s · 0.0 s left",
        "sampling",
        "enough",
        "",
      ].join("\n"),
    );
  });
});

describe("words", () => {
  test("of a round name how many did not answer", () => {
    const event = { ...round(90), absent: 2 } as Extract<ProgressEvent, { kind: "round" }>;
    expect(roundWords(event)).toBe("loss 0.5000 · 2 absent · 12.35 clients/s · 10 s left");
  });

  test.each([
    [0.04, "0.0 s"],
    [9.94, "9.9 s"],
    [12.6, "13 s"],
    [59.6, "1 min 0 s"],
    [200, "3 min 20 s"],
    [7500, "2 h 5 min"],
    [Number.NaN, "?"],
    [Number.POSITIVE_INFINITY, "?"],
  ])("duration of %d", (seconds, text) => expect(duration(seconds)).toBe(text));

  test.each([
    [0, "0"],
    [3, "3"],
    [0.123456, "0.1235"],
    [1234.5678, "1235"],
    [0.000012346, "1.235e-5"],
    [-12345678.9, "-1.235e+7"],
    [Number.NaN, "NaN"],
  ])("number %d", (value, text) => expect(number(value)).toBe(text));

  test.each([
    [12, "12 B"],
    [3400, "3.4 kB"],
    [1.234e7, "12.3 MB"],
  ])("formatBytes %d", (value, text) => expect(formatBytes(value)).toBe(text));
});
