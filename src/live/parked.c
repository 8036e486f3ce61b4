/* SPDX-License-Identifier: MIT */
#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 12)

#include "parked.h"

#include <fuse_lowlevel.h>

bool parked_add(struct fuse_req *request, void (*interrupted)(struct fuse_req *, void *),
                void *userdata)
{
        fuse_req_interrupt_func(request, interrupted, userdata);
        return !fuse_req_interrupted(request);
}

void parked_reply(struct fuse_req *request, int error)
{
        (void)fuse_reply_err(request, error);
}
