import { member } from "../../family.js";
import type { Encoding } from "./encoding.js";
import { requireBytes, requireFiniteNumbers } from "./refused.js";

const kind = "float32";

export const float32 = member({
  kind,
  source: "IEEE 754-2019, binary32",
  text: "4 bytes a number, which stay what they are.",
  fields: {},
  create: (): Encoding => ({
    largest: (2 - 2 ** -23) * 2 ** 127,
    feedback: false,
    mostBytes: (length) => 4 * length,
    encode: (values) => new Uint8Array(values.slice().buffer),
    decode(bytes, length) {
      requireBytes(kind, bytes, 4 * length);
      return requireFiniteNumbers(kind, new Float32Array(new Uint8Array(bytes).buffer));
    },
  }),
});
