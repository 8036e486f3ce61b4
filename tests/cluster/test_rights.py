# SPDX-License-Identifier: MIT
"""Who may see and change what is the same at every gateway: staff drops at one, and looks at the other."""

from cluster import *
from test_gateways import Held
from users import OFFICE_GROUP, OTHER_GROUP, OTHER_POINT, POINT_GROUP, Staff, errno_of, skip


class Rights(ClusterTest):
    options = ("delay=100", "settle=200", "settle-empty=400")
    points = ()
    config = f"\n[office]\noffice-group = {OFFICE_GROUP}\n"

    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            skip("other users need root")
        super().setUpClass()

    def setUp(self):
        super().setUp()
        os.chmod(self.directory, 0o755)
        for mount in self.mounts:
            os.chmod(mount.directory, 0o755)
        self.staff = Staff(self.directory)
        for point, group in ((POINT, POINT_GROUP), (OTHER_POINT, OTHER_GROUP)):
            self.a.ctl("point", "add", point, f"--group={group}")
        for mount in self.mounts:
            wait_for(lambda mount=mount: {POINT, OTHER_POINT} <= set(os.listdir(mount.path)), "the points are there")

    def copy_for(self, user, source, name):
        path = os.path.join(user.home, name)
        shutil.copyfile(source, path)
        user.give(path)
        return path

    def drop(self, user, mount, source, name):
        user.run("cp", self.copy_for(user, source, name), mount.point())
        mount.settle()

    def bad(self):
        path = os.path.join(self.directory, "no photo")
        with open(path, "wb") as f:
            f.write(b"no photo" * 1000)
        return path

    def test_a_colleague_goes_on_at_the_other_gateway(self):
        staff = self.staff
        first, second = (os.path.basename(path) for path in self.good(2))
        self.drop(staff.member, self.a, self.good()[0], first)
        self.drop(staff.member, self.a, self.bad(), "坏.jpg")
        wait_for(lambda: self.b.shows(first), "the photo is seen at the other")
        self.assertEqual(staff.colleague.call(lambda: read(self.b.point(first))[:2].hex()), "ffd8")
        self.assertIn("坏.jpg", staff.colleague.call(lambda: os.listdir(self.b.point("rejected"))))
        self.assertEqual(staff.colleague.call(lambda: errno_of(os.unlink, self.b.point(first))), "OK")
        wait_for(lambda: not self.a.shows(first), "it is gone at the first")
        self.drop(staff.colleague, self.b, self.good(2)[1], second)
        wait_for(lambda: self.a.shows(second), "the next one is seen at the first")

    def test_another_point_sees_nothing_at_either(self):
        staff = self.staff
        name = os.path.basename(self.good()[0])
        self.drop(staff.member, self.a, self.good()[0], name)
        self.drop(staff.member, self.a, self.bad(), "坏.jpg")
        for mount in self.mounts:
            for user in (staff.other, staff.stranger):
                with self.subTest(gateway=mount.name, user=user.name):
                    for path in (mount.point(), mount.point("rejected"), mount.point(name), mount.point("STATUS.txt"),
                                 mount.point("rejected", "坏.jpg"), os.path.join(mount.path, "OFFICE")):
                        self.assertEqual(user.call(lambda path=path: errno_of(os.open, path, os.O_RDONLY)), "EACCES", path)
                    self.assertEqual(user.call(lambda: errno_of(os.unlink, mount.point(name))), "EACCES")
        self.assertTrue(self.b.shows(name))

    def test_staff_waits_for_nobody_at_another_point(self):
        """A folder with its times, and the times of a photo that has its verdict."""
        held = Held(self.a, OTHER_POINT)
        self.addCleanup(held.end)
        member, source = self.staff.member, self.good()[0]
        folder = os.path.join(member.home, "一班")
        os.mkdir(folder)
        name = "张三 " + os.path.basename(source)
        shutil.copyfile(source, os.path.join(folder, name))
        member.give(folder)
        member.give(os.path.join(folder, name))
        member.run("rsync", "-rt", folder, self.b.point())
        wait_for(lambda: self.a.shows(os.path.basename(source)), "the photo is seen at the other")
        # While the emptied folder is being removed the kernel finds nothing in it, and right afterwards it asks again.
        wait_for(lambda: member.call(lambda: errno_of(os.utime, self.b.point("一班", name))) == "OK", "its times are set")
        held.end()

    def test_the_office_decides_at_the_other_gateway(self):
        staff = self.staff
        name = os.path.basename(self.good()[0])
        self.drop(staff.member, self.a, self.good()[0], name)
        pending, approved, at_first = (os.path.join(mount.path, "OFFICE", kind, POINT, name)
                                       for mount, kind in ((self.b, "pending"), (self.b, "approved"), (self.a, "approved")))
        wait_for(lambda: os.path.exists(pending), "the office sees it at the other")
        self.assertEqual(staff.member.call(lambda: errno_of(os.rename, pending, approved)), "EACCES")
        self.assertEqual(staff.reviewer.call(lambda: errno_of(os.rename, pending, approved)), "OK")
        wait_for(lambda: os.path.exists(at_first), "it is decided at the first")
        self.assertNotEqual(staff.member.call(lambda: errno_of(os.unlink, self.a.point(name))), "OK")
        self.assertTrue(self.a.shows(name))

    def test_a_point_that_gets_another_group_has_it_at_both(self):
        staff = self.staff
        name = os.path.basename(self.good()[0])
        self.drop(staff.member, self.a, self.good()[0], name)
        self.a.ctl("point", "set", POINT, f"--group={OTHER_GROUP}")
        for mount in self.mounts:
            wait_for(lambda mount=mount: staff.member.call(lambda: errno_of(os.listdir, mount.point())) == "EACCES",
                     f"who was a member may no longer at {mount.name}")
            self.assertEqual(staff.member.call(lambda mount=mount: errno_of(os.open, mount.point(name), os.O_RDONLY)), "EACCES")
            self.assertIn(name, staff.other.call(lambda mount=mount: os.listdir(mount.point())))


if __name__ == "__main__":
    main()
