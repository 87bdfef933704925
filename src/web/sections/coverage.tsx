import { useLayoutEffect, useRef } from "preact/hooks";
import { formatNumber, plural } from "../../report/format.js";
import { shade } from "../../report/plots/plot.js";
import { colorOf } from "../colors.js";
import { usePaced } from "../paced.js";
import type { LabSection } from "./section.js";

/** How many clients keep each neuron, as a heat map. */
export const coverageSection: LabSection = {
  id: "coverage",
  title: "Coverage of neurons",
  has: ({ coverage }) => coverage !== undefined,
  View({ run }) {
    const coverage = usePaced(run.coverage, 400);
    if (!coverage) return null;
    const { layers, clients, rounds } = coverage;
    const never = layers.reduce((sum, layer) => sum + layer.filter((count) => count === 0).length, 0);
    return (
      <>
        <div class="heat">
          {layers.map((layer, index) => (
            <LayerHeat key={index} layer={layer} index={index} clients={clients} />
          ))}
        </div>
        <p class="scale" aria-hidden="true">
          0 <span class="ramp" /> {plural(clients, "client")}
          {never > 0 ? <span class="uncovered">no client</span> : null}
        </p>
        <p class="note">
          Each cell is a neuron: how many of the {plural(clients, "client")} of a round keep it, on average over{" "}
          {plural(rounds, "round")}. {never > 0 ? `No client kept ${plural(never, "neuron")} so far. ` : ""}Where few
          keep one, few decide how it is trained.
        </p>
      </>
    );
  },
};

interface LayerHeatProps {
  readonly layer: Float64Array;
  readonly index: number;
  readonly clients: number;
}

function LayerHeat({ layer, index, clients }: LayerHeatProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const [covered, warning] = [colorOf("--federated"), colorOf("--warning")];
    context.clearRect(0, 0, layer.length, 1);
    layer.forEach((count, neuron) => {
      context.globalAlpha = count === 0 ? 1 : shade(count, clients);
      context.fillStyle = count === 0 ? warning : covered;
      context.fillRect(neuron, 0, 1, 1);
    });
  });
  const mean = layer.reduce((sum, count) => sum + count, 0) / layer.length;
  const least = layer.reduce((low, count) => Math.min(low, count), Number.POSITIVE_INFINITY);
  const words = `${layer.length} neurons, mean ${formatNumber(mean, 3)}, least ${formatNumber(least, 3)}`;
  return (
    <figure class="layer">
      <figcaption>
        Hidden layer {index + 1} <small>{words}</small>
      </figcaption>
      <canvas
        ref={canvas}
        width={layer.length}
        height={1}
        role="img"
        aria-label={`Hidden layer ${index + 1}: ${words}`}
      />
    </figure>
  );
}
