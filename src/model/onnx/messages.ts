import { bytesField, integerField, type Pieces, textField } from "./wire.js";

/** Operators of ONNX's own domain, of this version: what onnxruntime 1.6 and all later ones, and most other programs, know. */
export const opset = 13;

/** Version of the file format that came with the operators. */
const irVersion = 7;

/** Types of numbers, by ONNX's codes; `Cast` takes them too. */
export const elementCodes = { float: 1, int64: 7, bool: 9 } as const;

/** A name for a length that differs from call to call, or the length. */
export type Extent = string | number;

/** What a graph takes or gives. */
export interface Value {
  readonly name: string;
  readonly type: keyof typeof elementCodes;
  /** Absent: of any number of dimensions. */
  readonly shape?: readonly Extent[];
  readonly text?: string;
}

/** Numbers that a graph has: float32, or integers as int64. */
export interface Constant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | BigInt64Array;
}

/** What a node may be told beside its inputs: an integer, integers or a graph. */
export type Attribute = number | readonly number[] | GraphParts;

/** An operator applied to values by their names; one that is left out is "". */
export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A graph: nodes in an order in which each finds its inputs. */
export interface GraphParts {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly constants: readonly Constant[];
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}

/** A ModelProto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), as the other messages here. */
export function modelMessage(graph: GraphParts, text: string, metadata: Readonly<Record<string, string>>): Pieces {
  const operators = [...textField(1, ""), ...integerField(2, opset)];
  return [
    ...integerField(1, irVersion),
    ...textField(2, "fedscore"),
    ...textField(6, text),
    ...bytesField(7, graphMessage(graph)),
    ...bytesField(8, operators),
    ...Object.entries(metadata).flatMap(([key, value]) =>
      bytesField(14, [...textField(1, key), ...textField(2, value)]),
    ),
  ];
}

function graphMessage({ name, nodes, constants, inputs, outputs }: GraphParts): Pieces {
  return [
    ...nodes.flatMap((node) => bytesField(1, nodeMessage(node))),
    ...textField(2, name),
    ...constants.flatMap((constant) => bytesField(5, tensorMessage(constant))),
    ...inputs.flatMap((value) => bytesField(11, valueMessage(value))),
    ...outputs.flatMap((value) => bytesField(12, valueMessage(value))),
  ];
}

function nodeMessage({ op, inputs, outputs, attributes }: Node): Pieces {
  return [
    ...inputs.flatMap((name) => textField(1, name)),
    ...outputs.flatMap((name) => textField(2, name)),
    ...textField(4, op),
    ...Object.entries(attributes).flatMap(([name, value]) => bytesField(5, attributeMessage(name, value))),
  ];
}

function attributeMessage(name: string, value: Attribute): Pieces {
  const named = textField(1, name);
  if (typeof value === "number") return [...named, ...integerField(3, value), ...integerField(20, 2)];
  if ("nodes" in value) return [...named, ...bytesField(6, graphMessage(value)), ...integerField(20, 5)];
  return [...named, ...value.flatMap((each) => integerField(8, each)), ...integerField(20, 7)];
}

function tensorMessage({ name, shape, values }: Constant): Pieces {
  const type = values instanceof Float32Array ? elementCodes.float : elementCodes.int64;
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return [
    ...shape.flatMap((length) => integerField(1, length)),
    ...integerField(2, type),
    ...textField(8, name),
    ...bytesField(9, [bytes]),
  ];
}

function valueMessage({ name, type, shape, text }: Value): Pieces {
  const extents = shape?.flatMap((extent) =>
    bytesField(1, typeof extent === "number" ? integerField(1, extent) : textField(2, extent)),
  );
  const tensor = [...integerField(1, elementCodes[type]), ...(extents ? bytesField(2, extents) : [])];
  return [
    ...textField(1, name),
    ...bytesField(2, bytesField(1, tensor)),
    ...(text === undefined ? [] : textField(3, text)),
  ];
}
