import { type Computed, isNotComputed } from "../../experiment/result/not-computed.js";
import type { ExperimentResult } from "../../experiment/result/schema.js";
import { number } from "../print.js";

type PlainInterval = Computed<ExperimentResult["klInterval"]>;

/** "between 0.08 and 0.12 nats at 95 %; 16 tilted paths for each of 3072 + 3072 rows". */
export function intervalText({ low, high, confidence, k, proposal, rows, stray }: PlainInterval): string {
  const paths = `${k} ${proposal} ${k === 1 ? "path" : "paths"} for each of ${rows.law} + ${rows.sampler} rows`;
  return `between ${number(low)} and ${number(high)} nats at ${number(100 * confidence)} %; ${paths}, stray mass ${number(stray.value)}`;
}

/** "KL of the sampler that draws from ...: at most 0.15 nats at 95 %, whatever the law of the rows". */
export function defensiveText({ high, confidence, about }: NonNullable<PlainInterval["defensive"]>): string {
  return `${about}; at most ${number(high)} nats at ${number(100 * confidence)} %, whatever the law of the rows`;
}

/** The interval as lines for the terminal, or why there is none; nothing where none was asked for. */
export function intervalLines({
  klInterval,
  klIntervalNote,
}: Pick<ExperimentResult, "klInterval" | "klIntervalNote">): string {
  if (isNotComputed(klInterval)) return `interval of KL not computed: ${klInterval.notComputed}\n`;
  if (klIntervalNote !== undefined) return `no interval of KL: ${klIntervalNote}\n`;
  if (!klInterval) return "";
  const { assumptions, caveat, defensive } = klInterval;
  return [
    `KL ${intervalText(klInterval)}`,
    ...(caveat === undefined ? [] : [caveat]),
    ...(defensive ? [`defensive: ${defensiveText(defensive)}`] : []),
    "assumptions",
    ...assumptions.map(
      ({ statement, met, assumed, evidence }) =>
        `  ${met ? (assumed ? "assumed" : "holds  ") : "FAILS  "}  ${statement} (${evidence})`,
    ),
    "",
  ].join("\n");
}
