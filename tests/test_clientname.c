/* SPDX-License-Identifier: MIT */
#include <idphoto/clientname.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define N "张三_219999199001010016.jpg"

typedef struct Case {
        const char *name;
        NameClass class;
} Case;

static void check(NameClass (*classify)(const char *), const Case *cases, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                NameClass got = classify(cases[i].name);

                if (got != cases[i].class)
                        fail_msg("'%s' is %d, not %d", cases[i].name, (int)got,
                                 (int)cases[i].class);
        }
}

static void test_photos_are_normal(void **state _unused_)
{
        static const Case cases[] = {
                {N, NAME_NORMAL},
                {"219999199001010016.JPG", NAME_NORMAL},
                {"219999199001010016", NAME_NORMAL},
                {"219999199001010016.jpeg", NAME_NORMAL},
                {"219999199001010016 (1).jpg", NAME_NORMAL},
                {"219999199001010016 (copy).jpg", NAME_NORMAL},
                {"219999199001010016 - 副本.jpg", NAME_NORMAL},
                {"Copy of 219999199001010016.jpg", NAME_NORMAL},
                {"XXXXXX.jpg", NAME_NORMAL}, /* mktemp: looks like a badly named photo */
                {"aB3dE9.jpg", NAME_NORMAL},
                {"IMG_2031.HEIC", NAME_NORMAL},
                {"a~b.jpg", NAME_NORMAL},
                {"IMG_20~1.JPG", NAME_NORMAL},
                {".photo.jpg", NAME_NORMAL},
                {".photo.jpeg", NAME_NORMAL},
                {"photo.abc123", NAME_NORMAL},
                {"part.jpg", NAME_NORMAL},
                {"tmp.jpg", NAME_NORMAL},
                {"photo.tmp.jpg", NAME_NORMAL},
                {"张三_original.jpg", NAME_NORMAL},
                {"张三_original", NAME_NORMAL},
                {"sediment.jpg", NAME_NORMAL},
                {"sedan", NAME_NORMAL},
                {"XX大学.jpg", NAME_NORMAL},
                {"XXL.jpg", NAME_NORMAL},
                {"Icon.jpg", NAME_NORMAL},
                {".td", NAME_NORMAL},
                {"张三td.jpg", NAME_NORMAL},
                {"张三.cfg", NAME_NORMAL},
                {"aae.jpg", NAME_NORMAL},
                {"ffs_tmp.jpg", NAME_NORMAL},
                {"dropbox.jpg", NAME_NORMAL},
                {"picasa.jpg", NAME_NORMAL},
                {".sync_photo.jpg", NAME_NORMAL},
                {"sync.jpg", NAME_NORMAL},
                {"4913.jpg", NAME_NORMAL},
                {"Thumbs.jpg", NAME_NORMAL},
                {"desktop.jpg", NAME_NORMAL},
                {"in.jpg", NAME_NORMAL},
                {".in.", NAME_NORMAL},
                {".nfs", NAME_NORMAL},
                {"Trash", NAME_NORMAL},
                {"resumé.jpg", NAME_NORMAL},
                {"readme.txt", NAME_NORMAL},
        };

        check(name_class_of_file, cases, ELEMENTSOF(cases));
}

