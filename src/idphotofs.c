/* SPDX-License-Identifier: MIT */
#include "mountoptions.h"

/* The mount program: options, then mount_serve(). It takes its arguments as mount helpers do, so
 * that mount(8) and fstab may call it. */

int main(int argc, char **argv)
{
        MountOptions options;
        int status;

        mount_options_default(&options);
        status = mount_options_parse(&options, argc, argv);
        if (status >= 0)
                return status;
        return mount_serve(&options);
}
