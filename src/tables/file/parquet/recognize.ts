/** "PAR1". */
const magic = [0x50, 0x41, 0x52, 0x31];

/** Whether bytes begin as a Parquet file; a text may begin with the same letters. */
export function isParquet(head: Uint8Array): boolean {
  return magic.every((byte, at) => head[at] === byte) && head.subarray(0, 64).some((byte) => byte < 9);
}
