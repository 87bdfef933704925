import { FedscoreError } from "../../../errors.js";
import { bytesOf, type FileSlices } from "../slices.js";
import type { Compressors } from "../typed-packages.js";
import { countOf, type RowGroup } from "./footer.js";
import { checkPages } from "./pages.js";

/** Values that a group of rows may have in however small a file, since equal ones take no bytes; of a larger file, more for each of its bytes. */
const mostValues = 2 ** 25;
const valuesInByte = 64;

/** Bytes that its columns may have, unpacked; of a larger file as many times its bytes as codecs usually reach. */
const mostUnpacked = 2 ** 28;
const mostRatio = 1024;

function tooLarge(values: number, bytes: number): FedscoreError {
  const message = `${values} values in a row group of a Parquet file of ${bytes} bytes are more than are read: write it with smaller row groups`;
  return new FedscoreError("FEDSCORE_UNSUPPORTED", message, { values, bytes });
}

/**
 * Checks the columns of a group of rows that are to be read.
 * @throws Error for damage, FedscoreError FEDSCORE_UNSUPPORTED for more values than there may be memory for.
 */
export async function checkGroup(
  { rows, chunks }: RowGroup,
  file: FileSlices,
  columns: ReadonlySet<string>,
  compressors: Compressors,
): Promise<void> {
  const counts = chunks.map(({ leaf, chunk }) => {
    const count = countOf(chunk.meta_data?.num_values);
    if (leaf.isFlat && count !== rows) throw new Error(`${count} values of a column in ${rows} rows`);
    return count;
  });
  const values = counts.reduce((sum, count, index) => sum + (columns.has(chunks[index].leaf.key) ? count : 0), rows);
  if (values > mostValues + valuesInByte * file.size) throw tooLarge(values, file.size);
  for (const [index, { leaf, chunk }] of chunks.entries()) {
    const meta = chunk.meta_data;
    if (!columns.has(leaf.key) || !meta) continue;
    const from = countOf(meta.dictionary_page_offset || meta.data_page_offset);
    const to = from + countOf(meta.total_compressed_size);
    if (to > file.size) throw new Error(`a column of ${to - from} bytes at ${from}`);
    const compressor = compressors[meta.codec];
    checkPages(await bytesOf(file, from, to), {
      ...leaf,
      values: counts[index],
      isBoolean: meta.type === "BOOLEAN",
      mostUnpacked: mostUnpacked + mostRatio * file.size,
      unpack(packed, length) {
        const whole = compressor?.(packed, length);
        if (whole?.length !== length) throw new Error(`a page of ${whole?.length} bytes, not ${length}`);
        return whole;
      },
    });
  }
}
