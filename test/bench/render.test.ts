import { existsSync, readdirSync, readFileSync } from "node:fs";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { type BenchmarkResult, benchmarkFiles } from "../../bench/harness/render.mjs";
import { allCommitted } from "../../bench/harness/results.mjs";

const measured = {
  hardware: "Some processor, 2 threads",
  versions: { node: "20.19.0" },
  date: "2026-01-02T03:04:05.000Z",
  commit: "0123456789ab",
};

const libraries = ["fedscore relaxed", "onnxruntime-web", "jax-js", "128-bit FMA peak", "PyTorch, AVX2 kernels"];

const gemm: BenchmarkResult = {
  ...measured,
  name: "gemm",
  title: "Matrix products",
  rows: [
    {
      name: "64",
      value: 30,
      unit: "GFLOP/s",
      peer: "jax-js",
      peerValue: 10,
      ratio: 3,
      target: "ratio >= 2",
      met: true,
    },
    { name: "128", value: 30, unit: "GFLOP/s", peer: "jax-js", ratio: 1.234, target: "ratio >= 2", met: false },
    { name: "256, PyTorch", target: "ratio >= 1", skipped: "no Python with PyTorch here" },
    { name: "512", value: 1, unit: "GFLOP/s", note: "a | b" },
  ],
  series: [64, 128].flatMap((n) => [
    ...libraries.map((who, k) => ({ n, node: "Node 26", variant: "relaxed", who, rate: 10 + k + n / 64 })),
    { n, node: "Node 20", variant: "simd", who: "an old one", rate: 1 },
  ]),
};

const networks = ["d 2, h 128", "d 784, h 512"];

const step: BenchmarkResult = {
  ...measured,
  name: "training-step",
  title: "Training step",
  versions: { node: "20.19.1", "jax-js": "0.1.0" },
  rows: [{ name: "d 2", value: 3, unit: "ms", target: "value <= 4", met: true }],
  series: networks.flatMap((config) => [
    { config, node: "Node 26", who: "fedscore relaxed", milliseconds: 1.5 },
    { config, node: "Node 26", who: "jax-js", milliseconds: 6 },
    { config, node: "Node 20", who: "fedscore strict", milliseconds: 3 },
  ]),
};

const others: BenchmarkResult[] = [
  {
    ...measured,
    name: "gemm-sizes",
    title: "All sizes",
    rows: [],
    series: [1, 2, 3].map((n) => ({ n, rate: n })),
  },
  {
    ...measured,
    name: "pruned-step",
    title: "Pruned step",
    rows: [],
    series: networks.flatMap((config, k) =>
      [0.25, 0.5, 1].map((keepRatio) => ({
        config,
        keepRatio,
        speedup: keepRatio ** -1.2,
        ideal: keepRatio ** -(2 - k),
      })),
    ),
  },
  {
    ...measured,
    name: "federation",
    title: "Federation",
    rows: [],
    series: [1, 10, 100].map((clients) => ({
      clients,
      workers: 2,
      parameters: 12345,
      millisecondsPerClient: 1,
      overhead: 0,
    })),
  },
];

const files = benchmarkFiles([gemm, step, ...others]);
const page = files["docs/benchmarks.md"];

function svgOf(name: string) {
  const { document } = parseHTML(files[`docs/benchmarks/${name}.svg`]);
  const svg = document.querySelector("svg");
  if (!svg) throw new Error(`${name} has no svg`);
  return svg;
}

