/** FNV-1a of the bytes of a typed array, in hexadecimal. */
export function fingerprint({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16);
}
