/**
 * What the package may weigh, and how long it may take to start. A size is the same on every machine: who makes it larger on purpose raises
 * its limit here, in the same commit, and says in `why` what for.
 */

interface Limit {
  readonly name: string;
  readonly unit: "bytes" | "times bare Node";
  readonly limit: number;
  readonly why: string;
}

const kB = 1000;

export const limits = {
  tarball: {
    name: "tarball",
    unit: "bytes",
    limit: 3_700 * kB,
    why: "what npm downloads, 0.9 MB of it the lab page and 0.13 MB the table of an example; 3 % to grow",
  },
  unpacked: {
    name: "unpacked",
    unit: "bytes",
    limit: 13_000 * kB,
    why: "what lies on the disk, 2.5 MB of it the lab page: the command's dependencies are bundled, instead of 25 MB beside it; 3.5 % to grow",
  },
  wasmStrict: {
    name: "WebAssembly, strict",
    unit: "bytes",
    limit: 64 * kB,
    why: "the target of the benchmarks; a page downloads one build, as base64",
  },
  wasmRelaxed: {
    name: "WebAssembly, relaxed",
    unit: "bytes",
    limit: 64 * kB,
    why: "the target of the benchmarks; a page downloads one build, as base64",
  },
  oneFile: {
    name: "one file for pages, fedscore.min.js",
    unit: "bytes",
    limit: 730 * kB,
    why: "both builds of the kernels twice, in the page and in its worker, 320 kB of it; 2.5 % to grow",
  },
  page: {
    name: 'a page\'s minified bundle of all of "fedscore"',
    unit: "bytes",
    limit: 268 * kB,
    why: "what a page parses before it does anything, by Vite, 40 kB of it aggregation rules, attacks, devices and privacy; 3.5 % to grow",
  },
  worker: {
    name: "a worker, worker.js",
    unit: "bytes",
    limit: 293 * kB,
    why: "each worker parses it, both builds of the kernels inside, and 26 kB that judge tables",
  },
  lab: {
    name: "the lab page before it trains",
    unit: "bytes",
    limit: 400 * kB,
    why: "script, style and document, which it loads to be interactive, 13 kB of it the setting up of tables; 5 % to grow",
  },
  imported: {
    name: 'files that `import "fedscore"` reads in Node',
    unit: "bytes",
    limit: 535 * kB,
    why: "not minified; what is read and parsed here is most of a cold start; 3 % to grow",
  },
  coldStart: {
    name: "cold start in Node: import to first training step",
    unit: "times bare Node",
    limit: 2,
    why: "least of several runs over the least time of `node -e 0`, in turns: about 0.7; a machine that is busy moves both",
  },
} satisfies Record<string, Limit>;

export type LimitName = keyof typeof limits;
