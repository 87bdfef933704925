/** What is needed for Parquet files and for compressed Arrow files: a bundler leaves the rest of the packages out. */
export { parquetMetadataAsync, parquetRead, parquetSchema } from "hyparquet";
export { decompressGzip, decompressLz4, decompressLz4Raw, decompressZstd } from "hyparquet-compressors";
export { default as lz4 } from "lz4js";
