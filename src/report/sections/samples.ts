import { type Drawn, figure, h, panel } from "../elements.js";
import { formatInteger } from "../format.js";
import { fitted } from "../plots/fitted.js";
import { imageGrid } from "../plots/image-grid.js";
import { sampleHistogramPlot } from "../plots/sample-histogram.js";
import { countText, scatterPlot, squareAround } from "../plots/scatter.js";
import type { ReportSamples } from "../samples.js";
import type { Section } from "./section.js";

interface Source {
  readonly id: string;
  readonly label: string;
  readonly points: Float32Array;
  readonly color: string;
}

function sourcesOf({ data, reference, federated }: ReportSamples): Source[] {
  const all = [
    { id: "data", label: "Held-out data", points: data, color: "var(--data)" },
    { id: "reference", label: "Dense reference", points: reference ?? new Float32Array(0), color: "var(--reference)" },
    { id: "federated", label: "Federated samples", points: federated, color: "var(--federated)" },
  ];
  return all.filter(({ points }) => points.length > 0);
}

function images(samples: ReportSamples, shape: readonly [number, number], channels: 1 | 3): Drawn<Node> {
  const range = samples.imageRange ?? [0, 1];
  const grids = sourcesOf(samples).map(({ label, points }) =>
    panel(label, imageGrid({ rows: points, shape, channels, range }, `Grid of images: ${label.toLowerCase()}`)),
  );
  return figure(
    "First images of each source, pixel for pixel and not selected: a good model makes the panels hard to tell apart.",
    ...grids,
  );
}

function histograms(samples: ReportSamples): Drawn<Node> {
  const lines = sourcesOf(samples).map(({ label, points, color }) => ({ label, values: points, color }));
  const legend = lines.map(({ label, color }) => h("span", { class: "key", style: `--key: ${color}` }, label));
  return figure(
    "Histograms of each source on the same bins: a good model’s line lies on the data’s.",
    h("p", { class: "label" }, ...legend),
    fitted((width) => sampleHistogramPlot(lines, width)),
  );
}

function scatters(samples: ReportSamples): Drawn<Node> {
  const { dimension } = samples;
  const sources = sourcesOf(samples);
  const axes = squareAround(sources[0].points, dimension);
  const panels = sources.map(({ id, label, points, color }) => {
    const cloud = { points, dimension, color };
    const count = countText(cloud, axes);
    const about = { id: `samples-${id}`, title: `${label}, scatter plot`, description: count };
    return panel(`${label}, ${count}`, scatterPlot(cloud, axes, about));
  });
  const shown = dimension === 2 ? "Each point is a sample" : `Coordinates 1 and 2 of ${formatInteger(dimension)}`;
  return figure(
    `${shown}, in data units on the same axes: a good model’s cloud has the data’s shape and density.`,
    ...panels,
  );
}

/** Samples beside data: images, a histogram in one dimension, else a scatter plot. */
export const samplesSection: Section = {
  id: "samples",
  title: "Samples beside data",
  render({ config }, samples) {
    // Rows of a table have a section of their own; their coordinates say nothing to people.
    if (config.data.kind === "table") return [];
    if (!samples || sourcesOf(samples).length === 0) return [];
    if (samples.imageShape) return [images(samples, samples.imageShape, 1)];
    if (samples.colourShape) return [images(samples, samples.colourShape, 3)];
    return [samples.dimension === 1 ? histograms(samples) : scatters(samples)];
  },
};
