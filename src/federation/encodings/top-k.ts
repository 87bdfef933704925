import { createFrom, member } from "../../family.js";
import { boolean, nameIn, number } from "../../fields.js";
import type { Engine } from "../../kernels/index.js";
import type { Encoding } from "./encoding.js";
import { largestEntries } from "./largest.js";
import { refused } from "./refused.js";
import { decodeIndices, encodeIndices, mostIndexBytes } from "./sparse-indices.js";
import { valueEncodings } from "./values.js";

const kind = "top-k";

/** Layout: the indices (see sparse-indices.ts), then the values in the encoding that `values` names, in the order of the indices. */
export const topK = member({
  kind,
  source:
    "Aji & Heafield, arXiv 1704.05021; error feedback: Stich, Cordonnier, Jaggi, arXiv 1809.07599, algorithm 1, and Karimireddy et al., arXiv 1901.09847",
  text: "The share of the numbers that is largest in absolute value, with their places; a client adds what it did not send to its next update; arXiv 1809.07599.",
  fields: {
    share: number("(0, 1]", 0.1, "Share of the kept parameters that is sent, at least one."),
    values: nameIn(valueEncodings, "float32", "Encoding of the numbers that are sent."),
    feedback: boolean(true, "Whether what was not sent waits for the client's next round, else it is lost."),
  },
  create({ share, values, feedback }, engine: Engine): Encoding {
    const inner = createFrom(valueEncodings, "values", { kind: values }, engine);
    const sentOf = (length: number) => Math.min(length, Math.max(1, Math.round(share * length)));
    return {
      largest: inner.largest,
      feedback,
      mostBytes: (length) => mostIndexBytes(length) + inner.mostBytes(sentOf(length)),
      encode(numbers, key) {
        const indices = largestEntries(numbers, sentOf(numbers.length));
        const places = encodeIndices(indices, numbers.length);
        const largest = new Float32Array(indices.length);
        for (let i = 0; i < largest.length; i++) largest[i] = numbers[indices[i]];
        const sent = inner.encode(largest, key);
        const bytes = new Uint8Array(places.length + sent.length);
        bytes.set(places);
        bytes.set(sent, places.length);
        return bytes;
      },
      decode(bytes, length) {
        const count = sentOf(length);
        const end = bytes.length - inner.mostBytes(count);
        if (end < 1 || end > mostIndexBytes(length))
          throw refused(kind, `${bytes.length} bytes`, { bytes: bytes.length });
        const indices = decodeIndices(kind, bytes.subarray(0, end), count, length);
        const sent = inner.decode(bytes.subarray(end), count);
        const numbers = new Float32Array(length);
        for (let i = 0; i < count; i++) numbers[indices[i]] = sent[i];
        return numbers;
      },
    };
  },
});
