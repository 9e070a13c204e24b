#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
#
# stream.c in Python: runs a pipeline with an iclclassify in it, and prints a line for each result.
#     stream.py v4l2src ! iclclassify name=classifier model=m.bin ! fakesink
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst


def print_result(kind, time, result):
    confidence = result.get_value("confidence")
    line = f"{kind} {time} {result.get_value('label')} {confidence:.6f}\n"
    sys.stdout.write(line)  # in one piece: two threads print


def print_frame(pad, info):
    buffer = info.get_buffer()
    meta = buffer.get_custom_meta("IclPrediction")
    if meta:
        print_result("frame", buffer.pts, meta.get_structure())
    return Gst.PadProbeReturn.OK


def print_messages(bus):
    kinds = Gst.MessageType.ELEMENT | Gst.MessageType.EOS | Gst.MessageType.ERROR
    while True:
        message = bus.timed_pop_filtered(Gst.CLOCK_TIME_NONE, kinds)
        if message.type == Gst.MessageType.EOS:
            return
        if message.type == Gst.MessageType.ERROR:
            sys.exit(message.parse_error()[0].message)
        result = message.get_structure()
        if result.has_name("icl-classification"):
            print_result("message", result.get_value("timestamp"), result)


Gst.init(None)
pipeline = Gst.parse_launchv(sys.argv[1:])
pad = pipeline.get_by_name("classifier").get_static_pad("src")
pad.add_probe(Gst.PadProbeType.BUFFER, print_frame)
pipeline.set_state(Gst.State.PLAYING)
try:
    print_messages(pipeline.get_bus())
finally:
    pipeline.set_state(Gst.State.NULL)
