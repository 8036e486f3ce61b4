#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Dropped folders [D7]: whose they are, when their names are free, what is hidden in them."""

import errno
import os
import shutil
import stat

from harness import MountTest, NUMBERS, POINT, main, need, read, run, wait_for
from users import UsersTest, as_user, errno_of

GROUP, MAKER, COLLEAGUE, STRANGER = 61001, 60001, 60002, 60003


def names(directory):
    return sorted(os.listdir(directory))


class Life(MountTest):
    """As the daemon's own user."""

    options = ("delay=100", "settle=200", "settle-empty=400")

    def source(self, name, numbers, first=0):
        """A folder of good photos on the native filesystem."""
        top = os.path.join(self.directory, name)
        os.mkdir(top)
        for i, number in enumerate(numbers):
            shutil.copyfile(self.good(first + len(numbers))[first + i], os.path.join(top, f"学生 {number}.jpg"))
        return top

    def assert_only_photos(self, n):
        wait_for(lambda: self.mount.listed() == [f"{number}.jpg" for number in NUMBERS[:n]],
                 f"{n} photos: {self.mount.listed()}, {self.mount.rejected()}")

    def test_a_removed_folder_is_gone_and_its_name_free(self):
        for make in (os.mkdir, lambda path: open(path, "xb").close(), os.mkdir):
            path = self.mount.point("c1.part" if make is not os.mkdir else "c1")
            make(path)
            (os.rmdir if os.path.isdir(path) else os.unlink)(path)
            self.assertFalse(os.path.lexists(path))
            self.assertEqual(errno_of(os.rmdir, path), "ENOENT")
            self.assertEqual(errno_of(os.rename, path, path + "2"), "ENOENT")
            self.assertEqual(errno_of(os.open, os.path.join(path, "a.jpg"), os.O_CREAT | os.O_WRONLY), "ENOENT")
        self.assertEqual(self.mount.listed(), [])

    def test_what_removed_folders_left_is_collected_after_a_start(self):
        left = lambda: int(self.mount.query("SELECT COUNT(*) FROM folder WHERE removed = 1")[0][0])
        os.mkdir(self.mount.point("c1"))
        os.rmdir(self.mount.point("c1"))
        self.assertEqual(left(), 1)
        self.mount.end()
        self.mount.start()
        wait_for(lambda: left() == 0, "nothing is left of the folder")

    def test_a_file_may_take_the_name_of_a_removed_folder(self):
        os.mkdir(self.mount.point("IMG_1.jpg"))
        os.rmdir(self.mount.point("IMG_1.jpg"))
        shutil.copyfile(self.good(1)[0], self.mount.point("IMG_1.jpg"))
        self.mount.settle()
        self.assertEqual(list(self.mount.rejected()), ["IMG_1.jpg"])

    def test_an_open_folder_that_is_removed_is_empty_and_takes_nothing(self):
        path = self.mount.point("c1")
        os.mkdir(path)
        fd = os.open(path, os.O_RDONLY)
        try:
            os.rmdir(path)
            os.mkdir(path)
            self.assertEqual(os.fstat(fd).st_nlink, 0)
            self.assertNotEqual(os.fstat(fd).st_ino, os.stat(path).st_ino)
            self.assertEqual(errno_of(os.open, "a.jpg", os.O_CREAT | os.O_WRONLY, dir_fd=fd), "ENOENT")
        finally:
            os.close(fd)

    def test_what_was_dropped_in_a_removed_folder_is_found_no_more(self):
        run("cp", "-r", self.source("c1", NUMBERS[:1]), self.mount.point())
        self.assert_only_photos(1)
        name = f"学生 {NUMBERS[0]}.jpg"
        self.assertTrue(os.path.exists(self.mount.point("c1", name)))
        os.rmdir(self.mount.point("c1"))
        os.mkdir(self.mount.point("c1"))
        self.assertFalse(os.path.exists(self.mount.point("c1", name)))
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])

    def test_mkdir_of_a_folder_that_went_away_by_itself(self):
        path = self.mount.point("c1")
        for i in range(3):
            os.mkdir(path)
            self.assertEqual(self.mount.listed()[-1], "c1")
            shutil.copyfile(self.good(3)[i], os.path.join(path, f"{NUMBERS[i]}.jpg"))
            self.mount.settle()
            self.assert_only_photos(i + 1)
            # Under the names that they were dropped by, the photos are still found.
            self.assertEqual(read(os.path.join(path, f"{NUMBERS[i]}.jpg")), read(self.good(3)[i]))
            self.assertEqual(errno_of(os.mkdir, os.path.join(path, "inner", "deeper")), "ENOENT")

    def test_a_folder_goes_on_for_who_stands_in_it(self):
        # It goes away by itself beside a program whose current folder it is; the next comes to the same name.
        path = self.mount.point("c1")
        os.mkdir(path)
        inside = os.open(path, os.O_RDONLY)
        try:
            for i in range(2):
                shutil.copyfile(self.good(2)[i], os.path.join(path, f"{NUMBERS[i]}.jpg"))
                self.mount.settle()
                self.assert_only_photos(i + 1)
                self.assertEqual(read(os.path.join(path, f"{NUMBERS[i]}.jpg")), read(self.good(2)[i]))
        finally:
            os.close(inside)

    def test_programs_twice(self):
        need("rsync", "tar")
        commands = {
            "cp -r": lambda top: run("cp", "-r", top, self.mount.point()),
            "mv": lambda top: run("mv", top, self.mount.point() + "/"),
            "rsync -a": lambda top: run("rsync", "-a", top, self.mount.point()),
            "tar": lambda top: run("sh", "-c", 'tar -cf - -C "$1" "$2" | tar -xf - -C "$3"', "sh",
                                   os.path.dirname(top), os.path.basename(top), self.mount.point()),
            "install -d": lambda top: run("sh", "-c", 'install -d "$2" && cp "$1"/* "$2"', "sh", top,
                                          self.mount.point(os.path.basename(top))),
        }
        for k, (name, command) in enumerate(commands.items()):
            for time in range(2):
                with self.subTest(name, time=time):
                    number = NUMBERS[2 * k + time]
                    top = self.source(f"班{k}", [number], first=2 * k + time)
                    command(top)
                    self.mount.settle()
                    self.assert_only_photos(2 * k + time + 1)
                    if name == "mv":
                        self.assertFalse(os.path.exists(top))
                    shutil.rmtree(top, ignore_errors=True)

    def test_rm_r_of_what_was_just_dropped(self):
        self.mount.end()
        self.mount.options = ["delay=60000"]
        self.mount.start()
        top = self.source("c1", NUMBERS[:2])
        os.mkdir(os.path.join(top, "inner"))
        shutil.copyfile(self.good(3)[2], os.path.join(top, "inner", f"{NUMBERS[2]}.jpg"))
        for _ in range(2):
            run("cp", "-r", top, self.mount.point())
            run("rm", "-r", self.mount.point("c1"))
            self.assertEqual(self.mount.listed(), [])

    # ---- what is hidden ----

    def test_hidden_files_go_with_the_folder(self):
        path = self.mount.point("c1")
        os.makedirs(os.path.join(path, ".part", "deep.part"))
        for name in (".IMG_1.jpg.Ab12Cd", ".part/IMG_2.jpg", ".part/deep.part/IMG_3.jpg"):
            with open(os.path.join(path, name), "wb") as f:
                f.write(b"half of a photo")
        self.assertEqual(names(path), [])
        staging = os.path.join(self.mount.store, "staging")
        self.assertEqual(len(os.listdir(staging)), 3)
        run("rm", "-r", path)
        self.assertEqual(os.listdir(staging), [])
        os.mkdir(path)
        self.assertFalse(os.path.exists(os.path.join(path, ".part")))

    def test_a_folder_that_is_not_removed_keeps_what_is_hidden(self):
        path = os.path.join(self.mount.point(), "class1")
        os.makedirs(os.path.join(path, "more"))
        hidden = os.path.join(path, "IMG_1.jpg.part")
        with open(hidden, "wb") as f:
            f.write(b"half of a photo")
        with self.assertRaises(OSError) as caught:
            os.rmdir(path)
        self.assertEqual(caught.exception.errno, errno.ENOTEMPTY)
        self.assertEqual(read(hidden), b"half of a photo")
        os.rmdir(os.path.join(path, "more"))
        os.rmdir(path)

    def test_a_hidden_file_that_is_being_written_keeps_the_folder(self):
        path = self.mount.point("c1")
        os.mkdir(path)
        hidden = os.path.join(path, ".IMG_1.jpg.Ab12Cd")
        with open(hidden, "wb") as f:
            f.write(b"half of a photo")
            f.flush()
            self.assertEqual(errno_of(os.rmdir, path), "ENOTEMPTY")
            f.write(b", and the rest")
        self.assertEqual(read(hidden), b"half of a photo, and the rest")
        os.rmdir(path)

    def test_a_photo_under_a_temporary_name_keeps_the_folder(self):
        # It was received once: nothing a client does to its folder destroys it [D10].
        self.mount.end()
        self.mount.options = ["delay=60000"]
        self.mount.start()
        path = self.mount.point("c1")
        os.mkdir(path)
        shutil.copyfile(self.good(1)[0], os.path.join(path, f"{NUMBERS[0]}.jpg"))
        wait_for(lambda: os.getxattr(os.path.join(path, f"{NUMBERS[0]}.jpg"), "user.idphotofs.state") != b"open",
                 "it is examined")
        os.rename(os.path.join(path, f"{NUMBERS[0]}.jpg"), os.path.join(path, f"{NUMBERS[0]}.jpg.part"))
        self.assertEqual(errno_of(os.rmdir, path), "ENOTEMPTY")
        self.assertEqual(read(os.path.join(path, f"{NUMBERS[0]}.jpg.part")), read(self.good(1)[0]))

    def test_a_clients_own_folder_shows_what_is_in_it(self):
        own = self.mount.point(".rsync-partial")
        os.makedirs(os.path.join(own, "inner"))
        with open(os.path.join(own, "IMG_1.jpg"), "wb") as f:
            f.write(b"half of a photo")
        self.assertEqual(self.mount.listed(), [])
        self.assertEqual(names(own), ["IMG_1.jpg", "inner"])
        self.assertEqual(errno_of(os.rmdir, own), "ENOTEMPTY")
        os.rename(os.path.join(own, "inner"), os.path.join(own, "other"))
        self.assertEqual(names(own), ["IMG_1.jpg", "other"])
        run("rm", "-r", own)
        self.assertFalse(os.path.exists(own))

    def test_what_programs_note_beside_the_photos(self):
        for name in (".dropbox", ".owncloudsync.log", "sync.ffs_db", ".sync_1a2b.db", "Icon\r", "IMG_1.AAE"):
            with open(self.mount.point(name), "wb") as f:
                f.write(b"notes")
        os.makedirs(self.mount.point(".DAV"))
        for marker in (".stfolder", ".sync"):
            os.mkdir(self.mount.point(marker))
        for name in (".DAV/IMG_1.jpg.prop", ".stfolder/syncthing-folder-1a2b.txt", ".sync/ID"):
            with open(self.mount.point(name), "wb") as f:
                f.write(b"notes")
        for _ in range(2):
            self.mount.settle()
            self.assertEqual(self.mount.listed(), [".stfolder", ".sync"])
            self.assertEqual(self.mount.rejected(), {})
            self.assertEqual(names(self.mount.point(".stfolder")), ["syncthing-folder-1a2b.txt"])
            self.assertEqual(read(self.mount.point(".sync", "ID")), b"notes")
            self.mount.end()
            self.mount.start()
        run("rm", "-r", self.mount.point(".stfolder"), self.mount.point(".sync"))
        self.assertEqual(self.mount.listed(), [])

    def test_a_folder_leaves_a_temporary_one_by_copying(self):
        os.makedirs(self.mount.point("up.part", "c1"))
        shutil.copyfile(self.good(1)[0], self.mount.point("up.part", "c1", f"{NUMBERS[0]}.jpg"))
        self.mount.settle()
        self.assertEqual(self.mount.listed(), [])
        self.assertEqual(errno_of(os.rename, self.mount.point("up.part", "c1"), self.mount.point("c1")), "EXDEV")
        run("mv", self.mount.point("up.part", "c1"), self.mount.point("c1"))
        self.mount.settle()
        self.assert_only_photos(1)


