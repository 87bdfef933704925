import { createFrom, familyOf, type SpecOf } from "../../family.js";
import type { Engine } from "../../kernels/index.js";
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

/** Names of the encodings of the parameters that a server sends. */
export type DownlinkName = keyof typeof downlinks;

/** The encoding that a specification names. Throws ArgumentError naming what is out of range, as `${argument}.share`. */
export function createEncoding(engine: Engine, argument: string, spec: EncodingSpec): Encoding {
  return createFrom(encodings, argument, spec, engine);
}
