import { useCallback } from "preact/hooks";
import { lossPlot } from "../../report/plots/loss.js";
import { Drawing } from "../drawing.js";
import { usePaced } from "../paced.js";
import type { LabSection } from "./section.js";

/** Training loss over rounds. */
export const lossSection: LabSection = {
  id: "loss",
  title: "Training loss",
  has: ({ loss }) => loss.length > 0,
  View({ run }) {
    const loss = usePaced(run.loss, 700);
    const plot = useCallback((width: number) => lossPlot(loss, [], width), [loss]);
    return (
      <>
        <Drawing plot={plot} />
        <p class="note">Mean denoising loss of the clients that took part in each round.</p>
      </>
    );
  },
};
