import { isFedscoreError } from "../../errors.js";
import { parseDecimal } from "./decimal.js";
import { invalidData } from "./invalid.js";

const [quote, lineFeed, carriageReturn, space, tab, hash] = [0x22, 0x0a, 0x0d, 0x20, 0x09, 0x23];

const isLineEnd = (byte: number | undefined) => byte === lineFeed || byte === carriageReturn;
const isBlank = (byte: number | undefined) => byte === space || byte === tab;

/** How the rows of a text are parted. */
export interface CsvLayout {
  /** One ASCII character; a blank stands for any number of blanks and tabs, also at both ends of a row. */
  readonly delimiter: string;
  /** Whether a line that begins with # is none of the rows. */
  readonly comments: boolean;
}

/**
 * Walks the fields of a text (RFC 4180; rows end with LF, CRLF or CR) without copying them: after `next()` the field's bytes lie in
 * [begin, end). The same object is moved from field to field.
 */
export class CsvFields {
  readonly #bytes: Uint8Array;
  readonly #source: string;
  readonly #delimiter: number;
  readonly #blanks: boolean;
  #at = 0;
  #lineAt = 1;
  /** 1-based line on which the current field begins. */
  line = 1;
  begin = 0;
  end = 0;
  /** Whether a line that begins with # is none of the rows. Changed between rows only. */
  comments: boolean;
  /** Lines that were left out as comments so far. */
  commentLines = 0;
  /** Whether the current field stood in quotes; its quotes are then doubled. */
  quoted = false;
  /** Whether the current field is the last of its row. */
  endsRow = true;

  /** Begins before the first row: lines before it that are blank are left out. */
  constructor(bytes: Uint8Array, source: string, { delimiter, comments }: CsvLayout) {
    this.#bytes = bytes;
    this.#source = source;
    this.#delimiter = delimiter.charCodeAt(0);
    this.#blanks = delimiter === " ";
    this.comments = comments;
    this.#skipEmpty();
  }

  /** Whether another row comes; false where nothing but blank lines and comments is left. Between rows only. */
  nextRow(): boolean {
    const bytes = this.#bytes;
    this.#skipComments();
    if (this.#at >= bytes.length) return false;
    if (!isLineEnd(bytes[this.#at]) && !(this.#blanks && isBlank(bytes[this.#at]))) return true;
    const [at, line, comments] = [this.#at, this.#lineAt, this.commentLines];
    this.#skipEmpty();
    if (this.#at >= bytes.length) return false;
    [this.#at, this.#lineAt, this.commentLines] = [at, line, comments];
    return true;
  }

  /** Moves to the next field; behind the last row there is one more, empty. */
  next(): void {
    if (this.#blanks) this.#skipBlanks();
    this.line = this.#lineAt;
    this.quoted = this.#bytes[this.#at] === quote;
    if (this.quoted) this.#scanQuoted();
    else this.#scanPlain();
    if (this.#blanks) {
      this.#skipBlanks();
      this.endsRow = this.#at >= this.#bytes.length || isLineEnd(this.#bytes[this.#at]);
    } else this.endsRow = this.#bytes[this.#at] !== this.#delimiter;
    if (this.endsRow) this.#skipLineEnd();
    else if (!this.#blanks) this.#at++;
  }

  /** The current field, decoded. */
  text(): string {
    const text = new TextDecoder().decode(this.#bytes.subarray(this.begin, this.end));
    return this.quoted ? text.replaceAll('""', '"') : text;
  }

  /** The number that the current field is, float64; NaN where it is none. `point`: the byte before a fraction. */
  number(point: number): number {
    return parseDecimal(this.#bytes, this.begin, this.end, point);
  }

  #scanPlain(): void {
    const bytes = this.#bytes;
    const delimiter = this.#delimiter;
    const other = this.#blanks ? tab : delimiter;
    let at = this.#at;
    this.begin = at;
    for (; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === delimiter || byte === other || byte === lineFeed || byte === carriageReturn) break;
    }
    this.#at = at;
    this.end = at;
  }

  #scanQuoted(): void {
    const bytes = this.#bytes;
    let at = this.#at + 1;
    this.begin = at;
    for (; bytes[at] !== quote || bytes[at + 1] === quote; at++) {
      if (at >= bytes.length)
        throw invalidData(this.#source, `line ${this.line}`, "a closing quote", "the end of the file");
      if (bytes[at] === quote) at++;
      else if (bytes[at] === lineFeed || (bytes[at] === carriageReturn && bytes[at + 1] !== lineFeed)) this.#lineAt++;
    }
    this.end = at++;
    const next = bytes[at];
    if (at < bytes.length && next !== this.#delimiter && !isLineEnd(next) && !(this.#blanks && next === tab)) {
      const expected = "a delimiter or a line end behind a closing quote";
      throw invalidData(this.#source, `line ${this.#lineAt}`, expected, String.fromCharCode(next));
    }
    this.#at = at;
  }

  /** Goes to the first line that is neither blank nor a comment. */
  #skipEmpty(): void {
    let at = -1;
    while (at !== this.#at) {
      at = this.#at;
      this.#skipComments();
      const begin = this.#at;
      if (this.#blanks) this.#skipBlanks();
      if (this.#at < this.#bytes.length && !isLineEnd(this.#bytes[this.#at])) this.#at = begin;
      else this.#skipLineEnd();
    }
  }

  #skipComments(): void {
    while (this.comments && this.#bytes[this.#at] === hash) {
      while (this.#at < this.#bytes.length && !isLineEnd(this.#bytes[this.#at])) this.#at++;
      this.#skipLineEnd();
      this.commentLines++;
    }
  }

  #skipBlanks(): void {
    while (isBlank(this.#bytes[this.#at])) this.#at++;
  }

  #skipLineEnd(): void {
    if (this.#at >= this.#bytes.length) return;
    this.#at += this.#bytes[this.#at] === carriageReturn && this.#bytes[this.#at + 1] === lineFeed ? 2 : 1;
    this.#lineAt++;
  }
}

/** Runs what reads fields; false where it met a quote that no dialect of the text has, such as one that is never closed. Other errors are thrown. */
export function readsAsTable(read: () => void): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (isFedscoreError(error) && error.code === "FEDSCORE_INVALID_DATA") return false;
    throw error;
  }
}
