import { foreignFile, notThe } from "../../data/formats/foreign.js";
import { invalidData } from "../../data/formats/invalid.js";
import { ArgumentError, FedscoreError } from "../../errors.js";
import type { TableDialect, TableEncodingName } from "./table-dialect.js";

/** Bytes that no engine has a text for. */
const mostBytes = 2 ** 29 - 2 ** 10;

/** Bytes at the beginning that tell UTF-16 without a byte order mark, and text from anything else. */
const looked = 1024;

const marks: Readonly<Partial<Record<TableEncodingName, readonly number[]>>> = {
  "utf-8": [0xef, 0xbb, 0xbf],
  "utf-16le": [0xff, 0xfe],
  "utf-16be": [0xfe, 0xff],
};

interface DecodedText {
  readonly text: string;
  readonly encoding: TableEncodingName;
  readonly byteOrderMark: boolean;
}

/**
 * The text of a file: by its byte order mark, else UTF-16 where every other byte is 0, UTF-8 where it is that, and Windows-1252 (Latin-1 with typographic quotes) otherwise.
 * @throws FedscoreError FEDSCORE_INVALID_DATA for what is no text, FEDSCORE_UNSUPPORTED from 512 MB.
 */
export function decodeText(bytes: Uint8Array, source: string): DecodedText {
  if (bytes.length > mostBytes)
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", `${source}: files of up to 512 MB are read; split it`, { source });
  const [marked] = Object.entries(marks).find(([, mark]) => mark.every((byte, at) => bytes[at] === byte)) ?? [];
  const encoding = (marked as TableEncodingName | undefined) ?? encodingOf(bytes, source);
  const text = new TextDecoder(encoding).decode(bytes);
  return { text, encoding, byteOrderMark: marked !== undefined };
}

function encodingOf(bytes: Uint8Array, source: string): TableEncodingName {
  if (foreignFile(bytes)) throw notThe("text", bytes, source);
  const head = bytes.subarray(0, looked);
  const zero = head.indexOf(0);
  if (zero >= 0) {
    const parity = zero % 2;
    if (!head.every((byte, at) => byte !== 0 || at % 2 === parity))
      throw invalidData(source, `byte ${zero}`, "text", "binary data");
    return parity === 1 ? "utf-16le" : "utf-16be";
  }
  return isUtf8(bytes) ? "utf-8" : "windows-1252";
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** @throws ArgumentError for a character that Windows-1252 does not have. */
export function encodeText(
  text: string,
  { encoding, byteOrderMark }: Pick<TableDialect, "encoding" | "byteOrderMark">,
): Uint8Array<ArrayBuffer> {
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
  const byteOf = new Map([...new TextDecoder("windows-1252").decode(all)].map((character, byte) => [character, byte]));
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
