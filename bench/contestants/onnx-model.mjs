/**
 * Writes ONNX models: just enough of protocol buffers for graphs of float32 tensors, since there is no ONNX library
 * to build them with. Field numbers are those of onnx.proto3.
 */

const varintWire = 0;
const bytesWire = 2;
const floatWire = 5;

const float32Type = 1;
const attributeTypes = { float: 1, int: 2, graph: 5, ints: 7 };

const text = new TextEncoder();

function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** @param parts Uint8Arrays. */
function concatenate(parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

const tag = (field, wire) => varint((field << 3) | wire);
const integer = (field, value) => concatenate([tag(field, varintWire), varint(value)]);
const integers = (field, values) => concatenate(values.map((value) => integer(field, value)));
const bytes = (field, content) => concatenate([tag(field, bytesWire), varint(content.length), content]);
const string = (field, value) => bytes(field, text.encode(value));
const message = (field, ...parts) => bytes(field, concatenate(parts));
const float = (field, value) => concatenate([tag(field, floatWire), new Uint8Array(Float32Array.of(value).buffer)]);

function attribute(name, value) {
  const field = (type, content) => message(5, string(1, name), content, integer(20, attributeTypes[type]));
  if (value instanceof Uint8Array) return field("graph", bytes(6, value));
  if (Array.isArray(value)) return field("ints", integers(8, value));
  if (typeof value === "bigint") return field("int", integer(3, value));
  return field("float", float(2, value));
}

/**
 * NodeProto in a graph.
 * @param attributes name -> number (float), bigint (int), number[] (ints) or a graph.
 */
export function node(operator, inputs, outputs, attributes = {}) {
  return message(
    1,
    ...inputs.map((input) => string(1, input)),
    ...outputs.map((output) => string(2, output)),
    string(4, operator),
    ...Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  );
}

/** A constant of a graph. @param data Float32Array. */
export function tensor(name, dimensions, data) {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return message(5, integers(1, dimensions), integer(2, float32Type), string(8, name), bytes(9, raw));
}

function valueInfo(field, { name, shape }) {
  const dimension = (size) => message(1, typeof size === "string" ? string(2, size) : integer(1, size));
  const tensorType = message(1, integer(1, float32Type), message(2, ...shape.map(dimension)));
  return message(field, string(1, name), bytes(2, tensorType));
}

/** GraphProto. @param inputs and outputs: { name, shape }, where a size may be a name: not fixed. */
export function graph({ name, nodes, tensors = [], inputs = [], outputs }) {
  return concatenate([
    ...nodes,
    string(2, name),
    ...tensors,
    ...inputs.map((input) => valueInfo(11, input)),
    ...outputs.map((output) => valueInfo(12, output)),
  ]);
}

/** ModelProto: what a session loads. */
export function model(content) {
  const irVersion = 8;
  const operatorSetVersion = 17;
  return concatenate([integer(1, irVersion), bytes(7, content), message(8, integer(2, operatorSetVersion))]);
}