class Members(UsersTest):
    """As members of the point's group, each with a umask of 022."""

    options = ("delay=100", "settle=200", "settle-empty=400")
    points = ()

    def setUp(self):
        super().setUp()
        self.mount.ctl("point", "add", POINT, f"--group={GROUP}")
        wait_for(lambda: POINT in os.listdir(self.mount.path), "the point is there")
        self.good(4)
        os.chmod(self.plain_directory, 0o755)
        self.old_umask = os.umask(0o022)
        self.addCleanup(os.umask, self.old_umask)

    def shell(self, uid, script, *args, groups=(GROUP,), umask=0o022):
        """Its exit status and what it says to stderr, run by a member."""
        def do():
            os.umask(umask)
            result = run("sh", "-c", script, "sh", *args, check=False, env={"HOME": "/nonexistent"}, cwd="/")
            return [result.returncode, result.stderr]

        return as_user(uid, list(groups), do)

    def folder(self):
        top = os.path.join(self.directory, "c1")
        os.mkdir(top)
        for i, path in enumerate(self.good(2)):
            shutil.copyfile(path, os.path.join(top, f"学生 {NUMBERS[i]}.jpg"))
        run("chmod", "-R", "a+rX", top)
        return top

    def test_a_folder_is_its_makers_and_the_groups(self):
        for umask in (0o022, 0o077, 0o002):
            path = self.mount.point(f"c{umask}")
            self.assertEqual(self.shell(MAKER, 'mkdir "$1"', path, groups=[100, GROUP], umask=umask), [0, ""])
            st = os.stat(path)
            self.assertEqual((st.st_uid, st.st_gid, oct(st.st_mode & 0o7770)), (MAKER, GROUP, oct(0o2770)))
            self.assertEqual(self.shell(COLLEAGUE, 'mkdir "$1/inner" && echo x > "$1/inner/a.part" && '
                                        'mv "$1/inner" "$1/other" && rm "$1/other/a.part" && rmdir "$1/other"', path), [0, ""])
            self.assertNotEqual(self.shell(STRANGER, 'mkdir "$1/inner"', path, groups=[65534])[0], 0)
            self.assertEqual(self.shell(COLLEAGUE, 'rmdir "$1"', path), [0, ""])

    def test_the_programs_that_drop_folders(self):
        need("rsync")
        top = self.folder()
        for k, command in enumerate(('cp -r "$1" "$2"', 'rsync -r "$1" "$2"', 'rsync -rt "$1" "$2/submitted/"',
                                     'tar -cf - -C "$1/.." c1 | tar -xf - -C "$2"')):
            with self.subTest(command):
                self.assertEqual(self.shell(MAKER, command, top, self.mount.point()), [0, ""])
                wait_for(lambda: self.mount.photos() == [f"{n}.jpg" for n in NUMBERS[:2]], f"photos after {command}")
                self.mount.settle()
                self.assertEqual(self.mount.rejected(), {})

    def test_the_mirror_of_the_readme(self):
        need("rsync")
        top = self.folder()
        mirror = 'rsync -rtOi --delete "$1/" "$2/" >&2'
        code, sent = self.shell(MAKER, mirror, top, self.mount.point("submitted"))
        self.assertEqual((code, sent.count(">f")), (0, 2))
        self.mount.settle()
        for user in (MAKER, COLLEAGUE):
            self.assertEqual(self.shell(user, mirror, top, self.mount.point("submitted")), [0, ""])
        os.unlink(os.path.join(top, os.listdir(top)[0]))
        code, sent = self.shell(COLLEAGUE, mirror, top, self.mount.point("submitted"))
        self.assertEqual((code, sent.count("*deleting")), (0, 1))
        self.assertEqual(len(self.mount.photos()), 2)

    def test_a_colleague_goes_on_with_the_folder(self):
        path = self.mount.point("c1")
        os.chmod(self.good(1)[0], 0o644)
        self.assertEqual(self.shell(MAKER, 'mkdir "$1" && cp "$2" "$1/IMG_1.jpg"', path, self.good(1)[0]), [0, ""])
        self.assertEqual(self.shell(COLLEAGUE, 'mv "$1/IMG_1.jpg" "$1/$2.jpg"', path, NUMBERS[0]), [0, ""])
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])

    def test_files_take_the_group_of_the_folder(self):
        # As in any directory with setgid, whatever the first group of who drops.
        path = self.mount.point("c1")
        self.assertEqual(self.shell(MAKER, 'mkdir "$1" && echo x > "$1/a.part" && echo x > "$1.part"', path,
                                    groups=[100, GROUP]), [0, ""])
        for name in (os.path.join(path, "a.part"), path + ".part"):
            st = os.stat(name)
            self.assertEqual((st.st_uid, st.st_gid, oct(stat.S_IMODE(st.st_mode))), (MAKER, GROUP, oct(0o644)))

    def test_who_may_change_a_folder(self):
        path = self.mount.point("c1")
        self.assertEqual(self.shell(MAKER, 'mkdir "$1"', path), [0, ""])

        def try_all():
            return {"chmod": errno_of(os.chmod, path, 0o2750), "chown": errno_of(os.chown, path, COLLEAGUE, -1),
                    "chgrp": errno_of(os.chown, path, -1, GROUP), "now": errno_of(os.utime, path),
                    "times": errno_of(os.utime, path, (1, 1))}

        self.assertEqual(as_user(COLLEAGUE, [GROUP], try_all),
                         {"chmod": "EPERM", "chown": "EPERM", "chgrp": "EPERM", "now": "OK", "times": "EPERM"})
        self.assertEqual(as_user(MAKER, [GROUP], try_all),
                         {"chmod": "OK", "chown": "EPERM", "chgrp": "OK", "now": "OK", "times": "OK"})
        st = os.stat(path)
        self.assertEqual((oct(st.st_mode & 0o7777), st.st_mtime), (oct(0o2750), 1))
        os.chown(path, COLLEAGUE, 100)
        st = os.stat(path)
        self.assertEqual((st.st_uid, st.st_gid), (COLLEAGUE, 100))
        # Across a restart too.
        self.mount.end()
        self.mount.start()
        st = os.stat(path)
        self.assertEqual((st.st_uid, st.st_gid, oct(st.st_mode & 0o777), st.st_mtime), (COLLEAGUE, 100, oct(0o750), 1))

    def test_a_sticky_folder(self):
        path = self.mount.point("c1")
        self.assertEqual(self.shell(MAKER, 'mkdir "$1" && chmod +t "$1" && echo x > "$1/a.part"', path), [0, ""])

        def touch_anothers():
            return [errno_of(os.unlink, os.path.join(path, "a.part")),
                    errno_of(os.rename, os.path.join(path, "a.part"), os.path.join(path, "b.part"))]

        self.assertEqual(as_user(COLLEAGUE, [GROUP], touch_anothers), ["EPERM", "EPERM"])
        self.assertEqual(as_user(MAKER, [GROUP], touch_anothers)[0], "OK")


if __name__ == "__main__":
    main()
