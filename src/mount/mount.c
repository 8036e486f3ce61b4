/* SPDX-License-Identifier: MIT */
#include "mount.h"

#include "announcer.h"
#include "intake/collector.h"
#include "intake/rendition.h"
#include "mountpoint.h"
#include "names/folder.h"
#include "names/inbox-import.h"
#include "ops-internal.h"
#include "prefetch.h"
#include "pulse.h"

#include <idphoto/catalogurl.h>
#include <idphoto/log.h>
#include <idphoto/message.h>
#include <idphoto/notify.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>

enum { REQUEST_THREADS_MAX = 64 };

void mount_options_default(MountOptions *ret)
{
        *ret = (MountOptions){
                .language = _LANGUAGE_INVALID,
                .speaks = language_from_environment(),
                .allow_other = geteuid() == 0,
                .guard = true,
                .settle_msec = MOUNT_OPTION_UNSET,
                .settle_empty_msec = MOUNT_OPTION_UNSET,
                .delay_msec = MOUNT_OPTION_UNSET,
                .workers = MOUNT_OPTION_UNSET,
        };
}

/* ---- background ---- */

/* Forks; the parent waits until the child is ready or has failed, and exits as the child says.
 * Returns in the child, the fd to report on. */
static int go_to_background(void)
{
        int fds[2];
        pid_t pid;
        char status = 1;

        if (pipe2(fds, O_CLOEXEC) < 0)
                return -errno;
        pid = fork();
        if (pid < 0)
                return -errno;
        if (pid > 0) {
                (void)close(fds[1]);
                while (read(fds[0], &status, 1) < 0 && errno == EINTR)
                        ;
                _exit(status);
        }
        (void)close(fds[0]);
        (void)setsid();
        return fds[1];
}

static void report_ready(int fd)
{
        static const char ok = 0;
        int null, r;

        r = notify_manager("READY=1");
        if (r < 0)
                log_warning("cannot tell the service manager: %s; continuing", strerror(-r));
        if (fd < 0)
                return;
        log_set_syslog("idphotofs");
        null = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (null >= 0) {
                for (int i = 0; i < 3; i++)
                        (void)dup2(null, i);
                if (null > 2)
                        (void)close(null);
        }
        if (chdir("/") < 0)
                log_warning("cannot leave the directory it was started in: %s; continuing",
                            strerror(errno));
        /* Nobody waits for it if that fails. */
        (void)!write(fd, &ok, 1);
        (void)close(fd);
}

/* ---- the configuration ---- */

static void log_unreadable(const Store *store, Language language, const char *file, int error,
                           const ConfigProblem *problem)
{
        _cleanup_free_ char *path = NULL, *text = NULL;

        if (file[0] == '/' || asprintf(&path, "%s/%s", store_path(store), file) < 0)
                path = NULL;
        if (error == -EBADMSG &&
            config_problem_text(problem, path ? path : file, language, &text) >= 0)
                log_error_in(language, "%s", text);
        else
                log_error_in(language, MESSAGE(ERROR_READ, language), path ? path : file,
                             message_errno(-error, language));
}

/* A daemon that judges by other rules than the operator wrote is worse than none. */
static int read_config(const Store *store, Language language, Config *ret, Calendar **ret_calendar)
{
        ConfigProblem problem;
        int r;

        r = config_load_at(store_dirfd(store), ret, &problem);
        if (r < 0) {
                log_unreadable(store, language, CONFIG_FILE, r, &problem);
                return r;
        }
        r = config_load_calendar_at(store_dirfd(store), ret, ret_calendar, &problem);
        if (r < 0)
                log_unreadable(store, language, ret->holidays, r, &problem);
        return r;
}

/* 0 with the group; -ENOENT when the configuration names one that the system does not know. */
static int find_office_group(const Config *config, gid_t *ret)
{
        if (*config->office_group)
                return config_find_group(config->office_group, ret);
        *ret = getegid();
        return 0;
}

/* In a list of options a comma ends a value, unless it is escaped. */
static void append_option_value(Text *text, const char *value)
{
        for (; *value; value++) {
                if (*value == ',' || *value == '\\')
                        text_append(text, "\\");
                text_append_data(text, value, 1);
        }
}

