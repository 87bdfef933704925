/** `npm run check`: types, lint and format, then publint and attw on the packed tarball. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./build.mjs";
import { setup } from "./setup.mjs";

function step(name, command, args) {
  console.log(`== ${name}`);
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
  if (result.status !== 0) failed.push(name);
}

const failed = [];
const bin = (path) => join(root, "node_modules", path);
await setup();
step("types of src and test", process.execPath, [bin("typescript/bin/tsc"), "-p", "tsconfig.test.json"]);
step("lint and format", process.execPath, [bin("@biomejs/biome/bin/biome"), "ci", "."]);
step("format of assembly", process.execPath, [join(root, "tools/format-assembly.mjs"), "--check"]);

const folder = mkdtempSync(join(tmpdir(), "fedscore-check-"));
step("pack", "npm", ["pack", "--silent", "--pack-destination", folder]);
const tarball = join(folder, readdirSync(folder)[0] ?? "missing.tgz");
step("exports (publint)", process.execPath, [bin("publint/src/cli.js"), tarball, "--strict"]);
step("types of the package (attw)", process.execPath, [
  bin("@arethetypeswrong/cli/dist/index.js"),
  tarball,
  "--profile",
  "esm-only",
]);
rmSync(folder, { recursive: true });

if (failed.length > 0) {
  console.error(`failed: ${failed.join(", ")}`);
  process.exit(1);
}
console.log("all checks passed");
