import { invalidData } from "./invalid.js";

const [quote, lineFeed, carriageReturn] = [0x22, 0x0a, 0x0d];

/**
 * Walks the fields of a CSV file (RFC 4180) without copying them: after `next()` the field's bytes lie in [begin, end).
 * The same object is moved from field to field.
 */
export class CsvFields {
  readonly #bytes: Uint8Array;
  readonly #source: string;
  readonly #delimiter: number;
  #at: number;
  #lineAt = 1;
  /** 1-based line on which the current field begins. */
  line = 1;
  begin = 0;
  end = 0;
  /** Whether the current field stood in quotes; its quotes are then doubled. */
  quoted = false;
  /** Whether the current field is the last of its row. */
  endsRow = true;

  /** `delimiter`: one ASCII character. */
  constructor(bytes: Uint8Array, source: string, delimiter: string) {
    this.#bytes = bytes;
    this.#source = source;
    this.#delimiter = delimiter.charCodeAt(0);
    const byteOrderMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    this.#at = byteOrderMark ? 3 : 0;
  }

  /** True where nothing but line ends is left. Between rows only. */
  atEnd(): boolean {
    let at = this.#at;
    while (this.#bytes[at] === lineFeed || this.#bytes[at] === carriageReturn) at++;
    return at >= this.#bytes.length;
  }

  /** Moves to the next field; behind the last row there is one more, empty. */
  next(): void {
    this.line = this.#lineAt;
    this.quoted = this.#bytes[this.#at] === quote;
    if (this.quoted) this.#scanQuoted();
    else this.#scanPlain();
    this.endsRow = this.#bytes[this.#at] !== this.#delimiter;
    if (this.#bytes[this.#at] === lineFeed) this.#lineAt++;
    this.#at++;
  }

  /** The current field, decoded. */
  text(): string {
    const text = new TextDecoder().decode(this.#bytes.subarray(this.begin, this.end));
    return this.quoted ? text.replaceAll('""', '"') : text;
  }

  #scanPlain(): void {
    const bytes = this.#bytes;
    const delimiter = this.#delimiter;
    let at = this.#at;
    this.begin = at;
    while (at < bytes.length && bytes[at] !== delimiter && bytes[at] !== lineFeed) at++;
    this.#at = at;
    const beforeLineEnd = bytes[at] !== delimiter && at > this.begin && bytes[at - 1] === carriageReturn;
    this.end = beforeLineEnd ? at - 1 : at;
  }

  #scanQuoted(): void {
    const bytes = this.#bytes;
    let at = this.#at + 1;
    this.begin = at;
    for (; bytes[at] !== quote || bytes[at + 1] === quote; at++) {
      if (at >= bytes.length)
        throw invalidData(this.#source, `line ${this.line}`, "a closing quote", "the end of the file");
      if (bytes[at] === quote) at++;
      else if (bytes[at] === lineFeed) this.#lineAt++;
    }
    this.end = at++;
    if (bytes[at] === carriageReturn) at++;
    if (at < bytes.length && bytes[at] !== this.#delimiter && bytes[at] !== lineFeed) {
      throw invalidData(
        this.#source,
        `line ${this.#lineAt}`,
        "a delimiter or a line end behind a closing quote",
        String.fromCharCode(bytes[at]),
      );
    }
    this.#at = at;
  }
}
