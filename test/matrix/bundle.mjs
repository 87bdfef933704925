/** `node bundle.mjs BUNDLER PAGE`: builds PAGE/index.html and its main.js into PAGE/dist, as the bundler does it without configuration. */
import { cpSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [bundler, folder] = process.argv.slice(2);
const page = resolve(folder);
const entry = join(page, "main.js");
const out = join(page, "dist");

/** For bundlers of scripts: the page as it is, main.js beside it. */
function copyPage() {
  mkdirSync(out, { recursive: true });
  cpSync(join(page, "index.html"), join(out, "index.html"));
}

async function rollup() {
  const [{ rollup }, { default: nodeResolve }] = await Promise.all([
    import("rollup"),
    import("@rollup/plugin-node-resolve"),
  ]);
  const bundle = await rollup({ input: entry, plugins: [nodeResolve({ browser: true })] });
  await bundle.write({ dir: out, format: "es" });
  await bundle.close();
  copyPage();
}

async function esbuild(options) {
  const { build } = await import("esbuild");
  await build({ entryPoints: [entry], outdir: out, bundle: true, logLevel: "error", ...options });
  copyPage();
}

async function webpack(options) {
  const { default: webpack } = await import("webpack");
  const compiler = webpack({
    mode: "production",
    context: page,
    entry,
    output: { path: out, filename: "main.js" },
    performance: { hints: false },
    ...options,
  });
  const stats = await new Promise((done, fail) => compiler.run((error, stats) => (error ? fail(error) : done(stats))));
  if (stats.hasErrors() || stats.hasWarnings())
    throw new Error(stats.toString({ all: false, errors: true, warnings: true }));
  copyPage();
}

async function parcel() {
  const { Parcel } = await import("@parcel/core");
  await new Parcel({
    entries: join(page, "index.html"),
    defaultConfig: createRequire(import.meta.url).resolve("@parcel/config-default"),
    mode: "production",
    shouldDisableCache: true,
    defaultTargetOptions: { distDir: out, publicUrl: "/" },
  }).run();
}

async function vite(options) {
  const { build } = await import("vite");
  await build({ root: page, logLevel: "error", ...options });
}

const bundlers = {
  webpack,
  "webpack without minification": () => webpack({ optimization: { minimize: false } }),
  rollup,
  parcel,
  vite,
  "vite with relative paths": () => vite({ base: "./" }),
  esbuild: () => esbuild({ format: "esm", splitting: true }),
  "esbuild in one classic script": () => esbuild({ format: "iife" }),
  "esbuild for Node": () => esbuild({ format: "esm", platform: "node", entryPoints: [join(page, "..", "main.js")] }),
};
await bundlers[bundler]();
