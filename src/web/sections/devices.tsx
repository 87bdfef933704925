import { useCallback } from "preact/hooks";
import type { ExperimentResult } from "../../experiment/result/schema.js";
import { formatInteger, formatRatio, formatSeconds } from "../../report/format.js";
import { type VirtualLoss, virtualLossPlot } from "../../report/plots/virtual-loss.js";
import { Drawing } from "../drawing.js";
import type { LabSection } from "./section.js";

const roundsOf = (result: ExperimentResult | undefined): VirtualLoss[] =>
  (result?.training.perRound ?? []).flatMap(({ loss, virtual }) =>
    virtual && loss !== undefined ? [{ loss, end: virtual.end }] : [],
  );

/** Training loss over virtual time, where that time went, and what each kind of device has done, once the run is done. */
export const devicesSection: LabSection = {
  id: "devices",
  title: "Virtual time",
  has: ({ result }) => result?.devices !== undefined,
  View({ run: { result } }) {
    const plot = useCallback((width: number) => virtualLossPlot(roundsOf(result), width), [result]);
    const { devices } = result ?? {};
    if (!devices) return null;
    const { seconds, download, compute, upload, waiting, classes } = devices;
    return (
      <>
        {roundsOf(result).length > 0 && (
          <>
            <Drawing plot={plot} />
            <p class="note">Mean denoising loss over the time that the devices of the config would have taken.</p>
          </>
        )}
        <table>
          <caption>Kinds of devices</caption>
          <thead>
            <tr>
              <th scope="col">device</th>
              <th scope="col">keeps</th>
              <th scope="col">updates</th>
              <th scope="col">late</th>
              <th scope="col">lost</th>
            </tr>
          </thead>
          <tbody>
            {classes.map((each) => (
              <tr key={each.name}>
                <th scope="row">{each.name}</th>
                <td>{formatRatio(each.keepRatio)}</td>
                {"asked" in each ? (
                  <>
                    <td>{formatInteger(each.updates)}</td>
                    <td>{formatInteger(each.late)}</td>
                    <td>{formatInteger(each.lost)}</td>
                  </>
                ) : (
                  <td colSpan={3}>not told: clients are protected</td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
        <p class="note">
          All rounds take {formatSeconds(seconds)}. The clients whose updates came last of their rounds: download{" "}
          {formatSeconds(download)}, compute {formatSeconds(compute)}, upload {formatSeconds(upload)}. Waiting for
          clients that did not come: {formatSeconds(waiting)}.
        </p>
      </>
    );
  },
};
