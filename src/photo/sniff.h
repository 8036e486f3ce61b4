/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/photo.h>

/* The format of a file by its content, whatever its name says [P2]. */
typedef struct Sniff {
        PhotoFormat format;
        bool rejected; /* reason and detail say why, where the format is not decoded; false only for
                          data that begin as a JPEG */
        ReasonCode reason;
        const char *detail; /* static, "" when there is nothing to add */
} Sniff;

/* Looks only at the content. Bounded work, never fails. */
void sniff_data(const uint8_t *data, size_t size, Sniff *ret);
