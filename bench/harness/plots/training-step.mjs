import * as Plot from "@observablehq/plot";
import { groupsOf, kindOf, newestNode, own } from "./contestants.mjs";
import { picture } from "./picture.mjs";

const line = 19;
const fills = { ours: own, library: "#8fa3b5", native: "#d3dae0", limit: "#d3dae0" };

/** Rows from top to bottom: a heading for each config, then its contestants, fastest first. A bar's length is relative to the config's longest. */
function rowsOf(entries) {
  return [...groupsOf(entries, ({ config }) => config)].flatMap(([config, group]) => {
    const longest = Math.max(...group.map(({ milliseconds }) => milliseconds));
    const bars = [...group].sort((a, b) => a.milliseconds - b.milliseconds);
    return [
      { key: config, heading: config },
      ...bars.map(({ who, milliseconds }) => ({
        key: `${config}: ${who}`,
        who,
        share: milliseconds / longest,
        text: `${milliseconds.toPrecision(3)} ms`,
        fill: fills[kindOf(who)],
        weight: kindOf(who) === "ours" ? 650 : 400,
      })),
    ];
  });
}

/** Milliseconds per step on the newest Node. Steps differ in size by a factor of a hundred, so each config has its own scale. */
export function trainingStepPlot({ series }) {
  const node = newestNode(series);
  const rows = rowsOf(series.filter((entry) => entry.node === node));
  const bars = rows.filter(({ who }) => who);
  const title = `Milliseconds per training step, ${node}; each network has its own scale`;
  const labels = { y: "key", frameAnchor: "left", textAnchor: "end", dx: -8, text: "who" };
  const svg = picture(
    { id: "training-step", title, description: bars.map(({ key, text }) => `${key}: ${text}`).join("; ") },
    {
      width: 760,
      height: 40 + line * rows.length,
      marginLeft: 190,
      marginRight: 84,
      marginTop: 4,
      marginBottom: 34,
      x: { domain: [0, 1], axis: null },
      y: { domain: rows.map(({ key }) => key), axis: null, padding: 0.22 },
      marks: [
        Plot.barX(bars, { x1: 0, x2: "share", y: "key", fill: "fill" }),
        Plot.ruleX([0], { strokeOpacity: 0.4 }),
        ...[650, 400].map((weight) =>
          Plot.text(
            bars.filter((bar) => bar.weight === weight),
            { ...labels, fontWeight: weight },
          ),
        ),
        Plot.text(bars, {
          x: "share",
          y: "key",
          text: "text",
          textAnchor: "start",
          dx: 6,
          fontVariant: "tabular-nums",
        }),
        Plot.text(
          rows.filter(({ heading }) => heading),
          { y: "key", frameAnchor: "left", textAnchor: "start", dx: 6, text: "heading", fontWeight: 650 },
        ),
        Plot.text(["milliseconds per step, each network on its own scale →"], {
          frameAnchor: "bottom-right",
          dx: 76,
          dy: 26,
        }),
      ],
    },
  );
  return { title, svg };
}
