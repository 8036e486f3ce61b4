/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalogurl.h>
#include <idphoto/clock.h>
#include <idphoto/photo.h>
#include <idphoto/text.h>

#include <sys/types.h>

/*
 * The configuration is an INI file in the store, beside the catalog, that the operator edits. Every
 * key has a default. One table describes each key: section, name, kind, allowed range, and texts in
 * both languages. The reader, the messages and the commented file all use this table. A file with
 * anything unknown, repeated or out of range is refused as a whole, so a misspelt threshold is
 * never silently ignored.
 */

struct Calendar; /* of workdays.h */

#define CONFIG_FILE           "idphotofs.conf"
#define CONFIG_FILE_BYTES_MAX 65536u
#define CONFIG_TEXT_SIZE      192u

/* Where to send a student whose photo was rejected too often [R4]. Empty: not known. */
typedef struct ConfigCentre {
        char address[CONFIG_TEXT_SIZE];
        char hours[CONFIG_TEXT_SIZE];
        char telephone[CONFIG_TEXT_SIZE];
        char fee[CONFIG_TEXT_SIZE];
} ConfigCentre;

/* Plain data; may be copied. */
typedef struct Config {
        PhotoRules rules;
        unsigned delay_msec;           /* from the last close to the verdict's rename [D5] */
        unsigned settle_msec;          /* before a file that looks cut off is rejected [D2] */
        unsigned settle_empty_msec;    /* before an empty file is rejected */
        unsigned max_open_uploads;     /* for each user at a point */
        unsigned max_temporary_files;  /* for each user at a point */
        unsigned max_open_files;       /* for each user, reading and writing together */
        uint64_t max_staged_bytes;     /* for each point */
        unsigned max_time_msec;        /* of one examination */
        uint64_t list_memory_bytes;    /* of the process that reads a roster or a progress list */
        unsigned list_time_msec;       /* the same */
        uint64_t max_archive_bytes;    /* of a dropped archive [D12] */
        unsigned max_archive_files;    /* in one */
        uint64_t max_archive_content;  /* bytes of all files in one */
        uint64_t archive_memory_bytes; /* of the process that unpacks one */
        unsigned archive_time_msec;    /* the same */
        unsigned workers;              /* 0: one for each core */
        Date deadline;                 /* the batch's last day; {} for none */
        /* The calendar file, relative to the store. "": none, so only weekends are free. */
        char holidays[CONFIG_TEXT_SIZE];
        unsigned check_days; /* working days for a student's own check on the register [R6] */
        unsigned paper_days; /* working days that the paper photo takes */
        ConfigCentre centre;
        char office_group[CONFIG_TEXT_SIZE]; /* who may enter OFFICE/; empty: the group of the
                                                daemon */
        char point_group[CONFIG_TEXT_SIZE];  /* of new points; empty: the group of the store */
        char catalog[CATALOG_URL_SIZE];      /* URL; empty: a file of the store */
        char blobs[CONFIG_TEXT_SIZE];        /* absolute path; empty: in the store */
        char gateway[CONFIG_TEXT_SIZE];      /* empty: the name of the host */
        unsigned patience_msec;              /* with a server that does not answer */
} Config;

void config_default(Config *ret);

/* ---- reading ---- */

typedef enum ConfigFault {
        CONFIG_FAULT_FILE_TOO_LARGE,
        CONFIG_FAULT_NOT_TEXT, /* not UTF-8, or it holds control characters */
        CONFIG_FAULT_LINE_TOO_LONG,
        CONFIG_FAULT_SYNTAX, /* neither a section nor `key = value` */
        CONFIG_FAULT_NO_SECTION,
        CONFIG_FAULT_UNKNOWN_SECTION,
        CONFIG_FAULT_UNKNOWN_KEY,
        CONFIG_FAULT_MISSPELT_KEY,  /* unknown, but close to a known key */
        CONFIG_FAULT_OTHER_SECTION, /* the key belongs to another section */
        CONFIG_FAULT_TWICE,
        CONFIG_FAULT_VALUE,         /* of the wrong kind, or out of range */
        CONFIG_FAULT_BAND_ORDER,    /* the warn band exceeds the reject band, or no value passes */
        CONFIG_FAULT_SIZE_ORDER,    /* the smallest size of a finished photo is not below the
                                    largest */
        CONFIG_FAULT_CALENDAR,      /* a line of the calendar file cannot be read */
        CONFIG_FAULT_NO_GROUP,      /* the system does not know the group */
        CONFIG_FAULT_CATALOG,       /* the URL of the catalog may not be used */
        CONFIG_FAULT_NEEDS_CATALOG, /* the key says nothing of a store whose catalog is a file */
        CONFIG_FAULT_UNREADABLE,    /* the file that the key names cannot be read */
        _CONFIG_FAULT_MAX,
        _CONFIG_FAULT_INVALID = -EINVAL,
} ConfigFault;

