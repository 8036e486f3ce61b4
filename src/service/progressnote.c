/* SPDX-License-Identifier: MIT */
#include "progressnote.h"

#include <string.h>

static const char *const kind_names[_PROGRESS_NOTE_MAX] = {
        [PROGRESS_BAD_FILE] = "bad-file",
        [PROGRESS_UNKNOWN_STATUS] = "unknown-status",
        [PROGRESS_NO_NUMBER] = "no-number",
        [PROGRESS_DAMAGED_NUMBER] = "damaged-number",
        [PROGRESS_UNKNOWN_STUDENT] = "unknown-student",
        [PROGRESS_AMBIGUOUS] = "ambiguous",
        [PROGRESS_DISAGREE] = "disagree",
        [PROGRESS_OLDER] = "older",
        [PROGRESS_BAD_DATE] = "bad-date",
        [PROGRESS_NOT_APPROVED] = "not-approved",
        [PROGRESS_NO_PHOTO] = "no-photo",
        [PROGRESS_OTHER_SHEET] = "other-sheet",
};

const char *progress_note_to_string(ProgressNoteKind kind)
{
        return kind >= 0 && kind < _PROGRESS_NOTE_MAX ? kind_names[kind] : NULL;
}

static void note_done(ProgressNote *note)
{
        free(note->id_number);
        free(note->student_no);
        free(note->name);
        free(note->status);
        *note = (ProgressNote){};
}

void progress_import_done(ProgressImport *import)
{
        for (size_t i = 0; i < import->n_notes; i++)
                note_done(&import->notes[i]);
        free(import->notes);
        *import = (ProgressImport){};
}

static char *copy(const char *s)
{
        return strdup(s ? s : "");
}

int progress_add_note(ProgressImport *import, const ProgressNote *note)
{
        ProgressNote own = *note;

        import->counts[note->kind]++;
        if (import->n_notes == PROGRESS_NOTES_KEPT)
                return 0;
        if (!import->notes) {
                import->notes = calloc(PROGRESS_NOTES_KEPT, sizeof(*import->notes));
                if (!import->notes)
                        return -ENOMEM;
        }
        own.id_number = copy(note->id_number);
        own.student_no = copy(note->student_no);
        own.name = copy(note->name);
        own.status = copy(note->status);
        if (!own.id_number || !own.student_no || !own.name || !own.status) {
                note_done(&own);
                return -ENOMEM;
        }
        import->notes[import->n_notes++] = own;
        return 0;
}
