/* SPDX-License-Identifier: MIT */
#include "namespace.h"

#include "intake/intake.h"
#include "live/agenda.h"
#include "live/ghost.h"

#include <string.h>

/* What the announcer's own calls mean: they carry a verdict out, or let it be seen. */

int namespace_announce(Fs *fs, int64_t showing, Node parent, const char *name, Node new_parent,
                       const char *new_name)
{
        _cleanup_target_ JudgeTarget target = {};
        _cleanup_reader_ Reader reader = {};
        char *from = NULL, *to = NULL;
        Place place;
        int r;

        if (showing == 0) {
                (void)ghost_remove(fs->tree.ghosts, parent, name);
                return 0;
        }
        r = upload_apply(fs, showing, &target);
        /* Committed meanwhile by whoever could not wait: only to be seen. */
        if (r == -ESTALE)
                return 0;
        if (r < 0)
                return r;
        if (target.rejected == (new_parent.kind == NODE_REJECTED_DIR) &&
            strcmp(target.name, new_name) == 0)
                return 0;
        r = reader_acquire(fs->writer, &reader);
        if (r >= 0)
                r = tree_place(&fs->tree, reader.catalog, parent, &place);
        if (r >= 0)
                r = tree_path(&fs->tree, reader.catalog, &place, name, &from);
        if (r >= 0)
                r = tree_target_path(&fs->tree, reader.catalog, place.point, &target, &to);
        if (r >= 0)
                agenda_tell(fs->agenda, TAKE_PTR(from), TAKE_PTR(to));
        free(from);
        free(to);
        return -EAGAIN;
}

int namespace_announce_link(Fs *fs, int64_t showing, Node new_parent, const char *new_name,
                            Entry *ret)
{
        _cleanup_target_ JudgeTarget target = {};
        int r = showing == 0 ? -ESTALE : upload_apply(fs, showing, &target);

        if (r < 0 && r != -ESTALE)
                return r;
        r = namespace_find(fs, new_parent, new_name, ret);
        return r == 0 ? -EAGAIN : MIN(r, 0);
}

int namespace_announce_directory(Fs *fs, Node parent, const char *name, Entry *ret)
{
        int r = namespace_find(fs, parent, name, ret);

        return r == 0 ? -ENOENT : MIN(r, 0);
}
