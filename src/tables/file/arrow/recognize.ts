/** How an Arrow file (Feather, version 2) and a stream of Arrow's begin. */
const beginnings: readonly (readonly number[])[] = [
  [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31, 0, 0],
  [0xff, 0xff, 0xff, 0xff],
];

export function isArrow(head: Uint8Array): boolean {
  return beginnings.some((bytes) => bytes.every((byte, at) => head[at] === byte));
}
