/**
 * Bundles build/js into dist/: the modules behind each entry of the package to a few chunks, so that importing it reads a few files instead
 * of hundreds; the worker to one file without imports, so that whoever copies it has all of it; and one file for pages without a bundler.
 * Other people's code is bundled too, under the licenses in dist/THIRD-PARTY-LICENSES.txt. Only zod, whose types are in the package's, is not.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { licensesOf, packageOf } from "./licenses.mjs";

/** Modules that stay files of their own, at the place that the package's `imports` say: below dist/ and without ".js". */
const seams = { "#worker-host": "workers/comlink/host", "#embedded-worker": "workers/comlink/embedded" };

/** @param root folder of the package. */
export async function bundle(root) {
  const modules = join(root, "build/js");
  const dist = join(root, "dist");
  const packages = new Set();
  // Not above: a bare clone imports this file before it installs anything.
  const { rolldown } = await import("rolldown");

  async function write(input, { plugins, external, preserveEntrySignatures, platform = "node", ...output }) {
    const options = {
      cwd: root,
      input,
      external,
      plugins,
      preserveEntrySignatures,
      platform,
      resolve: {
        mainFields: ["module", "main"],
        alias: { "cssomnom/parse": join(root, "tools/no-style-sheets.mjs") },
      },
    };
    const bundled = await rolldown(options);
    const { output: chunks } = await bundled.write({
      dir: dist,
      format: "esm",
      entryFileNames: "[name].js",
      comments: false,
      ...output,
    });
    await bundled.close();
    for (const { moduleIds } of chunks) for (const id of moduleIds ?? []) packages.add(packageOf(id));
    return chunks;
  }

  /** Left to the bundler, CommonJS makes it import node:module, which pages cannot load. Papa Parse requires something only outside of pages. */
  const asModule = {
    name: "Papa Parse as a module",
    transform: (code, id) =>
      /node_modules.papaparse/.test(id)
        ? `const PAPA_BROWSER_CONTEXT = true, module = { exports: {} }, exports = module.exports;\n${code}\nexport default module.exports;`
        : null,
  };
  const file = (name) => join(modules, `${name}.js`);
  const [worker] = await write({ worker: file("worker") }, { minify: true, codeSplitting: false });
  const embed = {
    name: "the worker's text",
    resolveId: (id) => (id in seams ? file(seams[id]) : null),
    load: (id) => (id === file(seams["#embedded-worker"]) ? `export default ${JSON.stringify(worker.code)};` : null),
  };
  /** Whoever imports them stands in dist/chunks or dist/entries. */
  const apart = {
    name: "files of their own",
    resolveId: (id) => (id in seams ? { id: `../${seams[id]}.js`, external: true } : null),
  };
  for (const name of Object.values(seams)) await write({ [name]: file(name) }, { plugins: [embed] });
  const subPaths = readdirSync(join(root, "src/entries")).map((name) => `entries/${name.replace(/\.ts$/, "")}`);
  const entries = ["index", ...subPaths, "cli/main"];
  const group = (name, entry, packages) => {
    const closure = staticClosure(file(entry));
    return { name, test: (id) => closure.has(id) || packages?.test(id) === true };
  };
  const groups = [
    group("kernels", "entries/kernels", /node_modules.@assemblyscript/),
    group("diffusion", "entries/diffusion"),
    group("core", "index", /node_modules.comlink/),
  ];
  await write(Object.fromEntries(entries.map((name) => [name, file(name)])), {
    plugins: [apart, asModule],
    external: ["zod", "selfsigned", /^@nats-io\//],
    chunkFileNames: "chunks/[name]-[hash].js",
    codeSplitting: { includeDependenciesRecursively: false, groups },
    preserveEntrySignatures: "allow-extension",
    // They tell bundlers to leave imports of optional packages alone.
    comments: { annotation: true, jsdoc: false, legal: false },
  });
  await write(
    { "worker-page": file("remote/page") },
    { plugins: [embed], minify: true, codeSplitting: false, platform: "browser" },
  );
  await write({ "fedscore.min": file("index") }, { plugins: [embed], minify: true, codeSplitting: false });
  writeFileSync(join(dist, "THIRD-PARTY-LICENSES.txt"), licensesOf(packages));
}

/** The modules that an import of `entry` loads at once, of this package's. */
function staticClosure(entry) {
  const closure = new Set();
  const visit = (path) => {
    if (closure.has(path)) return;
    closure.add(path);
    const imports = readFileSync(path, "utf8").matchAll(/^(?:import|export)\s(?:[^"';=]*\sfrom\s)?"(\.[^"]+)"/gm);
    for (const [, specifier] of imports) visit(join(dirname(path), specifier));
  };
  visit(entry);
  closure.delete(entry);
  return closure;
}
