/** `npx vite bench/page --open`: serves the page to a person; harness/page.mjs builds it for scripts. */
import { fileURLToPath } from "node:url";
import { compilePeak } from "../harness/setup.mjs";

await compilePeak();

/** An isolated page reads a clock of 5 microseconds instead of 100. */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default {
  base: "./",
  worker: { format: "es" },
  build: { target: "esnext" },
  server: { headers, fs: { allow: [fileURLToPath(new URL("../..", import.meta.url))] } },
  preview: { headers },
};
