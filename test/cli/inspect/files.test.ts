import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeNpy } from "../../../src/data/formats/npy.js";
import { writeSafetensors } from "../../../src/data/formats/safetensors.js";
import { fileNames } from "../../../src/experiment/files/names.js";
import { saveModel } from "../../../src/model/save-model.js";
import { simdEngine } from "../../support/engines.js";
import { reportResult } from "../../support/report-input.js";
import { tableModel } from "../../support/table-model.js";
import { callCli, pointsCsv, temporaryFolder } from "../support.js";

let folder: string;
let remove: () => void;
beforeAll(() => {
  ({ path: folder, remove } = temporaryFolder());
});
afterAll(() => remove());

const root = new URL("../../../", import.meta.url).pathname;
const write = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const inspected = (path: string) => callCli(["inspect", path]);

describe("fedscore inspect", () => {
  it("of tensors that are no model says what rows they are", async () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    const one = write("rows.safetensors", writeSafetensors([{ name: "x", shape: [3, 2], values }]));
    const { code, stdout } = await inspected(one);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("3 of 2 numbers") });
    expect(stdout).toContain(`"data": {"kind":"safetensors","path":"${one}"}`);

    const second = { name: "label", shape: [3], values: Int32Array.of(0, 1, 0) };
    const two = write(
      "two.safetensors",
      writeSafetensors([{ name: "x", shape: [3, 2], values }, second], { format: "pt" }),
    );
    const tensors = (await inspected(two)).stdout;
    expect(tensors).toMatch(/^x +float32 \[3, 2\]$/m);
    expect(tensors).toMatch(/^label +int32 \[3\]$/m);
    expect(tensors).toContain('"tensor":"x"');
  });

  it("of a table, in gzip or not, says its columns, and what of it is no table", async () => {
    const csv = [
      "when,size,id",
      ...Array.from({ length: 30 }, (_, at) => `2024-01-${10 + (at % 9)},${at % 2}.5,a${at}`),
    ];
    for (const path of [write("table.csv", csv.join("\n")), write("table.csv.gz", gzipSync(csv.join("\n")))]) {
      const { code, stdout } = await inspected(path);
      expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^rows +30 of 3 columns$/m) });
      expect(stdout).toMatch(/^"when" +date %Y-%m-%d$/m);
      expect(stdout).toMatch(/^"id" +left out; 30 of 30 cells differ/m);
      expect(stdout).toContain(`"data": {"kind":"table","path":"${path}"}`);
    }
    const ragged = write("ragged.csv", [...csv, "1,2"].join("\n"));
    expect(await inspected(ragged)).toMatchObject({ code: 2, stderr: expect.stringContaining("ragged.csv, line ") });
  });

  it("of the schema of a table, and of a model of one, says the columns", async () => {
    const { schema } = tableModel(await simdEngine()).table ?? {};
    const { stdout } = await inspected(write("t.schema.json", JSON.stringify(schema)));
    expect(stdout).toMatch(/^"size" +string$/m);
    const wrong = JSON.stringify({ fields: [{ name: "a", type: "colour" }] });
    expect(await inspected(write("w.json", wrong))).toMatchObject({ code: 2, stderr: expect.stringContaining("type") });
    const model = write("table.safetensors", saveModel(tableModel(await simdEngine())));
    expect((await inspected(model)).stdout).toMatch(/^table +\d columns.*: "size" string, "speed" integer/m);
  });

  it("of a model that cannot be read says why", async () => {
    const tensors = [{ name: "x", shape: [1], values: Float32Array.of(1) }];
    const path = write("model.safetensors", writeSafetensors(tensors, { format: "fedscore-model-2" }));
    expect((await inspected(path)).stderr).toContain('expected "fedscore-model-1", found "fedscore-model-2"');
  });

  it("of a folder is of the result in it, or names the files that it has", async () => {
    mkdirSync(join(folder, "run"));
    const files = () => readdirSync(join(folder, "run")).map((name) => join(folder, "run", name));
    expect((await inspected(join(folder, "run"))).stderr).toMatch(
      /it is a folder without a result.json; name a file\n$/,
    );
    write(`run/${fileNames.checkpoint}`, "");
    write(`run/${fileNames.log}`, "");
    const { code, stderr } = await inspected(join(folder, "run"));
    expect(code).toBe(2);
    for (const file of files()) expect(stderr).toContain(file);
    const result = reportResult({});
    write(`run/${fileNames.result}`, JSON.stringify(result));
    const { stdout } = await inspected(join(folder, "run"));
    expect(stdout).toBe((await inspected(join(folder, "run", fileNames.result))).stdout);
    expect(stdout).toContain(`result of run ${result.name}`);
  });

  it.each(readdirSync(join(root, "examples")).filter((name) => /\.jsonc?$/.test(name)))(
    "of examples/%s says how it is run",
    async (name) => {
      const path = join(root, "examples", name);
      expect(await inspected(path)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`fedscore run ${path}\n`),
      });
    },
  );

  it.each(readdirSync(join(root, "experiments")).filter((name) => /\.jsonc?$/.test(name)))(
    "of experiments/%s says how it is run",
    async (name) => {
      const path = join(root, "experiments", name);
      expect((await inspected(path)).stdout).toContain(`fedscore sweep ${path}\n`);
    },
  );

  it("of what init writes says how it is run, by whatever name and behind comments", async () => {
    const rows = write("points.csv", pointsCsv(60));
    for (const out of ["c.jsonc", "c.json", "config"]) {
      const path = join(folder, out);
      await callCli(["init", rows, "--out", path]);
      writeFileSync(path, `// mine\n/* and\n yours */\n${readFileSync(path, "utf8")}`);
      const { code, stdout } = await inspected(path);
      expect({ code, stdout }).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("config of run points, seed 1"),
      });
      expect(stdout).toContain(`fedscore run ${path}\n`);
    }
  });

  it.each([
    ["a wrong config", "bad.json", '{"name":{"a":1},"data":{"kind":"ring"}}', "config.name must be a name"],
    ["a config that is not closed", "open.jsonc", '{\n  "name": "x", // mine\n', "it is not JSON: line 3, column 1"],
    ["another object", "other.json", '{"a": 1}', "it is not a result.json of this version of fedscore"],
    ["a list", "list.json", "[1, 2]", "it is not a result.json of this version of fedscore"],
    [
      "a sweep's result of another version",
      "sweep.json",
      '{"schemaVersion":9,"kind":"sweep"}',
      "of a sweep of this version",
    ],
  ])("of %s says what is wrong", async (_, name, content, message) => {
    const { code, stderr } = await inspected(write(name, content));
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });

  it("of rows that may be read in two ways says how many columns it has read and what else to set, and so does init", async () => {
    const path = write("pairs.csv", "1,5\n2,5\n3,25\n4,5\n5,75\n6,5\n");
    const other = 'where it is one number with a decimal comma, set delimiter to ";" and decimal to ","';
    for (const args of [
      ["inspect", path],
      ["init", path, "--out", join(folder, "pairs.jsonc")],
    ]) {
      const { stdout } = await callCli(args);
      expect(stdout).toContain("6 rows of 2 numbers");
      expect(stdout).toContain(other);
    }
  });

  it("of an array is not taken for anything else", async () => {
    const path = write("array.npy", writeNpy(Float32Array.of(1, 2), [2]));
    expect((await inspected(path)).stdout).toContain("array of numbers");
  });
});
