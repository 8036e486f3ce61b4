/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/photo.h>

/*
 * The face tables of the worker, read before its sandbox closes: OpenCV's cascade files
 * haarcascade_frontalface_alt2.xml and haarcascade_eye.xml, from the folder $IDPHOTO_CASCADES, else
 * from where Debian's opencv-data puts them.
 *
 * A file that is missing, unreadable or malformed is no error: *ret is NULL and faces are not
 * checked, which every verdict then says (a missing eye file costs the checks of the eyes only).
 * 0 or -ENOMEM.
 */
int worker_models_load(PhotoModels **ret);
