/* SPDX-License-Identifier: MIT */
#include <idphoto/clientname.h>

#include <string.h>
#include <strings.h>

/*
 * A name is compared with rules in order; the first that fits decides. A rule is a shape and a
 * literal, so that each stays as narrow as the program that it describes: a photo wrongly taken for
 * a temporary file would never be judged, and nobody would be told.
 */

typedef enum Shape {
        WHOLE,             /* the literal */
        PREFIX,            /* the literal, then anything, or nothing */
        PREFIX_MORE,       /* the literal, then at least one character */
        SUFFIX,            /* anything or nothing, then the literal */
        SUFFIX_MORE,       /* at least one character, then the literal */
        PREFIX_SIX,        /* the literal, then six letters or digits, then the end */
        PREFIX_HEX,        /* the literal, then at least four hex digits, then the end */
        DOT_NAME_SIX,      /* .NAME.XXXXXX */
        DOT_NAME_SWAP,     /* .NAME.swp, .swo, .swx */
        DOT_NAME_TILDE,    /* .NAME.~XXXX */
        SUFFIX_BEHIND_EXT, /* NAME.EXT and the literal */
        SYNC_DATABASE,     /* the literal, then anything with .db in it */
        TRASH_INFO,        /* NAME.trashinfo.XXXXXX */
} Shape;

typedef struct Rule {
        NameClass class;
        Shape shape;
        bool exact_case;
        const char *literal;
} Rule;

