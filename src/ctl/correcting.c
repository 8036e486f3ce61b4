/* SPDX-License-Identifier: MIT */
#include "correcting.h"

#include "complain.h"

#include <idphoto/clock.h>
#include <idphoto/message.h>

static int run(Correcting *c, CorrectionReport *ret)
{
        Catalog *catalog = c->opened->catalog;
        int r = catalog_begin(catalog, true);

        if (r < 0)
                return r;
        r = c->call(catalog, &c->options, c->userdata, ret);
        if (r >= 0 && ret->refusal < 0 && !c->options.dry_run)
                return catalog_commit(catalog);
        catalog_rollback(catalog);
        return r;
}

static void say_refused(const Correcting *c, const CorrectionReport *report)
{
        Language language = c->context->language;

        switch (report->refusal) {
        case CORRECTION_NO_STUDENT:
                command_error(MESSAGE(ERROR_CORRECT_NO_STUDENT, language), c->subject);
                break;
        case CORRECTION_SEVERAL:
                command_error(MESSAGE(ERROR_CORRECT_SEVERAL, language), c->subject);
                break;
        case CORRECTION_UNDER_WAY:
                command_error(MESSAGE(ERROR_CORRECT_UNDER_WAY, language), c->subject);
                break;
        case CORRECTION_OTHERS_NUMBER:
                command_error(MESSAGE(ERROR_CORRECT_OTHERS_NUMBER, language), c->subject);
                break;
        case CORRECTION_TWO_PHOTOS:
                if (report->students > 0)
                        command_error(MESSAGE(ERROR_MERGE_TWO_PHOTOS, language), c->subject,
                                      report->students);
                else
                        command_error(MESSAGE(ERROR_CORRECT_TWO_PHOTOS, language), c->subject);
                break;
        case CORRECTION_APPROVED:
                command_error(MESSAGE(ERROR_CORRECT_APPROVED, language), c->subject);
                break;
        case CORRECTION_POINT_EXISTS:
                command_error(MESSAGE(ERROR_CORRECT_POINT_EXISTS, language), c->subject);
                break;
        case CORRECTION_POINT_OCCUPIED:
                command_error(MESSAGE(ERROR_POINT_OCCUPIED, language), c->subject, report->photos,
                              report->files);
                break;
        default:
                command_error(MESSAGE(ERROR_CORRECT_SAME, language), c->subject);
                break;
        }
}

int correcting_run(Correcting *c, CorrectionReport *ret)
{
        _cleanup_correction_ CorrectionReport report = {.refusal = _CORRECTION_REFUSAL_INVALID};
        Language language = c->context->language;
        int r;

        c->options.dry_run = command_option(c->context, "dry-run") != NULL;
        c->options.actor = getuid();
        c->options.now = clock_wall_nsec(clock_system());
        r = run(c, &report);
        if (r < 0) {
                if (r == -EROFS)
                        command_error(MESSAGE(ERROR_BATCH_CLOSED, language));
                else
                        command_error(MESSAGE(ERROR_CHANGE_STORE, language),
                                      message_errno(-r, language));
                return COMMAND_WRONG;
        }
        if (report.refusal >= 0) {
                say_refused(c, &report);
                return COMMAND_NO;
        }
        if (c->options.dry_run)
                (void)fputs(MESSAGE(CORRECT_DRY_RUN, language), stdout);
        *ret = report;
        report = (CorrectionReport){.refusal = _CORRECTION_REFUSAL_INVALID};
        return COMMAND_OK;
}
