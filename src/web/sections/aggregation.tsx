import { formatInteger } from "../../report/format.js";
import { aggregationSentence, usedText } from "../../report/sections/aggregation.js";
import type { LabSection } from "./section.js";

/** Clients that are listed. */
const mostShown = 64;

/** How updates became one, under which attack, and how much of each client the rule used, once the run is done. */
export const aggregationSection: LabSection = {
  id: "aggregation",
  title: "Aggregation",
  has: ({ result }) => result !== undefined && aggregationSentence(result) !== undefined,
  View({ run: { result } }) {
    if (!result) return null;
    const { attack, clients } = result;
    const attackers = new Set(attack?.clients);
    const shown = clients.filter(({ share }) => share !== undefined).slice(0, mostShown);
    return (
      <>
        {attack && (
          <p>
            <strong>{attack.warning}.</strong>
          </p>
        )}
        <p class="note">{aggregationSentence(result)}</p>
        {shown.length > 0 && (
          <>
            <ol class="client-list">
              {shown.map(({ id, share = 0 }) => (
                <li key={id} class={attackers.has(id) ? "client attacker" : "client"}>
                  <span class="client-name">Client {id}</span>
                  <span class="client-state">{attackers.has(id) ? "attacks" : ""}</span>
                  <span class="client-facts">{usedText(share)} used</span>
                </li>
              ))}
            </ol>
            <p class="note">How much of each client’s updates the rule used.</p>
          </>
        )}
        {shown.length < clients.length && shown.length === mostShown && (
          <p class="note">The first {formatInteger(mostShown)} clients are shown.</p>
        )}
      </>
    );
  },
};
