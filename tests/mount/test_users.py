#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Two points with groups of their own [Z3][S4]: whoever is in one learns nothing of the other, not even from an errno.

Each user is a child of the test with a uid and groups that no account has.
"""

import os
import stat

from harness import NUMBERS, WORKBOOKS, main, read, run, wait_for
from users import UsersTest, as_user, errno_of

OWN, OTHER = "沈阳分校", "大连学习中心"
OWN_GROUP, OTHER_GROUP, USER, STRANGER = 61001, 61002, 60001, 60002


class Users(UsersTest):
    options = ("delay=100", "settle=200", "settle-empty=400")
    points = ()

    def setUp(self):
        super().setUp()
        for point, group in ((OWN, OWN_GROUP), (OTHER, OTHER_GROUP)):
            self.mount.ctl("point", "add", point, f"--group={group}")
        wait_for(lambda: {OWN, OTHER} <= set(os.listdir(self.mount.path)), "the points are there")
        # What the other point has: a photo under an alias, a rejected file, a folder, a waiting upload.
        sources = self.good(2)
        self.photo = read(sources[0])
        self.put(f"王五 {NUMBERS[0]}.jpg", self.photo)
        self.put("IMG_2031.jpg", b"only words, no photo at all")
        self.mount.settle(point=OTHER)
        self.put(f".{NUMBERS[1]}.jpg.Ab12Cd", b"half")
        os.makedirs(self.mount.point("一班", point=OTHER))
        self.put(f"一班/.{NUMBERS[2]}.jpg.Ab12Cd", b"half")
        # The kernel has them all in its cache.
        for directory, _, files in os.walk(self.mount.point(point=OTHER)):
            for file in files:
                os.stat(os.path.join(directory, file))

    def put(self, name, data):
        with open(self.mount.point(name, point=OTHER), "wb") as f:
            f.write(data)

    def names_of_the_other(self):
        return [f"{NUMBERS[0]}.jpg", f"王五 {NUMBERS[0]}.jpg", "IMG_2031.jpg", "rejected/IMG_2031.jpg",
                "rejected/IMG_2031.jpg - text or web page.txt", "STATUS.txt", "status.csv", *WORKBOOKS, "rejected", "missing",
                "submitted",
                f".{NUMBERS[1]}.jpg.Ab12Cd", "一班", f"一班/.{NUMBERS[2]}.jpg.Ab12Cd", f"submitted/王五 {NUMBERS[0]}.jpg",
                "._litter"]

    def names_of_nobody(self):
        return [f"{NUMBERS[5]}.jpg", f"李四 {NUMBERS[5]}.jpg", "IMG_0000.jpg", "rejected/IMG_0000.jpg", "rejected/none.txt",
                "nothing.txt", f".{NUMBERS[5]}.jpg.Ab12Cd", "二班", "二班/x.jpg", "x" * 200, "a\nb.jpg", ".Trash-0"]

    def everything_tried_on(self, name):
        """errno of each kind of call on one name in the other point; own.jpg is the user's own file."""
        path = self.mount.point(*name.split("/"), point=OTHER)
        own = self.mount.point("own.jpg", point=OWN)
        tried = {
            "stat": errno_of(os.stat, path),
            "access": errno_of(os.open, path, os.O_PATH),
            "read": errno_of(os.open, path, os.O_RDONLY),
            "write": errno_of(os.open, path, os.O_WRONLY),
            "create": errno_of(os.open, path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600),
            "list": errno_of(os.listdir, path),
            "xattrs": errno_of(os.listxattr, path),
            "xattr": errno_of(os.getxattr, path, "user.idphotofs.state"),
            "chmod": errno_of(os.chmod, path, 0o777),
            "utime": errno_of(os.utime, path),
            "truncate": errno_of(os.truncate, path, 0),
            "unlink": errno_of(os.unlink, path),
            "rmdir": errno_of(os.rmdir, path),
            "mkdir": errno_of(os.mkdir, path),
            "rename into": errno_of(os.rename, own, path),
            "link into": errno_of(os.link, own, path),
            "rename out": errno_of(os.rename, path, self.mount.point("taken.jpg", point=OWN)),
            "link out": errno_of(os.link, path, self.mount.point("taken.jpg", point=OWN)),
            "symlink": errno_of(os.symlink, "x", path),
        }
        return tried

    def test_nothing_of_the_other_point_is_reached_or_told_apart(self):
        def try_all():
            with open(self.mount.point("own.jpg", point=OWN), "wb") as f:
                f.write(b"x")
            found = {name: self.everything_tried_on(name) for name in self.names_of_the_other() + self.names_of_nobody()}
            point = self.mount.point(point=OTHER)
            return {"names": found, "point": {
                "list": errno_of(os.listdir, point), "create": errno_of(os.open, os.path.join(point, "n.jpg"),
                                                                         os.O_WRONLY | os.O_CREAT, 0o600),
                "xattr": errno_of(os.getxattr, point, "user.idphotofs.state"), "chmod": errno_of(os.chmod, point, 0o777),
                "chown": errno_of(os.chown, point, USER, -1), "utime": errno_of(os.utime, point),
                "rename": errno_of(os.rename, point, os.path.join(self.mount.path, OWN, "d")),
                "rename over": errno_of(os.rename, self.mount.point(point=OWN), point),
                "rmdir": errno_of(os.rmdir, point)}}

        for uid, groups in ((USER, [OWN_GROUP]), (USER, [OWN_GROUP, 100])):
            found = as_user(uid, groups, try_all)
            for name, tried in found["names"].items():
                for what, result in tried.items():
                    self.assertEqual((name, what, result), (name, what, "EACCES"))
            for what, result in found["point"].items():
                self.assertIn(result, ("EACCES", "EPERM"), what)
        self.assertEqual(read(self.mount.point(f"王五 {NUMBERS[0]}.jpg", point=OTHER)), self.photo)

    def test_strangers_reach_neither(self):
        def look():
            return [errno_of(os.listdir, self.mount.point(point=p)) for p in (OWN, OTHER)]

        self.assertEqual(as_user(STRANGER, [65534], look), ["EACCES", "EACCES"])

    def test_a_number_of_the_other_point_is_no_other_than_a_number_of_nobody(self):
        def look():
            found = []
            for number in (NUMBERS[0], NUMBERS[5]):
                for name in (f"{number}.jpg", f"王五 {number}.jpg", f"submitted/{number}.jpg", f"rejected/{number}.jpg",
                             f"missing/{number} .txt"):
                    found.append([errno_of(os.stat, self.mount.point(name, point=OWN)), errno_of(os.unlink,
                                                                                              self.mount.point(name, point=OWN))])
            return found

        found = as_user(USER, [OWN_GROUP], look)
        self.assertEqual(found[:len(found) // 2], found[len(found) // 2:])

    def test_the_roots_files_tell_counts_only(self):
        def look():
            return [read(os.path.join(self.mount.path, name)).decode() for name in ("STATUS.txt", "status.csv")]

        for text in as_user(USER, [OWN_GROUP], look):
            for secret in (NUMBERS[0], NUMBERS[1], "王五", "IMG_2031"):
                self.assertNotIn(secret, text)

    def test_the_same_picture_says_nothing_of_the_other_student(self):
        def drop():
            with open(self.mount.point(f"{NUMBERS[3]}.jpg", point=OWN), "wb") as f:
                f.write(self.photo)
            self.mount.settle(point=OWN)
            return [sorted(os.listdir(self.mount.point("rejected", point=OWN))),
                    read(self.mount.point("rejected", f"{NUMBERS[3]}.jpg - same picture as another.txt", point=OWN)).decode()]

        names, text = as_user(USER, [OWN_GROUP], drop)
        self.assertIn(f"{NUMBERS[3]}.jpg", names)
        for secret in (NUMBERS[0], OTHER, "王五"):
            self.assertNotIn(secret, text)

    def test_what_a_user_drops_belongs_to_the_user_and_the_points_group(self):
        def drop():
            path = self.mount.point(f"{NUMBERS[4]}.jpg", point=OWN)
            with open(path, "wb") as f:
                f.write(read(self.good(2)[1]))
            first = os.stat(path)
            self.mount.settle(point=OWN)
            second = os.stat(path)
            return [first.st_uid, first.st_gid, second.st_gid, stat.S_IMODE(second.st_mode) & 0o007,
                    errno_of(read, path), errno_of(os.unlink, path)]

        self.good(2)
        os.chmod(self.plain_directory, 0o755)
        self.assertEqual(as_user(USER, [OWN_GROUP], drop), [USER, OWN_GROUP, OWN_GROUP, 0, "OK", "OK"])


if __name__ == "__main__":
    main()
