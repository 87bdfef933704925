import { openParquet } from "../../src/tables/file/parquet/open.js";
import { sliceBytes } from "../../src/tables/file/slices.js";
import { hostileTables } from "../support/hostile-table.js";
import { fuzzProperty } from "./property.js";

const files = {
  "typed-tables/uncompressed.parquet": [4],
  "typed-tables/snappy.parquet": [4],
  "typed-tables/gzip.parquet": [4],
  "typed-tables/zstd.parquet": [4],
  "typed-tables/brotli.parquet": [4],
  "columnar/plain.parquet": [4],
  "columnar/snappy.parquet": [4],
  "columnar/lz4.parquet": [4],
  "columnar/encodings.parquet": [300],
  "columnar/twice.parquet": [2],
};

export const parquet = fuzzProperty({
  name: "parquet",
  text: "a Parquet file of any bytes is refused by name or read in time, a damaged one with all of its rows",
  cases: 600,
  open: () =>
    hostileTables({
      files,
      beginning: [0x50, 0x41, 0x52, 0x31],
      source: "a.parquet",
      open: (bytes, source) => openParquet(sliceBytes(bytes), source, {}),
    }),
});
