import { type Computed, isNotComputed, type Part } from "../../experiment/result/not-computed.js";
import type { ExperimentResult } from "../../experiment/result/schema.js";
import { number } from "../print.js";

type Certified = Pick<ExperimentResult, "certificate" | "certificateNote" | "variational">;
type PlainBound = Computed<ExperimentResult["variational"]>;

/** The bounds of a run as a table for the terminal. */
export function certificateText({ certificate, certificateNote, variational }: Certified): string {
  const parts = [
    ...(certificate ? [partText("certificate", certificate)] : []),
    ...(variational ? [partText("variational bound", variational)] : []),
  ];
  const note =
    certificateNote === undefined ? [] : [`${certificate ? "note" : "no certificate"}: ${certificateNote}\n`];
  return [...parts, ...note].join("\n");
}

function partText(name: string, part: Part<PlainBound>): string {
  return isNotComputed(part) ? `${name} not computed: ${part.notComputed}\n` : boundText(part);
}

function boundText(bound: PlainBound): string {
  const percent = `${number(100 * bound.confidence)} %`;
  const header = ["", "estimate", `upper end, ${percent}`];
  const rows = Object.entries(bound.terms).map(([name, { value, upper }]) => [name, number(value), number(upper)]);
  const total = ["total", nats(bound.value), nats(bound.upper)];
  const lines = table([header, ...rows, total]);
  const [head, ...body] = lines;
  const rule = "-".repeat(head.length);
  const assumed = bound.assumptions.map(
    ({ statement, met, assumed, evidence }) =>
      `  ${met ? (assumed ? "assumed" : "holds  ") : "FAILS  "}  ${statement} (${evidence})`,
  );
  return [
    `${bound.name}, ${bound.unit}, ${bound.samples} samples`,
    head,
    rule,
    ...body.slice(0, -1),
    rule,
    body[body.length - 1],
    ...(bound.bitsPerDimension === null ? [] : [`${number(bound.bitsPerDimension)} bits per dimension`]),
    ...(bound.caveat === undefined ? [] : [bound.caveat]),
    ...(bound.vacuous === undefined ? [] : [`vacuous: ${bound.vacuous}`]),
    "assumptions",
    ...assumed,
    "",
  ].join("\n");
}

const nats = (value: number | null) => (value === null ? "-" : number(value));

/** Columns: the first flush left, the others flush right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  "),
  );
}
