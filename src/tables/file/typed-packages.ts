import { loadPackage } from "../../load-package.js";

/** What is needed of hyparquet. */
export type Hyparquet = Pick<
  typeof import("hyparquet"),
  "parquetMetadata" | "parquetRead" | "parquetSchema" | "snappyUncompress"
>;

/** Reads the pages of a Parquet file that are compressed in each way. */
export type Compressors = NonNullable<Parameters<Hyparquet["parquetRead"]>[0]["compressors"]>;

/** What is needed of zstddec. */
export type Zstddec = Pick<typeof import("zstddec"), "ZSTDDecoder">;

type HyparquetCompressors = typeof import("hyparquet-compressors");

/** Packages for files of typed columns are those of whoever installs them; the lab page has its own (src/web/lab/typed-packages.ts). @throws FedscoreError FEDSCORE_UNSUPPORTED. */
export function loadHyparquet(): Promise<Hyparquet> {
  const name = "hyparquet";
  return loadPackage<Hyparquet>(
    "a Parquet file",
    name,
    () => import(/* @vite-ignore */ /* webpackIgnore: true */ name),
  );
}

/** Those that nothing else here reads. @throws FedscoreError FEDSCORE_UNSUPPORTED. */
export async function loadCompressors(): Promise<Compressors> {
  const name = "hyparquet-compressors";
  const load = () => import(/* @vite-ignore */ /* webpackIgnore: true */ name);
  const { compressors } = await loadPackage<HyparquetCompressors>("a Parquet file of this compression", name, load);
  const { BROTLI, LZ4 } = compressors;
  return { ...(BROTLI && { BROTLI }), ...(LZ4 && { LZ4 }) };
}

/** @throws FedscoreError FEDSCORE_UNSUPPORTED. */
export function loadZstddec(): Promise<Zstddec> {
  const name = "zstddec";
  const load = () => import(/* @vite-ignore */ /* webpackIgnore: true */ name);
  return loadPackage<Zstddec>("a file compressed with Zstandard", name, load);
}