static const Rule file_rules[] = {
        {NAME_TRASH, WHOLE, true, ".Trash"},
        {NAME_TRASH, PREFIX, true, ".Trash-"},
        {NAME_TRASH, WHOLE, true, ".Trashes"},

        /* Windows */
        {NAME_LITTER, WHOLE, false, "Thumbs.db"},
        {NAME_LITTER, WHOLE, false, "ehthumbs.db"},
        {NAME_LITTER, WHOLE, false, "ehthumbs_vista.db"},
        {NAME_LITTER, WHOLE, false, "desktop.ini"},
        {NAME_LITTER, WHOLE, false, "Picasa.ini"},
        {NAME_LITTER, WHOLE, false, ".picasa.ini"},
        {NAME_LITTER, SUFFIX_MORE, false, ":Zone.Identifier"},
        {NAME_LITTER, WHOLE, false, "Thumbs.db:encryptable"},
        {NAME_LITTER, PREFIX, true, "~$"},
        /* macOS */
        {NAME_LITTER, WHOLE, false, ".DS_Store"},
        {NAME_LITTER, WHOLE, false, ".apdisk"},
        {NAME_LITTER, WHOLE, false, ".localized"},
        {NAME_LITTER, WHOLE, false, ".VolumeIcon.icns"},
        {NAME_LITTER, WHOLE, false, ".metadata_never_index"},
        {NAME_LITTER, WHOLE, false, ".com.apple.timemachine.donotpresent"},
        {NAME_LITTER, PREFIX, true, "._"},
        {NAME_LITTER, WHOLE, true, "Icon\xef\x80\x8d"}, /* over SMB, with U+F00D */
        {NAME_LITTER, SUFFIX_MORE, false, ".AAE"},
        /* Android */
        {NAME_LITTER, WHOLE, true, ".nomedia"},
        {NAME_LITTER, PREFIX, true, ".thumbdata"},
        {NAME_LITTER, PREFIX_MORE, true, ".trashed-"},
        /* programs that look through pictures */
        {NAME_LITTER, WHOLE, false, "ZbThumbnail.info"},
        {NAME_LITTER, WHOLE, false, "pspbrwse.jbf"},
        {NAME_LITTER, PREFIX, true, ".BridgeCache"},
        {NAME_LITTER, WHOLE, true, ".BridgeSort"},
        /* Linux desktops and network filesystems */
        {NAME_LITTER, WHOLE, true, ".directory"},
        {NAME_LITTER, WHOLE, true, ".hidden"},
        {NAME_LITTER, WHOLE, true, ".sh_thumbnails"},
        {NAME_LITTER, PREFIX, true, ".~lock."},
        {NAME_LITTER, PREFIX_MORE, true, ".fuse_hidden"},
        {NAME_LITTER, PREFIX_HEX, true, ".nfs"},
        {NAME_LITTER, PREFIX, true, ".smbdelete"},
        {NAME_LITTER, SUFFIX_MORE, true, ".trashinfo"},
        {NAME_LITTER, TRASH_INFO, true, ""},

        /* what synchronising programs note beside the files */
        {NAME_LITTER, WHOLE, true, ".stignore"},
        {NAME_LITTER, WHOLE, true, ".stfolder"}, /* a file in old versions */
        {NAME_LITTER, WHOLE, false, ".dropbox"},
        {NAME_LITTER, PREFIX_MORE, false, ".dropbox."},
        {NAME_LITTER, WHOLE, true, ".owncloudsync.log"},
        {NAME_LITTER, WHOLE, true, ".owncloudsync.log.1"},
        {NAME_LITTER, WHOLE, true, ".nextcloudsync.log"},
        {NAME_LITTER, SYNC_DATABASE, true, ".sync_"},
        {NAME_LITTER, PREFIX, true, ".csync_journal.db"},
        {NAME_LITTER, SUFFIX, false, ".ffs_db"},
        {NAME_LITTER, SUFFIX, false, ".ffs_lock"},
        {NAME_LITTER, WHOLE, false, ".849C9593-D756-4E56-8D6E-42412F2A707B"}, /* OneDrive */
        /* what downloading programs note; the data is in a file of a temporary name */
        {NAME_LITTER, SUFFIX_MORE, false, ".td.cfg"},
        {NAME_LITTER, SUFFIX_MORE, false, ".xltd.cfg"},
        {NAME_LITTER, SUFFIX_MORE, false, ".downloading.cfg"},
        {NAME_LITTER, SUFFIX_MORE, false, ".uploading.cfg"},
        {NAME_LITTER, SUFFIX_MORE, true, ".lftp-pget-status"},

        /* copying and synchronising programs */
        {NAME_TEMPORARY, SUFFIX, false, ".ffs_tmp"},
        {NAME_TEMPORARY, SUFFIX_MORE, false, ".!sync"},
        {NAME_TEMPORARY, PREFIX, true, ".goutputstream-"},
        {NAME_TEMPORARY, PREFIX_MORE, true, ".in."},
        {NAME_TEMPORARY, PREFIX_MORE, true, ".pending-"},
        {NAME_TEMPORARY, PREFIX_MORE, true, ".syncthing."},
        {NAME_TEMPORARY, PREFIX_MORE, true, "~syncthing~"},
        {NAME_TEMPORARY, PREFIX_MORE, true, ".com.google.Chrome."},
        {NAME_TEMPORARY, DOT_NAME_SIX, true, ""},
        {NAME_TEMPORARY, DOT_NAME_TILDE, true, ""},
        {NAME_TEMPORARY, SUFFIX, false, ".part"},
        {NAME_TEMPORARY, SUFFIX, false, ".partial"},
        {NAME_TEMPORARY, SUFFIX, false, ".filepart"},
        {NAME_TEMPORARY, SUFFIX, false, ".upload"},
        /* browsers */
        {NAME_TEMPORARY, SUFFIX, false, ".crdownload"},
        {NAME_TEMPORARY, SUFFIX, false, ".download"},
        {NAME_TEMPORARY, SUFFIX, false, ".opdownload"},
        {NAME_TEMPORARY, SUFFIX, false, ".aria2"},
        {NAME_TEMPORARY, SUFFIX, false, ".!ut"},
        {NAME_TEMPORARY, SUFFIX_MORE, false, ".xltd"},
        {NAME_TEMPORARY, SUFFIX_MORE, false, ".td"},
        {NAME_TEMPORARY, SUFFIX_MORE, false, ".downloading"},
        /* editors and everybody else */
        {NAME_TEMPORARY, SUFFIX, false, ".tmp"},
        {NAME_TEMPORARY, SUFFIX, false, ".temp"},
        {NAME_TEMPORARY, SUFFIX, true, "~"},
        {NAME_TEMPORARY, SUFFIX_MORE, true, "_exiftool_tmp"},
        {NAME_TEMPORARY, SUFFIX_BEHIND_EXT, true, "_original"},
        {NAME_TEMPORARY, DOT_NAME_SWAP, true, ""},
        {NAME_TEMPORARY, WHOLE, true, "4913"},
        {NAME_TEMPORARY, PREFIX_SIX, true, "sed"},
        {NAME_TEMPORARY, PREFIX_SIX, true, "XX"},
};

