/* SPDX-License-Identifier: MIT */
#include "subjects.h"

#include <idphoto/clientname.h>

#include <fts.h>
#include <string.h>
#include <sys/stat.h>

void subjects_done(Subjects *subjects)
{
        for (size_t i = 0; i < subjects->n; i++)
                free(subjects->items[i].path);
        free(subjects->items);
        *subjects = (Subjects){};
}

static int add(Subjects *subjects, const char *path, int error)
{
        const size_t n = subjects->n;
        char *copy;

        /* Room for a power of two. */
        if ((n & (n - 1)) == 0) {
                Subject *items =
                        realloc(subjects->items, MAX(2 * n, (size_t)1) * sizeof(*subjects->items));

                if (!items)
                        return -ENOMEM;
                subjects->items = items;
        }
        copy = strdup(path);
        if (!copy)
                return -ENOMEM;
        subjects->items[subjects->n++] = (Subject){copy, error};
        return 0;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
        return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool judged(const FTSENT *entry)
{
        const bool folder = entry->fts_info == FTS_D || entry->fts_info == FTS_DNR;

        if (entry->fts_level == FTS_ROOTLEVEL)
                return true;
        switch (folder ? name_class_of_folder(entry->fts_name)
                       : name_class_of_file(entry->fts_name)) {
        case NAME_TEMPORARY:
        case NAME_LITTER:
        case NAME_MARKER:
        case NAME_TRASH:
                return false;
        default:
                return true;
        }
}

static int take_entry(Subjects *subjects, FTS *walk, FTSENT *entry)
{
        switch (entry->fts_info) {
        case FTS_DP:
                return 0;
        case FTS_D:
                if (!judged(entry))
                        (void)fts_set(walk, entry, FTS_SKIP);
                return 0;
        case FTS_DNR:
                return judged(entry) ? add(subjects, entry->fts_path, -entry->fts_errno) : 0;
        case FTS_ERR:
                return -entry->fts_errno;
        default:
                return judged(entry) ? add(subjects, entry->fts_path, 0) : 0;
        }
}

/* No link is followed beneath the folder: a file is taken for what it is called. */
static int add_folder(Subjects *subjects, char *path)
{
        char *roots[] = {path, NULL};
        FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
        FTSENT *entry;
        int r = 0;

        if (!walk)
                return -errno;
        do {
                errno = 0;
                entry = fts_read(walk);
                r = entry ? take_entry(subjects, walk, entry) : -errno;
        } while (entry && r >= 0);
        (void)fts_close(walk);
        return r;
}

int subjects_list(size_t n, char **paths, Subjects *ret)
{
        Subjects subjects = {};
        int r = 0;

        for (size_t i = 0; i < n && r >= 0; i++) {
                struct stat st;

                if (stat(paths[i], &st) < 0 || !S_ISDIR(st.st_mode)) {
                        r = add(&subjects, paths[i], 0);
                        continue;
                }
                subjects.folders = true;
                r = add_folder(&subjects, paths[i]);
        }
        if (r < 0) {
                subjects_done(&subjects);
                return r;
        }
        *ret = subjects;
        return 0;
}
