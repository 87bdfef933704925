/**
 * `npm run mutate [-- NAME... [--area AREA] [--sample N [--seed S]] [--timeout SECONDS] [--skip-baseline]]`: makes the mutants of test/mutants one at a time in a
 * copy of the project and runs the tests that should notice. A name is an id or a part of one; without names, all. Ends with 1
 * where fewer than 95 % are killed, or one does not apply, does not compile, or has tests that fail without it; --skip-baseline takes it that they
 * pass.
 */
import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { mutants, mutated } from "../test/mutants/index.mjs";
import { root } from "./build.mjs";
import { setup } from "./setup.mjs";

const wantedShare = 0.95;
/** What a build writes. */
const products = ["build", "dist", "src/kernels/generated"];

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    area: { type: "string", multiple: true },
    sample: { type: "string" },
    seed: { type: "string", default: "1" },
    timeout: { type: "string", default: "180" },
    "skip-baseline": { type: "boolean", default: false },
  },
});

function refuse(message) {
  console.error(message);
  process.exit(2);
}

function chosen() {
  const areas = new Set(mutants.map(({ area }) => area));
  const strange = options.area?.find((area) => !areas.has(area));
  if (strange !== undefined) refuse(`--area must be one of ${[...areas].join(", ")}, got ${strange}`);
  const unknown = names.find((name) => !mutants.some(({ id }) => id.includes(name)));
  if (unknown !== undefined) refuse(`no mutant has "${unknown}" in its id`);
  const exact = (name) => mutants.some(({ id }) => id === name);
  const found = mutants.filter(
    ({ id, area }) =>
      (!options.area || options.area.includes(area)) &&
      (names.length === 0 || names.some((name) => (exact(name) ? id === name : id.includes(name)))),
  );
  return options.sample === undefined ? found : sampleOf(found, Number(options.sample), Number(options.seed));
}

/** As many of the list, drawn by a linear congruential generator, in their order. */
function sampleOf(list, count, seed) {
  let state = seed >>> 0;
  const keyed = list.map((item, at) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return { item, at, key: state };
  });
  const drawn = keyed.sort((a, b) => a.key - b.key).slice(0, count);
  return drawn.sort((a, b) => a.at - b.at).map(({ item }) => item);
}

/** The project as it is, built, without what a test does not need. */
function copyProject() {
  const copy = mkdtempSync(join(tmpdir(), "fedscore-mutate-"));
  const left = new Set(["node_modules", ".git", "runs"]);
  cpSync(root, copy, { recursive: true, filter: (path) => !left.has(relative(root, path).split("/").at(-1)) });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "dir");
  return copy;
}

/** A process that keeps the test runner warm; a new one takes its place where tests do not end. */
class Host {
  #copy;
  #child;
  #changed = new Set();

  constructor(copy) {
    this.#copy = copy;
  }

  /** A file is another than it was in the run before. */
  changed(file) {
    this.#changed.add(file);
  }

  /** The tests of the files that fail. */
  async run(files, patience = 1) {
    this.#child ??= await this.#start();
    const answer = this.#answer(1000 * patience * Number(options.timeout));
    this.#child.send({ files, changed: [...this.#changed] });
    this.#changed.clear();
    const { failed, problem } = await answer;
    if (problem === undefined) return failed;
    throw new Error(problem);
  }

  close() {
    if (this.#child?.pid !== undefined) process.kill(-this.#child.pid, "SIGKILL");
    this.#child = undefined;
  }

  async #start() {
    const script = join(root, "tools/mutate-host.mjs");
    // A group of its own, so that the workers end with it.
    const child = fork(script, [this.#copy], {
      cwd: this.#copy,
      detached: true,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    child.stderr.resume();
    await once(child, "message");
    return child;
  }

  #answer(milliseconds) {
    const child = this.#child;
    return new Promise((resolve) => {
      const end = (message) => {
        clearTimeout(timer);
        child.off("message", end);
        child.off("exit", died);
        resolve(message);
      };
      const timer = setTimeout(() => {
        this.close();
        end({ failed: ["no end in time"] });
      }, milliseconds);
      const died = () => {
        this.#child = undefined;
        end({ problem: "the test runner died" });
      };
      child.on("message", end);
      child.on("exit", died);
    });
  }
}

function build(copy, mutant) {
  const script = mutant.built ? ["tools/build.mjs"] : ["tools/build.mjs", "--wasm"];
  const run = spawnSync(process.execPath, script, { cwd: copy, encoding: "utf8", timeout: 600_000 });
  return run.status === 0 ? undefined : `it does not build: ${`${run.stdout}${run.stderr}`.trim().slice(-400)}`;
}

/** Runs the tests of a mutant, the likeliest first, until one fails. */
async function judge(copy, host, mutant) {
  const path = join(copy, mutant.file);
  const original = readFileSync(path, "utf8");
  const needsBuild = mutant.built || mutant.file.startsWith("assembly/");
  try {
    writeFileSync(path, mutated(mutant, original));
    host.changed(mutant.file);
    if (needsBuild) {
      host.close();
      const problem = build(copy, mutant);
      if (problem !== undefined) return { problem };
    }
    for (const test of mutant.tests) {
      const [first] = await host.run([test]);
      if (first?.includes("npm run build")) throw new Error("its tests need a build: give it built: true");
      if (first !== undefined) return { killer: `${test}: ${first}` };
    }
    return {};
  } catch (error) {
    return { problem: error.message };
  } finally {
    writeFileSync(path, original);
    host.changed(mutant.file);
    if (needsBuild) restore(copy, host);
  }
}

/** Puts back what a build changed; the runner forgets all that it has read. */
function restore(copy, host) {
  host.close();
  for (const product of products) {
    rmSync(join(copy, product), { recursive: true, force: true });
    cpSync(join(root, product), join(copy, product), { recursive: true, preserveTimestamps: true });
  }
}

/** Tests that fail without any mutant kill none. */
async function requirePassing(host, list) {
  const files = [...new Set(list.flatMap(({ tests }) => tests))];
  const failed = await host.run(files, files.length);
  if (failed.length > 0) refuse(`without a mutant:\n${failed.join("\n")}`);
  console.log(`${files.length} test files pass without a mutant`);
}

function share(list) {
  const killed = list.filter(({ killer }) => killer !== undefined).length;
  return `${killed} of ${list.length} killed (${((100 * killed) / list.length).toFixed(1)} %)`;
}

const list = chosen();
await setup();
const copy = copyProject();
const host = new Host(copy);
process.on("exit", () => {
  host.close();
  rmSync(copy, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));
if (!options["skip-baseline"]) await requirePassing(host, list);
const judged = [];
for (const mutant of list) {
  const begin = performance.now();
  const verdict = await judge(copy, host, mutant);
  const word = verdict.problem ? "PROBLEM " : verdict.killer ? "killed  " : "SURVIVED";
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(`${word} ${mutant.id} ${seconds} s  ${verdict.problem ?? verdict.killer ?? mutant.why}`);
  judged.push({ ...mutant, ...verdict });
}
for (const area of new Set(judged.map(({ area }) => area))) {
  console.log(`${area}: ${share(judged.filter((each) => each.area === area))}`);
}
const killed = judged.filter(({ killer }) => killer !== undefined).length;
const problems = judged.filter(({ problem }) => problem !== undefined).length;
console.log(`all: ${share(judged)}${problems > 0 ? `, ${problems} with a problem` : ""}`);
process.exit(killed >= wantedShare * judged.length && problems === 0 ? 0 : 1);
