/** `npx vite bench/page --open`: serves the page to a person; harness/page.mjs builds it for scripts. */
import { fileURLToPath } from "node:url";
import { compilePeak } from "../harness/setup.mjs";

await compilePeak();

/** An isolated page reads a clock of 5 microseconds instead of 100. */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** Packages that are not installed stay outside of the bundle: the page is built without them, and only their contestants cannot open. */
const withoutMissing = {
  name: "without-missing",
  enforce: "pre",
  async resolveId(source, importer, options) {
    if (!/^[@#\w]|\/node_modules\//.test(source) || !importer?.includes("/bench/")) return undefined;
    return (await this.resolve(source, importer, { ...options, skipSelf: true })) ?? { id: source, external: true };
  },
};

export default {
  base: "./",
  worker: { format: "es", plugins: () => [withoutMissing] },
  build: { target: "esnext" },
  server: { headers, fs: { allow: [fileURLToPath(new URL("../..", import.meta.url))] } },
  preview: { headers },
};
