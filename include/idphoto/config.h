/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/clock.h>
#include <idphoto/photo.h>
#include <idphoto/text.h>

/*
 * The configuration: an INI file of the operator, which lies in the store beside the catalog. Every
 * key has a default, and what is said of a key (section, name, kind, allowed range, text in both
 * languages) stands in one table, from which the reader, the messages and the commented file are
 * made. A file with anything unknown, twice or out of range is refused as a whole, so that no
 * misspelt threshold is taken for one that works.
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

/* Plain data, may be copied. */
typedef struct Config {
        PhotoRules rules;
        unsigned delay_msec;          /* from the last close to the verdict's rename [D5] */
        unsigned settle_msec;         /* before a file that looks cut off is rejected [D2] */
        unsigned settle_empty_msec;   /* the same for an empty one */
        unsigned max_open_uploads;    /* of a user at a point */
        unsigned max_temporary_files; /* the same */
        unsigned max_open_files;      /* of a user, for reading and writing */
        uint64_t max_staged_bytes;    /* of a point */
        unsigned max_time_msec;       /* of one examination */
        unsigned workers;             /* 0: one for each core */
        Date deadline;                /* the batch's last day; {} where none is set */
        /* The calendar file, relative to the store; "" for none: then there are only weekends. */
        char holidays[CONFIG_TEXT_SIZE];
        unsigned check_days; /* working days for a student's own check on the register [R6] */
        unsigned paper_days; /* working days that the paper photo takes */
        ConfigCentre centre;
        char office_group[CONFIG_TEXT_SIZE]; /* who may enter OFFICE/; empty: the daemon's own group
                                              */
} Config;

void config_default(Config *ret);

/* ---- reading ---- */

typedef enum ConfigFault {
        CONFIG_FAULT_FILE_TOO_LARGE,
        CONFIG_FAULT_NOT_TEXT, /* no UTF-8, or with control characters */
        CONFIG_FAULT_LINE_TOO_LONG,
        CONFIG_FAULT_SYNTAX, /* neither a section nor `key = value` */
        CONFIG_FAULT_NO_SECTION,
        CONFIG_FAULT_UNKNOWN_SECTION,
        CONFIG_FAULT_UNKNOWN_KEY,
        CONFIG_FAULT_MISSPELT_KEY,  /* the same, and one key is near */
        CONFIG_FAULT_OTHER_SECTION, /* the key belongs to another section */
        CONFIG_FAULT_TWICE,
        CONFIG_FAULT_VALUE,      /* not of the key's kind or out of its range */
        CONFIG_FAULT_BAND_ORDER, /* warns where it rejects, or leaves nothing that passes */
        CONFIG_FAULT_SIZE_ORDER, /* the smallest size of a finished photo is no smaller than the
                                    largest */
        CONFIG_FAULT_CALENDAR,   /* a line of the calendar file says nothing of the kind */
        _CONFIG_FAULT_MAX,
        _CONFIG_FAULT_INVALID = -EINVAL,
} ConfigFault;

#define CONFIG_TYPED_SIZE 64u

/* The first thing that is wrong with a file. */
typedef struct ConfigProblem {
        ConfigFault fault;
        unsigned line;                 /* from 1; 0: the file as a whole */
        unsigned other;                /* CONFIG_FAULT_TWICE: the earlier line; LINE_TOO_LONG: most
                                          bytes of a line */
        int key;                       /* of the table, -1: none is meant */
        char typed[CONFIG_TYPED_SIZE]; /* what stands there, shortened; UTF-8, no controls */
} ConfigProblem;

/* Reads the size bytes of a file. 0; -EBADMSG with *ret_problem, and only then; -ENOMEM. */
int config_parse(const char *data, size_t size, Config *ret, ConfigProblem *ret_problem);

/* Reads the file at path. Also the errno of what failed: -ENOENT, -EISDIR; -EINVAL for what is no
 * regular file. */
int config_load_file(const char *path, Config *ret, ConfigProblem *ret_problem);

/* Reads CONFIG_FILE in the directory. Without one, the defaults. */
int config_load_at(int dirfd, Config *ret, ConfigProblem *ret_problem);

/*
 * Reads the calendar file that the configuration names in the directory of the store; *ret is NULL
 * when it names none. As config_load_file(): -EBADMSG with *ret_problem is a problem of the
 * calendar file, so config->holidays is the file to be named.
 */
int config_load_calendar_at(int dirfd, const Config *config, struct Calendar **ret,
                            ConfigProblem *ret_problem);

/* One sentence: file, line, what is wrong, what is allowed. 0 and a new string, -ENOMEM. */
int config_problem_text(const ConfigProblem *problem, const char *file, Language language,
                        char **ret);

/* ---- writing ---- */

/* Appends a file that parses to exactly this configuration: every key with what it does, its
 * allowed range and default. A key at its default is commented out, so that a later version's
 * better default counts. */
void config_format(const Config *config, Language language, Text *text);

/* Writes the file of the defaults as CONFIG_FILE into the directory, mode 0600, durable. -EEXIST
 * when there is one. */
int config_write_default(int dirfd, Language language);
