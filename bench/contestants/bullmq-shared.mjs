/** What the contestant BullMQ and its workers agree on. Jobs and results are JSON there: arrays travel as base64, the shortest that it has. */

export const queueName = "short-tasks";

export const textOf = ({ buffer, byteOffset, byteLength }) =>
  Buffer.from(buffer, byteOffset, byteLength).toString("base64");

export function arrayOf(text) {
  const bytes = Buffer.from(text, "base64");
  // Small ones lie in a buffer that Node has for many, at any offset.
  const { buffer, byteOffset, length } = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Float32Array(buffer, byteOffset, length / 4);
}

export const dataOf = ({ input, length }) => ({ input: textOf(input), length });
export const taskOf = ({ input, length }) => ({ input: arrayOf(input), length });
