const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder;
});

/**
 * CRC-32 of bytes[start] to bytes[end - 1] as in ISO 3309, zip and PNG: finds every error burst of up to 32 bits. `before` is that of the
 * bytes before them, where they go on.
 */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length, before = 0): number {
  let remainder = ~before;
  for (let i = start; i < end; i++) remainder = (remainder >>> 8) ^ table[(remainder ^ bytes[i]) & 0xff];
  return ~remainder >>> 0;
}

/** CRC-32 of the bytes of a typed array. */
export function crc32Of(array: ArrayBufferView): number {
  return crc32(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
}
