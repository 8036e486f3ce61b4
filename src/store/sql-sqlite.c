/* SPDX-License-Identifier: MIT */
#include "sql-driver.h"
#include "store-internal.h"

#include <idphoto/text.h>

#include <math.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include <fcntl.h>

/*
 * SQLite. Nothing is deferred: what sql_run() is given has run when it returns. Trips are counted
 * as they would be on a network, so that a test on either engine sees when code begins to ask more.
 */

enum {
        STATEMENTS_MAX = 256,
        SLOTS = 2 * STATEMENTS_MAX, /* of the table of statements, which so is at most half full */
        BUSY_TIMEOUT_MSEC = 10000,
        LOG_TRIES = 5,
        LOG_WAIT_MSEC = 200,
};

/* See add(). */
#define RETURNING " RETURNING id"

/* A statement and its rows. */
typedef struct Statement {
        SqlRows rows;
        const char *text; /* NULL: the slot is free, or the statement is asked once */
        sqlite3_stmt *statement;
} Statement;

typedef struct Sqlite {
        Sql sql;
        sqlite3 *db;
        Statement statements[SLOTS]; /* by the address of the text */
        size_t n_statements;
        bool durable; /* synchronous=FULL is set */
        bool wrote;   /* committed something */
} Sqlite;

static Sqlite *of(Sql *sql)
{
        return (Sqlite *)sql;
}

static int error_of(int code)
{
        if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
                return -EEXIST;
        if (code == SQLITE_IOERR_NOMEM)
                return -ENOMEM;
        switch (code & 0xff) {
        case SQLITE_OK:
        case SQLITE_ROW:
        case SQLITE_DONE:
                return 0;
        case SQLITE_NOMEM:
                return -ENOMEM;
        case SQLITE_FULL:
                return -ENOSPC;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
                return -EBUSY;
        case SQLITE_READONLY:
                return -EROFS;
        case SQLITE_PERM:
        case SQLITE_CANTOPEN:
                return -EACCES;
        case SQLITE_CORRUPT:
        case SQLITE_CONSTRAINT:
        case SQLITE_NOTADB:
        case SQLITE_FORMAT:
                return -EUCLEAN;
        case SQLITE_TOOBIG:
                return -EFBIG;
        default:
                return -EIO;
        }
}

/* Statements of which none is kept. */
static int execute(Sqlite *sqlite, const char *text)
{
        return error_of(sqlite3_exec(sqlite->db, text, NULL, NULL, NULL));
}

/* ---- statements ---- */

static int step(sqlite3_stmt *statement)
{
        int code = sqlite3_step(statement);

        if (code == SQLITE_ROW)
                return 1;
        return code == SQLITE_DONE ? 0 : error_of(code);
}

/* Literals lie one behind the other: a step of 16 bytes tells most of them apart. */
static size_t first_slot(const char *text)
{
        return ((uintptr_t)text >> 4) * 0x9e3779b1u % SLOTS;
}

static int prepare(Sqlite *sqlite, const char *text, Statement **ret)
{
        Statement *statement;
        size_t i = first_slot(text), size = strlen(text);
        int r;

        for (; sqlite->statements[i].text; i = (i + 1) % SLOTS)
                if (sqlite->statements[i].text == text) {
                        *ret = &sqlite->statements[i];
                        return 0;
                }
        if (sqlite->n_statements == STATEMENTS_MAX)
                return -E2BIG;
        statement = &sqlite->statements[i];
        if (text_ends_with(text, RETURNING))
                size -= strlen(RETURNING);
        r = sqlite3_prepare_v3(sqlite->db, text, (int)size, SQLITE_PREPARE_PERSISTENT,
                               &statement->statement, NULL);
        if (r != SQLITE_OK)
                return error_of(r);
        statement->rows.driver = sqlite->sql.driver;
        statement->text = text;
        sqlite->n_statements++;
        *ret = statement;
        return 0;
}

static int bind(sqlite3_stmt *s, int position, const Value *value)
{
        char *key = NULL;
        int r;

        switch (value->kind) {
        case VALUE_INTEGER:
                (void)sqlite3_bind_int64(s, position, value->integer);
                break;
        case VALUE_TEXT:
                (void)sqlite3_bind_text(s, position, value->text, -1, SQLITE_STATIC);
                break;
        case VALUE_KEY:
                r = value->text ? text_fold(value->text, &key) : 0;
                if (r < 0)
                        return r;
                (void)sqlite3_bind_text(s, position, key, -1, free);
                break;
        case VALUE_HASH:
                if (value->hash)
                        (void)sqlite3_bind_blob(s, position, value->hash->bytes, SHA256_SIZE,
                                                SQLITE_STATIC);
                break;
        case VALUE_REAL:
                if (!isnan(value->real))
                        (void)sqlite3_bind_double(s, position, value->real);
                break;
        case VALUE_FINGERPRINT:
                if (value->fingerprint)
                        (void)sqlite3_bind_blob(s, position, value->fingerprint->waves,
                                                PHOTO_FINGERPRINT_SIZE, SQLITE_STATIC);
                break;
        }
        return 0;
}

