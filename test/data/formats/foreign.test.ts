import { describe, expect, it } from "vitest";
import { foreignFile, notThe } from "../../../src/data/formats/foreign.js";

/** Latin-1. */
const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
/** A zip archive up to the name of its first file. */
const zip = (name: string) => `PK\x03\x04${"\0".repeat(22)}${String.fromCharCode(name.length)}\0\0\0${name}`;

describe("foreignFile", () => {
  it.each([
    ["\x1f\x8b\x08\0", "gzip-compressed data"],
    ["BZh91AY&SY\x01", "bzip2-compressed data"],
    ["\xfd7zXZ\0", "xz-compressed data"],
    [zip("arr_0.npy"), "a zip archive of NumPy arrays (.npz)"],
    [zip("model/data.pkl"), "a file of PyTorch (torch.save)"],
    [zip("[Content_Types].xml"), "an Excel workbook (.xlsx)"],
    [zip("xl/workbook.xml"), "an Excel workbook (.xlsx)"],
    [zip("mimetype"), "an OpenDocument file (.ods)"],
    [zip("rows.csv"), "a zip archive"],
    ["PK\x05\x06", "a zip archive"],
    ["\x08\x07\x12\x08fedscore2\x10", "an ONNX graph of fedscore export"],
    [`${"rows.csv".padEnd(257, "\0")}ustar\x0000`, "a tar archive"],
    ["\x89HDF\r\n\x1a\n", "an HDF5 file"],
    ["MATLAB 5.0 MAT-file, Platform", "a MATLAB file (.mat)"],
    ["PAR1\x15\x04\x15\x00", "a Parquet file"],
    ["ARROW1\0\0", "an Arrow file"],
    ["\x93NUMPY\x01\0", "a NumPy array (.npy)"],
    ["\x80\x04\x95", "a Python pickle"],
    ["\x89PNG\r\n\x1a\n\0", "a PNG image"],
    ["\xff\xd8\xff\xe0", "a JPEG image"],
    ["BM\x36\0\0\0\0\0", "a BMP image"],
    ["%PDF-1.7", "a PDF document"],
    ["version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS to a file"],
    ["<!DOCTYPE html><html>", "a web page"],
  ])("says what %j is", (content, name) => {
    expect(foreignFile(bytesOf(content))?.name).toBe(name);
  });

  it.each([
    "",
    "PAR1,PAR2\n1,2\n",
    "BM,GIF89a\n1,2\n",
    "FEA1\n3\n",
    "1,2\n3,4\n",
    "RIFF;b\n1;2",
    "PK,b\n1,2\n",
    "\0\0\x08\x01",
  ])("takes %j for none", (content) => {
    expect(foreignFile(bytesOf(content))).toBeUndefined();
  });
});

it("the error names the file that it is, or shows its first bytes", () => {
  expect(notThe("an IDX file", bytesOf("%PDF-1.7"), "a.idx").message).toBe(
    'a.idx, byte 0: expected an IDX file, found "a PDF document"; save it as CSV or as an .npy file',
  );
  expect(notThe("an IDX file", bytesOf("\x01\x02"), "a.idx").message).toBe(
    'a.idx, byte 0: expected an IDX file, found "01 02"',
  );
  expect(notThe("an IDX file", bytesOf(""), "a.idx").message).toBe(
    'a.idx, byte 0: expected an IDX file, found "an empty file"',
  );
});
