/** `fedscore init table`: a config that runs as it is. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import type { ConfigInput } from "../../../src/experiment/config/schema.js";
import { folderInput } from "../../../src/experiment/files/folder-input.js";
import { starterTable } from "../../../src/experiment/init/init.js";
import { openTableConfig, type TableChoices, tableConfig } from "../../../src/experiment/init/table-config.js";
import { prepareRun } from "../../../src/experiment/prepare/prepare-run.js";
import { parseJson } from "../../../src/parse-json.js";
import { openTableFile } from "../../../src/tables/file/open-file.js";
import { parseTableSchema } from "../../../src/tables/schema/parse.js";
import { simdEngine } from "../../support/engines.js";

const folder = mkdtempSync(join(tmpdir(), "fedscore-init-table-"));
afterAll(() => rmSync(folder, { recursive: true }));
const rows = Array.from(
  { length: 60 },
  (_, i) => `${i + 1},${["a", "b", "c"][i % 3]},${(i * 7) % 23},2020-01-${10 + (i % 17)}`,
);
const file = join(folder, "my visits.csv");
writeFileSync(file, `id,site,x,day\n${rows.join("\n")}\n`);
const at = join(folder, "visits.jsonc");

function names({ data }: ConfigInput): string[] {
  if (data.kind !== "table" || typeof data.schema !== "object") throw new Error("a table with its schema");
  return parseTableSchema(data.schema).fields.map(({ name }) => name);
}

describe("a config of a table", () => {
  test("has the schema in a line a column, the clients of a column, and is ready to run", async () => {
    const { path, text, note } = await starterTable(file, { clientColumn: "site", path: at });
    expect(path).toBe(at);
    expect(text).toContain('        { "name": "x", "type": "integer", "constraints": { "minimum": 0 } },\n');
    const config = parseConfig(parseJson(text, { comments: true }));
    expect(config).toMatchObject({
      name: "my-visits",
      data: { kind: "table", path: "my visits.csv", clientColumn: "site" },
      federation: { clients: 3, partition: { kind: "column" } },
    });
    expect(note).toContain("60 rows, 3 of 4 columns");
    expect(note).toContain("  id: left out; all 60 integers differ");
    expect(note).toContain('3 clients, as "site" names');
    const { clientRows } = await prepareRun(await simdEngine(), config, folderInput(folder), undefined);
    expect(clientRows).toHaveLength(3);
  });

  test("every key but kind has a comment, behind it or above; columns need none", async () => {
    const lines = (await starterTable(file)).text.split("\n");
    for (const [index, line] of lines.entries()) {
      if (!/^\s*"/.test(line) || /"kind"|"fields"|"missingValues"/.test(line)) continue;
      expect(/ \/\/ \S/.test(line) || /^\s*\/\/ \S/.test(lines[index - 1]), line).toBe(true);
    }
  });

  test("without a column of clients the rows are shared out", async () => {
    const { text } = await starterTable(file);
    expect(parseConfig(parseJson(text, { comments: true })).federation).toMatchObject({
      clients: 4,
      partition: { kind: "iid" },
    });
  });

  test("what only later rows say of a column is found out", async () => {
    const late = join(folder, "late.csv");
    const many = Array.from({ length: 20_100 }, (_, i) => `${i % 9},${i % 5}`);
    writeFileSync(late, `a,b\n${many.join("\n")}\n-1.5,NA\n`);
    const { text } = await starterTable(late);
    expect(text).toContain('{ "name": "a", "type": "number", "format": "0.#" }');
    expect(text).toContain(
      '{ "name": "b", "missingValues": ["NA"], "type": "integer", "constraints": { "minimum": 0 } }',
    );
  });

  test("a column of texts that no client has often enough is left out, unless it is asked for", async () => {
    // 80 towns of 6 rows, 3 kinds of 160 rows.
    const towns = Array.from({ length: 480 }, (_, i) => `town ${i % 80},${["a", "b", "c"][i % 3]},${(i * 7) % 23}`);
    const source = "towns.csv";
    const towned = new Blob([`town,kind,x\n${towns.join("\n")}\n`]);
    const made = (choices: TableChoices) => tableConfig(towned, source, source, choices);
    const without = await made({});
    expect(without.note).toContain(
      '  town: left out; is "other" in 100 % of the rows, as no client has 5 rows of what they say',
    );
    expect(without.summary).toContain("480 rows, 2 of 3 columns");
    expect(names(without.config)).toEqual(["kind", "x"]);
    expect(names((await made({ predict: "town=town 1" })).config)).toContain("town");
    expect(names((await made({ overrule: { town: {} } })).config)).toContain("town");
  });

  test("a client with all rows of a category names it", async () => {
    const towns = Array.from({ length: 480 }, (_, i) => `town ${i % 80},${i % 8},${(i * 7) % 23}`);
    const source = "towns.csv";
    const sited = new Blob([`town,site,x\n${towns.join("\n")}\n`]);
    const { config } = await tableConfig(sited, source, source, { clientColumn: "site" });
    expect(names(config)).toContain("town");
  });

  test("rows whose vectors are more than there is room for are not trained on, and that is said", async () => {
    const lines = Array.from({ length: 300 }, (_, i) => `${(i * 7) % 23},${["a", "b", "c"][i % 3]}`);
    const wide = await openTableFile(new Blob([`x,kind\n${lines.join("\n")}\n`]), "wide.csv");
    const madeFor = (mostNumbers: number) => openTableConfig(wide, "wide.csv", "wide.csv", {}, { mostNumbers });
    const all = await madeFor(2 ** 20);
    const [, dimension] =
      /^wide\.csv: 300 rows, 2 of 2 columns, which are vectors of (\d+) numbers$/.exec(all.summary) ?? [];
    expect(all.config.data).not.toHaveProperty("train");
    const most = 150 * Number(dimension);
    const fewer = await madeFor(most);
    const said = "134 rows to train on and 16 held out, whose vectors are 0 MB: data.train and data.heldOut";
    expect(fewer.summary).toBe(`${all.summary}; ${said}`);
    expect(fewer.note).toContain(said);
    expect(fewer.config.data).toMatchObject({ train: 134, heldOut: 16 });
    expect((await madeFor(2 * most)).summary).toBe(all.summary);
  });

  test("a type that cells which were looked at do not fit is refused at once, and no more rows are looked at", async () => {
    const content = new Blob([`x,y\n${`${"z".repeat(60)},1\n`.repeat(20_100)}`]);
    let read = 0;
    const slices = {
      size: content.size,
      slice: (from: number, to: number) => {
        read += to - from;
        return content.slice(from, to);
      },
    };
    const made = tableConfig(slices, "typed.csv", "typed.csv", { overrule: { x: { type: "number" } } });
    await expect(made).rejects.toThrow('typed.csv, line 2, column "x": expected a number');
    // Once for how it is written, once for what its columns are, and its beginnings.
    expect(read).toBeLessThan(2.7 * content.size);
  });

  test.each([
    ["a header alone", "a,b\n", /^a config of t\.csv needs 2 training and 4 held-out rows, the data have 0$/],
    [
      "rows that are all alike",
      `a,b\n${"1,x\n".repeat(40)}`,
      /^a config of t\.csv needs a column that is not the same in all rows, as far as its 4 clients tell: no number/,
    ],
  ])("%s is refused", async (_, text, message) => {
    const wrong = tableConfig(new Blob([text]), "t.csv", "t.csv");
    await expect(wrong).rejects.toMatchObject({ code: "FEDSCORE_INVALID_CONFIG" });
    await expect(wrong).rejects.toThrow(message);
  });

  test("a column that the file does not have is refused", async () => {
    await expect(starterTable(file, { clientColumn: "place" })).rejects.toThrow('expected the column "place"');
  });
});
