/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "correcting.h"

#include <idphoto/clock.h>
#include <idphoto/event.h>
#include <idphoto/message.h>
#include <idphoto/point.h>

/* `idphotoctl student correct|move|remove`. */

typedef struct StudentCommand {
        Opened opened;
        const char *number;
        DocumentNumber corrected;
        PointRow to; /* owned */
        PointRow from;
        CorrectionReport report;
} StudentCommand;

static void student_command_done(StudentCommand *command)
{
        correction_report_done(&command->report);
        point_row_done(&command->from);
        point_row_done(&command->to);
        opened_done(&command->opened);
}

static int call_correct(Catalog *catalog, const CorrectionOptions *options, void *userdata,
                        CorrectionReport *ret)
{
        const StudentCommand *command = userdata;

        return correct_student(catalog, options, command->number, &command->corrected, ret);
}

static int call_move(Catalog *catalog, const CorrectionOptions *options, void *userdata,
                     CorrectionReport *ret)
{
        const StudentCommand *command = userdata;

        return correct_point_of_student(catalog, options, command->number, command->to.id, ret);
}

static int call_remove(Catalog *catalog, const CorrectionOptions *options, void *userdata,
                       CorrectionReport *ret)
{
        const StudentCommand *command = userdata;

        return correct_student_away(catalog, options, command->number, ret);
}

/* Opens the store. */
static int open(CommandContext *context, const char *number, StudentCommand *command)
{
        command->number = number;
        command->report.refusal = _CORRECTION_REFUSAL_INVALID;
        return opened_open_batch(context, command_option(context, "batch"), &command->opened);
}

static int run(CommandContext *context, StudentCommand *command, CorrectingCall call)
{
        Correcting correcting = {
                .context = context,
                .opened = &command->opened,
                .subject = command->number,
                .call = call,
                .userdata = command,
        };
        int64_t point = opened_find_point(&command->opened, command_option(context, "point"));
        int r;

        if (point < 0)
                return COMMAND_WRONG;
        correcting.options.batch = command->opened.batch;
        correcting.options.point = point;
        r = correcting_run(&correcting, &command->report);
        if (r == COMMAND_OK && catalog_get_point(command->opened.catalog,
                                                 command->report.student.point, &command->from) < 0)
                r = COMMAND_WRONG;
        return r;
}

/* What becomes of what was sent. */
static void print_rest(const StudentCommand *command, bool removed, Language language)
{
        const CorrectionReport *report = &command->report;

        if (report->photos > 0)
                (void)printf(removed ? MESSAGE(CORRECT_PHOTO_WITHDRAWN, language)
                                     : MESSAGE(CORRECT_PHOTO, language),
                             review_state_word(report->student.state, language));
        if (!removed && review_state_approved(report->student.state))
                (void)fputs(MESSAGE(CORRECT_EXPORT_AGAIN, language), stdout);
        if (report->files > 0)
                (void)printf(removed ? MESSAGE(CORRECT_FILES_DISMISSED, language)
                                     : MESSAGE(CORRECT_FILES, language),
                             report->files);
        if (report->merged)
                (void)fputs(MESSAGE(CORRECT_MERGED, language), stdout);
}

int command_student_correct(CommandContext *context, int argc _unused_, char **argv)
{
        _cleanup_(student_command_done) StudentCommand command = {};
        int r = open(context, argv[0], &command);
        int64_t now;

        if (r != COMMAND_OK)
                return r;
        now = catalog_now(command.opened.catalog, clock_wall_nsec(clock_system()));
        if (correction_number(argv[1], date_from_wall(now), &command.corrected) < 0)
                return command_usage_error(
                        context, MESSAGE(ERROR_CORRECT_NUMBER, context->language), argv[1]);
        r = run(context, &command, call_correct);
        if (r != COMMAND_OK)
                return r;
        (void)printf(MESSAGE(CORRECT_NUMBER, context->language), command.report.student.id_number,
                     command.corrected.text, command.from.name);
        print_rest(&command, false, context->language);
        return COMMAND_OK;
}

int command_student_move(CommandContext *context, int argc _unused_, char **argv)
{
        const char *to = command_option(context, "to");
        _cleanup_(student_command_done) StudentCommand command = {};
        int64_t point;
        int r;

        if (!to)
                return command_usage_error(context, MESSAGE(ERROR_NO_TO, context->language));
        r = open(context, argv[0], &command);
        if (r != COMMAND_OK)
                return r;
        point = opened_find_point(&command.opened, to);
        if (point < 0 || catalog_get_point(command.opened.catalog, point, &command.to) <= 0)
                return COMMAND_WRONG;
        r = run(context, &command, call_move);
        if (r != COMMAND_OK)
                return r;
        (void)printf(MESSAGE(CORRECT_MOVED, context->language), command.report.student.id_number,
                     command.from.name, command.to.name);
        print_rest(&command, false, context->language);
        return COMMAND_OK;
}

int command_student_remove(CommandContext *context, int argc _unused_, char **argv)
{
        _cleanup_(student_command_done) StudentCommand command = {};
        int r = open(context, argv[0], &command);

        if (r == COMMAND_OK)
                r = run(context, &command, call_remove);
        if (r != COMMAND_OK)
                return r;
        (void)printf(MESSAGE(CORRECT_REMOVED, context->language), command.report.student.id_number,
                     command.from.name);
        print_rest(&command, true, context->language);
        return COMMAND_OK;
}
