/** Remainders of each byte by a polynomial, its bits reversed. */
const tableOf = (polynomial: number) =>
  Uint32Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
    return remainder;
  });

const ieee = tableOf(0xedb88320);
const castagnoli = tableOf(0x82f63b78);

/**
 * CRC-32 of bytes[start] to bytes[end - 1] as in ISO 3309, zip and PNG: finds every error burst of up to 32 bits. `before` is that of the
 * bytes before them, where they go on.
 */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length, before = 0): number {
  return checksum(ieee, bytes, start, end, before);
}

/** CRC-32C of the bytes, as in RFC 3720: by the polynomial of Castagnoli. */
export function crc32c(bytes: Uint8Array): number {
  return checksum(castagnoli, bytes, 0, bytes.length, 0);
}

function checksum(table: Uint32Array, bytes: Uint8Array, start: number, end: number, before: number): number {
  let remainder = ~before;
  for (let i = start; i < end; i++) remainder = (remainder >>> 8) ^ table[(remainder ^ bytes[i]) & 0xff];
  return ~remainder >>> 0;
}

/** CRC-32 of the bytes of a typed array. */
export function crc32Of(array: ArrayBufferView): number {
  return crc32(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
}
