import { readFileSync } from "node:fs";
import * as hyparquet from "hyparquet";
import { expect, it } from "vitest";
import { checkGroup } from "../../../../src/tables/file/parquet/check-group.js";
import { readFooter } from "../../../../src/tables/file/parquet/footer.js";
import { sliceBytes } from "../../../../src/tables/file/slices.js";

const url = new URL("../../../golden/columnar/plain.parquet", import.meta.url);
const file = sliceBytes(new Uint8Array(readFileSync(url)));

/** The footer of a file whose metadata are changed. */
const footerWith = (change: (metadata: hyparquet.FileMetaData) => void) =>
  readFooter(
    {
      ...hyparquet,
      parquetMetadata(...given) {
        const metadata = hyparquet.parquetMetadata(...given);
        change(metadata);
        return metadata;
      },
    },
    file,
  );

it("the rows of a file are those of its groups", async () => {
  const { groups, columns } = await footerWith(() => {});
  expect(groups.map(({ rows }) => rows)).toEqual([3, 1]);
  expect(columns.map(({ title }) => title).slice(0, 2)).toEqual(["cents", "big"]);
  const refused = async (message: string, change: (metadata: hyparquet.FileMetaData) => void) =>
    expect(footerWith(change)).rejects.toThrow(message);
  const numbered = (value: bigint) => (metadata: hyparquet.FileMetaData) => {
    metadata.num_rows = value;
  };
  await refused("4 rows in groups, not 5", numbered(5n));
  await refused("a count of -4", numbered(-4n));
  await refused("a count of 9223372036854775807", numbered(2n ** 63n - 1n));
  await refused("4 rows in groups, not 3", (metadata) => {
    metadata.num_rows = 3n;
  });
  await refused("columns in a group of rows", (metadata) => {
    metadata.row_groups[0]?.columns.pop();
  });
  await refused("a column of another name: big", (metadata) => {
    metadata.row_groups[0]?.columns.reverse().pop();
    const [group] = metadata.row_groups;
    if (group) group.columns = [...group.columns.slice(-1), ...group.columns];
  });
});

it("a group of more rows than its columns have, or than there is memory for, is refused", async () => {
  const check = async (rows: number) => {
    const [group] = (await footerWith(() => {})).groups;
    if (!group) return;
    const chunks = group.chunks.map(({ leaf, chunk }) => {
      const { meta_data: meta } = chunk;
      return {
        leaf,
        chunk: { ...chunk, ...(meta && rows !== 4 && { meta_data: { ...meta, num_values: BigInt(rows) } }) },
      };
    });
    await checkGroup({ rows, chunks }, file, new Set(["0"]), { UNCOMPRESSED: (packed) => packed });
  };
  await expect(check(3)).resolves.toBeUndefined();
  await expect(check(4)).rejects.toThrow("3 values of a column in 4 rows");
  await expect(check(2 ** 40)).rejects.toThrow("2199023255552 values in a row group of a Parquet file of");
});
