import type * as Packages from "../../tables/file/typed-packages.js";

/** Stands in for tables/file/typed-packages.ts where the page is bundled (tools/web.mjs): it has its packages with it, all but those of Brotli, which weigh more than the rest. */
const library = () => import("./typed-library.js");

export const loadHyparquet: typeof Packages.loadHyparquet = library;

export const loadZstddec: typeof Packages.loadZstddec = library;

export const loadCompressors: typeof Packages.loadCompressors = async () => ({ LZ4: (await library()).decompressLz4 });