static void test_unfinished_files_are_temporary(void **state _unused_)
{
        static const Case cases[] = {
                {"." N ".aB3dE9", NAME_TEMPORARY}, /* rsync */
                {"." N ".~1a2b", NAME_TEMPORARY},  /* a sync tool */
                {".goutputstream-AB12CD", NAME_TEMPORARY},
                {"~gv1A2B3C.tmp", NAME_TEMPORARY},
                {N ".part", NAME_TEMPORARY},
                {N ".PART", NAME_TEMPORARY},
                {N ".partial~", NAME_TEMPORARY},
                {N ".3f2a.partial", NAME_TEMPORARY},
                {".in." N, NAME_TEMPORARY},
                {N ".filepart", NAME_TEMPORARY},
                {N "~", NAME_TEMPORARY},
                {N ".~1~", NAME_TEMPORARY},
                {N "_exiftool_tmp", NAME_TEMPORARY},
                {N "_original", NAME_TEMPORARY},
                {"." N ".swp", NAME_TEMPORARY},
                {"." N ".swx", NAME_TEMPORARY},
                {"." N ".swo", NAME_TEMPORARY},
                {"4913", NAME_TEMPORARY},
                {"sedaB3dE9", NAME_TEMPORARY},
                {"XXaB3dE9", NAME_TEMPORARY},
                {"jpegoptim-1000-4711.aB3dE9.tmp", NAME_TEMPORARY},
                {"~WRD0001.tmp", NAME_TEMPORARY},
                {"~WRD0001.TMP", NAME_TEMPORARY},
                {N ".crdownload", NAME_TEMPORARY},
                {".com.google.Chrome.aB3dE9", NAME_TEMPORARY},
                {N ".download", NAME_TEMPORARY},
                {N ".opdownload", NAME_TEMPORARY},
                {N ".aria2", NAME_TEMPORARY},
                {N ".!ut", NAME_TEMPORARY},
                {N ".temp", NAME_TEMPORARY},
                {N ".upload", NAME_TEMPORARY},
                {N ".ffs_tmp", NAME_TEMPORARY},
                {N ".xltd", NAME_TEMPORARY},
                {N ".td", NAME_TEMPORARY},
                {"张三.TD", NAME_TEMPORARY},
                {"219999199001010016-4a1f.ffs_tmp", NAME_TEMPORARY},
                {N ".!sync", NAME_TEMPORARY},
                {N ".baiduyun.downloading", NAME_TEMPORARY},
                {N ".baiduyun.p.downloading", NAME_TEMPORARY},
                {".syncthing." N ".tmp", NAME_TEMPORARY},
                {"~syncthing~" N ".tmp", NAME_TEMPORARY},
                {N ".ocTransferId123.part", NAME_TEMPORARY},
                {".pending-1693555200-" N, NAME_TEMPORARY},
        };

        check(name_class_of_file, cases, ELEMENTSOF(cases));
}

static void test_litter_of_operating_systems_is_known(void **state _unused_)
{
        static const Case cases[] = {
                {"Thumbs.db", NAME_LITTER},
                {"thumbs.DB", NAME_LITTER},
                {"ehthumbs.db", NAME_LITTER},
                {"Desktop.ini", NAME_LITTER},
                {"~$名单.xlsx", NAME_LITTER},
                {N ":Zone.Identifier", NAME_LITTER},
                {".DS_Store", NAME_LITTER},
                {"._" N, NAME_LITTER},
                {"._.DS_Store", NAME_LITTER},
                {".apdisk", NAME_LITTER},
                {".directory", NAME_LITTER},
                {".hidden", NAME_LITTER},
                {".sh_thumbnails", NAME_LITTER},
                {".~lock.名单.ods#", NAME_LITTER},
                {".fuse_hidden0000000100000002", NAME_LITTER},
                {".nfs000000000001", NAME_LITTER},
                {N ".trashinfo", NAME_LITTER},
                {"Icon\r", NAME_LITTER},
                {"Icon\xef\x80\x8d", NAME_LITTER},
                {"IMG_0001.AAE", NAME_LITTER},
                {".smbdelete0a3f", NAME_LITTER},
                {".stignore", NAME_LITTER},
                {".dropbox", NAME_LITTER},
                {".dropbox.attr", NAME_LITTER},
                {".owncloudsync.log", NAME_LITTER},
                {".sync_5f3a1b.db", NAME_LITTER},
                {".sync_5f3a1b.db-wal", NAME_LITTER},
                {"sync.ffs_db", NAME_LITTER},
                {".sync.ffs_db", NAME_LITTER},
                {"sync.ffs_lock", NAME_LITTER},
                {"sync.x64.ffs_db", NAME_LITTER},
                {"._sync_5f3a1b.db", NAME_LITTER},
                {".nextcloudsync.log", NAME_LITTER},
                {".csync_journal.db-shm", NAME_LITTER},
                {".stfolder", NAME_LITTER},
                {".dropbox.cache", NAME_LITTER},
                {".picasa.ini", NAME_LITTER},
                {"IMG_0001.aae", NAME_LITTER},
                {"IMG_E0001.Aae", NAME_LITTER},
                {N ".td.cfg", NAME_LITTER},
                {N ".xltd.cfg", NAME_LITTER},
                {N ".baiduyun.uploading.cfg", NAME_LITTER},
                {N ".baiduyun.p.downloading.cfg", NAME_LITTER},
                {".nomedia", NAME_LITTER},
                {".trashed-1693555200-" N, NAME_LITTER},
                {N ".trashinfo.aB3dE9", NAME_LITTER},
        };

        check(name_class_of_file, cases, ELEMENTSOF(cases));
}

