#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Names: aliases [D4], redrops [D9], withdrawals [D10], fixes [D11], folders [D7], litter [D8], what is refused [T6]."""

import ctypes
import errno
import os
import unicodedata

from harness import MountTest, NUMBERS, POINT, main, read, run, wait_for


class Names(MountTest):
    options = ("delay=100", "settle=300", "settle-empty=600")
    points = (POINT, "大连学习中心")

    def drop(self, name, source=0, settle=True):
        path = self.mount.point(name)
        run("cp", "-p", self.copy_of(self.good(6)[source], os.path.basename(name)), path)
        if settle:
            self.mount.settle()
        return path

    def assert_errno(self, number, function, *args):
        with self.assertRaises(OSError) as caught:
            function(*args)
        self.assertEqual(errno.errorcode[caught.exception.errno], errno.errorcode[number])

    # ---- aliases ----

    def test_dropped_name_resolves_but_is_not_listed(self):
        path = self.drop(f"李四 {NUMBERS[0]}.JPG")
        self.assertEqual(self.mount.listed(), [f"{NUMBERS[0]}.jpg"])
        source = self.good(1)[0]
        self.assertEqual(read(path), read(source))
        self.assertEqual(os.stat(path).st_size, os.path.getsize(source))
        os.utime(path, (1600000000, 1600000000))
        os.chmod(path, 0o600)
        self.assertEqual(int(os.stat(path).st_mtime), 1600000000)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        self.assertEqual(self.mount.listed(), [f"{NUMBERS[0]}.jpg"])

    def test_alias_of_a_rejected_file(self):
        path = self.drop("IMG_2031.jpg")
        self.assertEqual(read(path), read(self.good(1)[0]))
        self.assertEqual(self.mount.listed(), [])

    def test_names_alike_to_people_are_one(self):
        decomposed = unicodedata.normalize("NFD", f"Zoë {NUMBERS[0]}.jpg")
        path = self.drop(decomposed)
        self.assertTrue(os.path.exists(self.mount.point(unicodedata.normalize("NFC", os.path.basename(path)))))
        self.assertTrue(os.path.exists(self.mount.point("２" + NUMBERS[0][1:] + ".jpg")))

    # ---- characters that nobody sees, as dialogs and web pages leave them ----

    INVISIBLE = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f\ufeff\u00ad\u2060"

    def assert_nothing_invisible(self, text):
        self.assertEqual([c for c in text if c in self.INVISIBLE], [])

    def test_invisible_characters_in_a_name_do_not_matter(self):
        numbers = NUMBERS[:4]
        names = [f"\u202a{numbers[0]}.jpg", f"\u2068李四 {numbers[1]}\u2069.jpg\u202c",
                 numbers[2][:6] + "\u200b\u00ad" + numbers[2][6:] + ".jpg", f"{self.INVISIBLE}{numbers[3]}.jpg"]
        for i, name in enumerate(names):
            self.drop(name, source=i, settle=False)
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{number}.jpg" for number in numbers])
        for i, name in enumerate(names):
            self.assertEqual(read(self.mount.point(name)), read(self.good(6)[i]))
        self.assertEqual(sorted(os.listdir(self.mount.point("submitted"))), sorted(names))
        # What the point and the office read.
        for text in (read(self.mount.point("status.csv")), read(self.mount.point("index.html")), read(self.mount.point("STATUS.txt"))):
            self.assert_nothing_invisible(text.decode("utf-8-sig"))
        self.assert_nothing_invisible(self.mount.ctl("list").stdout + self.mount.ctl("list", "--csv").stdout.lstrip("\ufeff") +
                                      self.mount.ctl("list", "--json").stdout + self.mount.ctl("history", numbers[0]).stdout)
        self.mount.ctl("verify")

    def test_rejected_names_are_shown_without_the_invisible(self):
        folder = "\u2067一班\u2069"
        os.mkdir(self.mount.point(folder))
        names = ["IMG\u202egpj.jpg", "IMGgpj.jpg", f"{folder}/\ufeffIMGgpj.jpg"]
        for i, name in enumerate(names):
            self.drop(name, source=i)
        texts = self.mount.rejected()
        self.assertEqual(sorted(texts), ["IMGgpj (2).jpg", "IMGgpj (3).jpg", "IMGgpj.jpg"])
        self.assert_nothing_invisible("".join(texts.values()))
        for i, name in enumerate(names):
            self.assertEqual(read(self.mount.point(name)), read(self.good(6)[i]))
        # The same again takes the place of its predecessor.
        self.drop(names[0], source=3)
        self.assertEqual(len(self.mount.rejected()), 3)
        os.rename(self.mount.point("rejected", "IMGgpj.jpg"), self.mount.point("rejected", f"\u202a{NUMBERS[0]}.jpg"))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        self.mount.ctl("verify")

    def test_rsync_of_such_names_has_nothing_to_send(self):
        for i, name in enumerate([f"\u202a{NUMBERS[0]}.jpg\u202c", "\u200bIMG_1\u2060.jpg"]):
            self.copy_of(self.good(6)[i], name)
        command = ("rsync", "-rt", "--itemize-changes", os.path.join(self.directory, "src") + "/", self.mount.point())
        self.assertEqual(run(*command).stdout.count(">f"), 2)
        self.mount.settle()
        self.assertEqual(run(*command).stdout.count(">f"), 0)
        self.mount.end()
        self.mount.start()
        self.assertEqual(run(*command).stdout.count(">f"), 0)

    def test_names_that_look_like_fixed_ones(self):
        self.assert_errno(errno.EACCES, os.mkdir, self.mount.point("rejected\u200b"))
        self.assert_errno(errno.EACCES, lambda: open(self.mount.point("\u202aSTATUS.txt"), "wb").close())

    # ---- the same name, the same student, again ----

    def test_same_bytes_again_change_nothing(self):
        self.drop(f"{NUMBERS[0]}.jpg")
        before = os.stat(self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.drop(f"again {NUMBERS[0]}.jpg")
        after = os.stat(self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.assertEqual(before.st_ino, after.st_ino)
        self.assertEqual(self.mount.listed(), [f"{NUMBERS[0]}.jpg"])
        self.assertEqual(self.mount.rejected(), {})

    def test_other_bytes_replace_the_photo_under_a_new_inode(self):
        self.drop(f"{NUMBERS[0]}.jpg")
        path = self.mount.point(f"{NUMBERS[0]}.jpg")
        before, data = os.stat(path), read(path)
        self.drop(f"second {NUMBERS[0]}.jpg", source=1)
        self.assertNotEqual(os.stat(path).st_ino, before.st_ino)
        self.assertNotEqual(read(path), data)

    def test_photo_stays_until_the_newcomer_passes(self):
        self.drop(f"{NUMBERS[0]}.jpg")
        path = self.mount.point(f"{NUMBERS[0]}.jpg")
        data = read(path)
        with open(self.mount.point(f"bad {NUMBERS[0]}.jpg"), "wb") as f:
            f.write(b"not a photo at all, only words")
        self.mount.settle()
        self.assertEqual(read(path), data)
        self.assertEqual(list(self.mount.rejected()), [f"bad {NUMBERS[0]}.jpg"])

    def test_photo_comes_back_when_its_replacement_is_rejected(self):
        # mv, tar and file managers delete first.
        self.drop(f"{NUMBERS[0]}.jpg")
        path = self.mount.point(f"{NUMBERS[0]}.jpg")
        data = read(path)
        bad = os.path.join(self.directory, f"{NUMBERS[0]}.jpg")
        with open(bad, "wb") as f:
            f.write(b"only words, not a photo")
        run("mv", bad, path)
        self.mount.settle()
        self.assertEqual(read(path), data)
        self.assertEqual(list(self.mount.rejected()), [f"{NUMBERS[0]}.jpg"])

    def test_open_for_writing_never_touches_the_finished_photo(self):
        self.drop(f"{NUMBERS[0]}.jpg")
        path = self.mount.point(f"{NUMBERS[0]}.jpg")
        with open(path, "rb") as reader:
            data = reader.read()
            with open(path, "wb") as f:
                f.write(b"garbage that is no photo")
            reader.seek(0)
            self.assertEqual(reader.read(), data)
            self.mount.settle()
            self.assertEqual(read(path), data)
        self.assertIn(f"{NUMBERS[0]}.jpg", self.mount.rejected())

    def test_untouched_handle_is_no_upload(self):
        self.drop(f"{NUMBERS[0]}.jpg")
        path = self.mount.point(f"{NUMBERS[0]}.jpg")
        before = os.stat(path)
        os.close(os.open(path, os.O_RDWR))
        self.mount.settle()
        wait_for(lambda: os.stat(path).st_ino == before.st_ino, "the photo is where it was")
        self.assertEqual(self.mount.rejected(), {})

    def test_truncate_by_path_is_a_new_upload(self):
        self.drop(f"{NUMBERS[0]}.jpg")
        path = self.mount.point(f"{NUMBERS[0]}.jpg")
        data = read(path)
        os.truncate(path, 100)
        self.mount.settle()
        self.assertEqual(read(path), data)
        self.assertEqual(os.path.getsize(self.mount.point("rejected", f"{NUMBERS[0]}.jpg")), 100)

    # ---- taking back ----

    def test_deleting_a_photo_withdraws_it(self):
        self.drop(f"王 {NUMBERS[0]}.jpg")
        os.unlink(self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.assertEqual(self.mount.listed(), [])
        # Nothing a client does destroys an original.
        self.assertEqual(read(self.mount.point(f"王 {NUMBERS[0]}.jpg")), read(self.good(1)[0]))
        self.drop(f"王 {NUMBERS[0]}.jpg")
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])

    def test_deleted_canonical_name_is_gone(self):
        path = self.drop(f"{NUMBERS[0]}.jpg")
        os.unlink(path)
        self.assertFalse(os.path.exists(path))

    def test_rm_of_everything_rejected(self):
        self.drop("IMG_1.jpg")
        self.drop("IMG_2.jpg", source=1)
        run("sh", "-c", 'rm "$1"/*', "sh", self.mount.point("rejected"))
        self.assertEqual(os.listdir(self.mount.point("rejected")), [])
        self.assertFalse(os.path.exists(self.mount.point("rejected", "IMG_1.jpg")))

    # ---- putting right ----

    def test_renaming_a_rejected_file_judges_it_again(self):
        self.drop("IMG_1.jpg")
        os.rename(self.mount.point("rejected", "IMG_1.jpg"), self.mount.point("rejected", f"{NUMBERS[0]}.jpg"))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        self.assertEqual(self.mount.rejected(), {})

    def test_moving_out_of_rejected_judges_it_again(self):
        self.drop("IMG_1.jpg")
        os.rename(self.mount.point("rejected", "IMG_1.jpg"), self.mount.point(f"赵六{NUMBERS[0]}.jpg"))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        self.assertEqual(self.mount.rejected(), {})

    def test_photo_given_to_the_wrong_student(self):
        self.drop(f"{NUMBERS[0]}.jpg")
        os.rename(self.mount.point(f"{NUMBERS[0]}.jpg"), self.mount.point(f"{NUMBERS[1]}.jpg"))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[1]}.jpg"])

    def test_rejected_file_edited_where_it_lies(self):
        name = f"{NUMBERS[0]}.jpg"
        with open(self.mount.point(name), "wb") as f:
            f.write(b"only words, not a photo")
        self.mount.settle()
        with open(self.mount.point("rejected", name), "wb") as f:
            f.write(read(self.good(1)[0]))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [name])
        self.assertEqual(self.mount.rejected(), {})

    def test_better_photo_clears_what_was_rejected(self):
        with open(self.mount.point(f"{NUMBERS[0]}.jpg"), "wb") as f:
            f.write(b"only words, not a photo")
        self.mount.settle()
        self.assertEqual(len(self.mount.rejected()), 1)
        self.drop(f"{NUMBERS[0]}.jpg")
        self.assertEqual(self.mount.rejected(), {})

    def test_two_rejected_files_of_one_name(self):
        os.mkdir(self.mount.point("一班"))
        os.mkdir(self.mount.point("二班"))
        self.drop("一班/IMG_1.jpg")
        self.drop("二班/IMG_1.jpg", source=1)
        self.assertEqual(sorted(self.mount.rejected()), ["IMG_1 (2).jpg", "IMG_1.jpg"])
        self.drop("IMG_1.jpg.txt", source=2)
        self.assertEqual(len(os.listdir(self.mount.point("rejected"))), 6)

    # ---- folders ----

    def test_dropped_folder_goes_away_when_judged(self):
        os.makedirs(self.mount.point("三班", "第一组"))
        self.drop(f"三班/第一组/{NUMBERS[0]}.jpg", settle=False)
        self.drop(f"三班/{NUMBERS[1]}.jpg", source=1, settle=False)
        wait_for(lambda: self.mount.listed() == [f"{n}.jpg" for n in NUMBERS[:2]], f"only photos: {self.mount.listed()}")
        self.assertEqual(read(self.mount.point(f"三班/第一组/{NUMBERS[0]}.jpg")), read(self.good(1)[0]))

    def test_folder_named_by_the_number(self):
        os.mkdir(self.mount.point(NUMBERS[0]))
        self.drop(f"{NUMBERS[0]}/IMG_0001.jpg")
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])

    # ---- litter and temporary names ----

    def test_litter_is_taken_and_forgotten(self):
        for name in ["Thumbs.db", "desktop.ini", ".DS_Store", "._IMG_1.jpg", "~$名单.xlsx"]:
            with open(self.mount.point(name), "wb") as f:
                f.write(b"litter")
            os.utime(self.mount.point(name), (1, 1))
        self.mount.settle()
        self.assertEqual(self.mount.listed(), [])
        self.assertEqual(self.mount.rejected(), {})
        self.assertEqual(os.listdir(os.path.join(self.mount.store, "staging")), [])

    LITTER = ["Icon\r", "Icon\uf00d", "sync.ffs_db", ".sync.ffs_db", "sync.ffs_lock", ".sync_0a1b2c.db", ".sync_0a1b2c.db-wal",
              "._sync_0a1b2c.db", ".owncloudsync.log", ".nextcloudsync.log", ".smbdelete0a1b", ".dropbox", ".dropbox.attr",
              ".stignore", "IMG_0001.AAE", "img_0001.aae", ".picasa.ini", "Picasa.ini", ".~lock.名单.xlsx#",
              f"{NUMBERS[0]}.jpg.td.cfg", f"{NUMBERS[0]}.jpg.baiduyun.uploading.cfg", ".nomedia"]
    LITTER_FOLDERS = [".dropbox.cache", ".stversions", ".picasaoriginals", "@eaDir", ".fseventsd", ".Spotlight-V100", "$RECYCLE.BIN",
                      "System Volume Information", "#recycle", "__MACOSX", "lost+found"]
    UNFINISHED = [".jpg.ffs_tmp", "-3f2a.ffs_tmp", ".jpg.xltd", ".jpg.td", ".jpg.baiduyun.p.downloading"]

    def assert_nothing_came(self):
        self.mount.settle()
        self.assertEqual((self.mount.listed(), self.mount.rejected()), ([], {}))
        self.assertEqual(os.listdir(self.mount.point("submitted")), [])
        self.mount.ctl("verify")

    def test_litter_of_other_programs(self):
        os.mkdir(self.mount.point("三班"))
        for folder in ("", "三班"):
            for name in self.LITTER:
                path = self.mount.point(folder, name)
                run("cp", self.good(1)[0], path)
                # The program that made it finds it for a moment.
                self.assertTrue(os.path.exists(path), name)
                os.utime(path, (1, 1))
        os.rmdir(self.mount.point("三班"))
        self.assert_nothing_came()
        self.assertEqual(os.listdir(os.path.join(self.mount.store, "staging")), [])

    def test_folders_of_other_programs(self):
        for name in self.LITTER_FOLDERS:
            os.mkdir(self.mount.point(name))
            # The program that made it finds what it has put there.
            run("cp", self.good(1)[0], self.mount.point(name, f"{NUMBERS[0]}.jpg"))
            self.assertEqual(read(self.mount.point(name, f"{NUMBERS[0]}.jpg")), read(self.good(1)[0]))
        self.assert_nothing_came()
        for name in self.LITTER_FOLDERS:
            run("rm", "-r", self.mount.point(name))
        self.assert_nothing_came()

    def test_unfinished_transfers_of_other_programs(self):
        for i, suffix in enumerate(self.UNFINISHED):
            run("cp", self.good(6)[i], self.mount.point(NUMBERS[i] + suffix))
        self.mount.settle()
        self.assertEqual((self.mount.listed(), self.mount.rejected()), ([], {}))
        for number, suffix in zip(NUMBERS, self.UNFINISHED):
            os.rename(self.mount.point(number + suffix), self.mount.point(f"{number}.jpg"))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{number}.jpg" for number in NUMBERS[:len(self.UNFINISHED)]])
        self.mount.ctl("verify")

    def test_trash_cannot_be_made(self):
        self.assert_errno(errno.EACCES, os.mkdir, self.mount.point(".Trash-1000"))

    def test_temporary_name_is_judged_only_when_renamed(self):
        path = self.drop(f".{NUMBERS[0]}.jpg.Ab3dEf")
        self.assertEqual(self.mount.listed(), [])
        self.assertEqual(self.mount.rejected(), {})
        os.rename(path, self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])

    # ---- what is refused ----

    def test_fixed_entries_refuse(self):
        m = self.mount
        status, rejected = m.point("STATUS.txt"), m.point("rejected")
        self.assert_errno(errno.EACCES, lambda: open(status, "wb").close())
        self.assert_errno(errno.EPERM, os.unlink, status)
        self.assert_errno(errno.EACCES, os.rename, status, m.point("x.jpg"))
        self.assert_errno(errno.EACCES, os.rename, rejected, m.point("y"))
        self.assert_errno(errno.EPERM, os.rmdir, rejected)
        self.assert_errno(errno.EPERM, os.rmdir, m.point())
        self.drop("IMG_9.jpg")
        self.assert_errno(errno.EACCES, os.rename, m.point("IMG_9.jpg"), status)
        self.assert_errno(errno.EACCES, lambda: open(os.path.join(m.path, "photo.jpg"), "wb").close())
        self.assert_errno(errno.EACCES, os.mkdir, os.path.join(m.path, "新教学点"))
        self.assertIn("STATUS.txt", os.listdir(m.point()))
        self.assertIn("rejected", os.listdir(m.point()))

    def test_names_that_cannot_be_taken(self):
        for name in [b"\xff\xfe.jpg", b"a\nb.jpg", b"a\x1b[2J.jpg"]:
            self.assert_errno(errno.EACCES, os.open, os.fsencode(self.mount.point()) + b"/" + name,
                              os.O_WRONLY | os.O_CREAT)
        self.assert_errno(errno.ENAMETOOLONG, os.open, self.mount.point("照" * 86), os.O_WRONLY | os.O_CREAT)

    def test_links_and_devices_are_refused(self):
        self.assert_errno(errno.EPERM, os.symlink, "/etc/passwd", self.mount.point("l.jpg"))
        self.assert_errno(errno.EPERM, os.mkfifo, self.mount.point("f.jpg"))
        self.drop(f"{NUMBERS[0]}.jpg")
        self.assert_errno(errno.EPERM, os.link, self.mount.point(f"{NUMBERS[0]}.jpg"), self.mount.point("k.jpg"))

    def test_rename_flags(self):
        libc = ctypes.CDLL(None, use_errno=True)
        self.drop("IMG_1.jpg")
        self.drop(f".{NUMBERS[0]}.jpg.Ab3dEf", source=1)

        def rename(old, new, flags):
            at = -100
            if libc.renameat2(at, os.fsencode(self.mount.point(old)), at, os.fsencode(self.mount.point(new)), flags) < 0:
                raise OSError(ctypes.get_errno(), "renameat2")

        self.assert_errno(errno.EEXIST, rename, f".{NUMBERS[0]}.jpg.Ab3dEf", "IMG_1.jpg", 1)
        self.assert_errno(errno.EINVAL, rename, f".{NUMBERS[0]}.jpg.Ab3dEf", "IMG_1.jpg", 2)
        rename(f".{NUMBERS[0]}.jpg.Ab3dEf", f"{NUMBERS[0]}.jpg", 1)
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])

    def test_another_points_directory_is_another_device(self):
        path = self.drop("IMG_1.jpg")
        self.assert_errno(errno.EXDEV, os.rename, path, self.mount.point("x.jpg", point="大连学习中心"))
        run("mv", path, self.mount.point(f"{NUMBERS[0]}.jpg", point="大连学习中心"))
        self.mount.settle("大连学习中心")
        self.assertEqual(self.mount.photos("大连学习中心"), [f"{NUMBERS[0]}.jpg"])

    # ---- what stat and df tell ----

    def test_stat_tells_the_truth(self):
        self.drop(f"{NUMBERS[0]}.jpg")
        path = self.mount.point(f"{NUMBERS[0]}.jpg")
        st = os.stat(path)
        self.assertEqual(st.st_size, len(read(path)))
        self.assertEqual(st.st_mode & 0o7777, 0o640)
        self.assertEqual(int(st.st_mtime), 1700000000)
        status = os.stat(self.mount.point("STATUS.txt"))
        self.assertEqual(status.st_size, len(read(self.mount.point("STATUS.txt"))))
        vfs = os.statvfs(self.mount.path)
        self.assertEqual(vfs.f_namemax, 255)
        self.assertEqual(vfs.f_blocks * vfs.f_frsize, os.statvfs(self.mount.store).f_blocks * os.statvfs(self.mount.store).f_frsize)

    def test_inode_numbers_survive_a_remount(self):
        self.drop(f"{NUMBERS[0]}.jpg")
        self.drop("IMG_1.jpg", source=1)
        names = [f"{NUMBERS[0]}.jpg", "rejected/IMG_1.jpg", "rejected"]
        before = [os.stat(self.mount.point(n)).st_ino for n in names]
        self.mount.end()
        self.mount.start()
        self.assertEqual([os.stat(self.mount.point(n)).st_ino for n in names], before)

    def test_open_status_never_changes_under_its_reader(self):
        with open(self.mount.point("STATUS.txt"), "rb") as f:
            size = os.fstat(f.fileno()).st_size
            first = f.read(10)
            self.drop(f"{NUMBERS[0]}.jpg")
            rest = f.read()
            self.assertEqual(len(first) + len(rest), size)
            self.assertEqual(os.fstat(f.fileno()).st_size, size)
        self.assertNotEqual(read(self.mount.point("STATUS.txt")), first + rest)


if __name__ == "__main__":
    main()
