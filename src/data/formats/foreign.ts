import type { FedscoreError } from "../../errors.js";
import { advised, invalidData } from "./invalid.js";
import { firstZipName } from "./zip-name.js";

/** A kind of file that other programs write: what it is, and how rows come out of it. */
export interface ForeignFile {
  /** "a PNG image". */
  readonly name: string;
  readonly advice: string;
}

interface Magic extends ForeignFile {
  /** Bytes as characters of Latin-1. */
  readonly begins: string;
  /** Where they stand. Default 0. */
  readonly at?: number;
}

const images =
  "read the pictures with a program of yours and save their pixels as one .npy array [rows, height, width]";
const asTable = "save it as CSV or as an .npy file";
const decompress = "decompress it first";
const fromDataFrame =
  'read it as data of kind "table" (fedscore init table FILE), or with pandas and save it with to_csv("rows.csv", index=False)';
const exact = "download the file itself";

/** Zip archives by what the name of their first file ends in or begins with; other ones are unpacked. */
const archives: readonly (ForeignFile & { readonly holds: RegExp })[] = [
  {
    holds: /\.npy$/,
    name: "a zip archive of NumPy arrays (.npz)",
    advice: 'save the array alone: np.save("rows.npy", np.load("rows.npz")["its name"])',
  },
  {
    holds: /(?:^|\/)(?:data\.pkl|\.format_version|byteorder)$/,
    name: "a file of PyTorch (torch.save)",
    advice: 'save the tensor alone: np.save("rows.npy", tensor.numpy())',
  },
  { holds: /^(?:\[Content_Types\]\.xml|_rels\/|docProps\/|xl\/)/, name: "an Excel workbook (.xlsx)", advice: asTable },
  { holds: /^mimetype$/, name: "an OpenDocument file (.ods)", advice: asTable },
];

const archive: ForeignFile = { name: "a zip archive", advice: "unpack it first" };

const magics: readonly Magic[] = [
  { begins: "\x1f\x8b", name: "gzip-compressed data", advice: decompress },
  { begins: "1AY&SY", at: 4, name: "bzip2-compressed data", advice: decompress },
  { begins: "\xfd7zXZ\0", name: "xz-compressed data", advice: decompress },
  { begins: "\x28\xb5\x2f\xfd", name: "zstd-compressed data", advice: decompress },
  { begins: "\x04\x22\x4d\x18", name: "lz4-compressed data", advice: decompress },
  { begins: "7z\xbc\xaf\x27\x1c", name: "a 7z archive", advice: archive.advice },
  { begins: "Rar!\x1a\x07", name: "a RAR archive", advice: archive.advice },
  { begins: "ustar\0", at: 257, name: "a tar archive", advice: archive.advice },
  { begins: "ustar  \0", at: 257, name: "a tar archive", advice: archive.advice },
  { begins: "\x93NUMPY", name: "a NumPy array (.npy)", advice: 'set kind to "npy"' },
  {
    begins: "\x89HDF\r\n\x1a\n",
    name: "an HDF5 file",
    advice: 'save one of its arrays with np.save("rows.npy", array)',
  },
  {
    begins: "MATLAB 5.0 MAT-file",
    name: "a MATLAB file (.mat)",
    advice: 'save one of its arrays with np.save("rows.npy", scipy.io.loadmat("rows.mat")["its name"])',
  },
  { begins: "PAR1", name: "a Parquet file", advice: fromDataFrame },
  { begins: "ARROW1\0\0", name: "an Arrow file", advice: fromDataFrame },
  { begins: "FEA1", name: "a Feather file", advice: fromDataFrame },
  { begins: "Obj\x01", name: "an Avro file", advice: asTable },
  { begins: "SQLite format 3\0", name: "an SQLite database", advice: "export a table as CSV" },
  { begins: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", name: "a file of an old Excel or Word", advice: asTable },
  { begins: "%PDF", name: "a PDF document", advice: asTable },
  { begins: "{\\rtf", name: "an RTF document", advice: "save it as plain text" },
  { begins: "\x89PNG\r\n\x1a\n", name: "a PNG image", advice: images },
  { begins: "\xff\xd8\xff", name: "a JPEG image", advice: images },
  { begins: "GIF8", name: "a GIF image", advice: images },
  { begins: "BM", name: "a BMP image", advice: images },
  { begins: "II*\0", name: "a TIFF image", advice: images },
  { begins: "MM\0*", name: "a TIFF image", advice: images },
  { begins: "RIFF", name: "a WebP, WAV or AVI file", advice: images },
  {
    begins: "\x08\x07\x12\x08fedscore",
    name: "an ONNX graph of fedscore export",
    advice: "run it with onnxruntime, look at it with Netron, or name the file of the data",
  },
  { begins: "fedscore", name: "a checkpoint of fedscore", advice: "name the file of the data" },
  { begins: "\x7fELF", name: "a program", advice: "name the file of the data" },
  { begins: "\0asm", name: "a WebAssembly module", advice: "name the file of the data" },
  { begins: "version https://git-lfs", name: "a pointer of Git LFS to a file", advice: "run git lfs pull" },
  { begins: "<!DOCTYPE", name: "a web page", advice: exact },
  { begins: "<!doctype", name: "a web page", advice: exact },
  { begins: "<html", name: "a web page", advice: exact },
  { begins: "<?xml", name: "an XML document", advice: asTable },
  ...[2, 3, 4, 5].map((protocol) => ({
    begins: `\x80${String.fromCharCode(protocol)}`,
    name: "a Python pickle",
    advice: 'load it where it comes from and save the array with np.save("rows.npy", array)',
  })),
];

/** What a file is, told by its first bytes, where it is none that rows are read from; undefined for text and unknown bytes. */
export function foreignFile(bytes: Uint8Array): ForeignFile | undefined {
  if (begins(bytes, "PK\x05\x06")) return archive;
  const first = firstZipName(bytes);
  if (first !== undefined) return archives.find(({ holds }) => holds.test(first)) ?? archive;
  return magics.find(({ begins: magic, at }) => begins(bytes, magic, at) && !isWord(bytes, magic));
}

/** FEDSCORE_INVALID_DATA for a file that does not begin as it should: what it is, where that is known, else its first bytes. */
export function notThe(expected: string, bytes: Uint8Array, source: string): FedscoreError {
  const foreign = foreignFile(bytes);
  if (foreign) return advised(invalidData(source, "byte 0", expected, foreign.name), foreign.advice);
  const first = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return invalidData(source, "byte 0", expected, bytes.length === 0 ? "an empty file" : first);
}

/** A few letters may begin a table as well ("PAR1,PAR2"): in other files bytes soon follow that no text has. */
function isWord(bytes: Uint8Array, magic: string): boolean {
  return /^[A-Z0-9]{1,6}$/i.test(magic) && bytes.subarray(0, 32).every((byte) => byte >= 9);
}

function begins(bytes: Uint8Array, magic: string, at = 0): boolean {
  for (let i = 0; i < magic.length; i++) if (bytes[at + i] !== magic.charCodeAt(i)) return false;
  return true;
}
