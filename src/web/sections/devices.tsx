import { useCallback } from "preact/hooks";
import type { ExperimentResult } from "../../experiment/result/schema.js";
import { type VirtualLoss, virtualLossPlot } from "../../report/plots/virtual-loss.js";
import { Drawing } from "../drawing.js";
import type { LabSection } from "./section.js";

const roundsOf = (result: ExperimentResult | undefined): VirtualLoss[] =>
  (result?.training.perRound ?? []).flatMap(({ loss, virtual }) =>
    virtual && loss !== undefined ? [{ loss, end: virtual.end }] : [],
  );

/** Training loss over virtual time, once the run is done. */
export const devicesSection: LabSection = {
  id: "devices",
  title: "Virtual time",
  has: ({ result }) => roundsOf(result).length > 0,
  View({ run: { result } }) {
    const plot = useCallback((width: number) => virtualLossPlot(roundsOf(result), width), [result]);
    return (
      <>
        <Drawing plot={plot} />
        <p class="note">Mean denoising loss over the time that the devices of the config would have taken.</p>
      </>
    );
  },
};
