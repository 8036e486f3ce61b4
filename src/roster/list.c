/* SPDX-License-Identifier: MIT */
#include <idphoto/progresslist.h>

#include <idphoto/message.h>

#include "arena.h"

/* What holders of a list need, who do not read any. */

int roster_unreadable(RosterCode code, Roster **ret)
{
        _cleanup_(roster_freep) Roster *roster = calloc(1, sizeof(*roster));

        if (!roster)
                return -ENOMEM;
        roster->problems = calloc(1, sizeof(*roster->problems));
        if (!roster->problems)
                return -ENOMEM;
        roster->problems[roster->n_problems++] =
                (RosterProblem){.code = code, .sheet = "", .other_sheet = "", .value = ""};
        roster->n_errors = 1;
        *ret = TAKE_PTR(roster);
        return 0;
}

int progress_list_unreadable(RosterCode code, ProgressList **ret)
{
        ProgressList *list = calloc(1, sizeof(*list));

        if (!list)
                return -ENOMEM;
        list->problem = code;
        *ret = list;
        return 0;
}

void roster_free(Roster *roster)
{
        if (!roster)
                return;
        free(roster->rows);
        free(roster->problems);
        arena_free(roster->strings);
        free(roster);
}

void progress_list_free(ProgressList *list)
{
        if (!list)
                return;
        free(list->rows);
        arena_free(list->strings);
        free(list);
}

const char *progress_list_problem_text(RosterCode code, Language language)
{
        switch (code) {
        case ROSTER_NO_HEADING:
                return MESSAGE(PROGRESS_NO_HEADING, language);
        case ROSTER_NOT_A_TABLE:
                return MESSAGE(PROGRESS_NO_TABLE, language);
        case ROSTER_TOO_LARGE:
                return MESSAGE(PROGRESS_TOO_LARGE, language);
        default:
                return roster_code_text(code, language);
        }
}
