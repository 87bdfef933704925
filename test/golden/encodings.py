"""Writes test/golden/encodings.json: CRC-32 of float32 numbers of all sizes, rounded by numpy. Run: python3 test/golden/encodings.py (NumPy 2.4)."""

import json
import pathlib
import zlib

import numpy

bits = (numpy.arange(65535, dtype=numpy.uint64) * 65539 % 2**32).astype(numpy.uint32)
values = bits.view(numpy.float32)

half = values[numpy.abs(values) <= 65504].astype(numpy.float16)

finite = bits[numpy.abs(values) <= numpy.uint32(0x7F7F0000).view(numpy.float32)]
below = (finite >> 16).astype(numpy.uint32)
x, low, high = ((each.astype(numpy.uint32)).view(numpy.float32).astype(numpy.float64) for each in (finite, below << 16, (below + 1) << 16))
to_low, to_high = numpy.abs(x - low), numpy.abs(high - x)
up = (to_high < to_low) | ((to_high == to_low) & (below % 2 == 1))
rounded = (below + up).astype(numpy.uint16)
golden = {
    "float16": {"count": len(half), "crc32": zlib.crc32(half.tobytes())},
    "bfloat16": {"count": len(rounded), "crc32": zlib.crc32(rounded.tobytes())},
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=2) + "\n")