static const Rule folder_rules[] = {
        {NAME_TRASH, WHOLE, true, ".Trash"},
        {NAME_TRASH, PREFIX, true, ".Trash-"},
        {NAME_TRASH, WHOLE, true, ".Trashes"},

        {NAME_LITTER, WHOLE, false, "$RECYCLE.BIN"},
        {NAME_LITTER, WHOLE, false, "RECYCLER"},
        {NAME_LITTER, WHOLE, false, "RECYCLED"},
        {NAME_LITTER, WHOLE, false, "System Volume Information"},
        {NAME_LITTER, WHOLE, false, "__MACOSX"},
        {NAME_LITTER, WHOLE, false, ".AppleDouble"},
        {NAME_LITTER, WHOLE, false, ".AppleDB"},
        {NAME_LITTER, WHOLE, false, ".AppleDesktop"},
        {NAME_LITTER, WHOLE, false, ".Spotlight-V100"},
        {NAME_LITTER, WHOLE, false, ".DocumentRevisions-V100"},
        {NAME_LITTER, WHOLE, false, ".TemporaryItems"},
        {NAME_LITTER, WHOLE, false, ".fseventsd"},
        {NAME_LITTER, WHOLE, false, "Network Trash Folder"},
        {NAME_LITTER, WHOLE, false, "Temporary Items"},
        {NAME_LITTER, PREFIX, true, "._"},
        {NAME_LITTER, WHOLE, true, ".sh_thumbnails"},
        {NAME_LITTER, WHOLE, true, ".thumbnails"},
        /* network storage boxes */
        {NAME_LITTER, WHOLE, false, "@eaDir"},
        {NAME_LITTER, WHOLE, false, "#recycle"},
        {NAME_LITTER, WHOLE, false, "@Recycle"},
        {NAME_LITTER, WHOLE, false, ".@__thumb"},
        {NAME_LITTER, WHOLE, false, "@Recently-Snapshot"},
        {NAME_LITTER, WHOLE, false, ".@upload_cache"},
        {NAME_LITTER, WHOLE, true, ".recycle"},
        {NAME_LITTER, WHOLE, true, ".stversions"},
        {NAME_LITTER, WHOLE, false, ".dropbox"},
        {NAME_LITTER, PREFIX_MORE, false, ".dropbox."},
        {NAME_LITTER, WHOLE, false, ".picasaoriginals"},
        /* disks and telephones */
        {NAME_LITTER, WHOLE, true, "lost+found"},
        {NAME_LITTER, WHOLE, true, "LOST.DIR"},
        /* properties of WebDAV */
        {NAME_LITTER, WHOLE, true, ".DAV"},

        {NAME_MARKER, WHOLE, true, ".stfolder"}, /* Syncthing */
        {NAME_MARKER, WHOLE, true, ".sync"},     /* Resilio Sync */

        {NAME_TEMPORARY, WHOLE, true, ".~tmp~"},
        {NAME_TEMPORARY, WHOLE, true, ".rsync-partial"},
        {NAME_TEMPORARY, SUFFIX, false, ".ffs_tmp"},
        {NAME_TEMPORARY, WHOLE, true, ".tmp.drivedownload"},
        {NAME_TEMPORARY, WHOLE, true, ".tmp.driveupload"},
        {NAME_TEMPORARY, SUFFIX, false, ".part"},
        {NAME_TEMPORARY, SUFFIX_MORE, false, ".partial"},
        {NAME_TEMPORARY, SUFFIX_MORE, false, ".download"},
        {NAME_TEMPORARY, SUFFIX_MORE, false, ".crdownload"},
        {NAME_TEMPORARY, DOT_NAME_SIX, true, ""},
};

