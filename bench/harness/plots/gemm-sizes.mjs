import { own } from "./contestants.mjs";
import { linesPlot } from "./lines.mjs";

/** fedscore's rate over every size of square products. */
export function gemmSizesPlot({ series }) {
  const points = series.map(({ n, rate }) => ({ x: n, y: rate })).sort((a, b) => a.x - b.x);
  const title = "Rate of n x n x n products over n";
  const svg = linesPlot({
    id: "gemm-sizes",
    title,
    x: { label: "matrix size n" },
    y: { label: "rate, GFLOP/s", zero: true },
    lines: [{ label: "fedscore", points, color: own, strokeWidth: 0.9 }],
    height: 320,
  });
  return { title, svg };
}
