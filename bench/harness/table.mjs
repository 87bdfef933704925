/** Results as a table in the terminal. */

const digits = (value) => {
  if (value === undefined) return "";
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return String(value);
  if (Math.abs(value) >= 1e5 || Math.abs(value) < 1e-2) return value.toExponential(2);
  return Math.abs(value) >= 999.5 ? value.toFixed(0) : value.toPrecision(3);
};

const quantity = (value, unit = "") => (value === undefined ? "" : `${digits(value)} ${unit}`.trim());

const verdict = ({ met, target, skipped }) => {
  if (skipped) return `skipped: ${skipped}`;
  if (target === undefined) return "";
  return met ? "yes" : "NO";
};

const columns = [
  ["what", ({ name }) => name],
  ["fedscore", ({ value, unit }) => quantity(value, unit)],
  ["peer", ({ peer }) => peer ?? ""],
  ["peer's", ({ peerValue, unit }) => quantity(peerValue, unit)],
  ["ratio", ({ ratio }) => digits(ratio)],
  ["target", ({ target }) => target ?? ""],
  ["met", verdict],
];

/** Rows of cells, the header first. */
export const cells = (rows) => [
  columns.map(([title]) => title),
  ...rows.map((row) => columns.map(([, cell]) => cell(row))),
];

export function table(rows) {
  const lines = cells(rows);
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
