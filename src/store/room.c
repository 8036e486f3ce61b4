/* SPDX-License-Identifier: MIT */
#include "store-internal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

/*
 * What a full disk must not stop: deletions, decisions, purges, barriers, and the verdicts on what
 * was received. All of them write a little to the catalog. Two things keep room for them, because a
 * disk can be filled in two ways:
 *
 *   - By uploads. Drops are refused while less than `floor` is free, so uploads never fill it.
 *   - By other programs. So a file without meaning, `reserve`, holds as much again. When almost
 *     nothing is free at the beginning of a write transaction, or before a photo is stored, the
 *     program of ours that needs room, daemon or command, gives up a quarter of the reserve. The
 *     daemon fills it up again when there is room for it and for twice the floor.
 *
 * A transaction that is larger than what was free fails, and gives up the whole reserve for its
 * next try.
 *
 * A program that goes on writing gets the room that is given up as well. Nothing of ours can
 * prevent that, but the reserve lasts four times.
 */

#define RESERVE_FILE "reserve"

#define MIB (UINT64_C(1) << 20)

enum {
        DISK_PART = 50, /* on a small disk only a part of it is kept */
        PIECES = 4,
};

typedef struct Disk {
        uint64_t free; /* as df(1) tells; room that only root may use is not counted, because ext4
                          keeps some of it even from root */
        uint64_t floor;
} Disk;

static int look_at_disk(const Store *store, Disk *ret)
{
        struct statvfs st;
        uint64_t unit, part;

        if (fstatvfs(store->dirfd, &st) < 0)
                return -errno;
        unit = st.f_frsize;
        part = st.f_blocks * unit / DISK_PART;
        *ret = (Disk){
                .free = st.f_bavail * unit,
                .floor = MIN(MAX(part, 4 * MIB), 64 * MIB),
        };
        return 0;
}

StoreRoom store_room(const Store *store)
{
        Disk disk = {};

        /* The program that writes will see what is wrong. */
        if (look_at_disk(store, &disk) < 0)
                return STORE_ROOM_ENOUGH;
        if (disk.free < disk.floor)
                return STORE_ROOM_NONE;
        return disk.free < disk.floor + disk.floor / 2 ? STORE_ROOM_LITTLE : STORE_ROOM_ENOUGH;
}

static int open_reserve(const Store *store, int flags)
{
        int fd = openat(store->dirfd, RESERVE_FILE, O_RDWR | O_NOFOLLOW | O_CLOEXEC | flags, 0600);

        return fd < 0 ? -errno : fd;
}

/* Gives up that many bytes of the reserve, or all that is left. */
static void give(const Store *store, uint64_t bytes)
{
        _cleanup_close_ int fd = open_reserve(store, 0);
        struct stat st;

        if (fd >= 0 && fstat(fd, &st) >= 0 && st.st_size > 0)
                (void)!ftruncate(fd, st.st_size - (off_t)MIN(bytes, (uint64_t)st.st_size));
}

/* Not every filesystem can allocate it. Then drops are refused early, and that is all. */
static void fill(const Store *store, const Disk *disk)
{
        _cleanup_close_ int fd = -EBADF;
        struct stat st;
        uint64_t size = 0;

        if (disk->free < 2 * disk->floor)
                return;
        if (fstatat(store->dirfd, RESERVE_FILE, &st, AT_SYMLINK_NOFOLLOW) >= 0)
                size = (uint64_t)st.st_size;
        if (size >= disk->floor || disk->free - 2 * disk->floor < disk->floor - size)
                return;
        fd = open_reserve(store, O_CREAT);
        if (fd >= 0)
                (void)fallocate(fd, 0, 0, (off_t)disk->floor);
}

void store_keep_room(const Store *store)
{
        Disk disk = {};

        if (look_at_disk(store, &disk) < 0)
                return;
        if (disk.free < disk.floor / PIECES)
                give(store, disk.floor / PIECES);
        else if (store->daemon)
                fill(store, &disk);
}

void store_give_room(const Store *store)
{
        give(store, UINT64_MAX);
}
