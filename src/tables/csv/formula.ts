/** Beginnings that spreadsheets take for a formula: OWASP, "CSV Injection", https://owasp.org/www-community/attacks/CSV_Injection. */
const formula = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const plainNumber = /^[+-]?\d+(?:[.,]\d+)?$/;

/** A text with an apostrophe before it where a spreadsheet would execute it, or where it begins as such a text does. */
export function inert(text: string): string {
  return formula.test(text) && !plainNumber.test(text) ? `'${text}` : text;
}

/** The text that `inert` wrote. */
export function original(cell: string): string {
  return cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell;
}