static void end(Statement *statement)
{
        (void)sqlite3_reset(statement->statement);
        (void)sqlite3_clear_bindings(statement->statement);
}

static int query(Sqlite *sqlite, const char *text, const Value *values, size_t n, Statement **ret)
{
        Statement *statement = NULL;
        int r = prepare(sqlite, text, &statement);

        if (r < 0)
                return r;
        n = MIN(n, (size_t)sqlite3_bind_parameter_count(statement->statement));
        for (size_t i = 0; i < n && r >= 0; i++)
                r = bind(statement->statement, (int)i + 1, &values[i]);
        if (r < 0) {
                end(statement);
                return r;
        }
        *ret = statement;
        return 0;
}

static int run(Sql *sql, const char *text, const Value *values, size_t n, int64_t *ret_changed)
{
        Sqlite *sqlite = of(sql);
        Statement *statement = NULL;
        int r = query(sqlite, text, values, n, &statement);

        if (r < 0)
                return r;
        do
                r = step(statement->statement);
        while (r > 0);
        if (r >= 0 && ret_changed) {
                *ret_changed = sqlite3_changes(sqlite->db);
                sql->trips++;
        }
        end(statement);
        return r;
}

/* Without the words RETURNING id. For SQLite they are a trigger, and so a reason to look whether any
 * row refers to the new one already, in tables that have no index for that. */
static int add(Sql *sql, const char *text, const Value *values, size_t n, int64_t *ret_id)
{
        int64_t added = 0;
        int r = run(sql, text, values, n, &added);

        if (r < 0 || added == 0)
                return r;
        *ret_id = sqlite3_last_insert_rowid(of(sql)->db);
        return 1;
}

/* A statement that begins or ends something; it is kept. */
static int mark(Sqlite *sqlite, const char *text)
{
        return run(&sqlite->sql, text, NO_VALUES, NULL);
}

static int script(Sql *sql, const char *text)
{
        sql->trips++;
        return execute(of(sql), text);
}

static int ask(Sql *sql, SqlSize size _unused_, const SqlQuestion *question, SqlRows **ret)
{
        Statement *statement = NULL;
        int r = query(of(sql), question->text, question->values, question->n, &statement);

        if (r < 0)
                return r;
        sql->trips++;
        *ret = &statement->rows;
        return 0;
}

static int ask_once(Sql *sql, const char *text, SqlRows **ret)
{
        Statement *statement = calloc(1, sizeof(*statement));
        int r;

        if (!statement)
                return -ENOMEM;
        statement->rows.driver = sql->driver;
        r = error_of(sqlite3_prepare_v2(of(sql)->db, text, -1, &statement->statement, NULL));
        if (r < 0) {
                free(statement);
                return r;
        }
        sql->trips++;
        *ret = &statement->rows;
        return 0;
}

static sqlite3_stmt *statement_of(const SqlRows *rows)
{
        return ((const Statement *)rows)->statement;
}

static int next(SqlRows *rows)
{
        return step(statement_of(rows));
}

static void done(SqlRows *rows)
{
        Statement *statement = (Statement *)rows;

        if (statement->text) {
                end(statement);
                return;
        }
        (void)sqlite3_finalize(statement->statement);
        free(statement);
}

/* ---- columns ---- */

static bool is_null(const SqlRows *row, int column)
{
        return sqlite3_column_type(statement_of(row), column) == SQLITE_NULL;
}

static int64_t integer(const SqlRows *row, int column)
{
        return sqlite3_column_int64(statement_of(row), column);
}

static double real(const SqlRows *row, int column)
{
        return is_null(row, column) ? NAN : sqlite3_column_double(statement_of(row), column);
}

static const char *text(const SqlRows *row, int column)
{
        return (const char *)sqlite3_column_text(statement_of(row), column);
}

static const void *data(const SqlRows *row, int column, size_t *ret_size)
{
        const void *found = sqlite3_column_blob(statement_of(row), column);

        *ret_size = (size_t)sqlite3_column_bytes(statement_of(row), column);
        return found;
}

