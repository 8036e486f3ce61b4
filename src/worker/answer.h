/* SPDX-License-Identifier: MIT */
#pragma once

#include "protocol.h"

/*
 * The worker's answer, read as if its author were the photo: whatever took the worker over chose
 * these bytes. Only what could be a true verdict leaves this file.
 */

/* Checks the answer to request `sequence`, made under `rules`, and copies what is sound into *ret,
 * without the JPEG, whose size (0: none) goes to *ret_jpeg_size. 0, -ENOMEM when the worker says
 * that it ran out of memory, -EBADMSG for anything that an honest worker does not send. */
int answer_check(const WorkerAnswer *answer, size_t size, uint32_t sequence,
                 const PhotoRules *rules, PhotoResult *ret, size_t *ret_jpeg_size);

/*
 * The same for a rendition: its size goes to *ret_jpeg_size. 0; -ERANGE and -ENODATA as
 * photo_render_centre(); -ENOMEM, -EIO and -EBADMSG as above.
 */
int answer_check_centre(const WorkerAnswer *answer, size_t size, uint32_t sequence,
                        size_t *ret_jpeg_size);

/* Whether data begins and ends as a JPEG does. */
bool answer_jpeg_plausible(const uint8_t *data, size_t size);
