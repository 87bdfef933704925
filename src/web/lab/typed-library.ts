/** What is needed for Parquet files and for compressed Arrow files: a bundler leaves the rest of the packages out. */
export { parquetMetadata, parquetRead, parquetSchema, snappyUncompress } from "hyparquet";
export { decompressLz4 } from "hyparquet-compressors";
export { ZSTDDecoder } from "zstddec";
