import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Contest, fastest, type Pace } from "../../bench/harness/compare.mjs";
import { Contestant, type Entry } from "../../bench/harness/contestant.mjs";

/** Answers as it was told on the command line, times nothing, and writes its turns to a file that all of them share. */
const fake = `
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";
const [label, turns, told] = process.argv.slice(2);
const { check, units, unsupported, seconds = [1], dies, versions = {} } = JSON.parse(told);
let turn = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const { id, op, seconds: asked } = JSON.parse(line);
  const answer = (more) => console.log(JSON.stringify({ id, ...more }));
  if (op === dies) throw new RangeError("out of memory in " + op);
  if (op === "about") answer({ versions });
  else if (op === "prepare") answer(unsupported ? { unsupported } : { check, units });
  else if (op === "time") {
    if (asked > 0) {
      appendFileSync(turns, label);
      answer({ runs: 2, seconds: 2 * seconds[turn++ % seconds.length] });
    } else answer({ runs: 1, seconds: 1000 });
  } else answer({ error: "no operation " + op });
}
`;

interface Told {
  check?: number[];
  units?: number;
  unsupported?: string;
  seconds?: number[];
  dies?: string;
  versions?: Record<string, string>;
}

/** Warming up is told apart from the turns by its length of 0. */
const pace: Pace = { warm: 0, slice: 0.1, rounds: 4, leastRounds: 2, patience: 1e6 };

let folder: string;
let open: { close(): void }[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fedscore-contest-"));
  writeFileSync(join(folder, "fake.mjs"), fake);
  open = [];
});

afterEach(() => {
  for (const each of open) each.close();
  rmSync(folder, { recursive: true });
});

function entry(label: string, told: Told): Entry {
  const args = [join(folder, "fake.mjs"), label, join(folder, "turns"), JSON.stringify(told)];
  return { id: label, label, command: process.execPath, args, env: {} };
}

function contest(told: Record<string, Told>, at = pace): Contest {
  const entries = Object.entries(told).map(([label, each]) => entry(label, each));
  const created = new Contest(entries, at);
  open.push(created);
  return created;
}

function contestant(label: string, told: Told): Contestant {
  const created = new Contestant(entry(label, told));
  open.push(created);
  return created;
}

const turns = () => readFileSync(join(folder, "turns"), "utf8");

