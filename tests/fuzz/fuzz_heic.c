/* SPDX-License-Identifier: MIT */
#include "fuzz_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        return fuzz_source(data, size, PHOTO_FORMAT_HEIC);
}
