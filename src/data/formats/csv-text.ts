import { foreignFile, notThe } from "./foreign.js";
import { advised, invalidData } from "./invalid.js";

/** Bytes of text in UTF-8 without a byte order mark, and how they were written if in another way. */
export interface Utf8Text {
  readonly bytes: Uint8Array;
  readonly encoding?: "UTF-16" | undefined;
  /** The delimiter that a first line for Excel names, "sep=;", which is left out: the bytes begin at its end. */
  readonly separator?: string | undefined;
}

/** Bytes at the beginning that tell text from anything else. */
const looked = 1024;

/**
 * The text of a file in UTF-8, or in UTF-16 with a byte order mark.
 * @throws FedscoreError FEDSCORE_INVALID_DATA for anything else, naming what it is where that is known.
 */
export function utf8Text(bytes: Uint8Array, source: string): Utf8Text {
  const text = decoded(bytes);
  if (foreignFile(text.bytes)) throw notThe("text", text.bytes, source);
  const head = text.bytes.subarray(0, looked);
  const control = head.findIndex((byte) => byte < 0x09);
  if (control < 0) return withoutSeparatorLine(text);
  const place = `byte ${control}`;
  if (!isUtf16(head)) throw invalidData(source, place, "text", "binary data");
  throw advised(invalidData(source, place, "text", "UTF-16 without a byte order mark"), "save it as UTF-8");
}

function withoutSeparatorLine({ bytes, encoding }: Utf8Text): Utf8Text {
  const [line, separator] = /^"?sep=([\t -~])"?(?=[\r\n])/i.exec(latin1(bytes.subarray(0, 16))) ?? [""];
  return { bytes: bytes.subarray(line.length), encoding, separator };
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function decoded(bytes: Uint8Array): Utf8Text {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return { bytes: bytes.subarray(3) };
  const isLittle = first === 0xff && second === 0xfe;
  if (!isLittle && !(first === 0xfe && second === 0xff)) return { bytes };
  const text = new TextDecoder(isLittle ? "utf-16le" : "utf-16be").decode(bytes);
  return { bytes: new TextEncoder().encode(text), encoding: "UTF-16" };
}

/** Whether every second byte is 0, as in UTF-16 of Latin letters. */
function isUtf16(head: Uint8Array): boolean {
  const even = head.filter((_, index) => index % 2 === 0);
  const odd = head.filter((_, index) => index % 2 === 1);
  const [low, high] = even.includes(0) ? [odd, even] : [even, odd];
  return high.every((byte) => byte === 0) && !low.includes(0);
}
