import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { fileSlices } from "../../../src/experiment/files/read-file.js";

it("a file's parts are its bytes, as far as it has them", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "slices-")), "rows.bin");
  const bytes = Uint8Array.from({ length: 1000 }, (_, at) => at % 251);
  writeFileSync(path, bytes);
  const file = fileSlices(path);
  const part = async (from: number, to: number) => new Uint8Array(await file.slice(from, to).arrayBuffer());
  expect(file.size).toBe(1000);
  expect(await part(0, 1000)).toEqual(bytes);
  expect(await part(10, 20)).toEqual(bytes.slice(10, 20));
  expect(await part(990, 2000)).toEqual(bytes.slice(990));
});

it("a folder and a file that is not there are refused", () => {
  const refused = (path: string) => () => fileSlices(path, { place: "config.data.path: " });
  expect(refused(tmpdir())).toThrow("config.data.path: cannot read");
  expect(refused("no/such/file")).toThrow(expect.objectContaining({ code: "FEDSCORE_FILE" }));
});