static int new_session(Fs *fs, const MountOptions *options, const Store *store)
{
        struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
        _cleanup_text_ Text text = {};
        const char *mount_options;
        int r = -ENOMEM;

        /* Permissions are the kernel's [Z3]; nothing in the mount is a program or a device. */
        text_append(&text, "subtype=idphotofs,default_permissions,nosuid,nodev,noexec");
        if (options->allow_other)
                text_append(&text, ",allow_other");
        text_append(&text, ",fsname=");
        append_option_value(&text, store_path(store));
        if (text.error < 0)
                return text.error;
        mount_options = text.data;
        if (fuse_opt_add_arg(&args, "idphotofs") == 0 && fuse_opt_add_arg(&args, "-o") == 0 &&
            fuse_opt_add_arg(&args, mount_options) == 0 &&
            (!options->debug || fuse_opt_add_arg(&args, "-d") == 0)) {
                fs->session = fuse_session_new(&args, &fs_operations, sizeof(fs_operations), fs);
                r = fs->session ? 0 : -EINVAL;
        }
        fuse_opt_free_args(&args);
        return r;
}

static int serve(Fs *fs)
{
        struct fuse_loop_config *config = fuse_loop_cfg_create();
        int r;

        if (!config)
                return -ENOMEM;
        /* One descriptor a thread: requests are answered in parallel. */
        fuse_loop_cfg_set_clone_fd(config, 1);
        /* They are made when all others are busy. Some may wait for a lease or for the disk. */
        fuse_loop_cfg_set_max_threads(config, REQUEST_THREADS_MAX);
        r = fuse_session_loop_mt(fs->session, config);
        /* An unmount too: so the kernel ends a request that was on its way to this program. */
        if (r == -ECONNABORTED)
                r = 0;
        fuse_loop_cfg_destroy(config);
        return r;
}

typedef struct Farewell {
        Fs *fs;
        int done; /* eventfd */
} Farewell;

static void *stop_callers(void *userdata)
{
        Farewell *farewell = userdata;

        prefetch_stop(farewell->fs->prefetch);
        (void)announcer_stop(farewell->fs->announcer);
        (void)eventfd_write(farewell->done, 1);
        return NULL;
}

/* Ends the threads that call on the mount themselves. One may wait for an answer just now, and
 * nobody else answers any more. */
static void end_callers(Fs *fs)
{
        Farewell farewell = {.fs = fs, .done = eventfd(0, EFD_CLOEXEC)};
        struct fuse_buf buffer = {};
        struct pollfd fds[2] = {
                {.fd = farewell.done, .events = POLLIN},
                {.fd = fuse_session_fd(fs->session), .events = POLLIN},
        };
        pthread_t thread;

        if (farewell.done < 0 || pthread_create(&thread, NULL, stop_callers, &farewell) != 0) {
                (void)safe_close(farewell.done);
                return; /* fs_done() waits for them */
        }
        while (poll(fds, ELEMENTSOF(fds), -1) >= 0 || errno == EINTR) {
                if (fds[0].revents != 0)
                        break;
                if (fds[1].revents == 0)
                        continue;
                if (fuse_session_receive_buf(fs->session, &buffer) > 0)
                        fuse_session_process_buf(fs->session, &buffer);
                else
                        fds[1].fd = -1; /* unmounted: every call has failed by now */
        }
        (void)pthread_join(thread, NULL);
        free(buffer.mem);
        (void)safe_close(farewell.done);
}

/* What a dead daemon left is gone on with, behind the clients' backs. */
static int recover(Fs *fs, Language speaks)
{
        int r = upload_recover_start(&fs->intake);

        if (r >= 0)
                r = rendition_recover(&fs->intake);
        if (r >= 0)
                r = inbox_import_recover(&fs->names);
        if (r >= 0)
                r = collector_new(&fs->intake, speaks, &fs->intake.collector);
        return r < 0 ? r : pulse_start(fs->pulse);
}

static void say_unserved(const Store *store, Language language, int error)
{
        if (error == -EALREADY)
                log_error_in(language, MESSAGE(MOUNT_ELSEWHERE, language));
        else if (error == -EADDRINUSE)
                log_error_in(language, MESSAGE(MOUNT_NAME_TAKEN, language),
                             store_gateway_name(store), store_path(store));
        else if (error != -EBADE) /* said already */
                log_error_in(language, MESSAGE(MOUNT_CANNOT_SERVE, language),
                             message_errno(-error, language));
}

