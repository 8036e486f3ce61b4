/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/photo.h>

/*
 * Loads the face tables of the worker, before its sandbox closes: OpenCV's cascade files
 * haarcascade_frontalface_alt2.xml and haarcascade_eye.xml, from the folder $IDPHOTO_CASCADES, else
 * from the folder of Debian's opencv-data.
 *
 * A missing, unreadable or malformed file is no error. Without the face file *ret is NULL, and
 * every verdict says that faces were not checked. Without the eye file only the checks of the eyes
 * are skipped. 0 or -ENOMEM.
 */
int worker_models_load(PhotoModels **ret);
