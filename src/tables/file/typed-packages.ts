import { loadPackage } from "../../load-package.js";

/** What is needed of hyparquet. */
export type Hyparquet = Pick<typeof import("hyparquet"), "parquetMetadataAsync" | "parquetRead" | "parquetSchema">;

/** Reads the pages of a Parquet file that are compressed in each way. */
export type Compressors = NonNullable<Parameters<Hyparquet["parquetRead"]>[0]["compressors"]>;

/** Reads what is compressed in one way. */
export type Decompress = (bytes: Uint8Array) => Uint8Array;

type HyparquetCompressors = typeof import("hyparquet-compressors");

const [parquet, arrow] = ["a Parquet file", "an Arrow file of this compression"];

/** Packages for files of typed columns are those of whoever installs them; the lab page has its own (src/web/lab/typed-packages.ts). @throws FedscoreError FEDSCORE_UNSUPPORTED. */
export function loadHyparquet(): Promise<Hyparquet> {
  const name = "hyparquet";
  return loadPackage<Hyparquet>(parquet, name, () => import(/* @vite-ignore */ /* webpackIgnore: true */ name));
}

/** @throws FedscoreError FEDSCORE_UNSUPPORTED. */
export async function loadCompressors(): Promise<Compressors> {
  return (await hyparquetCompressors(`${parquet} of this compression`)).compressors;
}

/** @throws FedscoreError FEDSCORE_UNSUPPORTED. */
export async function loadZstd(): Promise<Decompress> {
  return (await hyparquetCompressors(arrow)).decompressZstd;
}

/** @throws FedscoreError FEDSCORE_UNSUPPORTED. */
export async function loadLz4(): Promise<Decompress> {
  const name = "lz4js";
  const load = () => import(/* @vite-ignore */ /* webpackIgnore: true */ name);
  return (await loadPackage<{ readonly default: { readonly decompress: Decompress } }>(arrow, name, load)).default
    .decompress;
}

function hyparquetCompressors(needed: string): Promise<HyparquetCompressors> {
  const name = "hyparquet-compressors";
  return loadPackage(needed, name, () => import(/* @vite-ignore */ /* webpackIgnore: true */ name));
}
