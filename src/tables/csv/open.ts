import { requireText, requireTyped } from "../../errors.js";
import { CsvRows, type VisitRow } from "./rows.js";
import { CsvSurvey, type SurveyedCsv } from "./survey.js";

/** Bytes of a file that are looked at at a time. */
export const pieceLength = 2 ** 18;

/** A file with its header read. */
export interface OpenTable extends Pick<SurveyedCsv, "dialect" | "names" | "mostRows"> {
  /** Visits the rows below the header until `visit` says false. @throws FedscoreError FEDSCORE_INVALID_DATA for rows of another length. */
  forEachRow(visit: VisitRow): void;
}

/** @throws FedscoreError FEDSCORE_INVALID_DATA for a file that is no text or has no header. */
export function openTable(bytes: Uint8Array, source: string, delimiter?: string): OpenTable & SurveyedCsv {
  requireTyped("bytes", bytes, Uint8Array);
  requireText("source", source);
  const survey = new CsvSurvey(source, delimiter);
  for (const piece of piecesIn(bytes)) survey.add(piece);
  const layout = survey.end();
  return {
    ...layout,
    forEachRow(visit) {
      const rows = new CsvRows(layout, source, visit);
      for (const piece of piecesIn(bytes)) if (!rows.add(piece)) return;
      rows.end();
    },
  };
}

function* piecesIn(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += pieceLength) yield bytes.subarray(from, from + pieceLength);
}
