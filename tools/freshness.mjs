/** What each stage of the build is made from, and whether what it made is still from that. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where the release builds become modules. */
export const generated = join(root, "src/kernels/generated");

/** What users get: the strict arithmetic and the fused one. */
export const variants = ["simd", "relaxed"];

/** Targets of asconfig.json and what they compile. All but the variants are for tests and stay in build/. */
export const targets = {
  simd: "index",
  relaxed: "index",
  debug: "index",
  "testing-simd": "testing",
  "testing-relaxed": "testing",
};

/** Where a target becomes a module: in src for users, beside the build for tests. */
export function moduleOf(target) {
  return variants.includes(target) ? join(generated, `${target}.ts`) : join(root, "build", `${target}.js`);
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** The sources of the lab page. */
const web = join(root, "src/web");

/** The stages, each with the files it reads and the files or folders it writes. */
export const stages = {
  wasm: {
    inputs: () => [
      ...filesBelow(join(root, "assembly")),
      ...["src/kernels/codes.ts", "asconfig.json", "package-lock.json"].map((file) => join(root, file)),
      ...["build.mjs", "compile.mjs", "kernel-types.mjs"].map((file) => join(root, "tools", file)),
    ],
    outputs: [...Object.keys(targets).map(moduleOf), join(generated, "kernels.ts")],
  },
  javascript: {
    inputs: () => [
      ...filesBelow(join(root, "src")).filter((file) => !file.startsWith(web)),
      ...["build.mjs", "bundle.mjs", "licenses.mjs"].map((file) => join(root, "tools", file)),
      ...["tsconfig.json", "package-lock.json"].map((file) => join(root, file)),
    ],
    outputs: [join(root, "dist"), join(root, "build/js")],
  },
  web: {
    inputs: () => [
      ...filesBelow(join(root, "src")).filter((file) => !file.startsWith(join(root, "src/cli"))),
      ...["web.mjs", "licenses.mjs"].map((file) => join(root, "tools", file)),
      join(root, "package-lock.json"),
    ],
    outputs: [join(root, "dist/web/index.html")],
  },
};

/** One hash of the names below the root and the contents of files; the stamp of a stage. */
export function contentHash(files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const name = relative(root, file).replaceAll("\\", "/");
    hash.update(name).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

export function stampOf(name) {
  return join(root, "build", `${name}.stamp`);
}

/** Whether the stamp file holds `hash` and all `outputs` exist. */
export function isFresh(name, hash, outputs) {
  const stamp = stampOf(name);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === hash && outputs.every((path) => existsSync(path));
}

/** Throws unless what a stage of the build made is there and from the sources as they are. */
export function requireStage(name) {
  const { inputs, outputs } = stages[name];
  const missing = outputs.find((path) => !existsSync(path));
  if (missing !== undefined) throw new Error(`${relative(root, missing)} is missing: npm run build makes it`);
  if (!isFresh(name, contentHash(inputs()), outputs)) {
    const made = outputs.map((path) => relative(root, path)).join(", ");
    throw new Error(
      `the build is older than the sources, so these tests would run other code (${made}): npm run build`,
    );
  }
}
