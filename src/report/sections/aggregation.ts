import type { ExperimentResult } from "../../experiment/result/schema.js";
import { aggregations } from "../../federation/aggregations/index.js";
import { attacks } from "../../federation/attacks/index.js";
import { note, numeral, table } from "../elements.js";
import { formatInteger, formatPercent } from "../format.js";
import type { Section } from "./section.js";

/** Clients that are listed: those of whose updates least was used. */
const mostRows = 64;

/** Runs of rounds that are listed of a client. */
const mostRuns = 8;

/** How updates became one: the rule, and which clients it left out or weighed down. */
export const aggregationSection: Section = {
  id: "aggregation",
  title: "Aggregation",
  render(result) {
    const { attack, clients } = result;
    const words = aggregationSentence(result);
    if (words === undefined) return [];
    const sentence = note(words);
    const weighed = clients.flatMap(({ id, share }) => (share === undefined ? [] : [{ id, share }]));
    if (weighed.length === 0) return [sentence];
    const attackers = new Set(attack?.clients);
    const shown = [...weighed].sort((a, b) => a.share - b.share || a.id - b.id).slice(0, mostRows);
    const least = shown.length < weighed.length ? `, the ${formatInteger(mostRows)} with least` : "";
    return [
      sentence,
      table(
        `How much of each client’s updates the rule used${least}, and the rounds in which it used nothing`,
        ["client", ...(attack ? ["attacks"] : []), "used", "left out", "in rounds"],
        shown.map(({ id, share }) => {
          const rounds = roundsWithout(result, id);
          return [
            formatInteger(id),
            ...(attack ? [attackers.has(id) ? "yes" : "no"] : []),
            numeral(share, usedText(share)),
            numeral(rounds.length, formatInteger(rounds.length)),
            runsText(rounds),
          ];
        }),
      ),
    ];
  },
};

/** The rule, and the attack where there is one; undefined of a plain mean that nobody attacks. */
export function aggregationSentence(result: ExperimentResult): string | undefined {
  const rule = ruleOf(result);
  if (!rule) return undefined;
  const { attack, config } = result;
  const words = [rule, ...(attack && config.federation.attack ? [config.federation.attack] : [])].map(settingsText);
  const meaning = [aggregations[rule.kind].text, ...(attack ? [attacks[attack.kind].text] : [])];
  return `Rule: ${words.join("; attack: ")}. ${meaning.join(" ")}`;
}

/** "krum, attackers 2"; undefined of a plain mean that nobody attacks. */
export function ruleWords(result: ExperimentResult): string | undefined {
  const rule = ruleOf(result);
  return rule && settingsText(rule);
}

function ruleOf({ attack, config }: ExperimentResult) {
  const { aggregation = { kind: "mean" } } = config.federation;
  return attack || aggregation.kind !== "mean" ? aggregation : undefined;
}

/** "6.67 %". */
export function usedText(share: number): string {
  return formatPercent(Number(share.toPrecision(3)));
}

function settingsText({ kind, ...settings }: { readonly kind: string }): string {
  return [kind, ...Object.entries(settings).map(([key, value]) => `${key} ${String(value)}`)].join(", ");
}

function roundsWithout({ training }: ExperimentResult, client: number): number[] {
  return training.perRound.flatMap(({ round, leftOut = [] }) => (leftOut.includes(client) ? [round] : []));
}

/** "0–4, 7, 9–12": ascending rounds, of many runs the first. */
function runsText(rounds: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const round of rounds) {
    const run = runs.at(-1);
    if (run?.last === round - 1) run.last = round;
    else runs.push({ first: round, last: round });
  }
  const texts = runs.slice(0, mostRuns).map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`));
  return [...texts, ...(runs.length > mostRuns ? ["…"] : [])].join(", ");
}
