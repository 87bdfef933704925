/** The name of a zip archive's first file; undefined of other files. */
export function firstZipName(bytes: Uint8Array): string | undefined {
  const isZip = [0x50, 0x4b, 3, 4].every((byte, at) => bytes[at] === byte);
  if (!isZip) return undefined;
  const length = bytes[26] | (bytes[27] << 8);
  return String.fromCharCode(...bytes.subarray(30, 30 + Math.min(length, 200)));
}
