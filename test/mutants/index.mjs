/**
 * Small changes of meaning that some test must notice; `npm run mutate` makes them one at a time in a copy of the project. A mutant is
 * { name, file, find, replace, why, tests?, built? }: `find` stands in the file exactly once; `tests` are the files that should
 * fail, the likeliest first (default: the file's own test); `built` for tests that run dist/.
 */
import { assembly } from "./assembly.mjs";
import { cli } from "./cli.mjs";
import { data } from "./data.mjs";
import { devices } from "./devices.mjs";
import { diffusion } from "./diffusion.mjs";
import { divergence } from "./divergence.mjs";
import { experiment } from "./experiment.mjs";
import { federation } from "./federation.mjs";
import { judging } from "./judges.mjs";
import { privacy } from "./privacy.mjs";
import { pruning } from "./pruning.mjs";
import { report } from "./report.mjs";
import { strategies } from "./strategies.mjs";
import { tables } from "./tables.mjs";
import { theory } from "./theory.mjs";

const areas = {
  assembly,
  diffusion,
  pruning,
  divergence,
  data,
  federation,
  strategies,
  privacy,
  devices,
  theory,
  experiment,
  judges: judging,
  tables,
  report,
  cli,
};

/** A file's tests stand at the same path under test/. */
function ownTest(file) {
  return file.replace(/^src\//, "test/").replace(/\.ts$/, ".test.ts");
}

/** All mutants, with id "area/name" and their tests. */
export const mutants = Object.entries(areas).flatMap(([area, list]) =>
  list.map((mutant) => ({
    tests: [ownTest(mutant.file)],
    built: false,
    ...mutant,
    area,
    id: `${area}/${mutant.name}`,
  })),
);

/** The text of a mutant's file with its change. Throws where what it changes does not stand there exactly once. */
export function mutated({ id, file, find, replace }, text) {
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`${id}: its text stands ${places} times in ${file}, not once: adapt the mutant`);
  return text.replace(find, () => replace);
}
