import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeNpy } from "../../../src/data/formats/npy.js";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import type { ExperimentConfig } from "../../../src/experiment/config/schema.js";
import { folderInput } from "../../../src/experiment/files/folder-input.js";
import { starterFile } from "../../../src/experiment/init/init.js";
import { prepareRun } from "../../../src/experiment/prepare/prepare-run.js";
import { parseJson } from "../../../src/parse-json.js";
import { targetKinds } from "../../../src/targets/index.js";
import { simdEngine } from "../../support/engines.js";

const readBack = (text: string) => parseConfig(parseJson(text, { comments: true }));

describe("a config to begin with", () => {
  test.each(targetKinds)("%s: valid, named after the target, and ready to run", async (kind) => {
    const { path, text } = await starterFile(kind);
    const config = readBack(text);
    expect(path).toBe(`${kind}.jsonc`);
    expect(config.name).toBe(kind);
    expect(config.data.kind).toBe(kind);
    const engine = await simdEngine();
    const prepared = await prepareRun(engine, { ...config, workers: 1 }, folderInput("."), undefined);
    expect(prepared.clientRows).toHaveLength(4);
  });

  test.each(targetKinds)("%s: every key but kind has a comment, behind it or above", async (kind) => {
    const lines = (await starterFile(kind)).text.split("\n");
    for (const [index, line] of lines.entries()) {
      if (!/^\s*"/.test(line) || /"kind"/.test(line)) continue;
      expect(/ \/\/ \S/.test(line) || /^\s*\/\/ \S/.test(lines[index - 1]), line).toBe(true);
      expect(line.length).toBeLessThanOrEqual(120);
    }
  });

  test("the digits of the package mnist", async () => {
    const { path, text } = await starterFile("mnist");
    expect(path).toBe("mnist.jsonc");
    expect(readBack(text)).toMatchObject({ data: { kind: "mnist" }, transforms: [{ kind: "pca" }, {}] });
  });

  test("what is neither a target nor a file is refused with what may stand there", async () => {
    await expect(starterFile("rings")).rejects.toThrow(
      /^target must be one of "ring", .*, or the path of a file, got "rings"/,
    );
  });
});

describe("of a file of rows", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fedscore-init-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const rows = Array.from({ length: 40 }, (_, i) => [Math.sin(i), i / 7, Math.cos(2 * i)]);
  const table = (fields: (row: number[], i: number) => (string | number)[], delimiter: string, header?: string) =>
    [...(header ? [header] : []), ...rows.map((row, i) => fields(row, i).join(delimiter))].join("\n");
  const comma = (row: number[]) => row.map((value) => String(value).replace(".", ","));

  test.each<[string, string, object]>([
    ["plain", table((row) => row, ","), { dimension: 3 }],
    ["a header", table((row) => row, ",", "a,b,c"), { dimension: 3 }],
    ["a last column called label that is measured", table((row) => row, ",", "a,b,label"), { dimension: 3 }],
    ["column numbers", table((row) => row, ",", "0,1,2"), { dimension: 3, header: true }],
    [
      "years for names",
      table((row) => row.map((value) => value.toFixed(3)), ",", "2019,2020,2021"),
      { dimension: 3, header: true },
    ],
    ["a line for Excel", `sep=;\r\n${table(comma, ";", "a;b;c")}`, { dimension: 3, delimiter: ";", decimal: "," }],
    ["carriage returns", table((row) => row, ",", "# comment\na,b,c").replaceAll("\n", "\r"), { dimension: 3 }],
    ["aligned columns", table((row) => row, "   "), { dimension: 3, delimiter: " " }],
    ["bars", table((row) => row, "|", "a|b|y"), { dimension: 3, delimiter: "|" }],
    ["tabs", table((row) => row, "\t", "a\tb\tc"), { dimension: 3, delimiter: "\t" }],
    ["decimal commas", table(comma, ";", "a;b;c"), { dimension: 3, delimiter: ";", decimal: "," }],
    [
      "a class of texts",
      table((row, i) => [...row, i % 2 ? "yes" : "no"], ",", "a,b,c,kind"),
      { dimension: 3, labelColumn: "kind" },
    ],
    [
      "a class of numbers that is called so",
      table((row, i) => [...row, i % 3], ";", "a;b;c;label"),
      { dimension: 3, labelColumn: "label", delimiter: ";" },
    ],
    ["a class without names", table((row, i) => [...row, i % 2 ? "yes" : "no"], ","), { dimension: 3, labelColumn: 3 }],
  ])("CSV, %s: the config reads it", async (_, content, { dimension, ...settings }: { dimension?: number }) => {
    const path = join(folder, "my rows.csv");
    writeFileSync(path, content);
    mkdirSync(join(folder, "configs"));
    const { text, note } = await starterFile(path, join(folder, "configs/first.jsonc"));
    const config = readBack(text);
    expect(note).toContain(`${path}: `);
    expect(note?.includes("; classes in column ")).toBe("labelColumn" in settings);
    expect(config.name).toBe("my-rows");
    expect(config.data).toMatchObject({ kind: "csv", path: "../my rows.csv", ...settings });
    const prepared = await prepareRun(await simdEngine(), config, folderInput(join(folder, "configs")), undefined);
    expect(prepared.network.dimension).toBe(dimension);
  });

  test("of any number of rows the config is ready to run, or init refuses it as the run does", async () => {
    const path = join(folder, "few.csv");
    const engine = await simdEngine();
    for (let count = 1; count <= 12; count++) {
      const few = rows.slice(0, count).map((row) => row.map((value) => value.toFixed(2)).join(","));
      writeFileSync(path, ["a,b,c", ...few].join("\n"));
      const refusal = `needs 2 training and 4 held-out rows, the data have ${count}`;
      const running = (config: ExperimentConfig) => prepareRun(engine, config, folderInput(folder), undefined);
      if (count < 6) {
        await expect(starterFile(path)).rejects.toThrow(`a config of ${path} ${refusal}`);
        const config = { ...readBack((await starterFile("ring")).text), data: { kind: "csv", path: "few.csv" } };
        await expect(running(parseConfig(config))).rejects.toThrow(`config.data ${refusal}`);
      } else {
        const prepared = await running(readBack((await starterFile(path, join(folder, "c.jsonc"))).text));
        expect(prepared.clientRows).toHaveLength(Math.min(4, count - 4));
        expect(prepared.heldOut).toHaveLength(4 * 3);
      }
    }
  });

  test("of a compressed file", async () => {
    const path = join(folder, "rows.csv.gz");
    writeFileSync(path, gzipSync(table((row) => row, ";", "a;b;c")));
    const config = readBack((await starterFile(path, join(folder, "c.jsonc"))).text);
    expect(config.data).toMatchObject({ kind: "csv", path: "rows.csv.gz", delimiter: ";" });
    const prepared = await prepareRun(await simdEngine(), config, folderInput(folder), undefined);
    expect(prepared.network.dimension).toBe(3);
  });

  test("a name of other letters", async () => {
    const path = join(folder, "данные.csv");
    writeFileSync(
      path,
      table((row) => row, ","),
    );
    expect(readBack((await starterFile(path)).text).name).toBe("rows");
  });

  test("many columns go through principal components", async () => {
    const path = join(folder, "wide.npy");
    writeFileSync(
      path,
      writeNpy(
        Float32Array.from({ length: 50 * 100 }, (_, i) => Math.sin(i * i)),
        [50, 100],
      ),
    );
    const config = readBack((await starterFile(path)).text);
    expect(config.data).toMatchObject({ kind: "npy" });
    expect(config.transforms).toEqual([
      { kind: "pca", components: 32, whiten: expect.any(Boolean) },
      { kind: "standardize", scale: "global" },
    ]);
  });

  test("what has no numbers is refused as the plainest way of reading it says", async () => {
    const path = join(folder, "words.csv");
    writeFileSync(path, "a,b\none,two\nthree,four\n");
    await expect(starterFile(path)).rejects.toMatchObject({ code: "FEDSCORE_INVALID_DATA" });
    writeFileSync(path, `NaN,NaN,NaN\n${table((row) => row, ",")}`);
    await expect(starterFile(path)).rejects.toThrow('line 1, column 0: expected a finite float32 number, found "NaN"');
  });
});
