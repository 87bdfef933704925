import { ifComputed, isNotComputed, type Part } from "../../experiment/result/not-computed.js";
import type { ExperimentResult } from "../../experiment/result/schema.js";
import { plain } from "../../report/format.js";
import type { TableResult, TableScore } from "../../report/parts.js";
import { qualityOf, realName, tableSources } from "../../report/table-sources.js";
import { limitWords, tableTargetsOf } from "../../report/table-targets.js";
import { type Fact, number } from "../print.js";

/** How good a synthetic table is, and what it gives away. */
export function tableFacts(table: ExperimentResult["table"]): Fact[] {
  if (!table) return [];
  if (isNotComputed(table)) return [["table", `not computed: ${table.notComputed}`]];
  const { synthetic } = table;
  if (isNotComputed(synthetic)) return [["table", `not computed: ${synthetic.notComputed}`]];
  const privacy = ifComputed(synthetic.privacy);
  return [
    ["table", qualityText(table)],
    ["detection", `${scoreText(synthetic.detection)} AUC, 0.5 cannot tell`],
    ...(synthetic.use && table.predicted !== undefined
      ? [["use", useText(synthetic.use, table.predicted)] as const]
      : []),
    ...(privacy
      ? [
          [
            "closest record",
            `${scoreText(privacy.closestRecordShare)} are training rows, 0.5 gives nothing away`,
          ] as const,
          ["exact copies", `${scoreText(privacy.exactCopies)} of the synthetic rows`] as const,
        ]
      : []),
    ...targetFacts(table),
  ];
}

/** "quality 0.95 (shapes 0.98, pair trends 0.92); Independent columns 0.93; as many rows as held out 0.93, real rows 0.94". */
function qualityText(table: TableResult): string {
  const quality = qualityOf(table.synthetic);
  if (!quality) return "quality not computed";
  const { overall, columnShapes, columnPairTrends, equalRows } = quality;
  const others = tableSources(table)
    .slice(1)
    .flatMap(({ name, judged }) => {
      const other = qualityOf(judged);
      return other && name !== realName ? [`${name} ${scoreText(other.overall)}`] : [];
    });
  const real = qualityOf(table.real);
  const few = real
    ? `of ${equalRows.rows} rows ${scoreText(equalRows.overall)}, real rows ${scoreText(real.equalRows.overall)}`
    : "";
  const parts = `shapes ${scoreText(columnShapes)}, pair trends ${scoreText(columnPairTrends)}`;
  return [`quality ${scoreText(overall)} (${parts})`, ...others, ...(few === "" ? [] : [few])].join("; ");
}

function useText(
  use: NonNullable<Exclude<TableResult["synthetic"], { notComputed: string }>["use"]>,
  column: string,
): string {
  if (isNotComputed(use)) return `not computed: ${use.notComputed}`;
  return `${column} foretold with ${scoreText(use.learnt)} AUC, ${scoreText(use.difference)} beside training rows`;
}

/** One line a target: "target missed  detection AUC 0.8, at most 0.75, by 0.05". */
function targetFacts(table: TableResult): Fact[] {
  return tableTargetsOf(table).map(({ title, reached }): Fact => {
    if (reached.value === null) return ["target open", `${title}: ${reached.reason}`];
    const words = `${title} ${number(reached.value)}, ${limitWords(reached, plain)}`;
    return reached.met ? ["target met", words] : ["target missed", `${words}, by ${number(reached.missedBy)}`];
  });
}

function scoreText(score: Part<TableScore> | undefined): string {
  if (!score || isNotComputed(score)) return "not computed";
  if (score.value === null) return `none (${score.reason})`;
  const { value, interval } = score;
  return interval ? `${number(value)} (${number(interval.low)} to ${number(interval.high)})` : number(value);
}
