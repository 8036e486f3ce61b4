/* SPDX-License-Identifier: MIT */
#include "channel.h"

#include <string.h>
#include <sys/socket.h>

int channel_send(const void *data, size_t size)
{
        struct iovec part = {.iov_base = (void *)data, .iov_len = size};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

        while (sendmsg(WORKER_SOCKET_FD, &message, MSG_NOSIGNAL) < 0)
                if (errno != EINTR)
                        return -errno;
        return 0;
}

int channel_receive(void *request, size_t size, int *ret_fds, size_t n_fds)
{
        const size_t fds_size = n_fds * sizeof(int);
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(WORKER_REQUEST_FDS * sizeof(int))];
        } control;
        struct iovec part = {.iov_base = request, .iov_len = size};
        struct msghdr message = {
                .msg_iov = &part,
                .msg_iovlen = 1,
                .msg_control = &control,
                .msg_controllen = sizeof(control.bytes),
        };
        const struct cmsghdr *header;
        uint32_t magic;
        ssize_t n;

        do
                n = recvmsg(WORKER_SOCKET_FD, &message, MSG_CMSG_CLOEXEC);
        while (n < 0 && errno == EINTR);
        if (n <= 0)
                return n == 0 || errno == ECONNRESET ? 0 : -errno;
        header = CMSG_FIRSTHDR(&message);
        if ((size_t)n != size || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) || !header ||
            header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
            header->cmsg_len != CMSG_LEN(fds_size))
                return -EBADMSG;
        memcpy(&magic, request, sizeof(magic));
        if (magic != WORKER_PROTOCOL_MAGIC)
                return -EBADMSG;
        memcpy(ret_fds, CMSG_DATA(header), fds_size);
        return 1;
}
