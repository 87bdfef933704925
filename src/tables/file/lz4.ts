/** How a frame begins. */
const magic = 0x184d2204;

/**
 * What a frame of LZ4 holds (the LZ4 frame format 1.6, one frame; checksums are not looked at).
 * @throws Error for damage.
 */
export function unpackLz4(frame: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(lz4Length(frame));
  unpackBlocks(frame, out);
  return out;
}

/** How many bytes a frame holds, all of which was looked at. @throws Error for damage. */
export function lz4Length(frame: Uint8Array): number {
  return unpackBlocks(frame, undefined);
}

/**
 * What a block holds, without the frame around it.
 * @param length that it must have.
 * @throws Error for damage.
 */
export function unpackLz4Block(block: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const found = unpackBlock(block, undefined, 0);
  if (found !== length) throw new Error(`${found} bytes of LZ4, not ${length}`);
  const out = new Uint8Array(length);
  unpackBlock(block, out, 0);
  return out;
}

function unpackBlocks(frame: Uint8Array, out: Uint8Array | undefined): number {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const flags = frame[4];
  if (frame.length < 7 || view.getUint32(0, true) !== magic || flags >> 6 !== 1) throw new Error("no frame of LZ4");
  const has = (bit: number) => (flags >> bit) & 1;
  let at = 7 + 8 * has(3) + 4 * has(0);
  for (let written = 0; ; at += 4 * has(4)) {
    const header = view.getUint32(at, true);
    if (header === 0) return written;
    const from = at + 4;
    at = from + (header & 0x7fffffff);
    if (at > frame.length) throw new Error("LZ4 that ends too early");
    const block = frame.subarray(from, at);
    if (header >>> 31) {
      out?.set(block, written);
      written += block.length;
    } else written = unpackBlock(block, out, written);
  }
}

/** Writes what a block holds behind what is written, which it may repeat; gives where it ends. */
function unpackBlock(block: Uint8Array, out: Uint8Array | undefined, before: number): number {
  let [at, written] = [0, before];
  /** A length of four bits, with more behind it where all are set. */
  const lengthFrom = (bits: number): number => {
    let length = bits;
    for (let byte = bits === 15 ? 255 : 0; byte === 255; length += byte) {
      if (at >= block.length) throw new Error("LZ4 that ends too early");
      byte = block[at++];
    }
    return length;
  };
  while (at < block.length) {
    const token = block[at++];
    const literals = lengthFrom(token >> 4);
    const end = at + literals;
    if (end > block.length) throw new Error("LZ4 that ends too early");
    if (out) for (let from = at, to = written; from < end; ) out[to++] = block[from++];
    at = end;
    written += literals;
    if (at === block.length) break;
    const distance = block[at++] | (block[at++] << 8);
    if (at > block.length || distance === 0 || distance > written)
      throw new Error("LZ4 that repeats what is not there");
    const last = written + lengthFrom(token & 15) + 4;
    if (out) for (let to = written; to < last; to++) out[to] = out[to - distance];
    written = last;
  }
  return written;
}
