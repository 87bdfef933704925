"""Writes the files of test/golden/columnar: tables of all types that columns have, by the reference implementation in C++ and by Polars.

    python3 -m venv venv && venv/bin/pip install pyarrow==25.0.1 polars==1.44.2 && venv/bin/python test/golden/columnar.py test/golden/columnar
"""
import datetime as dt
import decimal
import sys
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

folder = Path(sys.argv[1])
utc = dt.timezone.utc
moments = [dt.datetime(2024, 2, 29, 12, 30, 0, 250000, utc), dt.datetime(1969, 12, 31, 23, 59, 59, 0, utc), None, dt.datetime(2000, 1, 1, tzinfo=utc)]
days = [dt.date(2024, 2, 29), dt.date(1969, 12, 31), None, dt.date(2000, 1, 1)]
columns = [
    ("cents", pa.array([decimal.Decimal("12.30"), decimal.Decimal("-0.05"), None, decimal.Decimal("99999999.99")], pa.decimal128(10, 2))),
    ("big", pa.array([2**53 + 1, -(2**63), None, 7], pa.int64())),
    ("zoned", pa.array(moments, pa.timestamp("us", "Europe/Berlin"))),
    ("local", pa.array([m and m.replace(tzinfo=None, microsecond=0) for m in moments], pa.timestamp("ns"))),
    ("day", pa.array(days, pa.date32())),
    ("milliday", pa.array(days, pa.date64())),
    ("clock", pa.array([dt.time(12, 30), dt.time(0), None, dt.time(1)], pa.time64("us"))),
    ("half", pa.array([0.5, -2.0, None, 65504.0], pa.float16())),
    ("list", pa.array([[1, 2], [], None, [None]], pa.list_(pa.int32()))),
    ("pair", pa.array([{"x": 1, "y": "a"}, {"x": None, "y": None}, None, {"x": 2, "y": "b"}], pa.struct([("x", pa.int32()), ("y", pa.string())]))),
    ("void", pa.array([None, None, None, None], pa.int32())),
    ("long", pa.array(["a", "", None, "Zoë"], pa.large_string())),
    ("true", pa.array([True, False, None, True], pa.bool_())),
]
kinds = pa.array(["b", "a", None, "b"]).dictionary_encode()
table = pa.table(dict(columns))
nulls = pa.table({"nothing": pa.nulls(4), "kind": kinds, "fixed": pa.array([b"ab", b"cd", None, b"ef"], pa.binary(2)), "map": pa.array([[("k", 1)], [], None, [("l", None)]], pa.map_(pa.string(), pa.int32()))})
for name, value in nulls.to_pydict().items():
    table = table.append_column(name, nulls[name])


def arrow(name, data, compression=None, chunk=None):
    options = ipc.IpcWriteOptions(compression=compression)
    with ipc.new_file(folder / name, data.schema, options=options) as writer:
        writer.write_table(data, max_chunksize=chunk)


arrow("types.arrow", table, chunk=3)
arrow("types-zstd.arrow", table, "zstd")
with ipc.new_stream(folder / "types-lz4.arrows", table.schema, options=ipc.IpcWriteOptions(compression="lz4")) as writer:
    writer.write_table(table, max_chunksize=3)
pl.DataFrame({"text": ["short", "longer than twelve bytes", None, "longer than twelve bytes, too"], "n": [1, 2, 3, None]}).write_ipc(folder / "views.arrow", compression="uncompressed")

# 80 kB, in blocks of LZ4 that repeat the blocks before.
arrow("blocks-lz4.arrow", pa.table({"row": pa.array([(7 * i * i) % 1009 for i in range(10000)], pa.int64())}), "lz4")

twice = pa.Table.from_arrays([pa.array([1, 2]), pa.array(["x", "y"]), pa.array([3.5, None])], names=["a", "b", "a"])
arrow("twice.arrow", twice)
pq.write_table(twice, folder / "twice.parquet")
empty = pa.table({"a": pa.array([], pa.int32()), "b": pa.array([], pa.string())})
arrow("empty.arrow", empty)
pq.write_table(empty, folder / "empty.parquet")
arrow("nothing.arrow", pa.table({}))
pq.write_table(pa.table({}), folder / "nothing.parquet")

held = table.drop_columns(["nothing", "half"])
plain = dict(use_dictionary=False, row_group_size=3, write_statistics=False, store_schema=False)
pq.write_table(held, folder / "plain.parquet", compression="none", **plain)
pq.write_table(held, folder / "snappy.parquet", compression="snappy", data_page_version="2.0", row_group_size=3, write_statistics=False, store_schema=False)
pq.write_table(held, folder / "lz4.parquet", compression="lz4", write_statistics=False, store_schema=False)
numbers = pa.table({"n": pa.array([(3 * i * i) % 1000 for i in range(300)], pa.int32()), "m": pa.array([i * 10**12 for i in range(300)], pa.int64()), "t": pa.array([f"row {i // 3}" for i in range(300)]), "u": pa.array([f"{i % 7}" for i in range(300)]), "f": pa.array([i / 8 for i in range(300)])})
pq.write_table(numbers, folder / "encodings.parquet", compression="gzip", use_dictionary=False, write_statistics=False, store_schema=False, data_page_version="2.0",
    column_encoding={"n": "DELTA_BINARY_PACKED", "m": "DELTA_BINARY_PACKED", "t": "DELTA_BYTE_ARRAY", "u": "DELTA_LENGTH_BYTE_ARRAY", "f": "BYTE_STREAM_SPLIT"})
