"""Reads an event file of TensorBoard from standard input, prints it as JSON. Written from the descriptions of TFRecord, CRC-32C and protocol buffers alone."""
import json
import struct
import sys


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def check(data, stored):
    crc = crc32c(data)
    masked = (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF
    assert struct.unpack("<I", stored)[0] == masked, "checksum"


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if not data[at - 1] & 0x80:
            return value, at


def message(data):
    fields, at = [], 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 1:
            value, at = struct.unpack("<d", data[at : at + 8])[0], at + 8
        elif kind == 5:
            value, at = struct.unpack("<f", data[at : at + 4])[0], at + 4
        else:
            length, at = varint(data, at)
            value, at = data[at : at + length], at + length
        fields.append((key >> 3, value))
    return fields


assert crc32c(b"123456789") == 0xE3069283
data, at, events = sys.stdin.buffer.read(), 0, []
while at < len(data):
    (length,) = struct.unpack("<Q", data[at : at + 8])
    check(data[at : at + 8], data[at + 8 : at + 12])
    body = data[at + 12 : at + 12 + length]
    check(body, data[at + 12 + length : at + 16 + length])
    at += 16 + length
    fields = dict(message(body))
    event = {"time": fields[1], "step": fields.get(2)}
    if 3 in fields:
        event["version"] = fields[3].decode()
    if 5 in fields:
        scalars = [dict(message(value)) for _, value in message(fields[5])]
        event["scalars"] = {scalar[1].decode(): scalar[2] for scalar in scalars}
    events.append(event)
print(json.dumps(events))
