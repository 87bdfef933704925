/** Brings the benches to where they can run: the package built, the peers installed, the peak loops compiled. */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { contentHash, whenChanged } from "../../tools/build.mjs";
import { setup as setupRoot } from "../../tools/setup.mjs";

const bench = fileURLToPath(new URL("..", import.meta.url));
export const peakWasm = join(bench, "build/peak.wasm");

function run(command, args, options) {
  const { status } = spawnSync(command, args, { cwd: bench, stdio: "inherit", ...options });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed with exit code ${status}`);
}

async function installPeers() {
  const inputs = [join(bench, "package-lock.json")];
  await whenChanged("bench-install", contentHash(inputs), [join(bench, "node_modules/.package-lock.json")], () => {
    console.log("installing the peers (npm ci in bench/, about 700 MB)");
    // onnxruntime-node would otherwise download CUDA libraries; its CPU binary is in the package.
    const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip", npm_config_onnxruntime_node_install: "skip" };
    run("npm", ["ci", "--no-audit", "--no-fund"], { env, shell: process.platform === "win32" });
  });
}

export async function compilePeak() {
  const source = join(bench, "assembly/peak.ts");
  await whenChanged("bench-peak", contentHash([source]), [peakWasm], () => {
    mkdirSync(dirname(peakWasm), { recursive: true });
    const require = createRequire(import.meta.url);
    const asc = join(dirname(require.resolve("assemblyscript/package.json")), "bin/asc.js");
    const flags = ["--runtime", "stub", "-O3", "--noAssert", "--enable", "simd", "--enable", "relaxed-simd"];
    run(process.execPath, [asc, source, "-o", peakWasm, ...flags]);
  });
}

/** By apt-get, where this is Debian and root asks. */
function installFromDebian(...packages) {
  const debian =
    process.platform === "linux" && process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;
  if (!debian) return;
  if (spawnSync("dpkg", ["-s", ...packages], { stdio: "ignore" }).status === 0) return;
  console.log(`installing ${packages.join(" and ")} (apt-get)`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["update", "-qq"], { stdio: "ignore", env });
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], { stdio: "ignore", env });
}

export async function setup() {
  await setupRoot();
  await installPeers();
  await compilePeak();
  // PyTorch's products are as fast as the BLAS beside it: OpenBLAS, not the reference.
  installFromDebian("python3-torch", "libopenblas0-pthread");
  installFromDebian("redis-server");
}
