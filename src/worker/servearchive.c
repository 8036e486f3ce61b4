/* SPDX-License-Identifier: MIT */
#include "servearchive.h"

#include "channel.h"

#include <string.h>

static void close_files(int (*fds)[WORKER_REQUEST_FDS])
{
        for (size_t i = 0; i < WORKER_REQUEST_FDS; i++)
                (*fds)[i] = safe_close((*fds)[i]);
}

int serve_archive(const WorkerUnpacker *unpacker)
{
        _cleanup_(close_files) int fds[WORKER_REQUEST_FDS] = {-EBADF, -EBADF};
        WorkerArchiveRequest request;
        WorkerArchiveAnswer answer;
        int r = channel_receive(&request, sizeof(request), fds, WORKER_REQUEST_FDS);

        if (r <= 0)
                return r;
        memset(&answer, 0, sizeof(answer));
        answer.magic = WORKER_PROTOCOL_MAGIC;
        answer.error = unpacker->unpack(&(ArchiveJob){.input = fds[0],
                                                      .size = request.size,
                                                      .output = fds[1],
                                                      .limits = request.limits,
                                                      .is_archive = unpacker->is_archive},
                                        &answer.outcome);
        r = channel_send(&answer, sizeof(answer));
        return r == -EPIPE ? 0 : r;
}
