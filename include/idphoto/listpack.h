/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/progresslist.h>
#include <idphoto/roster.h>

/*
 * The bytes as which one process hands a list that it has read to another of the same build. They
 * are for the way between the two and never stored.
 *
 * Whoever packs is trusted with nothing. Unpacking lets through only what a reader could have found
 * in some file: every limit of roster.h is enforced again, and so is what the readers promise about
 * each value.
 */

/* Takes the next size bytes. 0, or a negative errno, which ends the packing. */
typedef int (*ListPackSink)(const void *data, size_t size, void *userdata);

/* Gives the bytes of the list to the sink, in pieces. 0, -ENOMEM, or what the sink returned. */
int roster_pack(const Roster *roster, ListPackSink sink, void *userdata);
int progress_list_pack(const ProgressList *list, ListPackSink sink, void *userdata);

/* Makes the list of all size bytes. 0 with *ret, which does not need data any more; -EBADMSG for
 * anything that no reader finds; -ENOMEM. No more memory is taken than data justifies. */
int roster_unpack(const void *data, size_t size, Roster **ret);
int progress_list_unpack(const void *data, size_t size, ProgressList **ret);
