/* SPDX-License-Identifier: MIT */
#pragma once

#include "serve.h"

/* Unpacks the archive of the one request that comes, and answers it. 0; a negative errno. */
int serve_archive(const WorkerUnpacker *unpacker);