describe("the page of benchmarks", () => {
  it("counts the targets that are met, and names those that are not", () => {
    expect(page).toContain("**2 of 3 targets met**; 1 more could not be measured; missed:");
    expect(page).toContain("- Matrix products: 128 beside jax-js: ratio >= 2, measured 1.23\n");
    expect(benchmarkFiles([step])["docs/benchmarks.md"]).toContain("**1 of 1 targets met**.");
  });

  it("says where, with what and when", () => {
    expect(page).toContain(
      "| Some processor, 2 threads | node 20.19.0 and 20.19.1, jax-js 0.1.0 | 2026-01-02 | 0123456789ab |",
    );
    const { commit: _, ...unknown } = step;
    expect(benchmarkFiles([unknown])["docs/benchmarks.md"]).toContain("commit unknown");
  });

  it("has a table with verdicts, reasons and notes for each result", () => {
    expect(page).toContain("| 64 | 30 GFLOP/s | jax-js | 10 GFLOP/s | 3 | ratio >= 2 | yes |");
    expect(page).toContain("| 128 | 30 GFLOP/s | jax-js |  | 1.23 | ratio >= 2 | NO |");
    expect(page).toContain("| ratio >= 1 | skipped: no Python with PyTorch here |");
    expect(page).toContain("| 512 (a \\| b) | 1 GFLOP/s |");
    expect(page.match(/^## .*/gm)).toEqual([
      "## Matrix products",
      "## Training step",
      ...others.map(({ title }) => `## ${title}`),
    ]);
  });

  it("shows the pictures that are there", () => {
    const shown = [...page.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path]) => `docs/${path}`);
    expect(shown.sort()).toEqual(
      Object.keys(files)
        .filter((path) => path.endsWith(".svg"))
        .sort(),
    );
    expect(shown).toHaveLength(5);
  });

  it("needs no series, and no results", () => {
    const { series: _, ...bare } = gemm;
    const unknown = { ...gemm, name: "constructor" };
    expect(Object.keys(benchmarkFiles([bare, { ...step, series: [] }, unknown]))).toEqual(["docs/benchmarks.md"]);
    expect(benchmarkFiles([])["docs/benchmarks.md"]).toContain("No results yet.");
  });
});

describe("pictures of benchmarks", () => {
  it.each(["gemm", "training-step", "gemm-sizes", "pruned-step", "federation"])("%s is an SVG with a title", (name) => {
    const svg = svgOf(name);
    expect(files[`docs/benchmarks/${name}.svg`]).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" .*<\/svg>\n$/s);
    expect(svg.querySelector("title")?.textContent).not.toBe("");
    expect(files[`docs/benchmarks/${name}.svg`]).not.toMatch(/NaN|undefined/);
  });

  it("of products has every contestant of the newest Node, fastest first", () => {
    const labels = [...svgOf("gemm").querySelectorAll("text")].map((text) => text.textContent);
    expect(labels.filter((label) => libraries.includes(label ?? ""))).toEqual([...libraries].reverse());
    expect(labels).not.toContain("an old one");
  });

  it("of training steps has a group of bars for each network", () => {
    const labels = [...svgOf("training-step").querySelectorAll("text")].map((text) => text.textContent);
    for (const label of [...networks, "1.50 ms", "6.00 ms", "jax-js", "fedscore relaxed"])
      expect(labels).toContain(label);
    expect(labels).not.toContain("fedscore strict");
  });

  it("of pruned steps has an ideal line for each network, or one for all where it is the same", () => {
    const pruned = others[1];
    expect(svgOf("pruned-step").textContent).toContain("ideal, d 784, h 512");
    const same = pruned.series?.map((entry) => ({ ...entry, ideal: 1 / Number(entry.keepRatio) }));
    const svg = benchmarkFiles([{ ...pruned, series: same ?? [] }])["docs/benchmarks/pruned-step.svg"];
    expect(svg).toContain(">ideal<");
    expect(svg).not.toContain("ideal, d");
  });
});

describe("committed benchmarks", () => {
  const results = allCommitted();
  const at = (path: string) => new URL(`../../${path}`, import.meta.url);

  it.runIf(results.length > 0)("docs/benchmarks is up to date (npm run bench -- --render)", () => {
    const expected = benchmarkFiles(results);
    for (const [path, content] of Object.entries(expected)) expect(readFileSync(at(path), "utf8"), path).toBe(content);
    const folder = "docs/benchmarks";
    const drawn = existsSync(at(folder)) ? readdirSync(at(folder)).map((file) => `${folder}/${file}`) : [];
    expect(drawn.filter((path) => !Object.hasOwn(expected, path))).toEqual([]);
  });

  it.runIf(results.length > 0)("have no number that is none", () => {
    for (const [path, content] of Object.entries(benchmarkFiles(results)))
      expect(content, path).not.toMatch(/NaN|undefined/);
  });
});
