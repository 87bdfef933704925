import { CsvFields } from "../../data/formats/csv-fields.js";
import { invalidData } from "../../data/formats/invalid.js";
import { requireText, requireTyped } from "../../errors.js";
import { filledSettings } from "../../family.js";
import { required } from "../../fields.js";
import { closest } from "../../suggest.js";
import { type DeviceProfile, type DeviceProfileOptions, profileFields } from "./profile.js";

const columns = Object.keys(profileFields);

/** A row of the file, and where it stands. */
interface Row {
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * The profiles of a CSV file: a header that names the columns in any order, one profile a row. A cell that is empty has the default.
 * @param source names the file in errors.
 * @throws FedscoreError FEDSCORE_INVALID_DATA with the line and the column.
 */
export function readDeviceProfiles(bytes: Uint8Array, source: string): readonly DeviceProfile[] {
  requireTyped("bytes", bytes, Uint8Array);
  requireText("source", source);
  const [header, ...rows] = rowsOf(bytes, source);
  if (header === undefined) throw invalidData(source, "line 1", `a header of ${columns.join(", ")}`, "an empty file");
  requireColumns(header, source);
  if (rows.length === 0) throw invalidData(source, `line ${header.line}`, "profiles below it", "the end of the file");
  return rows.map((row, index) => {
    const profile = profileOf(header.fields, row, source);
    const place = header.fields.indexOf("name");
    if (rows.findIndex(({ fields }) => fields[place] === profile.name) < index)
      throw invalidData(source, `line ${row.line}, column name`, "another name in each row", profile.name);
    return profile;
  });
}

function rowsOf(bytes: Uint8Array, source: string): Row[] {
  const fields = new CsvFields(bytes, source, { delimiter: ",", comments: true });
  const rows: Row[] = [];
  while (fields.nextRow()) {
    const texts: string[] = [];
    const { line } = fields;
    do {
      fields.next();
      texts.push(fields.text().trim());
    } while (!fields.endsRow);
    rows.push({ line: Math.max(line, fields.line), fields: texts });
  }
  return rows;
}

function requireColumns({ line, fields }: Row, source: string): void {
  const place = `line ${line}`;
  for (const [index, name] of fields.entries()) {
    if (fields.indexOf(name) < index) throw invalidData(source, place, "each column once", name);
    if (columns.includes(name)) continue;
    const meant = closest(name, columns);
    const wanted = meant === undefined ? `columns among ${columns.join(", ")}` : `the column ${meant}`;
    throw invalidData(source, place, wanted, name);
  }
}

function profileOf(header: readonly string[], { line, fields }: Row, source: string): DeviceProfile {
  if (fields.length !== header.length)
    throw invalidData(source, `line ${line}`, `${header.length} fields`, `${fields.length}`);
  const cells = Object.entries(profileFields).flatMap(([column, { shape, absent, check }]) => {
    const text = fields[header.indexOf(column)] ?? "";
    if (text === "" && absent !== required) return [];
    const value = column === "name" ? text : text === "" ? Number.NaN : Number(text);
    try {
      return [[column, check(column, value)] as const];
    } catch {
      const expected = shape.rule.replace("must be ", "").replace("must lie", "a number that lies");
      throw invalidData(source, `line ${line}, column ${column}`, expected, text);
    }
  });
  return filledSettings(profileFields, "profile", Object.fromEntries(cells) as DeviceProfileOptions);
}
