/* SPDX-License-Identifier: MIT */
#include "rosternote.h"

#include <string.h>

static const char *const kind_names[_ROSTER_IMPORT_NOTE_MAX] = {
        [ROSTER_IMPORT_BAD_FILE] = "bad-file",
        [ROSTER_IMPORT_NO_POINT] = "no-point",
        [ROSTER_IMPORT_POINT_GIVEN] = "point-given",
        [ROSTER_IMPORT_POINT_NAME] = "point-name",
        [ROSTER_IMPORT_TOO_MANY_POINTS] = "too-many-points",
        [ROSTER_IMPORT_TWICE] = "twice",
        [ROSTER_IMPORT_POINT_CREATED] = "point-created",
        [ROSTER_IMPORT_MERGED] = "merged",
        [ROSTER_IMPORT_MOVED] = "moved",
        [ROSTER_IMPORT_STAYS] = "stays",
        [ROSTER_IMPORT_CORRECTED] = "corrected",
        [ROSTER_IMPORT_CORRECTED_SENT] = "corrected-sent",
        [ROSTER_IMPORT_GONE] = "gone",
        [ROSTER_IMPORT_PRUNED] = "pruned",
        [ROSTER_IMPORT_KEPT] = "kept",
        [ROSTER_IMPORT_UNLISTED] = "unlisted",
};

const char *roster_import_note_to_string(RosterImportNoteKind kind)
{
        return kind >= 0 && kind < _ROSTER_IMPORT_NOTE_MAX ? kind_names[kind] : NULL;
}

bool roster_import_note_refuses(RosterImportNoteKind kind)
{
        return kind >= 0 && kind < ROSTER_IMPORT_POINT_CREATED;
}

static void note_done(RosterImportNote *note)
{
        free(note->point);
        free(note->other_point);
        free(note->id_number);
        free(note->other_number);
        free(note->name);
        *note = (RosterImportNote){};
}

void roster_import_done(RosterImport *import)
{
        for (size_t i = 0; i < import->n_notes; i++)
                note_done(&import->notes[i]);
        free(import->notes);
        *import = (RosterImport){};
}

static char *copy(const char *s)
{
        return strdup(s ? s : "");
}

int roster_import_add_note(RosterImport *import, const RosterImportNote *note)
{
        RosterImportNote own = *note;

        /* Of an import that is refused only the reasons are true. */
        if (import->refused && !roster_import_note_refuses(note->kind))
                return 0;
        if (!import->refused && roster_import_note_refuses(note->kind)) {
                roster_import_done(import);
                import->refused = true;
        }
        import->counts[note->kind]++;
        if (import->n_notes == ROSTER_IMPORT_NOTES_KEPT)
                return 0;
        if (!import->notes) {
                import->notes = calloc(ROSTER_IMPORT_NOTES_KEPT, sizeof(*import->notes));
                if (!import->notes)
                        return -ENOMEM;
        }
        own.point = copy(note->point);
        own.other_point = copy(note->other_point);
        own.id_number = copy(note->id_number);
        own.other_number = copy(note->other_number);
        own.name = copy(note->name);
        if (!own.point || !own.other_point || !own.id_number || !own.other_number || !own.name) {
                note_done(&own);
                return -ENOMEM;
        }
        import->notes[import->n_notes++] = own;
        return 0;
}
