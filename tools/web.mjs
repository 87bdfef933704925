/** Bundles src/web into dist/web: the lab page as files for any web host, under any path, with the licenses of what is in them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { licensesOf, packageOf } from "./licenses.mjs";

/** What package.json says of side effects is about the package's users. */
const treeshake = { moduleSideEffects: (id) => id.endsWith("policy.ts") || undefined };

/** @param root folder of the package. */
export async function buildWeb(root) {
  // Not above: a bare clone imports this file before it installs anything.
  const { build } = await import("vite");
  const packages = new Set();
  const licenses = {
    name: "whose code it is",
    generateBundle(_, files) {
      for (const { moduleIds = [] } of Object.values(files)) for (const id of moduleIds) packages.add(packageOf(id));
    },
  };
  const web = join(root, "src/web");
  const { NODE_ENV } = process.env;
  const outDir = join(root, "dist/web");
  await build({
    configFile: false,
    root: web,
    base: "./",
    publicDir: false,
    logLevel: "error",
    plugins: [licenses],
    resolve: {
      alias: [
        { find: "cssomnom/parse", replacement: join(root, "tools/no-style-sheets.mjs") },
        { find: "#worker-host", replacement: join(web, "lab/worker-host.ts") },
        // Its address, once it is bundled.
        { find: "#worker-script", replacement: `${join(root, "src/worker.ts")}?worker&url` },
        // As src/tables/file imports it.
        { find: /^\.\.?\/typed-packages\.js$/, replacement: join(web, "lab/typed-packages.ts") },
      ],
    },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    worker: { format: "es", plugins: () => [licenses], rolldownOptions: { treeshake } },
    build: {
      outDir,
      emptyOutDir: true,
      target: "es2022",
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 2000,
      rolldownOptions: { treeshake },
    },
  });
  // Vite says "production" to the whole process, and so to an npm ci that follows, which would leave out what is for development.
  if (NODE_ENV === undefined) delete process.env.NODE_ENV;
  else process.env.NODE_ENV = NODE_ENV;
  writeFileSync(join(outDir, "THIRD-PARTY-LICENSES.txt"), licensesOf(packages));
}
