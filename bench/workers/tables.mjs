/** Reads the table in the file argv[3], by fedscore or by Papa Parse alone as argv[2] says, and prints what it took: a process of its own, because peaks of memory do not go down. */
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";

const [, , who, path] = process.argv;
const peak = () => process.resourceUsage().maxRSS * 1024;

/** A file by its parts, as the command line has it. */
const slices = {
  size: statSync(path).size,
  slice: (from, to) => ({
    async arrayBuffer() {
      const bytes = new Uint8Array(to - from);
      const file = openSync(path, "r");
      readSync(file, bytes, 0, bytes.length, from);
      closeSync(file);
      return bytes.buffer;
    },
  }),
};

async function fedscore() {
  const tables = await import("../../dist/entries/tables.js");
  const seconds = {};
  const timed = async (name, work) => {
    const begin = performance.now();
    const result = await work();
    seconds[name] = (performance.now() - begin) / 1000;
    return result;
  };
  const { schema } = await timed("infer", () => tables.inferTableFile(slices, path));
  const { table } = await timed("read", () => tables.readTableFile(slices, path, schema));
  const readPeak = peak();
  const summary = await timed("summarize", () => tables.summarizeTable(table, schema));
  const encoding = tables.fitTableEncoding(schema, summary);
  await timed("encode", () => tables.encodeTable(encoding, table));
  const bytes = table.columns.map(({ missing, values, codes }) => missing.byteLength + (values ?? codes).byteLength);
  const columns = bytes.reduce((sum, each) => sum + each, 0);
  return { seconds, peak: readPeak, columns, vectors: 4 * table.rows * encoding.dimension };
}

async function papaparse() {
  const { default: Papa } = await import("papaparse");
  const begin = performance.now();
  const { data } = Papa.parse(readFileSync(path, "utf8"));
  return { seconds: { read: (performance.now() - begin) / 1000 }, peak: peak(), rows: data.length };
}

console.log(JSON.stringify(await (who === "fedscore" ? fedscore() : papaparse())));