/* Serves what is mounted until the unmount. The mountpoint is guarded no sooner than nothing can go
 * wrong any more: a mount that failed leaves it as it was. */
static int open_and_serve(Fs *fs, Store *store, const MountOptions *options,
                          const Mountpoint *mountpoint, int ready_fd)
{
        const Language language = options->speaks;
        int r = mountpoint_device(fs->mountpoint, &fs->device);

        if (r >= 0)
                r = fs_open(fs, store, options);
        if (r >= 0)
                r = recover(fs, options->speaks);
        if (r < 0)
                say_unserved(store, language, r);
        else {
                if (options->guard)
                        mountpoint_guard(mountpoint, language);
                log_info_in(language, MESSAGE(MOUNT_READY, language), store_path(store));
                report_ready(ready_fd);
                r = serve(fs);
                atomic_store(&fs->served, true);
        }
        if (fs->announcer)
                end_callers(fs);
        return r;
}

static int mount_and_serve(Fs *fs, Store *store, const MountOptions *options,
                           const Mountpoint *mountpoint, int ready_fd)
{
        const Language language = options->speaks;
        int r = new_session(fs, options, store);

        if (r < 0) {
                log_error_in(language, MESSAGE(MOUNT_SESSION, language),
                             message_errno(-r, language));
                return r;
        }
        r = fuse_set_signal_handlers(fs->session) < 0 ? -EIO : 0;
        if (r < 0)
                return r;
        if (fuse_session_mount(fs->session, fs->mountpoint) < 0) {
                log_error_in(language, MESSAGE(MOUNT_FAILED, language), fs->mountpoint);
                r = -EIO;
        } else {
                r = open_and_serve(fs, store, options, mountpoint, ready_fd);
                fuse_session_unmount(fs->session);
        }
        fuse_remove_signal_handlers(fs->session);
        return r;
}

/* ---- without a mount ---- */

static void ending_signals(sigset_t *ret)
{
        (void)sigemptyset(ret);
        (void)sigaddset(ret, SIGHUP);
        (void)sigaddset(ret, SIGINT);
        (void)sigaddset(ret, SIGTERM);
}

/* Before there are threads. The signals wait until they are asked for; with a mount libfuse catches
 * them. */
