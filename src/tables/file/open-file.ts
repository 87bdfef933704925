import { inflate, isGzip } from "../../data/formats/gzip.js";
import { requireFunction, requireText, throwIfAborted } from "../../errors.js";
import { requireOptions } from "../../options.js";
import { pieceLength } from "../csv/open.js";
import { CsvRows } from "../csv/rows.js";
import { CsvSurvey } from "../csv/survey.js";
import { isArrow } from "./arrow/recognize.js";
import { isParquet } from "./parquet/recognize.js";
import { bytesOf, type FileSlices, requireSlices, sliceBytes } from "./slices.js";
import type { OpenFileOptions, TableFile } from "./table-file.js";
import { turn } from "./turn.js";

const optionKeys = ["delimiter", "signal", "onProgress"];

/**
 * Opens a CSV file (gzip or not), a Parquet or an Arrow file.
 * @param source names it in errors.
 * @throws FedscoreError FEDSCORE_INVALID_DATA for what is none of them, FEDSCORE_UNSUPPORTED where a package is needed that is not installed.
 */
export async function openTableFile(
  given: FileSlices,
  source: string,
  options: OpenFileOptions = {},
): Promise<TableFile> {
  const file = requireSlices("file", given);
  requireText("source", source);
  const { onProgress } = requireOptions("options", options, optionKeys);
  if (onProgress !== undefined) requireFunction("onProgress", onProgress);
  const head = await bytesOf(file, 0, Math.min(file.size, pieceLength));
  if (isParquet(head)) return (await import("./parquet/open.js")).openParquet(file, source, options);
  if (isArrow(head)) return (await import("./arrow/open.js")).openArrow(await bytesOf(file), source, options);
  if (!isGzip(head)) return openCsv(() => piecesOf(file), source, options);
  const packed = await bytesOf(file);
  const [first = new Uint8Array(0)] = inflate(packed, source);
  if (isParquet(first) || isArrow(first)) {
    const plain = new Uint8Array(await new Blob([...inflate(packed, source)] as BlobPart[]).arrayBuffer());
    return openTableFile(sliceBytes(plain), source, options);
  }
  return openCsv(() => inflate(packed, source), source, options);
}

async function* piecesOf(file: FileSlices): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < file.size; from += pieceLength)
    yield await bytesOf(file, from, Math.min(file.size, from + pieceLength));
}

/** Bytes of pieces between two turns. */
const stretch = 2 ** 22;

async function* inTurns(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > stretch) {
      await turn();
      bytes = 0;
    }
    throwIfAborted(signal);
    yield piece;
  }
}

type Pieces = () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

async function openCsv(
  pieces: Pieces,
  source: string,
  { delimiter, signal, onProgress }: OpenFileOptions,
): Promise<TableFile> {
  const survey = new CsvSurvey(source, delimiter);
  let length = 0;
  for await (const piece of inTurns(pieces(), signal)) {
    survey.add(piece);
    length += piece.length;
  }
  const layout = survey.end();
  return {
    ...layout,
    unit: "line",
    async forEachRow(visit) {
      let [rows, read] = [0, 0];
      const reader = new CsvRows(layout, source, (cells, line) => {
        rows++;
        return visit(cells, line);
      });
      for await (const piece of inTurns(pieces(), signal)) {
        read += piece.length;
        if (!reader.add(piece)) return;
        onProgress?.({ rows, share: read / length });
      }
      reader.end();
    },
  };
}
