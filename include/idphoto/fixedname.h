/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/* Names of the fixed entries of the tree [T2]. */
typedef enum FixedName {
        FIXED_STATUS_TXT,  /* STATUS.txt  状态.txt */
        FIXED_STATUS_CSV,  /* status.csv  状态.csv */
        FIXED_INDEX_HTML,  /* index.html  总览.html */
        FIXED_STATUS_XLSX, /* status.xlsx  状态.xlsx, where HAVE_XLSX */
        FIXED_REJECTED,    /* rejected    驳回 */
        FIXED_MISSING,     /* missing     未交 */
        FIXED_SUBMITTED,   /* submitted   原件 */
        FIXED_READY,       /* ready       可上传 */
        FIXED_OFFICE,      /* OFFICE      校本部 */
        FIXED_PENDING,     /* pending     待审 */
        FIXED_APPROVED,    /* approved    通过 */
        FIXED_EXPORT,      /* export      导出 */
        FIXED_IMPORT,      /* import      导入 */
        FIXED_PLATFORM,    /* platform    平台 */
        FIXED_CENTRE,      /* centre      采集中心 */
        FIXED_MANIFEST,    /* manifest.csv  清单.csv */
        FIXED_SUMS,        /* SHA256SUMS  SHA256SUMS */
        _FIXED_MAX,
        _FIXED_INVALID = -EINVAL,
} FixedName;

/* NULL out of range. */
const char *fixed_name(FixedName name, Language language);

/* Makes "ID.jpg", the name of a photo in the mount and in an export. 0 and a new string,
 * -ENOMEM. */
int name_of_photo(const char *id_number, char **ret);
/* Makes "NAME.txt", the name of the note beside the file NAME. 0 and a new string, -ENOMEM. */
int name_of_note(const char *name, char **ret);
/* Finds the name of the file that the note belongs to. 1 and a new string; 0: `note` is not the
 * name of a note; -ENOMEM. */
int name_of_noted(const char *note, char **ret);

/* Whether a teaching point may be given this name. The name must be valid for a directory, also of
 * Windows, and differ from all fixed names in more than case and width. Points of older versions may
 * have others. */
bool point_name_valid(const char *name);
