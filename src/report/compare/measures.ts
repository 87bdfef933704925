import { titleOf } from "../../divergence/index.js";
import { ifComputed, isNotComputed, type Part } from "../../experiment/result/not-computed.js";
import type { ExperimentResult } from "../../experiment/result/schema.js";
import { judgeTitle } from "../../judges/index.js";
import { bytesIn, flopsIn, formatNumber, type Notation, secondsIn } from "../format.js";
import type { JudgedTable, TableScore } from "../parts.js";
import { qualityOf } from "../table-sources.js";
import { tableTargetsOf } from "../table-targets.js";

/** A number of a run: a value, its ends, or both. */
export interface MeasuredValue {
  readonly value?: number;
  readonly low?: number;
  readonly high?: number;
}

/** A number that runs are compared by. */
export interface Measure {
  readonly name: string;
  /** Empty where it has none, or where the words of a value name it. */
  readonly unit: string;
  /** Of each run; null where it has none. */
  readonly values: readonly (MeasuredValue | null)[];
  readonly words: (value: number, notation: Notation) => string;
}

interface Found extends MeasuredValue {
  readonly unit?: string;
}

/** What a run has by a name; undefined where it has nothing of the kind. */
type Reader = (result: ExperimentResult) => Part<Found> | null | undefined;

const inNumbers: Measure["words"] = (value, notation) => formatNumber(value, 4, notation);
const inBytes: Measure["words"] = (value, notation) => bytesIn(notation, value);

/** What every run has, and what some have, before what was measured of samples. */
const bounds: readonly (readonly [string, string, Reader])[] = [
  ["KL, both ends", "nats", ({ klInterval }) => klInterval && isolated(klInterval, ({ low, high }) => ({ low, high }))],
  ["certificate", "nats", ({ certificate, dataLaw }) => (dataLaw ? null : certificateOf(certificate))],
  [
    "certificate of the training rows",
    "nats",
    ({ certificate, dataLaw }) => (dataLaw ? certificateOf(certificate) : null),
  ],
  [
    "lower bound of KL",
    "nats",
    ({ lowerBound }) => lowerBound && isolated(lowerBound, ({ value }) => ({ low: value })),
  ],
  [
    "variational bound",
    "bits per dimension",
    ({ variational }) =>
      variational &&
      isolated(variational, ({ bitsPerDimension }) => (bitsPerDimension === null ? {} : { high: bitsPerDimension })),
  ],
  [
    "MMD of the laws",
    "",
    ({ dataLaw }) => dataLaw && isolated(dataLaw.mmd, ({ lower, upper }) => ({ low: lower, high: upper })),
  ],
  [
    "total variation of the laws",
    "",
    ({ dataLaw }) => dataLaw && isolated(dataLaw.totalVariation, ({ value }) => ({ low: value })),
  ],
];

/** What judges say of a synthetic table. */
const ofTable: readonly (readonly [string, string, Reader])[] = [
  ["quality of the table", "", ({ table }) => scoreIn(table, (rows) => qualityOf(rows)?.overall)],
  ["column shapes", "", ({ table }) => scoreIn(table, (rows) => qualityOf(rows)?.columnShapes)],
  ["column pair trends", "", ({ table }) => scoreIn(table, (rows) => qualityOf(rows)?.columnPairTrends)],
  ["detection of synthetic rows", "AUC", ({ table }) => scoreIn(table, ({ detection }) => detection)],
  [
    "use, less that of training rows",
    "AUC",
    ({ table }) => scoreIn(table, ({ use }) => use && ifComputed(use)?.difference),
  ],
  [
    "closest record is a training row",
    "",
    ({ table }) => scoreIn(table, ({ privacy }) => ifComputed(privacy)?.closestRecordShare),
  ],
];

const work: readonly (readonly [string, Measure["words"], (result: ExperimentResult) => number | undefined])[] = [
  ["loss, last round", inNumbers, ({ training }) => training.loss.at(-1)],
  ["rounds", inNumbers, ({ training }) => training.rounds],
  ["clients", inNumbers, ({ clients }) => clients.length],
  ["parameters", inNumbers, ({ network }) => network.parameters],
  ["least coverage", inNumbers, ({ coverage }) => coverage.min],
  ["training", (value, notation) => secondsIn(notation, value), ({ training }) => training.seconds],
  ["arithmetic", (value, notation) => flopsIn(notation, value), ({ training }) => training.flops],
  ["traffic up, as encoded", inBytes, ({ training }) => training.wireBytesUp],
  ["traffic down, as encoded", inBytes, ({ training }) => training.wireBytesDown],
];

