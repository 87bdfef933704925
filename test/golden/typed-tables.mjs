/**
 * Writes the files of test/golden/typed-tables: Arrow by apache-arrow (the reference implementation in TypeScript), Parquet by parquet-wasm (the parquet crate in Rust).
 * In an empty folder: npm install apache-arrow@21.2.0 parquet-wasm@0.8.0 lz4js@0.2.0, then node typed-tables.mjs FOLDER.
 */
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "x.js"));
const arrow = require("apache-arrow");
const parquet = require("parquet-wasm/node");
const [, , folder] = process.argv;

const moments = ["2024-02-29T12:30:00.000Z", "1969-12-31T23:59:59.000Z", "2000-01-01T00:00:00.000Z", null];
const times = moments.map((text) => (text === null ? null : Date.parse(text)));
const vector = (values, type) => arrow.vectorFromArray(values, type);
const table = new arrow.Table({
  whole: vector([1, -2, 30000, null], new arrow.Int32()),
  long: vector([1n, -9007199254740991n, 5n, null], new arrow.Int64()),
  single: vector([0.1, -2.5, 1e-7, null], new arrow.Float32()),
  double: vector([0.1, Number.NaN, 12345.678, null], new arrow.Float64()),
  truth: vector([true, false, true, null], new arrow.Bool()),
  day: vector(
    times.map((time) => (time === null ? null : new Date(Math.floor(time / 864e5) * 864e5))),
    new arrow.DateDay(),
  ),
  moment: vector(times, new arrow.TimestampMillisecond("UTC")),
  word: vector(["0012", "=1+1", 'Zoë, "Z"\n', null], new arrow.Utf8()),
  kind: vector(["b", "a", "b", null], new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8())),
  nothing: vector([null, null, null, null], new arrow.Null()),
});
writeFileSync(join(folder, "table.arrow"), arrow.tableToIPC(table, "file"));
writeFileSync(join(folder, "table.arrows"), arrow.tableToIPC(table, "stream"));

const { compressionRegistry, CompressionType } = arrow;
compressionRegistry.set(CompressionType.LZ4_FRAME, { encode: (bytes) => require("lz4js").compress(bytes) });
writeFileSync(join(folder, "lz4.arrow"), arrow.tableToIPC(table, "file", CompressionType.LZ4_FRAME));

const held = table.select(table.schema.names.filter((name) => name !== "nothing"));
for (const codec of ["UNCOMPRESSED", "SNAPPY", "ZSTD", "GZIP", "BROTLI"]) {
  const written = parquet.Table.fromIPCStream(arrow.tableToIPC(held, "stream"));
  const properties = new parquet.WriterPropertiesBuilder()
    .setCompression(parquet.Compression[codec])
    .setMaxRowGroupSize(3)
    .build();
  writeFileSync(join(folder, `${codec.toLowerCase()}.parquet`), parquet.writeParquet(written, properties));
}
