import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import type { ExperimentResult } from "../../src/experiment/result/schema.js";
import { formatInteger, formatNumber } from "../../src/report/format.js";
import { renderReport } from "../../src/report/index.js";
import type { ReportSamples } from "../../src/report/samples.js";
import { computed } from "../support/computed.js";
import { testNumbers } from "../support/numbers.js";
import { reportResult, reportRounds, reportSamples } from "../support/report-input.js";

const voidTags = new Set(["meta", "img", "br"]);

/** Throws unless every tag is closed in order, every attribute quoted, and every ampersand starts an entity. */
function expectWellFormed(html: string): void {
  const open: string[] = [];
  const text = html.replace(/^<!DOCTYPE html>/i, "").replace(/<style>[^<]*<\/style>/g, "");
  for (const [, close, tag, , selfClosed] of text.matchAll(
    /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*(\/?)>/g,
  )) {
    if (close) expect(open.pop()).toBe(tag);
    else if (!selfClosed && !voidTags.has(tag)) open.push(tag);
  }
  expect(open).toEqual([]);
  const outside = text.replace(/<\/?[a-zA-Z][^<>"]*(?:"[^"]*"[^<>"]*)*>/g, "");
  expect(outside).not.toMatch(/[<>]/);
  expect(outside.replace(/&(?:amp|lt|gt|quot|nbsp|#\d+);/g, "")).not.toContain("&");
}

/** What must hold of every report, whatever its input. */
function expectSound(html: string): Document {
  expectWellFormed(html);
  expect(html).not.toMatch(/NaN|undefined|Infinity|\[object/);
  const { document } = parseHTML(html);
  for (const element of document.querySelectorAll("[src]")) {
    expect(element.getAttribute("src")).toMatch(/^data:image\/png;base64,[A-Za-z0-9+/]+=*$/);
  }
  expect(document.querySelectorAll("script, link, iframe, object, [onload], [onerror]")).toHaveLength(0);
  for (const element of document.querySelectorAll("[href]"))
    expect(element.getAttribute("href")).toMatch(/^data:application\/json;charset=utf-8,[\w%.~!*'()-]+$/);
  expect(html).not.toMatch(/https?:|@import|url\(/);
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const svg of document.querySelectorAll("svg")) {
    expect(svg.getAttribute("role")).toBe("img");
    for (const id of svg.getAttribute("aria-labelledby")?.split(" ") ?? []) {
      expect(document.getElementById(id)?.textContent).not.toBe("");
    }
    expect(svg.querySelector("title")?.textContent).toBeTruthy();
    expect(svg.querySelector("desc")?.textContent).toBeTruthy();
  }
  for (const picture of document.querySelectorAll("figure")) {
    expect(picture.querySelector("svg, img")).not.toBeNull();
    expect(picture.querySelector("figcaption")?.textContent).toMatch(/\.$/);
  }
  return document;
}

const sectionIds = (document: Document) => [...document.querySelectorAll("section")].map(({ id }) => id);

const floor = { value: 0, low: 0, high: 0 };

describe("report", () => {
  const input = reportResult();
  const html = renderReport(input, reportSamples());
  const document = expectSound(html);

  it("has every section, in order", () => {
    expect(sectionIds(document)).toEqual(["samples", "divergences", "loss", "coverage", "partition", "clients", "run"]);
  });

  it("is the same text each time", () => {
    renderReport(reportResult({ name: "another" }));
    expect(renderReport(reportResult(), reportSamples())).toBe(html);
  });

  it("shows the input's numbers, exactly in value and rounded as text", () => {
    const shown = new Map(
      [...document.querySelectorAll("data")].map((data) => [data.getAttribute("value"), data.textContent]),
    );
    const { training, coverage, measured, clients } = input;
    for (const { value, low, high, floor, reference } of Object.values(measured).map(computed)) {
      for (const interval of [{ value, low, high }, computed(floor), reference && computed(reference)]) {
        if (!interval) continue;
        expect(shown.get(String(interval.value))).toBe(formatNumber(interval.value));
        expect(shown.get(String(interval.low))).toBe(formatNumber(interval.low, 3));
        expect(shown.get(String(interval.high))).toBe(formatNumber(interval.high, 3));
      }
    }
    expect(shown.get(String(0.0621 / 0.0345))).toBe("1.80 ×");
    expect(shown.get(String(0.0621 / 0.0414))).toBe("1.50 ×");
    expect(shown.get(String(training.loss[11]))).toBe(formatNumber(training.loss[11]));
    expect(shown.get("567000000000")).toBe("567\u202fGFLOP");
    expect(shown.get("1234567")).toBe("1.23\u202fMB");
    expect(shown.get("12.34")).toBe("12.3\u202fs");
    expect(shown.get(String(coverage.min))).toBe("0");
    for (const client of clients) {
      expect(shown.get(String(client.samples))).toBe(formatInteger(client.samples));
      expect(shown.has(String(client.flops))).toBe(true);
      expect(shown.has(String(client.bytesUp))).toBe(true);
    }
  });

  it("gives no ratio to a floor that may be below 0", () => {
    const row = [...document.querySelectorAll("#divergences tbody tr")].find((each) =>
      each.textContent?.includes("MMD"),
    );
    expect([...(row?.querySelectorAll("td") ?? [])].slice(-2).map((cell) => cell.textContent)).toEqual(["–", "–"]);
  });

  it("tells seed, environment and config", () => {
    const text = document.getElementById("run")?.textContent ?? "";
    for (const value of ["123456789", "20.19.0", "simd", "Example CPU", "2026-11-30 10:49 UTC"])
      expect(text).toContain(value);
    expect(text).toContain("npx fedscore@0.1.0 run ring-of-8.json --variant simd");
    expect(JSON.parse(document.querySelector("details pre")?.textContent ?? "")).toEqual(input.config);
    const link = document.querySelector("#run a");
    expect(link?.getAttribute("download")).toBe("ring-of-8.json");
    expect(JSON.parse(decodeURIComponent(link?.getAttribute("href")?.split(",")[1] ?? ""))).toEqual(input.config);
  });

  it("draws a dot for each sample, on the same axes for each source", () => {
    const clouds = ["data", "reference", "federated"].map((id) => {
      const svg = document.getElementById(`samples-${id}-title`)?.parentElement;
      return {
        dots:
          svg
            ?.querySelector('path[stroke-linecap="round"]')
            ?.getAttribute("d")
            ?.match(/M[\d.]+,[\d.]+h0/g) ?? [],
        ticks: [...(svg?.querySelectorAll("text") ?? [])].map((tick) => tick.textContent),
      };
    });
    for (const { dots, ticks } of clouds) {
      expect(dots).toHaveLength(100);
      expect(ticks).toEqual(clouds[0].ticks);
    }
  });

  it("warns of parameters that were never covered", () => {
    expect(document.getElementById("coverage")?.textContent).toContain("7 parameters were never covered");
    expect(document.getElementById("coverage")?.textContent).toContain("no client");
    const covered = renderReport(
      reportResult({ coverage: { ...input.coverage, min: 1, histogram: [0, 4, 4], neverCovered: 0 } }),
    );
    expect(covered).not.toContain("never covered");
  });

  it("reads nothing that comes from outside as markup", () => {
    const evil = `</pre></title><script>alert(1)</script><img src=x onerror="alert(2)">&amp;'"`;
    const data = { kind: "csv", header: true, delimiter: ";", decimal: ",", path: evil, labelColumn: evil } as const;
    const config = { ...input.config, data };
    const found = expectSound(
      renderReport(
        reportResult({
          name: evil,
          config,
          environment: { version: evil, node: evil, variant: "simd", workers: 1, cpu: evil },
          coverage: { min: 1, histogram: [0, 1], layers: [evil, evil, evil], neverCovered: 0 },
          partition: { counts: [[1, 2]], classes: [evil, `${evil}2`] },
          measured: { [evil]: { value: 1, low: 0, high: 2, unit: evil, floor } },
        }),
      ),
    );
    expect(found.title).toBe(`${evil} – fedscore report`);
    expect(found.querySelector("h1")?.textContent).toBe(evil);
    expect(JSON.parse(found.querySelector("details pre")?.textContent ?? "")).toEqual(config);
  });
});

describe("report of unusual runs", () => {
  const { training, coverage } = reportResult();
  const constant: ExperimentResult["training"] = {
    ...training,
    loss: training.loss.map(() => 0.25),
    perRound: training.perRound.map((round) => ({
      ...round,
      loss: 0.25,
      coverage: round.coverage.map(() => ({ mean: 3, min: 3 })),
    })),
  };
  const many = reportRounds(500);
  const cases: Record<string, Partial<ExperimentResult>> = {
    "one round": { training: { ...training, rounds: 1, loss: [1.5], perRound: reportRounds(1) } },
    "two rounds": { training: { ...training, rounds: 2, loss: [1.5, 1.25], perRound: reportRounds(2) } },
    "five hundred rounds": {
      training: { ...training, rounds: 500, loss: many.flatMap(({ loss }) => loss ?? []), perRound: many },
    },
    "constant loss and coverage": { training: constant, coverage: { ...coverage, min: 3, histogram: [0, 0, 0, 36] } },
    "a loss of 0 and below": { training: { ...training, loss: [0, -1, 2] } },
    "losses of 1e-300 and 1e300": { training: { ...training, loss: [1e300, 1, 1e-300] } },
    "no rounds": {
      training: {
        ...{ rounds: 0, loss: [], seconds: 0, flops: 0, perRound: [] },
        ...{ bytesUp: 0, bytesDown: 0, wireBytesUp: 0, wireBytesDown: 0 },
      },
      coverage: { ...coverage, min: 0, histogram: [] },
    },
    "coverage of nothing but 0": {
      training: {
        ...training,
        perRound: [{ ...training.perRound[0], loss: 1, participants: 0, coverage: [{ mean: 0, min: 0 }] }],
      },
      coverage: { ...coverage, min: 0, histogram: [100] },
    },
    "no measured divergence": { measured: {} },
    "a divergence of nothing but 0": { measured: { mmd: { value: 0, low: 0, high: 0, unit: "1", floor } } },
    "one client of one class": {
      partition: { counts: [[3]], classes: ["0"] },
      clients: [{ id: 0, samples: 3, keepRatio: 1, rounds: 1, absent: 0, flops: 0, bytesUp: 0, bytesDown: 0 }],
    },
    "a thousand clients": {
      partition: { counts: Array.from({ length: 1000 }, (_, i) => [i, 1000 - i]), classes: ["0", "1"] },
      clients: Array.from({ length: 1000 }, (_, id) => ({
        id,
        samples: id,
        keepRatio: 1 / (1 + (id % 3)),
        rounds: 2,
        absent: id % 2,
        flops: 1e9,
        bytesUp: 10,
        bytesDown: 20,
      })),
    },
  };

  it.each(Object.entries(cases))("%s", (_, overrides) => {
    expectSound(renderReport(reportResult(overrides), reportSamples()));
  });

  it("leaves out what is absent", () => {
    const { partition: _, ...rest } = reportResult({ measured: {}, clients: [] });
    expect(sectionIds(expectSound(renderReport(rest)))).toEqual(["loss", "coverage", "run"]);
  });

  it("joins many clients by keep ratio", () => {
    const document = expectSound(renderReport(reportResult(cases["a thousand clients"])));
    const rows = [...document.querySelectorAll("#clients tbody tr")].map((row) =>
      [...row.children].map((cell) => cell.textContent),
    );
    expect(rows.map(([ratio, count]) => [ratio, count])).toEqual([
      ["1", "334"],
      ["1/2", "333"],
      ["1/3", "333"],
    ]);
    expect(document.getElementById("partition")?.textContent).toContain("952 more are not");
  });

  const samples: Record<string, ReportSamples> = {
    "one dimension": { dimension: 1, data: testNumbers(50, 1), federated: testNumbers(70, 2) },
    "five dimensions": { dimension: 5, data: testNumbers(50, 1), federated: testNumbers(70, 2) },
    "all points equal": { dimension: 2, data: new Float32Array(20), federated: new Float32Array(20).fill(1) },
    "one value": { dimension: 1, data: new Float32Array(1), federated: new Float32Array(1) },
    "few images": { dimension: 12, data: testNumbers(36, 1), federated: testNumbers(12, 2), imageShape: [3, 4] },
    "colour images": { dimension: 36, data: testNumbers(72, 1), federated: testNumbers(36, 2), colourShape: [3, 4] },
    "large images": {
      dimension: 40000,
      data: testNumbers(40000, 1),
      federated: testNumbers(40000, 2),
      imageShape: [100, 400],
    },
  };

  it.each(Object.entries(samples))("samples of %s", (_, value) => {
    const document = expectSound(renderReport(reportResult(), value));
    expect(document.querySelectorAll("#samples figure")).toHaveLength(1);
  });

  it("counts the points that lie outside of the data's frame", () => {
    const data = Float32Array.of(0, 0, 1, 1);
    const federated = Float32Array.of(0.5, 0.5, 9, 0, 0, -9);
    const text = parseHTML(renderReport(reportResult(), { dimension: 2, data, federated })).document.body.textContent;
    expect(text).toContain("Federated samples, 3 points, 2 outside");
    expect(text).toContain("Held-out data, 2 points");
  });
});

describe("arguments in plain JavaScript", () => {
  const result = reportResult();
  const samples = reportSamples();

  it.each<[string, readonly unknown[], string]>([
    ["none", [], "result must be an object, got undefined"],
    ["an empty result", [{}], "result.schemaVersion must be as in result.json ("],
    [
      "a result cut short",
      [{ ...result, clients: [{ id: 0 }] }],
      "result.clients.0.samples must be as in result.json (",
    ],
    ["samples that are none", [result, null], "samples must be an object, got null"],
    ["no dimension", [result, { ...samples, dimension: 0 }], "samples.dimension must be an integer >= 1, got 0"],
    [
      "a list of samples",
      [result, { ...samples, data: [1, 2] }],
      "samples.data must be a Float32Array, got array of 2",
    ],
    ["half a row", [result, { ...samples, data: samples.data.subarray(1) }], "samples.data must have a multiple of 2 "],
    ["colours of another size", [result, { ...samples, colourShape: [1, 1] }], "samples.colourShape must have "],
    ["images of another size", [result, { ...samples, imageShape: [2, 3] }], "samples.imageShape must have 2 pixels, "],
  ])("are named where they are wrong: %s", (_, values, message) => {
    expect(() => Reflect.apply(renderReport, undefined, values)).toThrow(message);
  });
});
