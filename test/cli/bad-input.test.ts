import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { callCli, pointsCsv, smallConfig, spawnCli, temporaryFolder, writeSmallRun } from "./support.js";

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ path: folder, remove } = temporaryFolder());
});
afterEach(() => remove());

/** Runs a config with files beside it; expects exit code 2, no output folder, and returns what stderr says. */
async function refusal(config: object | string, files: Record<string, string | Uint8Array> = {}): Promise<string> {
  writeFileSync(join(folder, "points.csv"), pointsCsv(400));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  writeFileSync(join(folder, "config.json"), typeof config === "string" ? config : JSON.stringify(config));
  const out = join(folder, "out");
  const { code, stdout, stderr } = await callCli([
    "run",
    join(folder, "config.json"),
    "--out",
    out,
    "--variant",
    "simd",
  ]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(existsSync(out)).toBe(false);
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  expect(stderr).not.toContain("    at ");
  const lines = stderr
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "reading data");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^fedscore: /);
  return lines[0].slice("fedscore: ".length);
}

const npyHeader = (text: string) => {
  const header = text.padEnd(117);
  return new Uint8Array([
    0x93,
    ...new TextEncoder().encode("NUMPY"),
    1,
    0,
    118,
    0,
    ...new TextEncoder().encode(`${header}\n`),
  ]);
};

describe("a config that cannot run", () => {
  test.each<[string, object, string]>([
    ["an unknown key", { sead: 1 }, 'config.sead is not a known key; did you mean "seed"?'],
    [
      "capacity 1.2",
      { federation: { capacities: [1, 1.2] } },
      "config.federation.capacities[1] must lie in (0, 1], got 1.2",
    ],
    [
      "no clients",
      { federation: { clients: 0 } },
      "config.federation.clients must be an integer in [1, 10000000], got 0",
    ],
    [
      "more clients than rows",
      { federation: { clients: 321 } },
      "config.federation.clients must not exceed the 320 training rows, got 321",
    ],
    [
      "a client without rows",
      { federation: { clients: 50, partition: { kind: "dirichlet", concentration: 0.01, minimumSamples: 0 } } },
      'config.federation.partition of kind "dirichlet" leaves client 0 without rows',
    ],
    [
      "a grid that is not monotone",
      { sampling: { grid: { kind: "user", times: [0.9, 0.5, 0.6] } } },
      "config.sampling.grid.times[2] must be below times[1] = 0.5, got 0.6",
    ],
    [
      "a grid outside of the schedule",
      { sampling: { grid: { kind: "uniform", steps: 5, start: 2 } } },
      "config.sampling.grid.start must lie in (tMin, tMax] = (0.005, 0.995], got 2",
    ],
    [
      "a schedule without room",
      { schedule: { kind: "ou", tMin: 3, tMax: 2 } },
      "config.schedule.tMin must lie in (0, tMax = 2), got 3",
    ],
    [
      "more components than dimensions",
      { transforms: [{ kind: "pca", components: 3 }] },
      "config.transforms[0].components must be at most 2, the dimension before this transform, got 3",
    ],
    [
      "a partition by class of data without classes",
      { data: { kind: "csv", path: "points.csv" } },
      'config.federation.partition of kind "dirichlet" needs classes, which these data of kind "csv" do not have',
    ],
    [
      "more rows than there are",
      { data: { kind: "csv", path: "points.csv", labelColumn: "class", train: 390, heldOut: 20 } },
      "config.data needs 390 training and 20 held-out rows, the data have 400",
    ],
  ])("%s", async (_, change, message) => {
    expect(await refusal(smallConfig(change))).toBe(message);
  });

  test("a syntax error", async () => {
    expect(await refusal('{\n "name": }')).toMatch(/config\.json:2:10: not JSON: /);
  });

  test("a config that is not there", async () => {
    const { code, stderr } = await callCli(["run", join(folder, "none.json")]);
    expect(code).toBe(2);
    expect(stderr).toBe(`fedscore: cannot read config ${join(folder, "none.json")}: no such file or folder\n`);
  });
});