static void test_trash_is_known(void **state _unused_)
{
        static const Case cases[] = {
                {".Trash", NAME_TRASH},
                {".Trash-1000", NAME_TRASH},
                {".Trash-0", NAME_TRASH},
                {".Trashes", NAME_TRASH},
        };

        check(name_class_of_file, cases, ELEMENTSOF(cases));
        check(name_class_of_folder, cases, ELEMENTSOF(cases));
}

static void test_folders_have_classes_of_their_own(void **state _unused_)
{
        static const Case cases[] = {
                {"2025届 会计学", NAME_NORMAL},
                {"照片", NAME_NORMAL},
                {"219999199001010016", NAME_NORMAL},
                {"4913", NAME_NORMAL},
                {"old~", NAME_NORMAL},
                {"Thumbs.db", NAME_NORMAL},
                {"part", NAME_NORMAL},
                {".~tmp~", NAME_TEMPORARY},
                {".part", NAME_TEMPORARY},
                {".rsync-partial", NAME_TEMPORARY},
                {"照片.download", NAME_TEMPORARY},
                {"__MACOSX", NAME_LITTER},
                {".AppleDouble", NAME_LITTER},
                {"$RECYCLE.BIN", NAME_LITTER},
                {"$Recycle.Bin", NAME_LITTER},
                {"System Volume Information", NAME_LITTER},
                {".Spotlight-V100", NAME_LITTER},
                {".TemporaryItems", NAME_LITTER},
                {".fseventsd", NAME_LITTER},
                {"@eaDir", NAME_LITTER},
                {".DAV", NAME_LITTER},
                {".picasaoriginals", NAME_LITTER},
                {".stversions", NAME_LITTER},
                {".dropbox.cache", NAME_LITTER},
                {".dropbox", NAME_LITTER},
                {"RECYCLER", NAME_LITTER},
                {"#recycle", NAME_LITTER},
                {".recycle", NAME_LITTER},
                {"lost+found", NAME_LITTER},
                {"RecycleBin.ffs_tmp", NAME_TEMPORARY},
                {".stfolder", NAME_MARKER},
                {".sync", NAME_MARKER},
        };

        check(name_class_of_folder, cases, ELEMENTSOF(cases));
}

static void test_names_that_cannot_be_taken_are_forbidden(void **state _unused_)
{
        static const Case cases[] = {
                {"", NAME_FORBIDDEN},
                {".", NAME_FORBIDDEN},
                {"..", NAME_FORBIDDEN},
                {"a/b", NAME_FORBIDDEN},
                {"a\nb.jpg", NAME_FORBIDDEN},
                {"\x1b[31m.jpg", NAME_FORBIDDEN},
                {"\xd5\xc5\xc8\xfd.jpg", NAME_FORBIDDEN}, /* GBK */
                {"\xed\xa0\x80.jpg", NAME_FORBIDDEN},     /* a surrogate */
                {"a\u2028.jpg", NAME_FORBIDDEN},
                /* nothing that anybody sees */
                {"\u202a", NAME_FORBIDDEN},
                {"\u200b..", NAME_FORBIDDEN},
        };

        check(name_class_of_file, cases, ELEMENTSOF(cases));
        check(name_class_of_folder, cases, ELEMENTSOF(cases));
}

static void test_the_invisible_makes_no_other_name(void **state _unused_)
{
        static const Case cases[] = {
                {"\u202a219999199001010016.jpg\u202c", NAME_NORMAL},
                {"photo\u202egpj.exe", NAME_NORMAL},
                {"\ufeffThumbs.db", NAME_LITTER},
                {"a.jpg.part\u200e", NAME_TEMPORARY},
                {"\u2068.Trash-1000\u2069", NAME_TRASH},
        };

        check(name_class_of_file, cases, ELEMENTSOF(cases));
}

static void test_length_is_counted_in_bytes(void **state _unused_)
{
        char name[257];

        memset(name, 'a', 256);
        name[256] = '\0';
        assert_int_equal(name_class_of_file(name), NAME_FORBIDDEN);
        name[255] = '\0';
        assert_int_equal(name_class_of_file(name), NAME_NORMAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_photos_are_normal),
                cmocka_unit_test(test_unfinished_files_are_temporary),
                cmocka_unit_test(test_litter_of_operating_systems_is_known),
                cmocka_unit_test(test_trash_is_known),
                cmocka_unit_test(test_folders_have_classes_of_their_own),
                cmocka_unit_test(test_the_invisible_makes_no_other_name),
                cmocka_unit_test(test_names_that_cannot_be_taken_are_forbidden),
                cmocka_unit_test(test_length_is_counted_in_bytes),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
