/* SPDX-License-Identifier: MIT */
#include "namespace.h"

#include "intake/intake.h"
#include "live/agenda.h"
#include "live/ghost.h"

#include <string.h>

/* What the announcer's own calls mean: they carry a verdict out, or let it be seen. */

int namespace_announce(Names *names, int64_t showing, Node parent, const char *name,
                       Node new_parent, const char *new_name)
{
        _cleanup_target_ JudgeTarget target = {};
        _cleanup_reader_ Reader reader = {};
        TreeStep step;
        Place place;
        int r;

        if (showing == 0) {
                (void)ghost_remove(names->tree->ghosts, parent, name);
                return 0;
        }
        r = upload_apply(names->intake, showing, &target);
        /* Committed meanwhile by whoever could not wait: only to be seen. */
        if (r == -ESTALE)
                return 0;
        if (r < 0)
                return r;
        if (target.rejected == (new_parent.kind == NODE_REJECTED_DIR) &&
            strcmp(target.name, new_name) == 0)
                return 0;
        r = reader_acquire(names->writer, &reader);
        if (r >= 0)
                r = tree_place(names->tree, reader.catalog, parent, &place);
        if (r >= 0)
                r = tree_verdict_step(names->tree, reader.catalog, &place, name, &target, &step);
        if (r >= 0)
                agenda_tell(names->agenda, step.from, step.to);
        return -EAGAIN;
}

int namespace_announce_link(Names *names, int64_t showing, Node new_parent, const char *new_name,
                            Entry *ret)
{
        _cleanup_target_ JudgeTarget target = {};
        int r = showing == 0 ? -ESTALE : upload_apply(names->intake, showing, &target);

        if (r < 0 && r != -ESTALE)
                return r;
        r = namespace_find(names, new_parent, new_name, ret);
        return r == 0 ? -EAGAIN : MIN(r, 0);
}

void namespace_announce_removal(Names *names, Node parent, const char *name)
{
        (void)ghost_remove(names->tree->ghosts, parent, name);
}

int namespace_announce_directory(Names *names, Node parent, const char *name, Entry *ret)
{
        int r = namespace_find(names, parent, name, ret);

        return r == 0 ? -ENOENT : MIN(r, 0);
}
