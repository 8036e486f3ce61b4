/* SPDX-License-Identifier: MIT */
#include "ctl/command.h"

int main(int argc, char **argv)
{
        return command_main(idphotoctl_commands, argc, argv);
}
