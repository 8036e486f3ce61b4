/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * The one thread that changes the catalog of a running daemon, and the read connections beside it.
 *
 * A task runs on the writer thread inside a transaction that it shares with the other tasks that
 * were queued when it started; each stands in a savepoint of its own, so that a failing task undoes
 * only itself. The caller waits for the commit: when writer_run() returns 0 the change survives the
 * daemon's death, with WRITER_DURABLE power loss too. Tasks take no lock that a caller of
 * writer_run() may hold.
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

/* Runs task and waits. Returns what it returned when >= 0 and the commit succeeded; the task's or
 * the commit's negative errno otherwise, and then nothing of the task happened. Any thread but the
 * writer's. */
int writer_run(Writer *writer, WriterTask task, void *userdata, WriterFlags flags);

/* All that was committed before survives a power loss. Any thread but the writer's. */
int writer_sync(Writer *writer);

/* A connection for reading alone (catalog_open_reader()), used by one thread until given back. */
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
