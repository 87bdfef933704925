import { crc32c } from "../../crc32.js";
import { namedMember } from "../../family.js";
import { type MetricsFormat, metricNames } from "./format.js";

/**
 * An event file of TensorBoard: TFRecords (length, checksum, data, checksum) of protocol buffers of tensorflow/core/util/event.proto, with one
 * scalar for each number of a round, "training/loss".
 */
export const tensorboard = namedMember<MetricsFormat>()({
  name: "tensorboard",
  // TensorBoard finds its files by a part of their names.
  file: "events.out.tfevents.fedscore",
  begin: (time) => record([...double(1, time), ...bytes(3, text("brain.Event:2"))]),
  row({ stage, round, time, values }) {
    const scalars = metricNames.flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : bytes(1, [...bytes(1, text(`${stage}/${name}`)), ...float(2, value)]);
    });
    return record([...double(1, time), ...integer(2, round), ...bytes(5, scalars)]);
  },
});

const text = (value: string) => [...new TextEncoder().encode(value)];

/** Fields of a protocol buffer: number << 3 | wire type, then the value. */
const integer = (field: number, value: number) => [field * 8, ...varint(value)];
const double = (field: number, value: number) => [
  field * 8 + 1,
  ...numberBytes(8, (view) => view.setFloat64(0, value, true)),
];
const bytes = (field: number, value: readonly number[]) => [field * 8 + 2, ...varint(value.length), ...value];
const float = (field: number, value: number) => [
  field * 8 + 5,
  ...numberBytes(4, (view) => view.setFloat32(0, value, true)),
];

/** An integer >= 0, seven bits a byte, the lowest first. */
function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

function numberBytes(length: number, write: (view: DataView) => void): Uint8Array {
  const made = new Uint8Array(length);
  write(new DataView(made.buffer));
  return made;
}

function record(data: readonly number[]): Uint8Array {
  const length = numberBytes(8, (view) => view.setUint32(0, data.length, true));
  return Uint8Array.from([...length, ...masked(length), ...data, ...masked(Uint8Array.from(data))]);
}

/** The checksum as TFRecords have it: turned and shifted, as checksums of checksums are weak. */
function masked(data: Uint8Array): Uint8Array {
  const sum = crc32c(data);
  return numberBytes(4, (view) => view.setUint32(0, ((sum >>> 15) | (sum << 17)) + 0xa282ead8, true));
}