/* ---- transactions ---- */

static bool in_transaction(const Sql *sql)
{
        return !sqlite3_get_autocommit(((const Sqlite *)sql)->db);
}

static int begin(Sql *sql, SqlMode mode, int64_t point _unused_)
{
        Sqlite *sqlite = of(sql);
        bool durable = mode == SQL_DURABLE;
        int r;

        if (mode == SQL_SNAPSHOT)
                return mark(sqlite, "BEGIN");
        /* synchronous cannot be changed inside a transaction. In WAL mode, NORMAL never syncs at a
         * commit, which is safe when the daemon dies. FULL syncs the log, with all that was
         * committed before, provided that there is something to commit: see
         * catalog_count_sync(). */
        if (durable != sqlite->durable) {
                r = execute(sqlite,
                            durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
                if (r < 0)
                        return r;
                sqlite->durable = durable;
        }
        if (sql->store)
                store_keep_room(sql->store);
        return mark(sqlite, "BEGIN IMMEDIATE");
}

static int settle(Sql *sql)
{
        sql->trips++;
        return 0;
}

static int lock(Sql *sql _unused_)
{
        return 0;
}

static void rollback(Sql *sql)
{
        Sqlite *sqlite = of(sql);

        /* SQLite may have rolled back by itself. */
        if (sql->store && (sqlite3_errcode(sqlite->db) & 0xff) == SQLITE_FULL)
                store_give_room(sql->store);
        if (in_transaction(sql))
                (void)execute(sqlite, "ROLLBACK");
}

static int commit(Sql *sql)
{
        int r = mark(of(sql), "COMMIT");

        sql->trips++;
        if (r < 0)
                rollback(sql);
        else
                of(sql)->wrote = true;
        return r;
}

static int savepoint(Sql *sql)
{
        return mark(of(sql), "SAVEPOINT task");
}

static int savepoint_release(Sql *sql)
{
        return mark(of(sql), "RELEASE task");
}

static int savepoint_rollback(Sql *sql)
{
        return execute(of(sql), "ROLLBACK TO task; RELEASE task");
}

/* ---- the log ---- */

static int pragma(Sqlite *sqlite, const char *text, int64_t *ret)
{
        sqlite3_stmt *statement = NULL;
        int r = error_of(sqlite3_prepare_v2(sqlite->db, text, -1, &statement, NULL));

        if (r < 0)
                return r;
        r = step(statement);
        if (r > 0)
                *ret = sqlite3_column_int64(statement, 0);
        (void)sqlite3_finalize(statement);
        return MIN(r, 0);
}

/* Runs a "PRAGMA wal_checkpoint(…)". 1: done; 0: somebody uses the log. */
static int checkpoint(Sqlite *sqlite, const char *text)
{
        int64_t busy = 1;
        int r = pragma(sqlite, text, &busy);

        return r == -EBUSY ? 0 : r < 0 ? r : busy == 0;
}

/* A change that only forces a write. */
static int change_something(Sqlite *sqlite)
{
        return execute(sqlite,
                       "INSERT INTO setting (key, value) VALUES ('synced', '1') ON CONFLICT (key)"
                       " DO UPDATE SET value = CAST(CAST(setting.value AS BIGINT) + 1 AS TEXT)");
}

/*
 * Begins the log anew, so that what stands in it is void; for who is about to cut it off or to close
 * the database, which removes it. Some file systems (ext4 with data=writeback) give the blocks of
 * such a file away before the change itself is on the disk. After a power cut the log is there
 * again; its beginning, the only part that was not overwritten, would count for later than the
 * database. 1: done; 0: somebody uses the log.
 */
static int restart_log(Sqlite *sqlite)
{
        int r = checkpoint(sqlite, "PRAGMA wal_checkpoint(RESTART)");

        if (r <= 0)
                return r;
        r = begin(&sqlite->sql, SQL_DURABLE, SQL_EVERYTHING);
        if (r < 0)
                return r == -EBUSY ? 0 : r;
        r = change_something(sqlite);
        if (r >= 0)
                r = commit(&sqlite->sql);
        else
                rollback(&sqlite->sql);
        return r < 0 ? r : 1;
}

/* 1: the log is empty; 0: somebody reads. */
static int empty_log(Sqlite *sqlite)
{
        for (int i = 0; i < LOG_TRIES; i++) {
                int r = restart_log(sqlite);

                if (r > 0)
                        r = checkpoint(sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
                if (r != 0)
                        return r;
                (void)usleep(LOG_WAIT_MSEC * 1000);
        }
        return 0;
}

static int overwrite_deleted(Sql *sql)
{
        return execute(of(sql), "PRAGMA secure_delete = ON");
}

static int forget_deleted(Sql *sql)
{
        bool remains;
        /* VACUUM writes everything once more, for which a full disk has no room. */
        int r = execute(of(sql), "VACUUM");

        if (r < 0 && r != -EBUSY && r != -ENOSPC)
                return r;
        remains = r < 0;
        r = empty_log(of(sql));
        return r < 0 ? r : r > 0 && !remains;
}

static int sync_log(Sql *sql)
{
        _cleanup_close_ int fd = -EBADF;

        if (!sql->store)
                return -EOPNOTSUPP;
        fd = openat(sql->store->dirfd, CATALOG_FILE "-wal", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
                return errno == ENOENT ? 0 : -errno;
        return fdatasync(fd) < 0 ? -errno : 0;
}

/* ---- schema, checks, copies ---- */

static int schema_version(Sql *sql, int64_t *ret)
{
        return pragma(of(sql), "PRAGMA user_version", ret);
}

static int set_schema_version(Sql *sql, int64_t version)
{
        char text[64];

        (void)snprintf(text, sizeof(text), "PRAGMA user_version = %lld", (long long)version);
        return execute(of(sql), text);
}

typedef int (*MakeFunction)(const char *text, char **ret);

static void call_function(sqlite3_context *context, int n _unused_, sqlite3_value **values)
{
        const MakeFunction *make = sqlite3_user_data(context);
        const char *argument = (const char *)sqlite3_value_text(values[0]);
        char *made = NULL;
        int r = (*make)(argument ? argument : "", &made);

        if (r == -EILSEQ)
                sqlite3_result_text(context, "", 0, SQLITE_STATIC);
        else if (r < 0)
                sqlite3_result_error_nomem(context);
        else
                sqlite3_result_text(context, made, -1, free);
}

/* A pointer to a function is no pointer to an object, so SQLite keeps one to a copy. */
static int add_function(Sql *sql, const char *name, MakeFunction make)
{
        MakeFunction *copy = malloc(sizeof(MakeFunction));

        if (!copy)
                return -ENOMEM;
        *copy = make;
        return error_of(sqlite3_create_function_v2(of(sql)->db, name, 1,
                                                   SQLITE_UTF8 | SQLITE_DETERMINISTIC, copy,
                                                   call_function, NULL, NULL, free));
}

static int data_version(Sql *sql, int64_t *ret)
{
        return pragma(of(sql), "PRAGMA data_version", ret);
}

/* A plan does not depend on what is in the tables. */
static int added_many(Sql *sql _unused_)
{
        return 0;
}

static int expect_many(Sql *sql)
{
        /* Memory for the pages that the transaction changes, so that none is written twice. */
        return execute(of(sql), "PRAGMA cache_size = -131072");
}

static int check_damage(Sqlite *sqlite, SqlFaultCallback callback, void *userdata)
{
        _cleanup_rows_ SqlRows *rows = NULL;
        int r = ask_once(&sqlite->sql, "PRAGMA integrity_check(100)", &rows);

        while (r >= 0 && (r = next(rows)) > 0) {
                const char *found = text(rows, 0);

                if (found && strcmp(found, "ok") == 0)
                        continue;
                r = callback(SQL_FAULT_DAMAGE, found ? found : "", userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

static int check_references(Sqlite *sqlite, SqlFaultCallback callback, void *userdata)
{
        _cleanup_rows_ SqlRows *rows = NULL;
        int r = ask_once(&sqlite->sql, "PRAGMA foreign_key_check", &rows);

        while (r >= 0 && (r = next(rows)) > 0) {
                char what[128];

                (void)snprintf(what, sizeof(what), "%s %lld: %s", text(rows, 0),
                               (long long)integer(rows, 1), text(rows, 2));
                r = callback(SQL_FAULT_REFERENCE, what, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

static int check(Sql *sql, SqlFaultCallback callback, void *userdata)
{
        int r = check_damage(of(sql), callback, userdata);

        return r != 0 ? r : check_references(of(sql), callback, userdata);
}

/* SQLite gives its log and its shared memory the mode of the database, and would give the database
 * that of the process. */
static int make_file(const char *path)
{
        int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

        if (fd < 0)
                return -errno;
        (void)safe_close(fd);
        return 0;
}

/* Copies one snapshot. In WAL mode nobody has to wait for it. */
static int copy_to(Sql *sql, const char *path)
{
        sqlite3 *db = NULL;
        sqlite3_backup *backup;
        int r = make_file(path);

        if (r < 0)
                return r;
        r = error_of(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
        if (r >= 0) {
                backup = sqlite3_backup_init(db, "main", of(sql)->db, "main");
                if (backup) {
                        (void)sqlite3_backup_step(backup, -1);
                        r = error_of(sqlite3_backup_finish(backup));
                } else
                        r = error_of(sqlite3_errcode(db));
        }
        (void)sqlite3_close(db);
        return r;
}

/* ---- connections ---- */

static int read_only(Sql *sql)
{
        return execute(of(sql), "PRAGMA query_only = ON");
}

static void finalize(Sqlite *sqlite)
{
        for (size_t i = 0; i < SLOTS; i++)
                if (sqlite->statements[i].text) {
                        (void)sqlite3_finalize(sqlite->statements[i].statement);
                        sqlite->statements[i].text = NULL;
                }
        sqlite->n_statements = 0;
}

static void close_connection(Sql *sql)
{
        Sqlite *sqlite = of(sql);

        finalize(sqlite);
        /* If this is the last program, the log goes with the connection. Another one sees to it
         * otherwise, and is not waited for. */
        if (sqlite->wrote && sql->store && !in_transaction(sql)) {
                (void)sqlite3_busy_timeout(sqlite->db, 0);
                (void)restart_log(sqlite);
                finalize(sqlite);
        }
        (void)sqlite3_close(sqlite->db);
        free(sqlite);
}

/* The file is of one machine, whose daemons exclude each other by a lock. */
static int take_lane(Sql *sql _unused_)
{
        return 0;
}

/* Whoever writes has the database to itself. */
static bool run_again(Sql *sql _unused_, unsigned tries _unused_)
{
        return false;
}

static bool is_away(const Sql *sql _unused_)
{
        return false;
}

static const SqlDriver driver = {
        .engine = SQL_SQLITE,
        .free = close_connection,
        .take_lane = take_lane,
        .read_only = read_only,
        .run = run,
        .add = add,
        .script = script,
        .ask = ask,
        .ask_once = ask_once,
        .next = next,
        .done = done,
        .is_null = is_null,
        .integer = integer,
        .real = real,
        .text = text,
        .data = data,
        .begin = begin,
        .lock = lock,
        .settle = settle,
        .commit = commit,
        .rollback = rollback,
        .run_again = run_again,
        .is_away = is_away,
        .in_transaction = in_transaction,
        .savepoint = savepoint,
        .savepoint_release = savepoint_release,
        .savepoint_rollback = savepoint_rollback,
        .schema_version = schema_version,
        .set_schema_version = set_schema_version,
        .add_function = add_function,
        .data_version = data_version,
        .sync = sync_log,
        .expect_many = expect_many,
        .added_many = added_many,
        .check = check,
        .overwrite_deleted = overwrite_deleted,
        .forget_deleted = forget_deleted,
        .copy_to = copy_to,
};

int sql_sqlite_open(const Store *store, const char *path, Sql **ret)
{
        _cleanup_(sql_freep) Sql *sql = NULL;
        Sqlite *sqlite = calloc(1, sizeof(*sqlite));
        int r;

        if (!sqlite)
                return -ENOMEM;
        sql = &sqlite->sql;
        sql->driver = &driver;
        sql->store = store;
        /* SQLite makes the log and its index when the first program opens the database. */
        if (store)
                store_keep_room(store);
        /* NOMUTEX: only one thread at a time uses a connection; the Writer and its readers see to
         * that. */
        r = sqlite3_open_v2(path, &sqlite->db,
                            SQLITE_OPEN_READWRITE | (store ? SQLITE_OPEN_CREATE : 0) |
                                    SQLITE_OPEN_NOMUTEX,
                            NULL);
        if (r != SQLITE_OK)
                return error_of(r);
        (void)sqlite3_busy_timeout(sqlite->db, BUSY_TIMEOUT_MSEC);
        (void)sqlite3_extended_result_codes(sqlite->db, 1);
        r = store ? execute(sqlite, "PRAGMA journal_mode = WAL;"
                                    "PRAGMA synchronous = NORMAL;"
                                    "PRAGMA foreign_keys = ON;"
                                    "PRAGMA temp_store = MEMORY;"
                                    "PRAGMA cache_size = -2048;"
                                    "PRAGMA trusted_schema = OFF;")
                  : 0;
        if (r >= 0)
                *ret = TAKE_PTR(sql);
        return r;
}

struct sqlite3 *sql_sqlite_handle(Sql *sql)
{
        return sql->driver == &driver ? of(sql)->db : NULL;
}
