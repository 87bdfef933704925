import { foreignFile, notThe } from "../../data/formats/foreign.js";
import { invalidData } from "../../data/formats/invalid.js";
import { ArgumentError } from "../../errors.js";
import type { TableDialect, TableEncodingName } from "./table-dialect.js";

/** Bytes at the beginning that tell UTF-16 without a byte order mark, and text from anything else. */
const looked = 1024;

const marks: Readonly<Partial<Record<TableEncodingName, readonly number[]>>> = {
  "utf-8": [0xef, 0xbb, 0xbf],
  "utf-16le": [0xff, 0xfe],
  "utf-16be": [0xfe, 0xff],
};

/** How the characters of a file are bytes. */
export type TextCoding = Pick<TableDialect, "encoding" | "byteOrderMark">;

/** Tells the coding of a text from its bytes, piece after piece. */
export class CodingSurvey {
  /** What the first bytes say; undefined where all bytes decide between UTF-8 and Windows-1252. */
  readonly #told: TextCoding | undefined;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #isUtf8 = true;

  /**
   * @param head the first piece.
   * @throws FedscoreError FEDSCORE_INVALID_DATA for what is no text.
   */
  constructor(head: Uint8Array, source: string) {
    this.#told = markedCoding(head) ?? utf16Coding(head, source);
  }

  add(piece: Uint8Array): void {
    if (this.#told === undefined && this.#isUtf8)
      this.#isUtf8 = isValid(() => this.#decoder.decode(piece, { stream: true }));
  }

  /** By the byte order mark, else UTF-16 where every other byte is 0, UTF-8 where all bytes are that, and Windows-1252 (Latin-1 with typographic quotes) otherwise. */
  end(): TextCoding {
    if (this.#told !== undefined) return this.#told;
    const isUtf8 = this.#isUtf8 && isValid(() => this.#decoder.decode());
    return { encoding: isUtf8 ? "utf-8" : "windows-1252", byteOrderMark: false };
  }
}

function markedCoding(head: Uint8Array): TextCoding | undefined {
  const [encoding] = Object.entries(marks).find(([, mark]) => mark.every((byte, at) => head[at] === byte)) ?? [];
  return encoding === undefined ? undefined : { encoding: encoding as TableEncodingName, byteOrderMark: true };
}

function utf16Coding(bytes: Uint8Array, source: string): TextCoding | undefined {
  if (foreignFile(bytes)) throw notThe("text", bytes, source);
  const head = bytes.subarray(0, looked);
  const zero = head.indexOf(0);
  if (zero < 0) return undefined;
  const parity = zero % 2;
  if (!head.every((byte, at) => byte !== 0 || at % 2 === parity))
    throw invalidData(source, `byte ${zero}`, "text", "binary data");
  return { encoding: parity === 1 ? "utf-16le" : "utf-16be", byteOrderMark: false };
}

function isValid(decode: () => unknown): boolean {
  try {
    decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** The text of bytes. They are decoded as a stream is: in one go, Node 20 and 22 take Windows-1252 for Latin-1. */
export function decodedText(bytes: Uint8Array, encoding: TableEncodingName): string {
  const decoder = new TextDecoder(encoding);
  return decoder.decode(bytes, { stream: true }) + decoder.decode();
}

/** @throws ArgumentError for a character that Windows-1252 does not have. */
export function encodeText(text: string, { encoding, byteOrderMark }: TextCoding): Uint8Array<ArrayBuffer> {
  const mark = byteOrderMark ? (marks[encoding] ?? []) : [];
  const bytes = encoded(text, encoding);
  if (mark.length === 0) return bytes;
  const all = new Uint8Array(mark.length + bytes.length);
  all.set(mark);
  all.set(bytes, mark.length);
  return all;
}

function encoded(text: string, encoding: TableEncodingName): Uint8Array<ArrayBuffer> {
  if (encoding === "utf-8") return new TextEncoder().encode(text);
  if (encoding === "windows-1252") return toWindows1252(text);
  const bytes = new Uint8Array(2 * text.length);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < text.length; at++) view.setUint16(2 * at, text.charCodeAt(at), encoding === "utf-16le");
  return bytes;
}

function toWindows1252(text: string): Uint8Array<ArrayBuffer> {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const byteOf = new Map([...decodedText(all, "windows-1252")].map((character, byte) => [character, byte]));
  return Uint8Array.from(text, (character) => {
    const byte = byteOf.get(character);
    if (byte === undefined)
      throw new ArgumentError(
        "dialect.encoding",
        `must have the character ${JSON.stringify(character)}`,
        "windows-1252",
      );
    return byte;
  });
}
