/** `npm run test:matrix`: installs the bundlers and runtimes of test/matrix and tries the packed package in each of them. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./build.mjs";
import { ensureChromium } from "./chromium.mjs";
import { install, setup } from "./setup.mjs";

export const installMatrix = () => install(join(root, "test/matrix"), "matrix");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await setup();
  await installMatrix();
  const chromium = ensureChromium();
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const { status } = spawnSync(
    process.execPath,
    [vitest, "run", "--project", "package", "test/e2e/matrix.test.ts", "--reporter=verbose"],
    { cwd: root, stdio: "inherit", env: { ...process.env, ...(chromium && { FEDSCORE_CHROMIUM: chromium }) } },
  );
  process.exit(status ?? 1);
}
