import { useCallback } from "preact/hooks";
import { isNotComputed } from "../../experiment/result/not-computed.js";
import { sandwichPlot } from "../../report/plots/sandwich.js";
import { Drawing } from "../drawing.js";
import type { RunView } from "../run-view.js";
import { aboutRows } from "../words.js";
import type { LabSection } from "./section.js";

/** What is known of KL from below and from above, as it comes in. */
export const sandwichSection: LabSection = {
  id: "sandwich",
  title: "Between which ends KL lies",
  has: (run) => rowsOf(run) !== undefined,
  View({ run }) {
    const rows = rowsOf(run);
    const plot = useCallback((width: number) => sandwichPlot(rows ?? [], width), [rows]);
    if (!rows) return null;
    const about = aboutRows(run);
    return (
      <>
        <Drawing plot={plot} />
        <p class="note">
          KL from the {about ? "training rows" : "data law"}, noised as much as the last step leaves, to the law of the
          samples. Lower bound and certificate hold at their confidence; an estimate certifies nothing.
        </p>
        {about ? <p class="note">{about}</p> : null}
      </>
    );
  },
};

function rowsOf({ result, sandwich }: RunView) {
  const final = result?.sandwich;
  return final && !isNotComputed(final) ? final.rows : sandwich;
}
