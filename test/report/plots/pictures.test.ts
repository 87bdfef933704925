/** What of pictures no number in a table shows: colours that can be read, pixels in their places, ids that are unique. */
import { inflateSync } from "node:zlib";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { clientLossPlot } from "../../../src/report/plots/client-loss.js";
import { fitted, narrowWidth } from "../../../src/report/plots/fitted.js";
import { imageGrid } from "../../../src/report/plots/image-grid.js";
import { lossPlot } from "../../../src/report/plots/loss.js";
import { partitionPlot } from "../../../src/report/plots/partition.js";
import { style } from "../../../src/report/style.js";

const { document } = parseHTML("<html><body></body></html>");

/** Red, green and blue in [0, 1] of a variable of the style sheet, in its first or its second block: light and dark. */
function colorOf(name: string, scheme: 0 | 1): number[] {
  const hex = [...style.matchAll(new RegExp(`--${name}: #([0-9a-f]{6})`, "g"))][scheme][1];
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
}

/** https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio. */
function contrast(a: readonly number[], b: readonly number[]): number {
  const luminance = (color: readonly number[]) => {
    const [red, green, blue] = color.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

describe.each([
  ["light", 0],
  ["dark", 1],
] as const)("colours, %s", (_, scheme) => {
  const [paper, ink, muted, federated] = ["paper", "ink", "muted", "federated"].map((name) => colorOf(name, scheme));

  it("text on the page has a contrast of 4.5 at least", () => {
    expect(contrast(ink, paper)).toBeGreaterThan(4.5);
    expect(contrast(muted, paper)).toBeGreaterThan(4.5);
    expect(contrast(colorOf("warning", scheme), paper)).toBeGreaterThan(4.5);
  });

  it("numbers on a heat map are read on every shade", () => {
    const counts = Array.from({ length: 8 }, (_, client) =>
      Array.from({ length: 8 }, (_, k) => 100 * (8 * client + k)),
    );
    const svg = partitionPlot(counts, ["0", "1", "2", "3", "4", "5", "6", "7"])(document);
    const cells = [...svg.querySelectorAll('[data-mark="cell"] rect')].map((cell) =>
      Number(cell.getAttribute("fill-opacity")),
    );
    expect(cells).toHaveLength(64);
    expect(svg.querySelectorAll('[data-mark="text"] text').length).toBe(63);
    // Ink, not paper, on all of them.
    for (const text of svg.querySelectorAll('[data-mark="text"], [data-mark="text"] text'))
      expect(text.getAttribute("fill") ?? "currentColor").toBe("currentColor");
    for (const opacity of cells) {
      const shown = federated.map((c, index) => opacity * c + (1 - opacity) * paper[index]);
      expect(contrast(ink, shown)).toBeGreaterThan(4.5);
    }
  });
});

it("a fitted picture is drawn twice, its text as large in both, its ids unique", () => {
  const drawn = fitted((width) => lossPlot([3, 2, 1], [], width))(document);
  const [wide, narrow] = drawn.querySelectorAll("svg");
  expect([wide.getAttribute("width"), narrow.getAttribute("width")]).toEqual(["640", String(narrowWidth)]);
  const ids = [...drawn.querySelectorAll("[id]")].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const svg of [wide, narrow]) {
    expect(svg.getAttribute("style")).toContain("font-size:12px");
    for (const id of svg.getAttribute("aria-labelledby")?.split(" ") ?? []) expect(ids).toContain(id);
  }
});

it("clients stand at their losses, and the rule at their mean", () => {
  const svg = clientLossPlot([
    { id: 3, loss: 1 },
    { id: 5, loss: 2 },
    { id: 9, loss: 3 },
  ])(document);
  const heights = [...svg.querySelectorAll('[data-mark="dot"] circle')].map((dot) => Number(dot.getAttribute("cy")));
  const rule = Number(svg.querySelector('[data-mark="rule"] line')?.getAttribute("y1"));
  expect(heights[1]).toBeCloseTo(rule, 1);
  expect(heights[0]).toBeGreaterThan(rule);
  expect(heights[2]).toBeLessThan(rule);
});

/** Channels of each pixel of a drawn picture, row-major. */
function pixelsOf(src: string, channels: number): number[][] {
  const png = Buffer.from(src.split(",")[1], "base64");
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const width = view.getUint32(16);
  const length = view.getUint32(33);
  const lines = [...inflateSync(png.subarray(41, 41 + length))];
  const row = channels * width + 1;
  return Array.from({ length: lines.length / row }, (_, y) =>
    Array.from({ length: width }, (_, x) => lines.slice(y * row + 1 + x * channels, y * row + 1 + (x + 1) * channels)),
  ).flat();
}

it("colour images have red, green and blue of their planes, and a black line between them", () => {
  // Two images of 1 x 2 pixels: red and green beside each other, then white and half grey.
  const rows = Float32Array.of(1, 0, 0, 1, 0, 0, 1, 0.5, 1, 0.5, 1, 0.5);
  const image = imageGrid({ rows, shape: [1, 2], channels: 3, range: [0, 1] }, "two")(document);
  expect(pixelsOf(image.getAttribute("src") ?? "", 3)).toEqual([
    ...[
      [255, 0, 0],
      [0, 255, 0],
    ],
    [0, 0, 0],
    ...[
      [255, 255, 255],
      [128, 128, 128],
    ],
  ]);
  const grey = imageGrid({ rows: Float32Array.of(-1, 3), shape: [1, 2], channels: 1, range: [0, 2] }, "one")(document);
  expect(pixelsOf(grey.getAttribute("src") ?? "", 1)).toEqual([[0], [255]]);
});
