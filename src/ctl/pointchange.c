/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "correcting.h"
#include "pointowner.h"

#include <idphoto/fixedname.h>
#include <idphoto/message.h>

/* `idphotoctl point set|rename|merge|remove`. */

typedef struct PointCommand {
        Opened opened;
        const char *name; /* the new one */
        int64_t into;
        MetadataChange owner;
        CorrectionReport report;
} PointCommand;

static void point_command_done(PointCommand *command)
{
        correction_report_done(&command->report);
        opened_done(&command->opened);
}

static int call_set(Catalog *catalog, const CorrectionOptions *options, void *userdata,
                    CorrectionReport *ret)
{
        const PointCommand *command = userdata;

        return correct_point_owner(catalog, options, &command->owner, ret);
}

static int call_rename(Catalog *catalog, const CorrectionOptions *options, void *userdata,
                       CorrectionReport *ret)
{
        const PointCommand *command = userdata;

        return correct_point_name(catalog, options, command->name, ret);
}

static int call_merge(Catalog *catalog, const CorrectionOptions *options, void *userdata,
                      CorrectionReport *ret)
{
        const PointCommand *command = userdata;

        return correct_point_into(catalog, options, command->into, ret);
}

static int call_remove(Catalog *catalog, const CorrectionOptions *options, void *userdata _unused_,
                       CorrectionReport *ret)
{
        return correct_point_away(catalog, options, ret);
}

static int run(CommandContext *context, PointCommand *command, const char *point,
               const char *subject, CorrectingCall call)
{
        Correcting correcting = {
                .context = context,
                .opened = &command->opened,
                .subject = subject,
                .call = call,
                .userdata = command,
        };

        command->report.refusal = _CORRECTION_REFUSAL_INVALID;
        correcting.options.point = opened_find_point(&command->opened, point);
        return correcting.options.point < 0 ? COMMAND_WRONG
                                            : correcting_run(&correcting, &command->report);
}

int command_point_set(CommandContext *context, int argc _unused_, char **argv)
{
        _cleanup_(point_command_done) PointCommand command = {};
        PointOwner owner = {};
        int r = point_owner_read(context, &owner);

        if (r != COMMAND_OK)
                return r;
        if (!owner.has_uid && !owner.has_gid && !owner.has_mode)
                return command_usage_error(context,
                                           MESSAGE(ERROR_NOTHING_TO_SET, context->language));
        r = opened_open(context, &command.opened);
        if (r != COMMAND_OK)
                return r;
        command.owner = (MetadataChange){
                .uid = owner.has_uid ? &owner.uid : NULL,
                .gid = owner.has_gid ? &owner.gid : NULL,
                .mode = owner.has_mode ? &owner.mode : NULL,
                .actor = getuid(),
        };
        r = run(context, &command, argv[0], argv[0], call_set);
        if (r == COMMAND_OK)
                (void)printf(MESSAGE(POINT_SET, context->language), argv[0]);
        return r;
}

int command_point_rename(CommandContext *context, int argc _unused_, char **argv)
{
        _cleanup_(point_command_done) PointCommand command = {.name = argv[1]};
        int r;

        if (!point_name_valid(argv[1]))
                return command_usage_error(context, MESSAGE(ERROR_POINT_NAME, context->language),
                                           argv[1]);
        r = opened_open(context, &command.opened);
        if (r == COMMAND_OK)
                r = run(context, &command, argv[0], argv[1], call_rename);
        if (r == COMMAND_OK)
                (void)printf(MESSAGE(POINT_RENAMED, context->language), argv[0], argv[1]);
        return r;
}

int command_point_merge(CommandContext *context, int argc _unused_, char **argv)
{
        _cleanup_(point_command_done) PointCommand command = {};
        int r = opened_open(context, &command.opened);

        if (r != COMMAND_OK)
                return r;
        command.into = opened_find_point(&command.opened, argv[1]);
        if (command.into < 0)
                return COMMAND_WRONG;
        r = run(context, &command, argv[0], argv[0], call_merge);
        if (r == COMMAND_OK)
                (void)printf(MESSAGE(POINT_MERGED, context->language), argv[0], argv[1],
                             command.report.students, command.report.photos, command.report.files);
        return r;
}

int command_point_remove(CommandContext *context, int argc _unused_, char **argv)
{
        _cleanup_(point_command_done) PointCommand command = {};
        int r = opened_open(context, &command.opened);

        if (r == COMMAND_OK)
                r = run(context, &command, argv[0], argv[0], call_remove);
        if (r == COMMAND_OK)
                (void)printf(MESSAGE(POINT_REMOVED, context->language), argv[0],
                             command.report.students);
        return r;
}
