# SPDX-License-Identifier: MIT
"""A store whose blobs are in a directory that several machines share: whose it is, and what happens when it is not there. The
directory is on a filesystem without files that have no name where bindfs is installed."""

import os
import shutil
import subprocess
import sys

from server import REQUIRED, need_postgresql, postgresql

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "mount"))

from harness import *  # noqa: E402

NOT_THERE = "does not hold the photos of a store; is its filesystem mounted?"


def is_empty(path):
    return os.listdir(path) == []


class Shared(MountTest):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="idphoto-test-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.blobs = os.path.join(self.directory, "blobs")
        self.disk = os.path.join(self.directory, "disk")
        self.other = os.path.join(self.directory, "other")
        os.mkdir(self.blobs)
        self.make_disk()
        self.bind()
        self.addCleanup(self.unbind)
        self.mount = Mount(self.directory)
        self.addCleanup(self.mount.force_end)
        self.mount.start()

    def make_disk(self):
        """What all machines share."""
        os.mkdir(self.disk)

    def bind(self):
        """The shared directory is mounted."""
        run("bindfs", "--no-allow-other", self.disk, self.blobs)

    def unbind(self):
        """As when the machines that have the directory are gone: what is open stays so, and answers no more."""
        subprocess.run(["fusermount3", "-u", "-z", self.blobs], stderr=subprocess.DEVNULL)

    def die(self):
        """As when the process dies that answers for the directory."""
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                arguments = read(f"/proc/{pid}/cmdline").split(b"\0")
            except OSError:
                continue
            if arguments[0] == b"bindfs" and os.fsencode(self.disk) in arguments:
                os.kill(int(pid), signal.SIGKILL)

    def key(self):
        return read(os.path.join(self.mount.store, "audit.key"))

    def attach(self, *arguments, lang="en"):
        return run(IDPHOTOCTL, f"--lang={lang}", "attach", self.other, self.mount.catalog, *arguments, data=self.key(), check=False)

    def refused_mount(self):
        done = run(IDPHOTOFS, "-f", self.mount.store, self.mount.path, check=False)
        self.assertEqual(done.returncode, 1)
        return done.stderr

    def named(self):
        return {digest for (digest,) in self.mount.query("SELECT original FROM submission WHERE original IS NOT NULL"
                                                         " UNION SELECT blob FROM photo")}

    def kept(self):
        return {folder + name for folder in os.listdir(self.disk) if len(folder) == 2
                for name in os.listdir(os.path.join(self.disk, folder))}

    def test_photos_come_and_go_there(self):
        good, other = self.good(2)
        rejected = os.path.join(self.directory, "x.jpg")
        with open(rejected, "wb") as f:
            f.write(b"no photo")
        for source in (good, other, rejected):
            run("cp", source, self.mount.point())
        self.mount.settle()
        names = [os.path.basename(good), os.path.basename(other)]
        self.assertEqual(self.mount.photos(), names)
        self.assertEqual(read(self.mount.point("rejected", "x.jpg")), b"no photo")
        self.assertEqual(self.kept(), self.named())
        self.assertTrue(is_empty(os.path.join(self.disk, "tmp")))
        # Neither in the store's own directory.
        self.assertEqual(sorted(os.listdir(self.mount.store)).count("blobs"), 1)
        self.assertTrue(os.path.islink(os.path.join(self.mount.store, "blobs")))
        self.mount.ctl("verify")
        os.unlink(self.mount.point("rejected", "x.jpg"))
        self.mount.settle()
        self.mount.ctl("purge", "--days=0")
        self.assertEqual(self.kept(), self.named())
        self.assertTrue(is_empty(os.path.join(self.disk, "trash")))
        self.mount.ctl("verify")

    def test_another_machine_has_the_same_photos(self):
        run("cp", self.good(1)[0], self.mount.point())
        self.mount.settle()
        for lang, words in (("en", "are in a shared directory"), ("zh", "存放在共享目录中")):
            refused = self.attach(lang=lang)
            self.assertEqual(refused.returncode, 2)
            self.assertIn(words, refused.stderr)
            self.assertFalse(os.path.exists(self.other))
        done = self.attach(f"--blobs={self.blobs}")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertFalse(os.path.exists(os.path.join(self.other, "blobs")))
        run(IDPHOTOCTL, f"--store={self.other}", "verify")
        run(IDPHOTOCTL, f"--store={self.other}", "config", "check")

    def test_a_directory_that_is_not_this_store_s_is_refused(self):
        bare, strange = os.path.join(self.directory, "bare"), os.path.join(self.directory, "strange")
        os.mkdir(bare)
        os.mkdir(strange)
        run(IDPHOTOCTL, "init", os.path.join(self.directory, "third"), *new_catalog(), f"--blobs={strange}")
        for path, en, zh in ((bare, NOT_THERE, "请检查其文件系统是否已挂载"), (strange, "photos of another store", "属于另一个数据"),
                             (os.path.join(self.directory, "none"), NOT_THERE, "请检查其文件系统是否已挂载"),
                             ("relative", "is an absolute path", "须为绝对路径")):
            for lang, words in (("en", en), ("zh", zh)):
                refused = self.attach(f"--blobs={path}", lang=lang)
                self.assertEqual(refused.returncode, 2, path)
                self.assertIn(words, refused.stderr)
                self.assertFalse(os.path.exists(self.other))
        self.assertTrue(is_empty(bare))
        for lang, words in (("en", "is not empty"), ("zh", "不是空的")):
            refused = run(IDPHOTOCTL, f"--lang={lang}", "init", self.other, *new_catalog(), f"--blobs={self.blobs}", check=False)
            self.assertEqual(refused.returncode, 2)
            self.assertIn(words, refused.stderr)
        refused = run(IDPHOTOCTL, "--lang=en", "init", self.other, f"--blobs={bare}", check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("only for a store whose catalog is on a server", refused.stderr)
        self.assertTrue(is_empty(bare))
        self.assertFalse(os.path.exists(self.other))

    def test_without_the_directory_nothing_is_mounted_and_nothing_made(self):
        self.mount.end()
        self.unbind()
        self.assertTrue(is_empty(self.blobs))
        self.assertIn(NOT_THERE, self.refused_mount())
        refused = self.mount.ctl("verify", check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn(NOT_THERE, refused.stderr)
        self.assertTrue(is_empty(self.blobs))
        self.bind()
        self.mount.start()

    def test_a_directory_that_goes_away_is_not_made_again(self):
        first, second = self.good(2)
        run("cp", first, self.mount.point())
        self.mount.settle()
        name = os.path.basename(first)
        photo = read(self.mount.point(name))
        self.die()
        self.unbind()
        wait_for(lambda: is_empty(self.blobs), "the bare mountpoint is there")
        with self.assertRaises(OSError):
            read(self.mount.point(name))
        run("cp", second, self.mount.point(), check=False)
        self.mount.log_checked = sys.maxsize
        self.mount.end()
        self.mount.log_checked = len(self.mount.log())
        self.assertTrue(is_empty(self.blobs))
        self.assertIn(NOT_THERE, self.refused_mount())
        self.bind()
        self.mount.start()
        run("cp", second, self.mount.point())
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [name, os.path.basename(second)])
        self.assertEqual(read(self.mount.point(name)), photo)
        self.mount.ctl("verify")


if __name__ == "__main__":
    need_postgresql()
    if not shutil.which("bindfs"):
        print("bindfs is not installed" + (", and required here" if REQUIRED else ": skipped"))
        sys.exit(1 if REQUIRED else 77)
    os.environ["IDPHOTO_TEST_BLOBS"] = "shared"
    with postgresql() as made:
        os.environ["IDPHOTO_TEST_CATALOG"] = made
        main()
