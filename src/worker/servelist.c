/* SPDX-License-Identifier: MIT */
#include "servelist.h"

#include "channel.h"

#include <idphoto/io.h>
#include <idphoto/listpack.h>

#include <string.h>

typedef struct ListJob {
        WorkerListRequest request;
        int fds[WORKER_REQUEST_FDS];
        uint64_t packed; /* bytes written so far */
} ListJob;

static void list_job_done(ListJob *job)
{
        for (size_t i = 0; i < ELEMENTSOF(job->fds); i++)
                job->fds[i] = safe_close(job->fds[i]);
}

/* As ListPackSink. */
static int write_packed(const void *data, size_t size, void *userdata)
{
        ListJob *job = userdata;
        int r;

        if (size > WORKER_LIST_OUTPUT_MAX - job->packed)
                return -EFBIG;
        r = pwrite_full(job->fds[1], data, size, (off_t)job->packed);
        if (r >= 0)
                job->packed += size;
        return r;
}

/* A file above the limit is not read: the readers need no byte to say that it is too large. */
static int read_file(const ListJob *job, char **ret, size_t *ret_size)
{
        const uint64_t size = job->request.size;
        _cleanup_free_ char *data = NULL;
        ssize_t n;

        if (size > ROSTER_BYTES_MAX) {
                *ret_size = (size_t)ROSTER_BYTES_MAX + 1;
                return 0;
        }
        data = malloc((size_t)size + 1);
        if (!data)
                return -ENOMEM;
        n = pread_full(job->fds[0], data, (size_t)size, 0);
        if (n < 0)
                return -EIO;
        *ret = TAKE_PTR(data);
        *ret_size = (size_t)n;
        return 0;
}

static int read_and_pack(ListJob *job, const WorkerListReader *reader)
{
        const WorkerListRequest *request = &job->request;
        const char *name = *request->name ? request->name : NULL;
        _cleanup_(progress_list_freep) ProgressList *list = NULL;
        _cleanup_(roster_freep) Roster *roster = NULL;
        _cleanup_free_ char *data = NULL;
        size_t size = 0;
        int r;

        r = read_file(job, &data, &size);
        if (r < 0)
                return r;
        if (request->kind == WORKER_LIST_ROSTER) {
                r = reader->read_roster(data, size, name, request->today, &roster);
                return r < 0 ? r : roster_pack(roster, write_packed, job);
        }
        r = reader->read_progress_list(data, size, name, request->today, &list);
        return r < 0 ? r : progress_list_pack(list, write_packed, job);
}

int serve_list(const WorkerListReader *reader)
{
        _cleanup_(list_job_done) ListJob job = {.fds = {-EBADF, -EBADF}};
        WorkerListAnswer answer;
        int r = channel_receive(&job.request, sizeof(job.request), job.fds, WORKER_REQUEST_FDS);

        if (r <= 0)
                return r;
        if (job.request.kind >= _WORKER_LIST_KIND_MAX ||
            !memchr(job.request.name, '\0', sizeof(job.request.name)))
                return -EBADMSG;
        memset(&answer, 0, sizeof(answer));
        answer.magic = WORKER_PROTOCOL_MAGIC;
        answer.error = read_and_pack(&job, reader);
        answer.size = answer.error < 0 ? 0 : job.packed;
        r = channel_send(&answer, sizeof(answer));
        return r == -EPIPE ? 0 : r;
}
