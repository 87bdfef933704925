import { lz4Length, unpackLz4 } from "../lz4.js";
import { openZstd, zstdLength } from "../zstd.js";
import type { ArrowBatch } from "./messages.js";

/** How the buffers of a compressed batch become what they were. */
export interface Codec {
  /** Bytes of a buffer once it is unpacked. @param declared what stands before it. */
  length(packed: Uint8Array, declared: number): number;
  unpack(packed: Uint8Array, declared: number): Uint8Array;
}

export type CodecName = "lz4" | "zstd";

/** How the buffers of a batch are packed; undefined where they are not. */
export function codecOf({ record }: ArrowBatch): CodecName | undefined {
  const compression = record.table(10);
  if (!compression) return undefined;
  const codec = compression.integer(4, 1, 0);
  if (compression.integer(6, 1, 0) !== 0 || (codec !== 0 && codec !== 1)) throw new Error("an unknown compression");
  return codec === 0 ? "lz4" : "zstd";
}

/** The codecs that batches need. @throws FedscoreError FEDSCORE_UNSUPPORTED where a package is not installed. */
export async function loadCodecs(batches: readonly ArrowBatch[]): Promise<ReadonlyMap<CodecName, Codec>> {
  const names = new Set(batches.map(codecOf));
  const codecs = new Map<CodecName, Codec>();
  if (names.has("lz4")) codecs.set("lz4", { length: declaredOr(lz4Length), unpack: unpackLz4 });
  if (names.has("zstd")) {
    const unpack = await openZstd();
    const length = declaredOr(zstdLength);
    codecs.set("zstd", { length, unpack: (packed, declared) => unpack(packed, length(packed, declared)) });
  }
  return codecs;
}

/** apache-arrow 21 for JavaScript declares the packed length instead of the unpacked one: where it is that, the frame itself knows. */
function declaredOr(lengthOf: (packed: Uint8Array) => number | undefined): Codec["length"] {
  return (packed, declared) => {
    const length = lengthOf(packed) ?? declared;
    if (length !== declared && declared !== packed.length) throw new Error(`${length} bytes, not ${declared}`);
    return length;
  };
}
