/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/archive.h>
#include <idphoto/photo.h>
#include <idphoto/roster.h>

/*
 * The protocol between the daemon and the worker program, on one SOCK_SEQPACKET socket. A message
 * is one packet with one fixed struct, so nothing is parsed or reassembled. Both ends are of one
 * build and on one machine; the greeting proves it before a photo is sent:
 *
 *   seed    -> Greeting          once, when all that workers have in common is read
 *   daemon  -> Birth + 1 fd      the socket of a new worker
 *   seed    -> Born              its process, a child of the daemon
 *
 *   worker  -> Greeting          once, after the sandbox has closed
 *   daemon  -> Request + 2 fds   the photo to read, a memfd for the finished JPEG
 *   worker  -> Answer            one for each Request, with its sequence number
 *
 * A Request asks to examine the photo, or to make its rendition for the collection centre. The
 * answer about a rendition has no findings, and its error may be -ERANGE or -ENODATA, as of
 * photo_render_centre().
 *
 * The worker ends when its socket is closed, and so does the seed. The seed sees no photo: what was
 * started for photos is a seed, and a worker is a copy of it, because a program that loads its
 * libraries and tables anew costs as much as many a photo. Who must not learn of one point's photos
 * from another's worker gets a new copy.
 *
 * A worker that was started for lists gets a single ListRequest instead, with the list to read and
 * a memfd for what it finds (listpack.h), and ends after its ListAnswer. One that was started for
 * an archive gets a single ArchiveRequest, with the archive and a file for what is in it
 * (archive.h), and ends after its ArchiveAnswer.
 */

#define WORKER_SOCKET_FD       3
#define WORKER_PROTOCOL_MAGIC  0x49445048u /* "IDPH" */
#define WORKER_PROTOCOL_NUMBER 5u
#define WORKER_REQUEST_FDS     2u

/* Bytes of the largest finished JPEG that a worker can hand over, whatever the rules allow. */
#define WORKER_OUTPUT_MAX (1u << 20)

/* Bytes of the largest packed list: the most rows of a roster, and then some. */
#define WORKER_LIST_OUTPUT_MAX (512u << 20)

/* What a process is started for. */
typedef enum WorkerDuty {
        WORKER_PHOTOS,
        WORKER_LISTS,
        WORKER_ARCHIVES,
        _WORKER_DUTY_MAX,
        _WORKER_DUTY_INVALID = -EINVAL,
} WorkerDuty;

typedef struct WorkerGreeting {
        uint32_t magic;
        uint32_t number;
        /* An upgrade may replace the program while the daemon runs. So every change of the meaning
         * of the bytes must change a field here. */
        uint32_t request_size;
        uint32_t answer_size;
        uint32_t n_reasons;
        uint32_t list_request_size;
        uint32_t n_list_problems;
        uint32_t archive_request_size;
} WorkerGreeting;

typedef struct WorkerBirth {
        uint32_t magic;
        uint32_t unused;
} WorkerBirth;

typedef struct WorkerBorn {
        uint32_t magic;
        int32_t pid; /* or a negative errno */
} WorkerBorn;

typedef enum WorkerTaskKind {
        WORKER_EXAMINE,
        WORKER_RENDER_CENTRE,
        _WORKER_TASK_KIND_MAX,
        _WORKER_TASK_KIND_INVALID = -EINVAL,
} WorkerTaskKind;

typedef struct WorkerRequest {
        uint32_t magic;
        uint32_t sequence;
        uint64_t size; /* bytes of the photo */
        uint64_t task; /* WorkerTaskKind */
        PhotoRules rules;
} WorkerRequest;

typedef struct WorkerAnswer {
        uint32_t magic;
        uint32_t sequence;
        int32_t error; /* 0, or a negative errno: no verdict */
        uint32_t jpeg_size;
        PhotoInfo info;
        Findings findings;
} WorkerAnswer;

typedef enum WorkerListKind {
        WORKER_LIST_ROSTER,
        WORKER_LIST_PROGRESS,
        _WORKER_LIST_KIND_MAX,
        _WORKER_LIST_KIND_INVALID = -EINVAL,
} WorkerListKind;

typedef struct WorkerListRequest {
        uint32_t magic;
        Date today;
        uint64_t size;  /* bytes of the file */
        uint64_t kind;  /* WorkerListKind */
        char name[256]; /* of the file, a hint; "": none */
} WorkerListRequest;

typedef struct WorkerListAnswer {
        uint32_t magic;
        int32_t error; /* 0, or a negative errno: nothing was handed over */
        uint64_t size; /* bytes of the packed list */
} WorkerListAnswer;

typedef struct WorkerArchiveRequest {
        uint32_t magic;
        uint32_t unused;
        uint64_t size; /* bytes of the archive */
        ArchiveLimits limits;
} WorkerArchiveRequest;

typedef struct WorkerArchiveAnswer {
        uint32_t magic;
        int32_t error; /* 0, or a negative errno: nothing is known of the archive */
        ArchiveOutcome outcome;
} WorkerArchiveAnswer;

static inline WorkerGreeting worker_greeting(void)
{
        return (WorkerGreeting){
                .magic = WORKER_PROTOCOL_MAGIC,
                .number = WORKER_PROTOCOL_NUMBER,
                .request_size = sizeof(WorkerRequest),
                .answer_size = sizeof(WorkerAnswer),
                .n_reasons = _REASON_MAX,
                .list_request_size = sizeof(WorkerListRequest),
                .n_list_problems = _ROSTER_CODE_MAX,
                .archive_request_size = sizeof(WorkerArchiveRequest),
        };
}
