"""Files of arrays by NumPy, and by hand after the specifications of IDX and safetensors, with what they hold.

python3 test/golden/arrays.py > test/golden/arrays.json   (Python 3.11, NumPy 1.24.2)
"""

import base64
import gzip
import io
import json
import struct
import warnings

import numpy as np

warnings.simplefilter("ignore")


def encoded(data):
    return base64.b64encode(data).decode()


def saved(array, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version)
    return out.getvalue()


def described(header, data):
    """Version 1.0 with a header of one's own."""
    text = header.encode("latin1")
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def read(data):
    """What NumPy makes of a file: the reference, also for files that it did not write."""
    return np.load(io.BytesIO(data), allow_pickle=False)


def case(name, data, array):
    values = array.astype("float64").ravel().tolist()
    return {"name": name, "file": encoded(data), "shape": list(array.shape), "values": values}


def npy_cases():
    base = np.arange(6).reshape(2, 3)
    for code in ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]:
        values = base % 2 if code == "b1" else base * 7.25 - 9 if code[0] == "f" else base * 20 if code[0] == "u" else base * 20 - 50
        for order in "<>":
            array = values.astype(order + code)
            yield case(f"{order}{code}", saved(array), array)
    halves = np.array([0, 6e-8, -6.1e-5, 0.333, 1, 65504, -65504], "<f2")
    yield case("float16 subnormal to largest", saved(halves), halves)
    wide = np.array([0, -1, 2**53 - 1, -(2**53) + 1])
    yield case("int64 to 2^53", saved(wide), wide)
    for version in [(1, 0), (2, 0), (3, 0)]:
        yield case(f"version {version[0]}", saved(base.astype("<f8"), version), base)
    for shape in [(4,), (4, 1), (2, 3, 4), (2, 3, 4, 1), (1, 2, 1, 3)]:
        array = np.arange(np.prod(shape), dtype="<f4").reshape(shape)
        yield case(f"shape {shape}", saved(array), array)
        fortran = np.asfortranarray(array)
        yield case(f"Fortran order {shape}", saved(fortran), array)
        big = np.asfortranarray(array.astype(">i2"))
        yield case(f"Fortran order, big-endian {shape}", saved(big), array)
    data = base.astype("<f4").tobytes()
    for name, header in [
        ("native byte order", "{'descr': '=f4', 'fortran_order': False, 'shape': (2, 3), }\n"),
        ("no byte order", "{'descr': 'f4', 'fortran_order': False, 'shape': (2, 3), }\n"),
        ("no order where there is one", "{'descr': '|f4', 'fortran_order': False, 'shape': (2, 3), }\n"),
        ("longs of Python 2", "{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L), }\n"),
        ("another order of keys", "{'shape': (2, 3), 'fortran_order': False, 'descr': '<f4'}"),
        ("double quotes and blanks", ' { "descr" : "<f4" ,\n "fortran_order":False,"shape":( 2,3 ) } '),
        ("unicode of Python 2", "{u'descr': u'<f4', u'fortran_order': False, u'shape': (2, 3)}"),
    ]:
        file = described(header, data)
        array = base.astype("<f4") if "L" in header else read(file)
        yield case(name, file, array)
    for name, header in [("|u1", "|u1"), ("<u1", "<u1"), (">i1", ">i1"), ("=b1", "=b1")]:
        file = described("{'descr': '%s', 'fortran_order': False, 'shape': (3,), }\n" % header, b"\x00\x01\x01")
        yield case(f"one byte as {name}", file, read(file))


def npy_refused():
    yield "structured", saved(np.zeros(2, [("a", "<f4"), ("b", "<i4")]))
    yield "nested structure", saved(np.zeros(2, [("a", [("x", "<f4")], (2,)), ("b", "<i4")]))
    yield "objects", saved_objects()
    yield "complex", saved(np.zeros(2, "<c8"))
    yield "text", saved(np.array(["ab", "c"]))
    yield "bytes", saved(np.array([b"ab", b"c"]))
    yield "dates", saved(np.array(["2026-01-01"], "M8[D]"))
    yield "spans", saved(np.zeros(2, "m8[s]"))
    yield "long double", saved(np.zeros(2, "<g"))
    yield "raw bytes", saved(np.zeros(2, "V2"))
    yield "scalar", saved(np.array(1.0))
    yield "five dimensions", saved(np.zeros((1, 1, 1, 1, 1)))
    archive = io.BytesIO()
    np.savez(archive, x=np.zeros(3))
    yield "npz", archive.getvalue()
    compressed = io.BytesIO()
    np.savez_compressed(compressed, x=np.zeros(3))
    yield "npz, compressed", compressed.getvalue()
    yield "gzip", gzip.compress(saved(np.zeros(3)), mtime=0)


def saved_objects():
    out = io.BytesIO()
    np.lib.format.write_array(out, np.array([1, None], object), allow_pickle=True)
    return out.getvalue()


def npy_written():
    """Bytes that np.save gives for each type that can be written."""
    for code in ["<f4", "<f8", "|i1", "<i2", "<i4", "|u1", "<u2", "<u4"]:
        array = (np.arange(6).reshape(2, 3) * 3).astype(code)
        yield {**case(code, saved(array, (1, 0)), array), "type": array.dtype.name}
    array = np.arange(4, dtype="<f4").reshape(1, 2, 2, 1)
    yield {**case("four dimensions", saved(array, (1, 0)), array), "type": "float32"}


def idx_cases():
    for code, dtype in [(0x08, ">u1"), (0x09, ">i1"), (0x0B, ">i2"), (0x0C, ">i4"), (0x0D, ">f4"), (0x0E, ">f8")]:
        for shape in [(6,), (2, 3), (3, 2, 1), (1, 2, 3, 1)]:
            array = (np.arange(6) * 5 - (0 if code == 8 else 12)).reshape(shape).astype(dtype)
            header = struct.pack(">BBBB", 0, 0, code, len(shape)) + struct.pack(f">{len(shape)}I", *shape)
            yield case(f"{dtype} {shape}", header + array.tobytes(), array)


def safetensors(tensors, metadata=None):
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, dtype, shape, content in tensors:
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def safetensors_cases():
    base = np.arange(6).reshape(2, 3)
    types = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "<i1"}
    types |= {"U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "<u1", "BOOL": "?"}
    for dtype, code in types.items():
        array = (base % 2 if dtype == "BOOL" else base * 1.5 if dtype[0] == "F" else base * 9).astype(code)
        yield case(dtype, safetensors([("a", dtype, [2, 3], array.tobytes())]), array)
    floats = (base * -1.5).astype("<f4")
    halves = (floats.view("<u4") >> 16).astype("<u2")
    yield case("BF16", safetensors([("a", "BF16", [2, 3], halves.tobytes())]), floats)


def main():
    print(
        json.dumps(
            {
                "npy": list(npy_cases()),
                "npyRefused": [{"name": name, "file": encoded(data)} for name, data in npy_refused()],
                "npyWritten": list(npy_written()),
                "idx": list(idx_cases()),
                "safetensors": list(safetensors_cases()),
            },
            indent=1,
        )
    )


main()
