import { readNpy } from "../../data/formats/npy.js";
import { type Fact, number } from "../print.js";

/** What is in an .npy file. */
export function inspectArray(bytes: Uint8Array, source: string): Fact[] {
  const { shape, values } = readNpy(bytes, source);
  const facts: Fact[] = [
    ["kind", "array of numbers"],
    ["shape", `[${shape.join(", ")}]`],
    ["type", values instanceof Float32Array ? "float32" : "float64"],
  ];
  if (values.length === 0) return facts;
  let [low, high, sum, squares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  const variance = Math.max(0, squares / values.length - mean * mean);
  return [
    ...facts,
    ["range", `${number(low)} to ${number(high)}`],
    ["mean", `${number(mean)}, standard deviation ${number(Math.sqrt(variance))}`],
  ];
}
