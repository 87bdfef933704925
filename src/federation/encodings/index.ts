import { ArgumentError, requireFloats, requireInteger, requireObject, requireTyped } from "../../errors.js";
import { createFrom, type FilledSpecOf, familyOf, type SpecOf } from "../../family.js";
import { type Engine, Purpose, requireEngine, requireStreamKey } from "../../kernels/index.js";
import { bfloat16 } from "./bfloat16.js";
import type { Encoding } from "./encoding.js";
import { float16 } from "./float16.js";
import { float32 } from "./float32.js";
import { int8 } from "./int8.js";
import { topK } from "./top-k.js";
import type { downlinks } from "./values.js";

export type { Encoding, UpdateKey } from "./encoding.js";
export { downlinks } from "./values.js";

/** Every encoding of updates by its kind. */
export const encodings = familyOf(float32, float16, bfloat16, int8, topK);

/** How updates travel, as plain data: `kind` is the encoding's name, settings may be absent for their defaults. */
export type EncodingSpec = SpecOf<typeof encodings>;

/** The same with all defaults. */
export type CompleteEncoding = FilledSpecOf<typeof encodings>;

/** Whether clients carry what they have not sent from round to round. */
export function hasFeedback(encoding: CompleteEncoding): boolean {
  return "feedback" in encoding && encoding.feedback;
}

/** Names of the encodings of the parameters that a server sends. */
export type DownlinkName = keyof typeof downlinks;

/**
 * The encoding that a specification names.
 * @throws ArgumentError or ArgumentTypeError naming what is out of range, as encoding.share; its methods, values[3] or key.round.
 */
export function createEncoding(engine: Engine, spec: EncodingSpec): Encoding {
  const encoding = uncheckedEncoding(requireEngine(engine), spec);
  return {
    ...encoding,
    encode(values, key) {
      requireFloats("values", values);
      requireStreamKey({ ...requireObject("key", key), purpose: Purpose.encoding });
      const beyond = firstBeyond(values, encoding.largest);
      if (beyond < 0) return encoding.encode(values, key);
      throw new ArgumentError(`values[${beyond}]`, `must be within ${encoding.largest} of 0`, values[beyond]);
    },
    decode(bytes, length) {
      requireTyped("bytes", bytes, Uint8Array);
      requireInteger("length", length, 0, 2 ** 29);
      return encoding.decode(bytes, length);
    },
  };
}

/** The same for numbers that are known to be within `largest`, and a key and bytes of this package. */
export function uncheckedEncoding(engine: Engine, spec: EncodingSpec): Encoding {
  return createFrom(encodings, "encoding", spec, engine);
}

/** Index of the first entry that is NaN or farther from 0 than `largest`, or -1. */
export function firstBeyond(values: Float32Array, largest: number): number {
  for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i]) <= largest)) return i;
  return -1;
}
