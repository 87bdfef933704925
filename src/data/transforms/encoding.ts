import { decodeBase64, encodeBase64 } from "../../base64.js";
import { firstNonFinite } from "../finite.js";
import { invalidData } from "../formats/invalid.js";
import type { Center, TransformData } from "./transform.js";

/** Most coordinates of rows that a transform in a file has. */
export const mostCoordinates = 2 ** 20;

/** Little-endian float32 in base64: exact and a third the size of decimal numbers. */
export function encodeFloats(values: Float32Array): string {
  return encodeBase64(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

/** A mean as fields of a fitted transform. */
export function encodeCenter({ mean, rest }: Center): { readonly mean: string; readonly rest?: string } {
  return { mean: encodeFloats(mean), ...(rest && { rest: encodeFloats(rest) }) };
}

/** Reads the fields of a fitted transform that came out of a file; each throws FEDSCORE_INVALID_DATA naming the field. */
export class FieldReader {
  readonly #data: TransformData;
  readonly #source: string;

  constructor(data: TransformData, source: string) {
    this.#data = data;
    this.#source = source;
  }

  /** An integer in [1, high]. */
  size(name: string, high = mostCoordinates): number {
    const value = this.#data[name];
    if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > high) {
      throw this.#invalid(name, `an integer in [1, ${high}]`);
    }
    return value;
  }

  boolean(name: string): boolean {
    const value = this.#data[name];
    if (typeof value !== "boolean") throw this.#invalid(name, "true or false");
    return value;
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T {
    const value = choices.find((choice) => choice === this.#data[name]);
    if (value === undefined) throw this.#invalid(name, `one of ${choices.join(", ")}`);
    return value;
  }

  /** A finite number >= 0. */
  amount(name: string): number {
    const value = this.#data[name];
    if (!isAmount(value)) throw this.#invalid(name, "a number >= 0");
    return value;
  }

  /** An array of `length` finite numbers >= 0. */
  amounts(name: string, length: number): number[] {
    const value = this.#data[name];
    if (!Array.isArray(value) || value.length !== length || !value.every(isAmount)) {
      throw this.#invalid(name, `an array of ${length} numbers >= 0`);
    }
    return value;
  }

  /** `length` float32 in base64. */
  floats(name: string, length: number): Float32Array<ArrayBuffer> {
    const text = this.#data[name];
    const expected = `${length} finite float32 numbers in base64`;
    if (
      typeof text !== "string" ||
      !/^[A-Za-z0-9+/]*={0,2}$/.test(text) ||
      text.length !== 4 * Math.ceil((4 * length) / 3)
    ) {
      throw this.#invalid(name, expected);
    }
    const bytes = decodeBase64(text);
    if (bytes.length !== 4 * length) throw this.#invalid(name, expected);
    const values = new Float32Array(bytes.buffer);
    if (firstNonFinite(values) >= 0) throw this.#invalid(name, expected);
    return values;
  }

  /** What `encodeCenter` gave. */
  center(length: number): Center {
    const mean = this.floats("mean", length);
    return this.#data.rest === undefined ? { mean } : { mean, rest: this.floats("rest", length) };
  }

  /** `length` positive float32 in base64. */
  scales(name: string, length: number): Float32Array<ArrayBuffer> {
    const values = this.floats(name, length);
    if (!values.every((value) => value > 0)) throw this.#invalid(name, `${length} numbers > 0`);
    return values;
  }

  #invalid(name: string, expected: string): Error {
    return invalidData(this.#source, `transform ${this.#data.kind}, ${name}`, expected, this.#data[name]);
  }
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