#define CONFIG_TYPED_SIZE 64u

typedef struct ConfigProblem {
        ConfigFault fault;
        unsigned line;  /* from 1; 0: the file as a whole */
        unsigned other; /* CONFIG_FAULT_TWICE: the earlier line;
                                          CONFIG_FAULT_LINE_TOO_LONG: the most bytes of a line */
        int key;        /* index in the table of keys, -1: none */
        int error;      /* CONFIG_FAULT_UNREADABLE, CONFIG_FAULT_CATALOG: the errno */
        char typed[CONFIG_TYPED_SIZE]; /* the faulty text, shortened; UTF-8 without control
                                          characters */
} ConfigProblem;

/* Parses the size bytes at data. 0; -EBADMSG: the text has a fault, and only then *ret_problem is
 * set, to the first; -ENOMEM. */
int config_parse(const char *data, size_t size, Config *ret, ConfigProblem *ret_problem);

/* Reads the file at path. Errors as config_parse(), or the errno of opening and reading: -ENOENT,
 * -EISDIR; -EINVAL: not a regular file. */
int config_load_file(const char *path, Config *ret, ConfigProblem *ret_problem);

/* Reads CONFIG_FILE in the directory behind dirfd. Returns the defaults when there is none. Errors
 * as config_load_file(). */
int config_load_at(int dirfd, Config *ret, ConfigProblem *ret_problem);

/*
 * Reads the calendar file that the configuration names, relative to the store's directory dirfd.
 * *ret is NULL when it names none; the caller frees it. Errors as config_load_file(). After
 * -EBADMSG *ret_problem is a fault of the calendar file, so a message must name config->holidays.
 */
int config_load_calendar_at(int dirfd, const Config *config, struct Calendar **ret,
                            ConfigProblem *ret_problem);

/* file: in which the problem is. */
typedef void (*ConfigProblemCallback)(const char *file, const ConfigProblem *problem,
                                      void *userdata);

/*
 * Reads the file at path, relative to dirfd, and tells every problem: of each line, and what the
 * file names and is not there, which keeps a mount from starting or a feature from working: groups
 * of the system, and the calendar file, relative to the directory `store`. 0: there was none;
 * -EBADMSG: all were told; else as config_load_file().
 */
int config_check(int dirfd, const char *path, int store, ConfigProblemCallback callback,
                 void *userdata);

/* Finds the group of the system that a key names. 0 or -ENOENT. */
int config_find_group(const char *name, gid_t *ret);

/* Reads a time as the file has it, such as "5 min", in milliseconds; a number without a unit is
 * seconds. -EINVAL: it is none, or more than max_msec; -ENOMEM. */
int config_parse_time(const char *text, unsigned max_msec, unsigned *ret_msec);

/* Makes one sentence: file, line, what is wrong, what is allowed. 0 and a new string, -ENOMEM. */
int config_problem_text(const ConfigProblem *problem, const char *file, Language language,
                        char **ret);

/* ---- the rules ---- */

/*
 * Makes a text with a line `section.key = value` for each key by which photos are judged and finished,
 * that is of [input], but for what is about lists, [output] and [picture]. All keys stand there, those
 * with their defaults too, so machines of one store compare what they judge by. The caller frees *ret.
 * 0, -ENOMEM.
 */
int config_rules(const Config *config, char **ret);

/* Appends the keys that two such texts give different values, with commas. Keys that only one of them
 * has, as one of another version, are not compared. Returns their number, or -ENOMEM. */
int config_rules_compare(const char *rules, const char *others, Text *keys);

/* ---- writing ---- */

/* Appends a file that parses to exactly this configuration. The file explains every key, with its
 * allowed range and its default. A key with its default value is commented out, so that a better
 * default of a later version takes effect. */
void config_format(const Config *config, Language language, Text *text);

/* Writes a CONFIG_FILE with the defaults into the directory, mode 0600 and durable. catalog: the URL
 * of the catalog, with which the file replaces one that says no more than that and where the blobs
 * are; NULL: none. blobs: a directory of others too; NULL: the store's own. -EEXIST: there is a file
 * already. */
int config_write_default(int dirfd, const char *catalog, const char *blobs, Language language);
