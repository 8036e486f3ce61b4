/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/archive.h>
#include <idphoto/photo.h>
#include <idphoto/progresslist.h>

/*
 * The worker program, but for its main(): sandbox, then one photo after another until the socket
 * closes, or a single list.
 */

/* What examines the photos. A test puts a hostile one in its place. */
typedef struct WorkerExaminer {
        /* Called before the sandbox closes, when files can still be read. May be NULL. 0, or a
         * negative errno, which ends the program. */
        int (*prepare)(void *userdata);
        /* As photo_examine(). */
        int (*examine)(void *userdata, const void *data, size_t size, const PhotoRules *rules,
                       PhotoResult *ret);
        /* As photo_render_centre(). */
        int (*render_centre)(void *userdata, const void *data, size_t size, const PhotoRules *rules,
                             uint8_t **ret_jpeg, size_t *ret_size);
        void *userdata;
} WorkerExaminer;

/* What reads the lists. A test puts a hostile one in its place. */
typedef struct WorkerListReader {
        /* As that of WorkerExaminer. */
        int (*prepare)(void);
        /* As roster_read() and progress_list_read(). */
        int (*read_roster)(const void *data, size_t size, const char *filename, Date today,
                           Roster **ret);
        int (*read_progress_list)(const void *data, size_t size, const char *filename, Date today,
                                  ProgressList **ret);
} WorkerListReader;

/* What unpacks archives. */
typedef struct WorkerUnpacker {
        /* As that of WorkerExaminer. */
        int (*prepare)(void);
        /* As archive_unpack(). */
        int (*unpack)(const ArchiveJob *job, ArchiveOutcome *ret);
        bool (*is_archive)(const void *data, size_t size); /* of the job */
} WorkerUnpacker;

/* Runs the program with the arguments of main(): `--memory=BYTES`, and `--lists` for a process that
 * reads one, `--archives` for one that unpacks one. Returns its exit status: 0 when the socket was closed, 1 when the sandbox could not be
 * set up, 2 for wrong arguments. */
int worker_serve(int argc, char **argv, const WorkerExaminer *examiner,
                 const WorkerListReader *reader, const WorkerUnpacker *unpacker);
