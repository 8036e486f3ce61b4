/* SPDX-License-Identifier: MIT */
#include "rosternote.h"

#include <string.h>

/* The reasons to import nothing come first. */
static bool refuses(RosterImportNoteKind kind)
{
        return kind < ROSTER_IMPORT_POINT_CREATED;
}

static void note_done(RosterImportNote *note)
{
        free(note->sheet);
        free(note->other_sheet);
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
        if (import->refused && !refuses(note->kind))
                return 0;
        if (!import->refused && refuses(note->kind)) {
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
        own.sheet = copy(note->sheet);
        own.other_sheet = copy(note->other_sheet);
        own.point = copy(note->point);
        own.other_point = copy(note->other_point);
        own.id_number = copy(note->id_number);
        own.other_number = copy(note->other_number);
        own.name = copy(note->name);
        if (!own.sheet || !own.other_sheet || !own.point || !own.other_point || !own.id_number ||
            !own.other_number || !own.name) {
                note_done(&own);
                return -ENOMEM;
        }
        import->notes[import->n_notes++] = own;
        return 0;
}
