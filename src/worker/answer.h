/* SPDX-License-Identifier: MIT */
#pragma once

#include "protocol.h"

/*
 * Checks the worker's answer. A hostile photo may have taken the worker over and chosen every byte.
 * Only plausible verdicts pass.
 */

/* Checks the answer to request `sequence`, made under `rules`, and copies it to *ret without the
 * JPEG. *ret_jpeg_size is the size of the JPEG; 0: there is none. 0; -ENOMEM, -EIO: the worker
 * reports this error and gives no verdict; -EBADMSG: an honest worker does not send this. */
int answer_check(const WorkerAnswer *answer, size_t size, uint32_t sequence,
                 const PhotoRules *rules, PhotoResult *ret, size_t *ret_jpeg_size);

/*
 * Checks the answer to a request for a rendition. *ret_jpeg_size is the size of the rendition. 0;
 * -ERANGE and -ENODATA as photo_render_centre(); -ENOMEM, -EIO and -EBADMSG as above.
 */
int answer_check_centre(const WorkerAnswer *answer, size_t size, uint32_t sequence,
                        size_t *ret_jpeg_size);

/* Whether data begins and ends as a JPEG does. */
bool answer_jpeg_plausible(const uint8_t *data, size_t size);
