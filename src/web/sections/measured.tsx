import { titleOf } from "../../divergence/index.js";
import { isNotComputed } from "../../experiment/result/not-computed.js";
import { formatNumber } from "../../report/format.js";
import type { LabSection } from "./section.js";

/** Divergences of the samples from held-out data. */
export const measuredSection: LabSection = {
  id: "measured",
  title: "Samples beside held-out data",
  has: ({ result }) => result !== undefined && Object.keys(result.measured).length > 0,
  View({ run: { result } }) {
    if (!result) return null;
    return (
      <>
        <table>
          <caption>Divergence of the samples from held-out rows</caption>
          <thead>
            <tr>
              <th scope="col">divergence</th>
              <th scope="col">samples</th>
              <th scope="col">fresh data</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(result.measured).map(([name, each]) => (
              <tr key={name}>
                <th scope="row">{titleOf(name)}</th>
                <td>{isNotComputed(each) ? "not computed" : formatNumber(each.value, 3)}</td>
                <td>{isNotComputed(each.floor) ? "not computed" : formatNumber(each.floor.value, 3)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p class="note">Samples that were perfect would measure about what fresh data do.</p>
      </>
    );
  },
};
