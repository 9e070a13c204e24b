/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the icl authors
 *
 * libicl: describe, train, evaluate and run image classifiers on the CPU. */
#pragma once

#include <icl/bench.h>
#include <icl/classifier.h>
#include <icl/cpu.h>
#include <icl/dataset.h>
#include <icl/error.h>
#include <icl/evaluate.h>
#include <icl/folds.h>
#include <icl/footprint.h>
#include <icl/frame.h>
#include <icl/inspect.h>
#include <icl/learner.h>
#include <icl/list.h>
#include <icl/lr_find.h>
#include <icl/model.h>
#include <icl/pack.h>
#include <icl/train.h>
