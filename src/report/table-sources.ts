import { ifComputed, isNotComputed, type Part } from "../experiment/result/not-computed.js";
import { type BaselineName, baselines } from "../tables/baselines/index.js";
import { type Child, h, numeral } from "./elements.js";
import { formatInteger, formatNumber } from "./format.js";
import { rangeOf } from "./interval-cell.js";
import type { JudgedTable, TableQuality, TableResult, TableScore } from "./parts.js";

/** Rows that judges of tables have looked at. */
export interface TableSource {
  readonly name: string;
  /** CSS colour. */
  readonly color: string;
  readonly judged: Part<JudgedTable>;
}

/** What reports call the run's own rows. */
const syntheticName = "synthetic rows";
export const realName = "real rows";

const baselineColors = ["var(--series-4)", "var(--series-3)"];

/** All that was judged, the run's own rows first. */
export function tableSources({ synthetic, reference, real, baselines: simple }: TableResult): TableSource[] {
  const others = Object.entries(simple).map(([name, judged], place) => ({
    name: baselines[name as BaselineName].title,
    color: baselineColors[place % baselineColors.length],
    judged,
  }));
  return [
    { name: syntheticName, color: "var(--federated)", judged: synthetic },
    ...(reference ? [{ name: "dense reference", color: "var(--reference)", judged: reference }] : []),
    { name: realName, color: "var(--data)", judged: real },
    ...others,
  ];
}

/** A score with its interval in a table; a dash where there is none. */
export function scoreCell(score: Part<TableScore> | undefined): Child {
  if (!score) return "–";
  if (isNotComputed(score)) return h("em", {}, "not computed");
  if (score.value === null) return h("em", { title: score.reason }, "none");
  const { value, interval } = score;
  if (!interval) return numeral(value, formatNumber(value, 3));
  return h("span", {}, numeral(value, formatNumber(value, 3)), rangeOf(interval));
}

/** The value of a score, where there is one. */
export function scoreValue(score: Part<TableScore> | undefined): number | undefined {
  if (!score || isNotComputed(score) || score.value === null) return undefined;
  return score.value;
}

/** Quality of rows that were judged, where it was computed. */
export function qualityOf(judged: Part<JudgedTable> | undefined): TableQuality | undefined {
  const whole = judged && ifComputed(judged);
  return whole && ifComputed(whole.quality);
}

/** "The synthetic table has an overall quality of 0.95 of 1; among 2,000 rows it is 0.94, where as many real rows have 0.94." */
export function qualitySentence({ synthetic, real }: TableResult): string {
  const own = qualityOf(synthetic);
  const whole = scoreValue(own?.overall);
  if (whole === undefined || !own) return "The overall quality of the synthetic table is not known.";
  const [few, fresh] = [scoreValue(own.equalRows.overall), scoreValue(qualityOf(real)?.equalRows.overall)];
  const beside =
    few === undefined || fresh === undefined
      ? ""
      : `; among ${formatInteger(own.equalRows.rows)} rows it is ${formatNumber(few, 3)}, where as many real rows have ${formatNumber(fresh, 3)}`;
  return `The synthetic table has an overall quality of ${formatNumber(whole, 3)} of 1${beside}.`;
}