describe("a contest", () => {
  it("takes turns A B B A and gives the ratio of the best times", async () => {
    const a = { check: [1, 2], seconds: [0.5, 0.25, 0.75] };
    const b = { check: [1, 2.0001], seconds: [1.5, 1.25, 1] };
    const results = await contest({ A: a, B: b }).run("gemm", {}, 1e-3);
    expect(turns()).toBe("ABBAABBA");
    expect(results.map(({ entry, best, ratio }) => [entry.label, best, ratio])).toEqual([
      ["A", 0.25, 1],
      ["B", 1, 4],
    ]);
    expect(results[0].median).toBe(0.5);
    expect(fastest(results)).toBe(results[0]);
    expect(fastest([])).toBeUndefined();
  });

  it("counts the pieces of work of a run", async () => {
    const [, b] = await contest({ A: { check: [1] }, B: { check: [1], units: 4 } }).run("gemm", {}, 0);
    expect(b).toMatchObject({ best: 0.25, ratio: 0.25 });
  });

  it("counts the turns of earlier passes of the same work where they are collected", async () => {
    const passes = { ...pace, turns: new Map<string, number[]>() };
    const pass = (seconds: number[], work = "gemm") =>
      contest({ A: { check: [1], seconds }, B: { check: [1] } }, passes).run(work, { rows: 1 }, 0);
    await pass([0.5]);
    const [a] = await pass([2]);
    expect(a.best).toBe(0.5);
    expect(a.median).toBe(1.25);
    const [other] = await pass([2], "normals");
    expect(other.best).toBe(2);
  });

  it("tells contestants of one name apart by the work that they have of their own", async () => {
    const passes = { ...pace, turns: new Map<string, number[]>() };
    const of = async (rows: number, seconds: number[]) => {
      const own = { ...entry("A", { check: [1], seconds }), params: { rows } };
      const created = new Contest([entry("B", { check: [1] }), own], passes);
      open.push(created);
      const [, a] = await created.run("gemm", { rows: 1 }, 0);
      return a.best;
    };
    expect(await of(2, [0.5])).toBe(0.5);
    expect(await of(3, [2])).toBe(2);
    expect(await of(2, [4])).toBe(0.5);
  });

  it("gives one that has used its time no more than the least rounds", async () => {
    await contest({ A: { check: [1], seconds: [9] }, B: { check: [1] } }, { ...pace, patience: 10 }).run("gemm", {}, 0);
    expect(turns()).toBe("ABBABB");
  });

  it("leaves out who does not do the workload, and does not check who computes nothing", async () => {
    const told = { A: { check: [1] }, B: { unsupported: "not in this library" }, C: { check: [] } };
    const results = await contest(told).run("gemm", {}, 0);
    expect(results.map(({ entry }) => entry.label)).toEqual(["A", "C"]);
  });

  it.each([
    ["other numbers", [1, 2.1], "wrong one computes 2.1 where 2 is expected (number 1)"],
    ["fewer numbers", [1], "wrong one returned 1 numbers"],
    ["something that is not a number", [1, null], "wrong one computes null where 2 is expected"],
    ["nothing but what is not a number", [null, null], "wrong one computes null where 1 is expected"],
  ])("is not held with %s", async (_, check, message) => {
    const told = { A: { check: [1, 2] }, "wrong one": { check: check as number[] } };
    await expect(contest(told).run("gemm", {}, 0.01)).rejects.toThrow(message);
    expect(turns).toThrow("ENOENT");
  });

  it("is not held where nobody has a number", async () => {
    const check = [0, null] as number[];
    await expect(contest({ A: { check }, B: { check } }).run("gemm", {}, 0.01)).rejects.toThrow("A computes null");
  });

  it("takes contestants that are already open", async () => {
    const ask = async ({ op }: { readonly op?: string }) =>
      op === "prepare" ? { check: [1] } : { runs: 1, seconds: 0.5 };
    const created = new Contest([entry("A", { check: [1] }), { entry: { label: "open" }, ask, close() {} }], pace);
    open.push(created);
    const results = await created.run("gemm", {}, 0);
    expect(results.map(({ entry, best }) => [entry.label, best])).toEqual([
      ["A", 1],
      ["open", 0.5],
    ]);
  });

  it("joins the versions of all", async () => {
    const told = { A: { versions: { a: "1.0.0" } }, B: { versions: { b: "2.0.0" } } };
    expect(await contest(told).versions()).toEqual({ a: "1.0.0", b: "2.0.0" });
  });
});

describe("a contestant", () => {
  it("that dies is named with its last words", async () => {
    const dying = contestant("weak library", { dies: "prepare" });
    await expect(dying.ask({ op: "prepare" })).rejects.toThrow(
      "weak library died: RangeError: out of memory in prepare",
    );
  });

  it("that is dead stays an error", async () => {
    const dying = contestant("weak library", { dies: "about" });
    await expect(dying.ask({ op: "about" })).rejects.toThrow("weak library died");
    await expect(dying.ask({ op: "about" })).rejects.toThrow("weak library died");
  });

  it("that cannot be started is named with the reason", async () => {
    const missing = new Contestant({ ...entry("missing one", {}), command: join(folder, "nowhere") });
    open.push(missing);
    await expect(missing.ask({ op: "about" })).rejects.toThrow(/missing one died: .*ENOENT/);
  });

  it("that answers with an error is named, and goes on", async () => {
    const stays = contestant("library", { versions: { a: "1.0.0" } });
    await expect(stays.ask({ op: "dance" })).rejects.toThrow("library: no operation dance");
    expect(await stays.ask({ op: "about" })).toMatchObject({ versions: { a: "1.0.0" } });
  });
});
