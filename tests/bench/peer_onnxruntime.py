# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the icl authors
"""ONNX Runtime: peer_onnxruntime.py FOLDER THREADS"""

import sys
from pathlib import Path

import numpy as np
import onnxruntime

from peer import serve

folder, threads = Path(sys.argv[1]), int(sys.argv[2])
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = threads
options.inter_op_num_threads = 1
options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
# Its threads spin inside a run, but not while another's turn is measured.
options.add_session_config_entry("session.force_spinning_stop", "1")
session = onnxruntime.InferenceSession(folder / "model.onnx", options,
                                       providers=["CPUExecutionProvider"])
feed = {session.get_inputs()[0].name: np.load(folder / "x.nchw.npy")}
serve(lambda: session.run(None, feed), lambda: session.run(None, feed)[0])
