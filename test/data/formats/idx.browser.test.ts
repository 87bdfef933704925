import { expect, it } from "vitest";
import { readIdx } from "../../../src/data/formats/idx.js";

const labels = Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 4, 7, 2, 1, 0]);

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(compressed).arrayBuffer());
}

it("reads gzip in a browser, and refuses it damaged", async () => {
  const file = await gzip(labels);
  expect(await readIdx(file, "labels.gz")).toEqual({ shape: [4], values: Uint8Array.of(7, 2, 1, 0) });
  const members = new Uint8Array(
    await new Blob([await gzip(labels.slice(0, 5)), await gzip(labels.slice(5))]).arrayBuffer(),
  );
  expect(await readIdx(members, "labels.gz")).toEqual({ shape: [4], values: Uint8Array.of(7, 2, 1, 0) });
  await expect(readIdx(file.subarray(0, 15), "labels.gz")).rejects.toMatchObject({ code: "FEDSCORE_INVALID_DATA" });
});
