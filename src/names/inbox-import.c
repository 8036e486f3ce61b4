/* SPDX-License-Identifier: MIT */
#include "inbox-import.h"

#include "live/agenda.h"
#include "tree/inbox.h"

#include <idphoto/clientname.h>
#include <idphoto/log.h>

#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

/* Beside this program when it runs from a build folder, else where it is installed. */
static char *find_program(void)
{
        char self[4096];
        ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
        char *path = NULL, *slash;

        if (n > 0) {
                self[n] = '\0';
                slash = strrchr(self, '/');
                if (slash && asprintf(&path, "%.*s/idphotoctl", (int)(slash - self), self) < 0)
                        return NULL;
                if (path && access(path, X_OK) >= 0)
                        return path;
                free(path);
        }
        return strdup(CTL_PATH);
}

typedef struct ImportTask {
        Names *names;
        char name[];
} ImportTask;

static int spawn(const Names *names, const char *path, uid_t actor, int out, pid_t *ret)
{
        _cleanup_free_ char *program = find_program(), *store = NULL, *language = NULL, *who = NULL;
        posix_spawn_file_actions_t actions;
        int r;

        if (!program || asprintf(&store, "--store=%s", store_path(names->store)) < 0 ||
            asprintf(&language, "--lang=%s", language_to_string(names->tree->language)) < 0 ||
            asprintf(&who, "--actor=%u", (unsigned)actor) < 0)
                return -ENOMEM;
        r = posix_spawn_file_actions_init(&actions);
        if (r != 0)
                return -r;
        (void)posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        (void)posix_spawn_file_actions_adddup2(&actions, out, 1);
        (void)posix_spawn_file_actions_adddup2(&actions, out, 2);
        r = posix_spawn(ret, program, &actions, NULL,
                        (char *const[]){(char *)"idphotoctl", store, language, (char *)"import",
                                        who, (char *)"--", (char *)path, NULL},
                        environ);
        (void)posix_spawn_file_actions_destroy(&actions);
        return -r;
}

/* The report is written under another name first: whoever sees it sees it whole. */
static int run_import(const Names *names, const char *name)
{
        _cleanup_free_ char *path = NULL, *part = NULL, *report = NULL;
        _cleanup_close_ int out = -EBADF;
        int dirfd = inbox_dirfd(names->tree->inbox), r;
        struct stat st;
        pid_t pid;

        if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                return errno == ENOENT ? 0 : -errno;
        if (asprintf(&path, "%s/" INBOX_FOLDER "/%s", store_path(names->store), name) < 0 ||
            inbox_beside(name, inbox_report_suffix(names->tree->language), &report) < 0 ||
            inbox_beside(name, INBOX_PART_SUFFIX, &part) < 0)
                return -ENOMEM;
        out = openat(dirfd, part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (out < 0)
                return -errno;
        r = spawn(names, path, st.st_uid, out, &pid);
        if (r < 0)
                return r;
        while (waitpid(pid, NULL, 0) < 0)
                if (errno != EINTR)
                        return -errno;
        return renameat(dirfd, part, dirfd, report) < 0 ? -errno : 0;
}

static void tell(const Names *names, const char *name)
{
        _cleanup_free_ char *report = NULL;
        char *path = NULL, *same = NULL;

        if (inbox_beside(name, inbox_report_suffix(names->tree->language), &report) < 0 ||
            asprintf(&path, "%s/%s/%s", fixed_name(FIXED_OFFICE, names->tree->language),
                     fixed_name(FIXED_IMPORT, names->tree->language), report) < 0)
                return;
        same = strdup(path);
        agenda_tell(names->agenda, path, same);
}

static void import(Worker *worker _unused_, void *userdata)
{
        _cleanup_free_ ImportTask *task = userdata;
        int r;

        worker_pool_give_back(task->names->pool);
        r = run_import(task->names, task->name);
        if (r < 0)
                log_warning("cannot import a file dropped into the office's import folder: %s; the "
                            "next start tries again",
                            strerror(-r));
        else
                tell(task->names, task->name);
}

static void discard(Worker *worker _unused_, void *userdata)
{
        free(userdata);
}

/* Whether a drop under that name is finished. */
static bool is_for_import(const char *name)
{
        return name_class_of_file(name) == NAME_NORMAL && !inbox_is_report(name) &&
               !text_ends_with(name, INBOX_PART_SUFFIX);
}

static void want_import(Names *names, const char *name)
{
        /* Each keeps a thread of the pool for as long as it takes. */
        static const WorkerKey imports = {.point = POOL_IMPORTS, .at_once = 1};
        ImportTask *task;
        size_t n = strlen(name) + 1;

        if (!is_for_import(name))
                return;
        inbox_remove_report(names->tree->inbox, name);
        task = malloc(sizeof(*task) + n);
        if (!task)
                return;
        task->names = names;
        memcpy(task->name, name, n);
        if (worker_pool_submit(names->pool, &imports, import, discard, task) < 0)
                free(task);
}

void inbox_written(Names *names, Node node)
{
        _cleanup_free_ char *name = NULL;

        if (inbox_name(names->tree->inbox, node, &name) >= 0)
                want_import(names, name);
}

int inbox_rename(Names *names, const char *name, const char *new_name, bool noreplace)
{
        int dirfd = inbox_dirfd(names->tree->inbox);

        if (inbox_is_report(name) || inbox_is_report(new_name))
                return -EACCES;
        if (renameat2(dirfd, name, dirfd, new_name, noreplace ? RENAME_NOREPLACE : 0) < 0)
                return -errno;
        inbox_remove_report(names->tree->inbox, name);
        want_import(names, new_name);
        return 0;
}

static int recover(const char *name, const struct stat *st _unused_, void *userdata)
{
        Names *names = userdata;
        int r;

        if (!is_for_import(name))
                return 0;
        r = inbox_has_report(names->tree->inbox, name);
        if (r == 0)
                want_import(names, name);
        return MIN(r, 0);
}

int inbox_import_recover(Names *names)
{
        return inbox_for_each(names->tree->inbox, recover, names);
}
