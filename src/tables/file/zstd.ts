import { loadZstddec } from "./typed-packages.js";

/** Bytes that the memory of WebAssembly has room for, whatever else is in it. */
const mostUnpacked = 2 ** 30;

/**
 * How what Zstandard packed is unpacked to a known length, by its own decoder: it ends and stays in its memory, whatever it is given.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED where the package is not installed.
 */
export async function openZstd(): Promise<(packed: Uint8Array, length: number) => Uint8Array> {
  const { ZSTDDecoder } = await loadZstddec();
  const decoder = new ZSTDDecoder();
  await decoder.init();
  return (packed, length) => {
    if (length === 0) return new Uint8Array(0);
    if (length > mostUnpacked) throw new Error(`${length} bytes in one piece, unpacked`);
    const unpacked = decoder.decode(packed, length);
    if (unpacked.length !== length) throw new Error("Zstandard's data with damage");
    return unpacked;
  };
}

/** The length that a frame says it has unpacked; undefined where it says none. */
export function zstdLength(frame: Uint8Array): number | undefined {
  const flags = frame[4];
  const [sizes, isSingle] = [flags >> 6, (flags >> 5) & 1];
  const at = 6 - isSingle + [0, 1, 2, 4][flags & 3];
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  if (frame.length < at + 8) return undefined;
  if (sizes === 0) return isSingle ? view.getUint8(at) : undefined;
  if (sizes === 1) return view.getUint16(at, true) + 256;
  return sizes === 2 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}