/** What runs are compared by: bounds, measures of samples, what judges say, work; what no run has is left out. */
export function measuresOf(results: readonly ExperimentResult[]): Measure[] {
  const divergences = namesIn(results, ({ measured }) => measured).map(
    (name) => [titleOf(name), "", ({ measured }: ExperimentResult) => measured[name]] as const,
  );
  const judges = namesIn(results, scoresOf).map(
    (name) => [judgeTitle(name), "", (result: ExperimentResult) => scoresOf(result)[name]] as const,
  );
  const targets = namesIn(results, missedOf).map(
    (title) => [`target missed by: ${title}`, "", (result: ExperimentResult) => missedOf(result)[title]] as const,
  );
  const read = [...bounds, ...ofTable, ...targets, ...divergences, ...judges].map(([name, unit, reader]): Measure => {
    const found = results.map((result) => reader(result) ?? null);
    const known = found.map((each) => (each === null || isNotComputed(each) ? null : endsOf(each)));
    const units = found.flatMap((each) => (each && "unit" in each && each.unit !== "1" ? [each.unit ?? ""] : []));
    return { name, unit: unit || (units[0] ?? ""), values: known, words: inNumbers };
  });
  const done = work.map(([name, words, of]): Measure => {
    const values = results.map((result) => of(result)).map((value) => (value === undefined ? null : { value }));
    return { name, unit: "", values, words };
  });
  return [...read, ...done].filter(({ values }) => values.some((value) => value !== null));
}

function certificateOf(certificate: ExperimentResult["certificate"]): Found | null {
  return certificate && isolated(certificate, ({ upper }) => (upper === null ? {} : { high: upper }));
}

/** What a part that was computed has of a measure; null where it has nothing. */
function isolated<T extends object>(part: Part<T>, ends: (part: T) => Found): Found | null {
  return isNotComputed(part) ? null : ends(part);
}

/** A score of the synthetic rows; null where there is none. */
function scoreIn(
  table: ExperimentResult["table"],
  of: (rows: JudgedTable) => Part<TableScore> | undefined,
): Found | null {
  const whole = table && ifComputed(table);
  const rows = whole && ifComputed(whole.synthetic);
  const score = rows && of(rows);
  if (!score || isNotComputed(score) || score.value === null) return null;
  return { value: score.value, ...score.interval };
}

/** How far each target is missed that is known, by its title. */
function missedOf({ table }: ExperimentResult): Readonly<Record<string, Found>> {
  const whole = table && ifComputed(table);
  if (!whole) return {};
  return Object.fromEntries(
    tableTargetsOf(whole).flatMap(({ title, reached }) =>
      reached.value === null ? [] : [[title, { value: reached.missedBy }]],
    ),
  );
}

function endsOf({ value, low, high }: Found): MeasuredValue | null {
  if (value === undefined && low === undefined && high === undefined) return null;
  return {
    ...(value !== undefined && { value }),
    ...(low !== undefined && { low }),
    ...(high !== undefined && { high }),
  };
}

function scoresOf({ judged }: ExperimentResult): Readonly<Record<string, Part<Found> | null>> {
  return judged && !isNotComputed(judged) ? judged.scores : {};
}

function namesIn(results: readonly ExperimentResult[], of: (result: ExperimentResult) => object): string[] {
  return [...new Set(results.flatMap((result) => Object.keys(of(result))))];
}

/** "0.6048 (0.5877 to 0.6235)", "1.521 to 2.041", "at most 2.485": a value in words; undefined where there is none. */
export function valueWords(
  { words }: Pick<Measure, "words">,
  found: MeasuredValue | null,
  notation: Notation,
): string | undefined {
  if (found === null) return undefined;
  const { value, low, high } = found;
  const ends =
    low !== undefined && high !== undefined ? `${words(low, notation)} to ${words(high, notation)}` : undefined;
  if (value !== undefined) return ends === undefined ? words(value, notation) : `${words(value, notation)} (${ends})`;
  if (ends !== undefined) return ends;
  if (high !== undefined) return `at most ${words(high, notation)}`;
  return low === undefined ? undefined : `at least ${words(low, notation)}`;
}