describe("data that cannot be read", () => {
  const csv = { data: { kind: "csv", path: "bad.csv" } };
  const npy = { data: { kind: "npy", path: "bad.npy" } };
  const idx = { data: { kind: "idx", path: "bad.idx" } };

  test("a missing file", async () => {
    expect(await refusal(smallConfig(csv))).toBe(
      `config.data.path: cannot read ${join(folder, "bad.csv")}: no such file or folder`,
    );
  });

  test.each<[string, string, RegExp]>([
    ["a word among numbers", "1,2\n3,x\n", /^bad\.csv, line 2/],
    ["a short line", "1,2\n3\n", /^bad\.csv, line 2/],
    ["an empty file", "", /^bad\.csv, line 1/],
    ["NaN", "1,2\n3,NaN\n", /^bad\.csv, line 2/],
  ])("CSV with %s", async (_, content, message) => {
    expect(await refusal(smallConfig(csv), { "bad.csv": content })).toMatch(message);
  });

  test("CSV in another dialect: the keys of the config are named", async () => {
    expect(await refusal(smallConfig(csv), { "bad.csv": "x;y\n1,5;2\n3;4,5\n" })).toMatch(
      /^bad\.csv, line 2: expected .*; set config\.data\.delimiter to ";" and config\.data\.decimal to ","$/,
    );
    expect(await refusal(smallConfig(csv), { "bad.csv": "0,1\n3,4\n" })).toContain(
      "; set config.data.header to true or",
    );
  });

  test.skipIf(process.platform === "win32")("a device, which has no end", async () => {
    expect(await refusal(smallConfig({ data: { kind: "csv", path: "/dev/zero" } }))).toBe(
      "config.data.path: cannot read /dev/zero: it is a device, not a file: write what comes from it into a file first",
    );
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["text", new TextEncoder().encode("1,2\n"), /^bad\.npy, /],
    ["too little data", npyHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }"), /^bad\.npy, .*found/],
    ["strings", npyHeader("{'descr': '<U4', 'fortran_order': False, 'shape': (3, 2), }"), /^bad\.npy, .*U4/],
  ])("NPY with %s", async (_, content, message) => {
    expect(await refusal(smallConfig(npy), { "bad.npy": content })).toMatch(message);
  });

  test.each<[string, number[], RegExp]>([
    ["another magic number", [1, 2, 3, 4, 5], /^bad\.idx, byte 0/],
    ["labels in place of images", [0, 0, 8, 1, 0, 0, 0, 2, 7, 7], /^bad\.idx, byte 3/],
    ["too little data", [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3], /^bad\.idx, /],
  ])("IDX with %s", async (_, bytes, message) => {
    expect(await refusal(smallConfig(idx), { "bad.idx": new Uint8Array(bytes) })).toMatch(message);
  });

  test("too few rows", async () => {
    expect(
      await refusal(smallConfig({ data: { kind: "csv", path: "bad.csv" } }), { "bad.csv": "1,2\n3,4\n5,6\n" }),
    ).toBe("config.data needs 2 training and 4 held-out rows, the data have 3");
  });

  test("labels that do not fit", async () => {
    const labels = new Uint8Array([0, 0, 8, 1, 0, 0, 0, 1, 7]);
    const images = new Uint8Array([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2]);
    const config = smallConfig({ data: { kind: "idx", path: "i.idx", labels: "l.idx" } });
    expect(await refusal(config, { "i.idx": images, "l.idx": labels })).toMatch(/^l\.idx, shape: expected 2 labels/);
  });
});

describe("an output folder that cannot be used", () => {
  test("files of something else are not touched", async () => {
    writeSmallRun(folder);
    writeFileSync(join(folder, "thesis.tex"), "42");
    const { code, stderr } = await callCli(["run", join(folder, "config.json"), "--out", folder]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^fedscore: cannot use output folder .*: it holds files of something else/);
    expect(readdirSync(folder).sort()).toEqual(["config.json", "points.csv", "thesis.tex"]);
  });
});

describe("a command line that cannot be understood", () => {
  test.each<[string[], RegExp]>([
    [["run"], /missing required argument 'config'/],
    [["run", "c.json", "--worker", "2"], /unknown option '--worker'[\s\S]*Did you mean --workers/],
    [["run", "c.json", "--workers", "0"], /argument '0' is invalid\. It must be an integer in \[1, 256\]/],
    [["run", "c.json", "--workers", "two"], /argument 'two' is invalid/],
    [["run", "c.json", "--variant", "fast"], /Allowed choices are auto, simd, relaxed/],
    [["sample", "m", "--sampler", "ddpm"], /Allowed choices are/],
    [
      ["sample", "m", "--sampler", '{"kind":"ddim"'],
      /argument '\{"kind":"ddim"' is invalid\. It must be a name or JSON: /,
    ],
    [["sample", "m", "--sampler", '{"kind":"rk45","rtol":2}'], /--sampler\.rtol must lie in \[1e-7, 1\], got 2/],
    [["sample", "m", "--sampler", '{"kind":"rk54"}'], /--sampler\.kind must be one of "ddim", /],
    [["trian", "c.json"], /unknown command 'trian'/],
    [["inspect", "none.npy"], /cannot read none\.npy: no such file or folder/],
    [["sample", "none.safetensors"], /cannot read none\.safetensors: no such file or folder/],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await callCli(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^fedscore: /);
  });

  test("the process itself exits with 2", async () => {
    const { code, stderr } = await spawnCli(["run", "none.json"], folder);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "fedscore: cannot read config none.json: no such file or folder\n",
    });
  });
});

describe("help", () => {
  test("says what there is, one line a command, with examples", async () => {
    const { code, stdout } = await callCli(["--help"]);
    expect(code).toBe(0);
    for (const command of ["run", "sample", "inspect", "doctor"]) {
      expect(stdout).toMatch(new RegExp(`^  ${command} .*$`, "m"));
    }
    expect(stdout).toContain("Examples:");
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(100);
  });

  test("without a command it is shown, and nothing was done", async () => {
    const { code, stderr } = await callCli([]);
    expect(code).toBe(2);
    expect(stderr).toContain("Usage: fedscore");
  });
});
