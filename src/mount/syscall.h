/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/*
 * Whether the thread that waits for this request is in mkdir(). The protocol does not tell what a
 * name is looked up for, and the kernel never asks to make a directory whose name resolves; so a
 * name that resolves without being listed has to be free for mkdir() alone.
 *
 * Asks /proc, which answers root and, where ptrace is not restricted, the same user. False where it
 * does not answer. Waits some milliseconds at most.
 */
bool syscall_is_mkdir(pid_t tid);
