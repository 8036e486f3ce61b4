/* SPDX-License-Identifier: MIT */
#include <idphoto/progresslist.h>

#include <idphoto/message.h>

#include "arena.h"

/* What holders of a list need, who do not read any. */

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
