import { useCallback } from "preact/hooks";
import { epsilonPlot } from "../../report/plots/epsilon.js";
import { privacySentence } from "../../report/sections/privacy.js";
import { Drawing } from "../drawing.js";
import type { LabSection } from "./section.js";

/** What training has spent of privacy, and of what, once the run is done. */
export const privacySection: LabSection = {
  id: "privacy",
  title: "Privacy",
  has: ({ result }) => result?.privacy !== undefined,
  View({ run: { result } }) {
    const privacy = result?.privacy;
    const plot = useCallback(
      (width: number) => epsilonPlot(privacy?.perRound ?? [], privacy?.budget, width),
      [privacy],
    );
    if (!privacy) return null;
    return (
      <>
        <p>{privacySentence(privacy)}</p>
        <Drawing plot={plot} />
        <p class="note">Covered: {privacy.covers}</p>
        <p class="note">Not covered: {privacy.notCovered.join("; ")}.</p>
      </>
    );
  },
};
