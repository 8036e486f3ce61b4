/* SPDX-License-Identifier: MIT */
#pragma once

#include "serve.h"

/* Waits for one list, reads it, hands it over. 0, also when the parent has hung up; else a negative
 * errno. */
int serve_list(const WorkerListReader *reader);
