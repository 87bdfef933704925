import { ifComputed, isNotComputed, type Part } from "../../experiment/result/not-computed.js";
import { type Child, type Drawn, figure, h, note, panel, table } from "../elements.js";
import { formatInteger } from "../format.js";
import type { JudgedTable, TableQuality, TableResult, TableScore } from "../parts.js";
import { fitted } from "../plots/fitted.js";
import { mostPaired, pairMatrixPlot } from "../plots/pair-matrix.js";
import { type ScoreDot, scoreDotsPlot } from "../plots/score-dots.js";
import {
  qualityOf,
  qualitySentence,
  realName,
  scoreCell,
  scoreValue,
  type TableSource,
  tableSources,
} from "../table-sources.js";
import type { Section } from "./section.js";

/** A measure of a table: what tables and pictures call it, and where it stands. */
interface Row {
  readonly name: string;
  /** Words for those who do not know it. */
  readonly text: string;
  readonly of: (judged: JudgedTable) => Part<TableScore> | undefined;
  /** Needs more rows than are held out, so that real rows have no score that could stand beside others. */
  readonly isWhole?: true;
}

/** How good synthetic rows are: quality, detection and use, beside what simple generators and real rows reach. */
export const tableQualitySection: Section = {
  id: "table-quality",
  title: "Quality of the synthetic table",
  render({ table: part }) {
    const told = part && ifComputed(part);
    if (!told) return [];
    const sources = tableSources(told);
    const dots = dotsOf(qualityRows(told), sources);
    return [
      note(qualitySentence(told)),
      ...(dots.length === 0
        ? []
        : [
            figure(
              "SDMetrics’ quality report: farther right is more alike. Fewer rows have lower scores, so real rows, which are held out of training, stand among equally many: there a perfect generator would be where they are.",
              keyOf(sources),
              fitted((width) =>
                scoreDotsPlot(
                  { id: "table-quality-dots", title: "Quality of the table" },
                  dots,
                  sources,
                  undefined,
                  width,
                ),
              ),
            ),
          ]),
      table(
        "Measures of the table with 95 % intervals where there are some",
        ["measure", ...sources.map(({ name }) => name)],
        [...qualityRows(told), ...otherRows(told)].map((row) => rowOf(row, sources)),
      ),
      ...matrices(told, sources),
    ];
  },
};

function qualityRows({ real }: TableResult): Row[] {
  const rows = qualityOf(real)?.equalRows.rows;
  const few = rows === undefined ? "as many rows as are held out" : `${formatInteger(rows)} rows`;
  const ofQuality =
    (of: (quality: TableQuality) => TableScore): Row["of"] =>
    ({ quality }) =>
      isNotComputed(quality) ? quality : of(quality);
  return [
    { name: "overall quality", text: "mean of the next two", isWhole: true, of: ofQuality(({ overall }) => overall) },
    {
      name: "column shapes",
      text: "mean over the columns",
      isWhole: true,
      of: ofQuality(({ columnShapes }) => columnShapes),
    },
    {
      name: "column pair trends",
      text: "mean over the pairs",
      isWhole: true,
      of: ofQuality(({ columnPairTrends }) => columnPairTrends),
    },
    { name: `overall, ${few}`, text: "of the first rows", of: ofQuality(({ equalRows }) => equalRows.overall) },
    {
      name: `pair trends, ${few}`,
      text: "of the first rows",
      of: ofQuality(({ equalRows }) => equalRows.columnPairTrends),
    },
  ];
}

function otherRows({ predicted }: TableResult): Row[] {
  const use: Row[] =
    predicted === undefined
      ? []
      : [
          {
            name: `foretelling ${predicted}`,
            text: "AUC on held-out rows; real: of training rows",
            of: ({ use: part }) => part && (isNotComputed(part) ? part : part.learnt),
          },
          {
            name: "less what training rows teach",
            text: "difference of the AUCs; 0 is as good",
            of: ({ use: part }) => part && (isNotComputed(part) ? part : part.difference),
          },
        ];
  return [
    { name: "detection", text: "AUC of a classifier; 0.5 cannot tell", of: ({ detection }) => detection },
    ...use,
    { name: "new rows", text: "share that match no training row", of: ({ newRows }) => newRows },
  ];
}

function rowOf(row: Row, sources: readonly TableSource[]): Child[] {
  const { name, text } = row;
  return [h("span", {}, name, h("small", {}, text)), ...sources.map((source) => scoreCell(scoreOf(row, source)))];
}

function scoreOf({ of, isWhole }: Row, { name, judged }: TableSource): Part<TableScore> | undefined {
  if (isNotComputed(judged)) return judged;
  return isWhole && name === realName ? undefined : of(judged);
}

function dotsOf(rows: readonly Row[], sources: readonly TableSource[]): ScoreDot[] {
  return rows.flatMap((row) =>
    sources.flatMap((source) => {
      const value = scoreValue(scoreOf(row, source));
      return value === undefined ? [] : [{ measure: row.name, source: source.name, value, interval: null }];
    }),
  );
}

/** Colours of the sources. */
export function keyOf(sources: readonly TableSource[]): Drawn {
  const keys = sources.map(({ name, color }) => h("span", { class: "key", style: `--key: ${color}` }, name));
  return h("p", { class: "label" }, ...keys);
}

/** Pair trends of the run's rows and of rows that were drawn otherwise, as many of them. */
function matrices(told: TableResult, sources: readonly TableSource[]): Drawn[] {
  const names = told.schema.fields.map(({ name }) => name);
  const places = new Map(names.map((name, place) => [name, place]));
  const panels = sources.flatMap(({ name, judged }, index) => {
    const quality = qualityOf(judged);
    if (!quality || name === realName) return [];
    const cells = quality.pairs.map(({ columns: [first, second], score }) => ({
      first: places.get(first) ?? 0,
      second: places.get(second) ?? 0,
      score: scoreValue(score),
    }));
    const title = `Pairs of columns: ${name}`;
    return [panel(name, pairMatrixPlot(cells, names.length, `table-pairs-${index}`, title))];
  });
  if (panels.length === 0 || names.length < 2) return [];
  const hidden = names.length - mostPaired;
  const rest = hidden > 0 ? ` ${formatInteger(hidden)} further columns are not drawn.` : "";
  return [
    figure(
      `Relations between columns, by the numbers that they have above: the stronger the colour of a pair, the less alike is its relation to that in the training rows, from 1 (clear) to 0.5 (full); a point where it is not defined.${rest}`,
      ...panels,
    ),
  ];
}
