/* SPDX-License-Identifier: MIT */
#include "models.h"

#include <idphoto/io.h>

#include <fcntl.h>

#define FOLDER    "/usr/share/opencv4/haarcascades"
#define FACE_FILE "haarcascade_frontalface_alt2.xml"
#define EYE_FILE  "haarcascade_eye.xml"

/* The face file has half a megabyte. */
#define FILE_SIZE_MAX (4u << 20)

static int read_file(int dirfd, const char *name, char **ret, size_t *ret_size)
{
        _cleanup_close_ int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

        if (fd < 0)
                return -errno;
        return read_whole_fd(fd, FILE_SIZE_MAX, ret, ret_size);
}

int worker_models_load(PhotoModels **ret)
{
        const char *folder = secure_getenv("IDPHOTO_CASCADES");
        _cleanup_close_ int dirfd = -EBADF;
        _cleanup_free_ char *face = NULL, *eye = NULL;
        PhotoModels *models = NULL;
        size_t face_size = 0, eye_size = 0;
        int r;

        dirfd = open(folder && *folder ? folder : FOLDER, O_PATH | O_DIRECTORY | O_CLOEXEC);
        r = dirfd < 0 ? -errno : read_file(dirfd, FACE_FILE, &face, &face_size);
        if (r >= 0) {
                r = read_file(dirfd, EYE_FILE, &eye, &eye_size);
                if (r != -ENOMEM)
                        r = photo_models_new(face, face_size, eye, eye_size, &models);
        }
        if (r == -ENOMEM)
                return r;
        *ret = r < 0 ? NULL : models;
        return 0;
}
