import type { FileMetaData } from "hyparquet";
import { gunzip } from "../../../data/formats/gzip.js";
import { FedscoreError } from "../../../errors.js";
import { unpackLz4Block } from "../lz4.js";
import { type Compressors, type Hyparquet, loadCompressors } from "../typed-packages.js";
import { openZstd } from "../zstd.js";

/** How the pages of a file are unpacked. @throws FedscoreError FEDSCORE_UNSUPPORTED for a compression that nothing reads, or whose package is not installed. */
export async function compressorsFor(
  { snappyUncompress }: Pick<Hyparquet, "snappyUncompress">,
  { row_groups: groups }: FileMetaData,
  source: string,
): Promise<Compressors> {
  const columns = groups.flatMap((group) => group.columns);
  const codecs = new Set(columns.flatMap(({ meta_data: meta }) => (meta ? [meta.codec] : [])));
  const own: Compressors = {
    UNCOMPRESSED: (packed) => packed,
    SNAPPY(packed, length) {
      const whole = new Uint8Array(length);
      snappyUncompress(packed, whole);
      return whole;
    },
    GZIP: (packed, length) => gunzip(packed, source, length),
    LZ4_RAW: unpackLz4Block,
    ...(codecs.has("ZSTD") && { ZSTD: await openZstd() }),
  };
  if ([...codecs].every((codec) => codec in own)) return own;
  const all = { ...own, ...(await loadCompressors()) };
  const other = [...codecs].find((codec) => !(codec in all));
  if (other === undefined) return all;
  const names = [...new Set([...Object.keys(all), "ZSTD"])];
  const message = `${source} is compressed by ${other}; Parquet files are read that are ${names.join(", ")}`;
  throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { source, compression: other });
}
