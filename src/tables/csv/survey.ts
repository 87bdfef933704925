import { invalidData } from "../../data/formats/invalid.js";
import { type CsvLayout, csvLayout } from "./layout.js";
import { CodingSurvey, encodeText, type TextCoding } from "./text.js";

/** Bytes at the beginning that the layout is told by. */
const headLength = 2 ** 22;
/** Bytes that a line end has at most. */
const tailLength = 4;

const [lineFeed, carriageReturn] = [10, 13];

/** The layout of a file, and how many rows it has at most: as many, where no cell has a line end in it and no line is blank. */
export interface SurveyedCsv extends CsvLayout {
  readonly mostRows: number;
}

/** Reads all bytes of a CSV file, piece after piece, for how it is written. */
export class CsvSurvey {
  readonly #source: string;
  readonly #delimiter: string | undefined;
  readonly #head: Uint8Array[] = [];
  #coding: CodingSurvey | undefined;
  #tail = new Uint8Array(0);
  #length = 0;
  #headed = 0;
  readonly #ends = { lineFeeds: 0, carriageReturns: 0 };

  /** @param delimiter where it is known. */
  constructor(source: string, delimiter?: string) {
    this.#source = source;
    this.#delimiter = delimiter;
  }

  /** @throws FedscoreError FEDSCORE_INVALID_DATA for what is no text. */
  add(piece: Uint8Array): void {
    this.#coding ??= new CodingSurvey(piece, this.#source);
    this.#coding.add(piece);
    this.#length += piece.length;
    const head = piece.slice(0, headLength - this.#headed);
    this.#headed += head.length;
    if (head.length > 0) this.#head.push(head);
    this.#ends.lineFeeds += countOf(lineFeed, piece);
    this.#ends.carriageReturns += countOf(carriageReturn, piece);
    this.#tail = Uint8Array.of(...this.#tail, ...piece.subarray(-tailLength)).slice(-tailLength);
  }

  /** @throws FedscoreError FEDSCORE_INVALID_DATA for a file without a header. */
  end(): SurveyedCsv {
    const coding = this.#coding?.end();
    const layout = coding && this.#layout(coding);
    if (!layout) throw invalidData(this.#source, "line 1", "a header that names the columns", "nothing");
    const { lineEnd, endsLastLine, separatorLine } = layout.dialect;
    const ends = lineEnd === "\r" ? this.#ends.carriageReturns : this.#ends.lineFeeds;
    const linesAbove = separatorLine ? 2 : 1;
    return { ...layout, mostRows: Math.max(0, ends + (endsLastLine ? 0 : 1) - linesAbove) };
  }

  #layout(coding: TextCoding): CsvLayout | undefined {
    const decoder = new TextDecoder(coding.encoding);
    const text = this.#head.map((piece) => decoder.decode(piece, { stream: true })).join("");
    const endsWith = (lineEnd: string) => {
      const end = encodeText(lineEnd, { ...coding, byteOrderMark: false });
      return end.every((byte, at) => this.#tail[this.#tail.length - end.length + at] === byte);
    };
    return csvLayout({ text, isWhole: this.#headed === this.#length }, coding, endsWith, this.#delimiter);
  }
}

function countOf(byte: number, piece: Uint8Array): number {
  let count = 0;
  for (let at = piece.indexOf(byte); at >= 0; at = piece.indexOf(byte, at + 1)) count++;
  return count;
}
