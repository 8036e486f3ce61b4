/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * The one thread that changes the catalog of a running daemon, and the read connections beside it.
 *
 * A task runs on the writer thread, inside a transaction that it shares with the other tasks that
 * were queued when the transaction started. Each task is in a savepoint of its own, so that a
 * failing task undoes only itself. The caller waits for the commit: when writer_run() returns 0,
 * the change survives the death of the daemon, and with WRITER_DURABLE also a power loss. A task
 * must not take a lock that a caller of writer_run() may hold.
 */

typedef struct Writer Writer;

typedef int (*WriterTask)(Catalog *catalog, void *userdata);

typedef enum WriterFlags {
        WRITER_DURABLE = 1 << 0,
} WriterFlags;

int writer_new(const Store *store, Writer **ret);
/* Finishes what is queued. */
void writer_free(Writer *writer);
DEFINE_CLEANUP(Writer, writer_free)

/* Runs the task and waits. Returns what the task returned when that was >= 0 and the commit
 * succeeded. Otherwise returns the negative errno of the task or of the commit, and nothing of the
 * task has happened. Call from any thread but the writer's. */
int writer_run(Writer *writer, WriterTask task, void *userdata, WriterFlags flags);

/* Makes all that was committed before survive a power loss. Call from any thread but the
 * writer's. */
int writer_sync(Writer *writer);

/* Gives a read-only connection (catalog_open_reader()), which one thread uses until it is given
 * back. */
int writer_acquire_reader(Writer *writer, Catalog **ret);
void writer_release_reader(Writer *writer, Catalog *catalog);

/* A read connection for the length of a scope. */
typedef struct Reader {
        Writer *writer;
        Catalog *catalog;
} Reader;

static inline int reader_acquire(Writer *writer, Reader *ret)
{
        ret->writer = writer;
        return writer_acquire_reader(writer, &ret->catalog);
}

static inline void reader_release(Reader *reader)
{
        if (reader->catalog)
                writer_release_reader(reader->writer, reader->catalog);
}
#define _cleanup_reader_ _cleanup_(reader_release)
