import { member } from "../../family.js";
import type { Encoding } from "./encoding.js";
import { requireBytes, requireFiniteNumbers } from "./refused.js";

const kind = "bfloat16";

export const bfloat16 = member({
  kind,
  source: "Kalamkar et al., A Study of BFLOAT16 for Deep Learning Training, arXiv 1905.12322; to nearest, ties to even",
  text: "2 bytes a number: 8 significant bits, and the range of float32; arXiv 1905.12322.",
  fields: {},
  create: (): Encoding => ({
    largest: (2 - 2 ** -7) * 2 ** 127,
    feedback: false,
    mostBytes: (length) => 2 * length,
    encode(values) {
      const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
      const halves = new Uint16Array(values.length);
      for (let i = 0; i < halves.length; i++) halves[i] = (bits[i] + 0x7fff + ((bits[i] >>> 16) & 1)) >>> 16;
      return new Uint8Array(halves.buffer);
    },
    decode(bytes, length) {
      requireBytes(kind, bytes, 2 * length);
      const halves = new Uint16Array(new Uint8Array(bytes).buffer);
      const bits = new Uint32Array(length);
      for (let i = 0; i < length; i++) bits[i] = halves[i] << 16;
      return requireFiniteNumbers(kind, new Float32Array(bits.buffer));
    },
  }),
});