static bool is_alnum(char c)
{
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_hex(char c)
{
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

static bool all_of(const char *s, bool (*is)(char))
{
        for (; *s; s++)
                if (!is(*s))
                        return false;
        return true;
}

static bool six_alnum(const char *s)
{
        return strlen(s) == 6 && all_of(s, is_alnum);
}

static bool same(const char *a, const char *b, size_t n, bool exact_case)
{
        return (exact_case ? strncmp(a, b, n) : strncasecmp(a, b, n)) == 0;
}

/* The end of `.NAME.END`, NULL when the name is not of that form. */
static const char *end_of_hidden(const char *name)
{
        const char *dot = strrchr(name, '.');

        return name[0] == '.' && dot > name + 1 ? dot + 1 : NULL;
}

/* NAME.EXT in the first n bytes, with a suffix of one to five letters or digits. */
static bool has_extension(const char *name, size_t n)
{
        size_t length = 0;

        while (length < n && is_alnum(name[n - 1 - length]))
                length++;
        return length >= 1 && length <= 5 && n > length + 1 && name[n - 1 - length] == '.';
}

static bool rule_fits(const Rule *rule, const char *name)
{
        size_t n = strlen(name), m = strlen(rule->literal);
        bool starts = n >= m && same(name, rule->literal, m, rule->exact_case);
        bool ends = n >= m && same(name + n - m, rule->literal, m, rule->exact_case);
        const char *end = end_of_hidden(name);

        switch (rule->shape) {
        case WHOLE:
                return starts && n == m;
        case PREFIX:
                return starts;
        case PREFIX_MORE:
                return starts && n > m;
        case SUFFIX:
                return ends;
        case SUFFIX_MORE:
                return ends && n > m;
        case PREFIX_SIX:
                return starts && six_alnum(name + m);
        case PREFIX_HEX:
                return starts && n >= m + 4 && all_of(name + m, is_hex);
        case DOT_NAME_SIX:
                return end && six_alnum(end);
        case DOT_NAME_SWAP:
                return end && strlen(end) == 3 && end[0] == 's' && end[1] == 'w' && end[2] >= 'a' &&
                       end[2] <= 'z';
        case DOT_NAME_TILDE:
                return end && end[0] == '~' && strlen(end) >= 4 && all_of(end + 1, is_alnum);
        case SUFFIX_BEHIND_EXT:
                return ends && has_extension(name, n - m);
        case SYNC_DATABASE:
                return starts && strstr(name + m, ".db");
        case TRASH_INFO:
                return n > 17 && strncmp(name + n - 17, ".trashinfo.", 11) == 0 &&
                       six_alnum(name + n - 6);
        }
        return false;
}

static NameClass classify(const char *name, const Rule *rules, size_t n_rules)
{
        char visible[NAME_BYTES_MAX + 1];

        /* A folder's picture on macOS, the one name with a control character that is no mistake. */
        if (strcmp(name, "Icon\r") == 0)
                return NAME_LITTER;
        if (strnlen(name, NAME_BYTES_MAX + 1) > NAME_BYTES_MAX || strchr(name, '/') ||
            !utf8_valid(name))
                return NAME_FORBIDDEN;
        /* What a dialog has left in a name makes it no other name. */
        memcpy(visible, name, strlen(name) + 1);
        text_drop_invisible(visible);
        name = visible;
        if (name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
            text_has_control(name))
                return NAME_FORBIDDEN;
        for (size_t i = 0; i < n_rules; i++)
                if (rule_fits(&rules[i], name))
                        return rules[i].class;
        return NAME_NORMAL;
}

NameClass name_class_of_file(const char *name)
{
        return classify(name, file_rules, ELEMENTSOF(file_rules));
}

NameClass name_class_of_folder(const char *name)
{
        return classify(name, folder_rules, ELEMENTSOF(folder_rules));
}
