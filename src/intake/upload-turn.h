/* SPDX-License-Identifier: MIT */
#pragma once

#include "intake.h"
#include "live/upload-table.h"

#include <idphoto/submission.h>

/* What happens to an upload, whatever brings it about. The caller has the turn. */

enum {
        UPLOAD_FRESH_MSEC =
                10000 /* how long an upload made for a reopened name waits for that open,
                                    and is remembered after it was none */
};

typedef struct JudgeTask {
        Intake *intake;
        int64_t id;
        int64_t generation;
} JudgeTask;

/* A FRESH or WRITING upload never was one: its row and its file go. */
void upload_close_clean(Intake *intake, Upload *upload);
/* Looks at the row again, and goes on with what it says. Whoever was refused calls it. */
void upload_resync(Intake *intake, Upload *upload);
/* The verdict that was recorded will not be shown: its blobs may be nobody's now. */
void upload_void_verdict(Intake *intake, Upload *upload);
/* Hands a RECEIVED upload to the pool. */
void upload_submit(Intake *intake, Upload *upload);
/* Looked at again at that monotonic time. */
void upload_schedule(Intake *intake, Upload *upload, int64_t due);

/* A row that never was an upload, or no longer is one, goes with its staging file. */
int upload_remove_row(Intake *intake, int64_t point, int64_t id);
/* It could not be done now: once more after a pause, which grows. error: why, a negative errno. */
void upload_try_later(Intake *intake, Upload *upload, int error);
/* Whether that happened so often that the next examination is to end without an answer [W5]. */
bool upload_given_up(const Upload *upload);
/* The row has changed: its name, folder and generation are the upload's from now on. */
void upload_take_over_row(Intake *intake, Upload *upload, const SubmissionRow *row);
/* The upload has a new generation: what waited for the former one begins anew. */
void upload_begin_anew(Intake *intake, Upload *upload);

/* ---- among gateways (upload-owner.c) ---- */

/* The row, of nobody or of another gateway, becomes this one's as far as the claim goes. 0: it is this
 * one's by now, and the row says so; -EBUSY: it stays whose it is; -ESTALE: it has changed. Call without
 * the turn. */
int upload_take_row(Intake *intake, SubmissionRow *row, UploadClaim claim);
/* It is another gateway's by now, or nobody's: what is here of it goes. */
void upload_lose(Intake *intake, Upload *upload);
/* Whether a RECEIVED upload is nobody's from now on, because too many wait here already. */
bool upload_give_away(Intake *intake, Upload *upload);
/* Another gateway waits for what was closed here: it learns that an upload is not only held open. Call
 * from one thread only, without the turn. */
void upload_tell_received(Intake *intake, Upload *upload);
/* Goes on with one that a dead daemon or gateway left behind; what was never closed is removed. stray:
 * it came while this daemon ran. Whether it is to be judged. (upload-recover.c) */
bool upload_recover_one(Intake *intake, int64_t id, bool stray);

/* ---- archives (upload-unpack.c) ---- */

/* An examination that may have to unpack one. */
typedef struct UnpackWatch {
        Intake *intake;
        Upload *upload;
        int64_t generation;
} UnpackWatch;

/* How its archive is unpacked: for as long as it is the same, the disk has room and the daemon is
 * not told to end. */
ArchiveOptions upload_archive_options(UnpackWatch *watch);
/* The archive has its place, and what is in it are uploads. */
void upload_record_unpacked(Intake *intake, Upload *upload, const Judgement *judgement,
                            const Unpacked *unpacked);
/* The verdict is void: what was stored for it may be nobody's now. */
void upload_forget_findings(Intake *intake, const Judgement *judgement, const Unpacked *unpacked);

/* The same of what was stored before its unpacking failed. */
void upload_forget_unpacked(Intake *intake, const Unpacked *unpacked);

/* The pool's task; userdata is a JudgeTask. Takes the turn itself. */
void upload_judge(Worker *worker, void *userdata);
