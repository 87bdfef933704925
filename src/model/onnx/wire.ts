/**
 * Bytes in pieces: what is large, such as weights, is copied once, into the whole. The wire format of Protocol Buffers
 * (https://protobuf.dev/programming-guides/encoding) for the two kinds of fields that ONNX's messages need.
 */
export type Pieces = readonly Uint8Array[];

const encoder = new TextEncoder();

/** Kinds of fields, as they stand in the lowest bits of a field's tag. */
const wireType = { integer: 0, bytes: 2 } as const;

/** A field that is an integer in [0, 2^53). */
export function integerField(field: number, value: number): Pieces {
  return [varint(field * 8 + wireType.integer), varint(value)];
}

/** A field that is bytes, or a message by its own fields. */
export function bytesField(field: number, content: Pieces): Pieces {
  return [varint(field * 8 + wireType.bytes), varint(lengthOf(content)), ...content];
}

export function textField(field: number, text: string): Pieces {
  return bytesField(field, [encoder.encode(text)]);
}

/** Number of bytes. */
export function lengthOf(pieces: Pieces): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** The pieces end to end. */
export function joined(pieces: Pieces): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(lengthOf(pieces));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

/** Seven bits a byte, the lowest first; all but the last have their highest bit set. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
