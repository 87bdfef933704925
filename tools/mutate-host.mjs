/** A process that runs test files of a copy of the project when it is told to, and keeps what it has read of the sources in between. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const copy = process.argv[2];
const vitestNode = createRequire(join(copy, "package.json")).resolve("vitest/node");
const { createVitest } = await import(pathToFileURL(vitestNode).href);
const vitest = await createVitest("test", {
  root: copy,
  project: ["unit"],
  typecheck: { enabled: false },
  watch: false,
  bail: 1,
  maxWorkers: 1,
  reporters: [{}],
});

/** The tests that failed, and the reasons of files that could not be run. */
function failuresOf(testModules, unhandledErrors) {
  const failed = [];
  for (const module of testModules) {
    for (const test of module.children.allTests()) if (test.result().state === "failed") failed.push(test.fullName);
    for (const error of module.errors()) failed.push(error.message.split("\n")[0]);
  }
  return [...failed, ...unhandledErrors.map((error) => String(error?.message ?? error).split("\n")[0])];
}

process.on("message", async ({ files, changed }) => {
  try {
    for (const file of changed) vitest.invalidateFile(join(copy, file));
    vitest.state.clearErrors();
    const paths = new Set(files.map((file) => join(copy, file)));
    const specifications = await vitest.globTestSpecifications([...paths]);
    if (specifications.length !== files.length) throw new Error(`vitest knows ${specifications.length} of ${files}`);
    vitest.state.filesMap.clear();
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
    const own = testModules.filter(({ moduleId }) => paths.has(moduleId));
    const unfinished = own.filter((module) => !["passed", "failed"].includes(module.state()));
    if (own.length !== files.length || unfinished.length > 0) throw new Error(`${files} were not run to their end`);
    process.send({ failed: failuresOf(own, unhandledErrors) });
  } catch (error) {
    process.send({ problem: error.message });
  }
});
process.on("disconnect", () => process.exit());
process.send({ ready: true });
