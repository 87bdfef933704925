/** Compiles all targets of asconfig.json, in one process: to load the compiler takes longer than most of them. (It reads arguments of the process itself, so this is none of the build.) */
import asc from "assemblyscript/asc";
import { root, targets } from "./freshness.mjs";

for (const [target, entry] of Object.entries(targets)) {
  const args = [`assembly/${entry}.ts`, "--baseDir", root, "--config", "asconfig.json", "--target", target];
  const { error } = await asc.main(args, { stdout: process.stdout, stderr: process.stderr });
  if (error) throw error;
}