static void hold_signals(void)
{
        sigset_t signals;

        ending_signals(&signals);
        (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
        (void)signal(SIGPIPE, SIG_IGN);
}

static bool signal_waits(void)
{
        sigset_t waiting;

        return sigpending(&waiting) == 0 &&
               (sigismember(&waiting, SIGHUP) == 1 || sigismember(&waiting, SIGINT) == 1 ||
                sigismember(&waiting, SIGTERM) == 1);
}

/* What it claims (pulse.c) is judged and shown by the same threads as with a mount. */
static int judge(Fs *fs, Store *store, const MountOptions *options, int ready_fd)
{
        const Language language = options->speaks;
        sigset_t signals;
        int r, number;

        hold_signals();
        r = fs_open(fs, store, options);
        if (r >= 0)
                r = recover(fs, options->speaks);
        if (r < 0) {
                say_unserved(store, language, r);
                return r;
        }
        log_info_in(language, MESSAGE(MOUNT_JUDGES, language), store_path(store));
        report_ready(ready_fd);
        ending_signals(&signals);
        r = -sigwait(&signals, &number);
        atomic_store(&fs->served, true);
        return r;
}

/* ---- the whole ---- */

/* From any thread: a signal or an unmount has ended it. */
static bool is_ending(void *userdata)
{
        const Fs *fs = userdata;

        return atomic_load(&fs->served) ||
               (fs->session ? fuse_session_exited(fs->session) : signal_waits());
}

static unsigned patience_of(const char *store)
{
        _cleanup_close_ int fd = open(store, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        ConfigProblem problem;
        Config config;

        return fd >= 0 && config_load_at(fd, &config, &problem) >= 0
                       ? config.patience_msec
                       : (unsigned)STORE_PATIENCE_MSEC;
}

/* A server may come up with this machine, and somewhat later. */
static int open_store(const char *path, Language language, Store **ret)
{
        const struct timespec pause = {.tv_sec = 1};
        unsigned msec = patience_of(path);
        int64_t until = clock_monotonic_nsec(clock_system()) + msec * NSEC_PER_MSEC;
        int r = store_open(path, ret);

        if (r == -ECONNREFUSED)
                log_info_in(language, MESSAGE(MOUNT_WAITING, language), msec / 1000);
        while (r == -ECONNREFUSED && clock_monotonic_nsec(clock_system()) < until) {
                (void)nanosleep(&pause, NULL);
                r = store_open(path, ret);
        }
        return r;
}

static void say_unopened(const char *store, Language language, int error)
{
        if (error == -ENOENT)
                log_error_in(language, MESSAGE(ERROR_NO_STORE, language), store);
        else if (error == -EPROTO)
                log_error_in(language, MESSAGE(ERROR_NEWER_STORE, language), store);
        else
                log_error_in(language, MESSAGE(ERROR_OPEN_STORE, language), store,
                             catalog_error(error, language));
}

/* Everything that can be seen to be wrong before there is a daemon. */
static int prepare(Fs *fs, const MountOptions *options, const Store *store, Calendar **ret_calendar,
                   Mountpoint *ret_mountpoint)
{
        const Language language = options->speaks;
        int r = read_config(store, language, &fs->config, ret_calendar);

        if (r < 0)
                return r;
        r = find_office_group(&fs->config, &fs->tree.office_gid);
        if (r < 0) {
                log_error_in(language, MESSAGE(MOUNT_NO_OFFICE_GROUP, language),
                             fs->config.office_group);
                return r;
        }
        if (options->judge)
                return 0;
        if (access("/dev/fuse", F_OK) < 0) {
                r = -errno;
                log_error_in(language, MESSAGE(MOUNT_NO_DEVICE, language),
                             message_errno(-r, language));
                return r;
        }
        return mountpoint_prepare(options->mountpoint, store, language, ret_mountpoint);
}

/* After the fork: the lock belongs to the process that serves. */
static int lock_store(Store *store, const MountOptions *options)
{
        const Language language = options->speaks;
        int r = store_lock_daemon(store);

        if (r == -EBUSY)
                log_error_in(language, MESSAGE(MOUNT_LOCKED, language), options->store);
        else if (r < 0)
                log_error_in(language, MESSAGE(MOUNT_CANNOT_LOCK, language), options->store,
                             message_errno(-r, language));
        return r;
}

int mount_serve(const MountOptions *options)
{
        const Language language = options->speaks;
        _cleanup_(store_freep) Store *store = NULL;
        _cleanup_(calendar_freep) Calendar *calendar = NULL;
        _cleanup_(mountpoint_done) Mountpoint mountpoint = {.below = -EBADF};
        struct fuse_session *session;
        Fs fs = {};
        int ready_fd = -EBADF, r;

        r = open_store(options->store, language, &store);
        if (r < 0) {
                say_unopened(options->store, language, r);
                return EXIT_FAILURE;
        }
        if (options->judge && !store_shares_blobs(store)) {
                log_error_in(language, MESSAGE(MOUNT_JUDGE_ALONE, language), options->store);
                return EXIT_FAILURE;
        }
        if (prepare(&fs, options, store, &calendar, &mountpoint) < 0)
                return EXIT_FAILURE;
        fs.tree.calendar = calendar;
        fs.mountpoint = mountpoint.path;
        if (!options->foreground) {
                ready_fd = go_to_background();
                if (ready_fd < 0) {
                        log_error_in(language, MESSAGE(MOUNT_BACKGROUND, language),
                                     message_errno(-ready_fd, language));
                        return EXIT_FAILURE;
                }
        }
        if (lock_store(store, options) < 0)
                return EXIT_FAILURE;
        store_set_patience(store, &(StorePatience){.msec = fs.config.patience_msec,
                                                   .ending = is_ending,
                                                   .userdata = &fs});
        r = options->judge ? judge(&fs, store, options, ready_fd)
                           : mount_and_serve(&fs, store, options, &mountpoint, ready_fd);
        session = fs.session;
        fs_close(&fs);
        if (session)
                fuse_session_destroy(session);
        log_info_in(language, MESSAGE(MOUNT_ENDED, language));
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
