# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""A file of golden arrays: safetensors, float32 and int32, its metadata as given."""
import json
import struct

import numpy


def write(path, arrays, **metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, array in sorted(arrays.items()):
        array = numpy.ascontiguousarray(array)
        kind = "I32" if array.dtype.kind == "i" else "F32"
        raw = array.astype("<i4" if kind == "I32" else "<f4").tobytes()
        header[name] = {"dtype": kind, "shape": list(array.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    path.write_bytes(struct.pack("<Q", len(head)) + head + data)
