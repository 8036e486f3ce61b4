/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * The writer makes all changes of the catalog of a running daemon. It also owns the read connections.
 * With the catalog in a file it is one thread. With the catalog on a server it is several, the lanes,
 * and what belongs to one teaching point always goes to the same one: the changes of a point have an
 * order, and those of other points need not wait for them.
 *
 * A task runs on a thread of the writer, inside a transaction that it shares with other tasks queued
 * when the transaction started; in a lane, with those of the same point. Each task has a savepoint of
 * its own, so a failing task undoes only itself. The caller waits for the commit: when writer_run()
 * returns 0 or more, the change survives the death of the daemon, and with WRITER_DURABLE also a
 * power loss. A task must not take a lock that a caller of writer_run() may hold.
 *
 * A catalog on a server may give up a transaction, or its connection may end. Then all tasks of the
 * transaction run again in another one. So a task reads its input and writes its output, and run
 * twice it leaves what it leaves when it is run once.
 */

typedef struct Writer Writer;

typedef int (*WriterTask)(Catalog *catalog, void *userdata);

typedef enum WriterFlags {
        WRITER_DURABLE = 1 << 0,
} WriterFlags;

int writer_new(const Store *store, Writer **ret);
/* Runs the queued tasks, then frees the writer. */
void writer_free(Writer *writer);
DEFINE_CLEANUP(Writer, writer_free)

/* In place of a point. */
enum {
        WRITER_EVERYTHING =
                0, /* the task changes more than one point has, and nobody else writes */
        WRITER_NOTHING =
                -1, /* nothing that belongs to a point: it waits for nobody else's points */
};

/* Runs the task, which changes only what belongs to the point, and waits for its commit. On success
 * returns the task's result, which is >= 0. Otherwise returns the negative errno of the task or of
 * the commit, and the task has changed nothing. Call from any thread but the writer's. */
int writer_run(Writer *writer, int64_t point, WriterTask task, void *userdata, WriterFlags flags);

/* Makes all earlier commits survive a power loss. Call from any thread but the writer's. */
int writer_sync(Writer *writer);

/* Lends a read-only connection (catalog_open_reader()) to one thread, until
 * writer_release_reader(). */
int writer_acquire_reader(Writer *writer, Catalog **ret);
void writer_release_reader(Writer *writer, Catalog *catalog);

/*
 * A look is what a thread reads to serve one request: it holds until the end of the scope, and what
 * the request has read is not read again. The thread's own writer_run() ends what was seen; whoever
 * waits for another thread calls look_again() before it relies on what it reads next. A look inside
 * another is a part of it. Where reading costs no way over a network there are no looks, and each
 * reading is new.
 */
typedef struct Look {
        bool begun;
} Look;
Look look_begin(const Writer *writer);
void look_again(void);
void look_end(const Look *look);
#define _cleanup_look_ _unused_ _cleanup_(look_end)

/* Holds a read connection until the end of a scope. */
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
