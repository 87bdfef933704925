import { readNpy } from "../../data/formats/npy.js";
import { columnRanges } from "../../data/range.js";
import { type Fact, number } from "../print.js";
import { centerOf } from "./center.js";

/** What is in an .npy file. */
export function inspectArray(bytes: Uint8Array, source: string): Fact[] {
  const { shape, values } = readNpy(bytes, source);
  const facts: Fact[] = [
    ["kind", "array of numbers"],
    ["shape", `[${shape.join(", ")}]`],
    ["type", values instanceof Float32Array ? "float32" : "float64"],
  ];
  if (values.length === 0) return facts;
  const [{ low, high }] = columnRanges(values, 1);
  const { mean, deviation } = centerOf(values);
  return [
    ...facts,
    ["range", `${number(low)} to ${number(high)}`],
    ["mean", `${number(mean)}, standard deviation ${number(deviation)}`],
  ];
}
