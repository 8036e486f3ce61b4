/* SPDX-License-Identifier: MIT */
#pragma once

#include <errno.h>

/*
 * The life of an upload, from the first open to its place [D2]. One table of states and events; who
 * causes the events and what is done on them stands in upload-*.c. A state that no event may leave
 * so is a bug of ours: -EINVAL.
 */

typedef enum UploadState {
        UPLOAD_FRESH, /* made because a finished name was opened for writing; nothing written yet */
        UPLOAD_WRITING,  /* open for writing */
        UPLOAD_HELD,     /* closed under a client's temporary name: waits for its rename */
        UPLOAD_RECEIVED, /* finished; examined as soon as a worker is free */
        UPLOAD_SETTLING, /* examined, looks as if more were to come: waits before it is judged as it
                            is */
        UPLOAD_JUDGED,   /* the verdict is in the catalog; waits to be shown */
        UPLOAD_GONE,     /* has its place, or was deleted */
        _UPLOAD_STATE_MAX,
        _UPLOAD_STATE_INVALID = -EINVAL,
} UploadState;

typedef enum UploadEvent {
        UPLOAD_OPENED,           /* for writing */
        UPLOAD_CLOSED,           /* last writing handle, normal name, something to judge */
        UPLOAD_CLOSED_TEMP,      /* last writing handle, temporary name */
        UPLOAD_CLOSED_CLEAN,     /* last writing handle, nothing was ever written: no upload */
        UPLOAD_NAMED,            /* renamed to a normal name */
        UPLOAD_NAMED_TEMP,       /* renamed to a temporary name */
        UPLOAD_FOUND_INCOMPLETE, /* examined: looks cut off or is empty */
        UPLOAD_SETTLED,          /* waited long enough */
        UPLOAD_VERDICT,          /* the verdict was recorded */
        UPLOAD_SHOWN,            /* the verdict was carried out */
        UPLOAD_DELETED,
        _UPLOAD_EVENT_MAX,
} UploadEvent;

const char *upload_state_to_string(UploadState state);

/* The state after the event, or -EINVAL when the event cannot happen in that state; then the upload
 * stays as it is. */
UploadState upload_state_next(UploadState state, UploadEvent event);
