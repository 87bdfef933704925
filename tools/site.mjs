/** `npm run docs:site [-- --base /fedscore/]`: builds the documentation into build/site, and refuses it with a warning or a dead link. */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./build.mjs";
import { install, setup } from "./setup.mjs";
import { stage } from "./site/stage.mjs";

const site = join(root, "docs/site");
const pages = join(site, "pages");
const out = join(root, "build/site");

export const installSite = () => install(site, "site");

/** Runs a program of the site. @throws where it fails or warns. */
function run(program, args, env = {}) {
  const path = join(site, "node_modules", program);
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], {
    cwd: site,
    encoding: "utf8",
    // Files of these names are no pages.
    env: { ...process.env, ...env, NO_COLOR: "1", VITE_EXTRA_EXTENSIONS: "service" },
  });
  const said = `${stdout}${stderr}`;
  if (status !== 0 || /warn/i.test(said)) throw new Error(`${program} failed or warned:\n${said}`);
}

/**
 * Builds the site anew.
 * @param base the path under which it will be served, with a slash at both ends.
 * @throws Error where anything warns, an export has no docstring, a link leads nowhere or a newcomer's question is far from the first page.
 */
export async function buildSite(base = "/") {
  // It needs packages, which setup() may have to install first.
  const { faultsOf } = await import("./site/check.mjs");
  stage(root, pages);
  run("typedoc/bin/typedoc", ["--options", "typedoc.json"]);
  rmSync(out, { recursive: true, force: true });
  run("vitepress/bin/vitepress.js", ["build"], { FEDSCORE_SITE_BASE: base });
  const faults = faultsOf(out, base);
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return out;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await setup();
  await installSite();
  const at = process.argv.indexOf("--base");
  try {
    console.log(`the site is in ${await buildSite(at < 0 ? "/" : process.argv[at + 1])}`);
  } catch ({ message }) {
    console.error(message);
    process.exitCode = 1;
  }
}
