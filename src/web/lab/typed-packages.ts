import type * as Packages from "../../tables/file/typed-packages.js";

/** Stands in for tables/file/typed-packages.ts where the page is bundled (tools/web.mjs): it has its packages with it, all but those of Brotli, which weigh more than the rest. */
const library = () => import("./typed-library.js");

export const loadHyparquet: typeof Packages.loadHyparquet = library;

export const loadCompressors: typeof Packages.loadCompressors = async () => {
  const { decompressGzip, decompressLz4, decompressLz4Raw, decompressZstd } = await library();
  return {
    GZIP: decompressGzip,
    LZ4: decompressLz4,
    LZ4_RAW: decompressLz4Raw,
    ZSTD: (bytes) => decompressZstd(bytes),
  };
};

export const loadZstd: typeof Packages.loadZstd = async () => (await library()).decompressZstd;

export const loadLz4: typeof Packages.loadLz4 = async () => (await library()).lz4.decompress;
