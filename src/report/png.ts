/** A small PNG encoder for 8-bit pictures, in plain JavaScript: synchronous in Node and in browsers. */

import { crc32 } from "../crc32.js";

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Grows as bits are appended, least significant bit first (RFC 1951, section 3.1.1). */
class BitWriter {
  readonly bytes: number[] = [];
  #bits = 0;
  #count = 0;

  write(value: number, count: number): void {
    this.#bits |= value << this.#count;
    this.#count += count;
    while (this.#count >= 8) {
      this.bytes.push(this.#bits & 255);
      this.#bits >>>= 8;
      this.#count -= 8;
    }
  }

  /** Huffman codes go most significant bit first. */
  writeCode(code: number, count: number): void {
    for (let bit = count - 1; bit >= 0; bit--) this.write((code >> bit) & 1, 1);
  }

  finish(): number[] {
    if (this.#count > 0) this.bytes.push(this.#bits & 255);
    return this.bytes;
  }
}

/** The fixed Huffman code of RFC 1951, section 3.2.6. */
function writeSymbol(bits: BitWriter, symbol: number): void {
  if (symbol < 144) bits.writeCode(0x30 + symbol, 8);
  else if (symbol < 256) bits.writeCode(0x190 + symbol - 144, 9);
  else if (symbol < 280) bits.writeCode(symbol - 256, 7);
  else bits.writeCode(0xc0 + symbol - 280, 8);
}

/** Length codes 257 to 285: first length and number of extra bits of each (RFC 1951, section 3.2.5). */
const lengthCodes = Array.from({ length: 28 }, (_, i) => {
  const extra = i < 8 ? 0 : (i >> 2) - 1;
  return { first: i < 8 ? 3 + i : 3 + ((4 + (i & 3)) << extra), extra };
}).concat({ first: 258, extra: 0 });

function writeRun(bits: BitWriter, length: number): void {
  const code = lengthCodes.findLastIndex(({ first }) => first <= length);
  writeSymbol(bits, 257 + code);
  bits.write(length - lengthCodes[code].first, lengthCodes[code].extra);
  // Distance code 0: the byte just before.
  bits.writeCode(0, 5);
}

/** One final deflate block that shortens runs of equal bytes and nothing else: most of a digit is background. */
function deflateRuns(data: Uint8Array): number[] {
  const bits = new BitWriter();
  bits.write(0b011, 3);
  for (let at = 0; at < data.length; ) {
    writeSymbol(bits, data[at]);
    let run = 0;
    while (run < 258 && at + 1 + run < data.length && data[at + 1 + run] === data[at]) run++;
    at++;
    if (run < 3) continue;
    writeRun(bits, run);
    at += run;
  }
  writeSymbol(bits, 256);
  return bits.finish();
}

function adler32(data: Uint8Array): number {
  let [low, high] = [1, 0];
  for (const byte of data) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return ((high << 16) | low) >>> 0;
}

const bigEndian = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

function chunk(type: string, data: readonly number[]): number[] {
  const body = [...Array.from(type, (letter) => letter.charCodeAt(0)), ...data];
  return [...bigEndian(data.length), ...body, ...bigEndian(crc32(Uint8Array.from(body)))];
}

/** A PNG file of 8-bit pixels, row-major [height, width, channels]: one channel of grey, or red, green and blue. */
export function encodePng(pixels: Uint8Array, width: number, height: number, channels: 1 | 3): Uint8Array {
  const length = channels * width;
  const lines = new Uint8Array((length + 1) * height);
  for (let y = 0; y < height; y++) lines.set(pixels.subarray(y * length, (y + 1) * length), y * (length + 1) + 1);
  const header = [...bigEndian(width), ...bigEndian(height), 8, channels === 1 ? 0 : 2, 0, 0, 0];
  const data = [0x78, 0x01, ...deflateRuns(lines), ...bigEndian(adler32(lines))];
  return Uint8Array.from([...signature, ...chunk("IHDR", header), ...chunk("IDAT", data), ...chunk("IEND", [])]);
}

/** The file as a data URI, so that a page needs no second request. */
export function pngDataUri(png: Uint8Array): string {
  let binary = "";
  for (const byte of png) binary += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(binary)}`;
}
