import { formatInteger, formatNumber, formatRatio, plural } from "../../report/format.js";
import { type ClientsNow, clientStates, type RunFacts } from "../lab/messages.js";
import { usePaced } from "../paced.js";
import type { LabSection } from "./section.js";

/** More than these are only counted. */
const mostShown = 64;

/** Who works, who waits, and what each client has come to. */
export const clientsSection: LabSection = {
  id: "clients",
  title: "Clients",
  has: ({ facts, clients }) => facts !== undefined && clients !== undefined,
  View({ run: { facts, clients, status } }) {
    const shown = usePaced(clients, 150);
    if (!facts || !shown) return null;
    const isOver = status !== "running" || shown.states.every((state) => state === 0);
    return (
      <>
        <p class="note">
          Round {formatInteger(shown.round + 1)}. {facts.clients.length > mostShown ? countWords(shown) : ""} A client
          with a smaller share of the network trains a really smaller one.
        </p>
        <ol class="client-list">
          {facts.clients.slice(0, mostShown).map((client, id) => (
            <Client key={id} id={id} facts={client} now={shown} quiet={isOver} />
          ))}
        </ol>
      </>
    );
  },
};

interface ClientProps {
  readonly id: number;
  readonly facts: RunFacts["clients"][number];
  readonly now: ClientsNow;
  readonly quiet: boolean;
}

function Client({ id, facts: { rows, keepRatio }, now, quiet }: ClientProps) {
  const state = quiet ? "resting" : clientStates[now.states[id]];
  const loss = now.loss[id];
  return (
    <li class={`client ${state.replace(" ", "-")}`}>
      <span class="client-name">Client {id}</span>
      <span class="client-state">{quiet ? plural(now.rounds[id], "round") : state}</span>
      <span class="client-facts">
        {formatInteger(rows)} rows, keeps {formatRatio(keepRatio)}
      </span>
      <span class="client-facts">{Number.isNaN(loss) ? "no loss yet" : `loss ${formatNumber(loss, 3)}`}</span>
    </li>
  );
}

function countWords({ states }: ClientsNow): string {
  const counts = clientStates.map((name, state) => [states.filter((each) => each === state).length, name] as const);
  return `${counts
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${formatInteger(count)} ${name}`)
    .join(", ")}; the first ${mostShown} are shown.`;
}
