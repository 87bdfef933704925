import { FedscoreError } from "../../errors.js";
import type { FileSlices } from "../../tables/file/slices.js";

/** A file that was dropped on the page, where it is: it is not read before it is needed. */
export interface DroppedFile {
  readonly name: string;
  readonly content: Blob;
}

/**
 * A file that was dropped on the page, read part by part from where it is.
 * @param onRead told of each part how much of the file there is before its end, from 0 to 1.
 */
export function pageFile({ name, content }: DroppedFile, onRead: (share: number) => void = () => {}): FileSlices {
  return {
    size: content.size,
    slice: (from, to) => ({
      async arrayBuffer() {
        const part = await readable(name, content.slice(from, to));
        onRead(to / content.size);
        return part;
      },
    }),
  };
}

/** All of a file. @throws FedscoreError FEDSCORE_FILE. */
export async function pageBytes({ name, content }: DroppedFile): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readable(name, content));
}

async function readable(name: string, part: Blob): Promise<ArrayBuffer> {
  try {
    return await part.arrayBuffer();
  } catch (error) {
    const message = `cannot read ${name}: it was changed or moved since it was chosen; choose it again`;
    throw new FedscoreError("FEDSCORE_FILE", message, { path: name }, error);
  }
}
