import { expect, test } from "vitest";
import { bytesField, integerField, joined, textField } from "../../../src/model/onnx/wire.js";

const hex = (pieces: readonly Uint8Array[]) => Buffer.from(joined(pieces)).toString("hex");

// https://protobuf.dev/programming-guides/encoding: 150 as field 1, "testing" as field 2, the first message as field 3.
test("fields are those of the guide", () => {
  expect(hex(integerField(1, 150))).toBe("089601");
  expect(hex(textField(2, "testing"))).toBe("120774657374696e67");
  expect(hex(bytesField(3, integerField(1, 150)))).toBe("1a03089601");
});

test("integers beyond 32 bits keep all of their bits", () => {
  expect(hex(integerField(1, 2 ** 53 - 1))).toBe("08ffffffffffffff0f");
  expect(hex(integerField(1, 0))).toBe("0800");
});
