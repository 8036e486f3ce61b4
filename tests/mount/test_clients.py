#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every ordinary way of writing a file [D1]: the real program, the verdict it leads to, nothing it complains about."""

import os
import shutil
import subprocess

from harness import MountTest, NUMBERS, main, need, read, run, wait_for


class Clients(MountTest):
    options = ("delay=300", "settle=800", "settle-empty=1500")

    def one(self, name=None):
        return self.copy_of(self.good(1)[0], name or f"张三_{NUMBERS[0]}.jpg")

    def assert_accepted(self, number=NUMBERS[0], dropped=None):
        """Without hurrying it: the announcer's own rename."""
        m = self.mount
        wait_for(lambda: m.photos() == [f"{number}.jpg"], f"{number}.jpg appears, there is {m.listed()}")
        wait_for(lambda: m.listed() == [f"{number}.jpg"], "nothing else is listed")
        self.assertEqual(m.rejected(), {})
        if dropped:
            st = os.stat(m.point(os.path.basename(dropped)))
            self.assertEqual(st.st_size, os.path.getsize(dropped))
            self.assertEqual(int(st.st_mtime), 1700000000)

    def test_cp(self):
        run("cp", self.one(), self.mount.point())
        self.assert_accepted()

    def test_cp_keeping_attributes(self):
        source = self.one()
        run("cp", "-p", source, self.mount.point())
        self.assert_accepted(dropped=source)
        self.assertEqual(int(os.stat(self.mount.point(f"{NUMBERS[0]}.jpg")).st_mtime), 1700000000)

    def test_cp_a_again_overwrites_in_place(self):
        source = self.one()
        for _ in range(2):
            run("cp", "-a", source, self.mount.point())
            self.assert_accepted(dropped=source)

    def test_mv(self):
        source = self.one()
        size = os.path.getsize(source)
        run("mv", source, self.mount.point())
        self.assertFalse(os.path.exists(source))
        self.assert_accepted()
        self.assertEqual(os.stat(self.mount.point(os.path.basename(source))).st_size, size)

    def test_mv_over_an_earlier_drop(self):
        for _ in range(2):
            run("mv", self.one(), self.mount.point())
            self.assert_accepted()

    def test_install(self):
        for _ in range(2):
            run("install", "-m", "0644", self.one(), self.mount.point())
            self.assert_accepted()

    def test_install_after_the_verdict_is_shown(self):
        # chmod by path comes after the close; with a delayed rename the name still means the upload.
        run("install", "-p", "-m", "0600", self.one(), self.mount.point())
        self.assert_accepted()

    def test_shell_redirection(self):
        target = self.mount.point(f"{NUMBERS[0]}.jpg")
        run("sh", "-c", 'cat "$1" > "$2"', "sh", self.one(), target)
        self.assert_accepted()

    def test_shell_in_two_parts(self):
        # A flush in the middle is no end of the file.
        target = self.mount.point(f"王五 {NUMBERS[0]}.jpg")
        run("bash", "-c", '{ head -c 1000 "$1"; sleep 0.5; tail -c +1001 "$1"; } > "$2"', "bash", self.one(), target)
        self.assert_accepted()

    def test_append_continues_the_same_upload(self):
        target = self.mount.point(f"{NUMBERS[0]}.jpg")
        run("bash", "-c", 'head -c 1000 "$1" > "$2"; tail -c +1001 "$1" >> "$2"', "bash", self.one(), target)
        self.assert_accepted()

    def test_dd_out_of_order(self):
        target = self.mount.point(f"{NUMBERS[0]}.jpg")
        source = self.one()
        half = os.path.getsize(source) // 1024 // 2
        run("truncate", "-s", str(os.path.getsize(source)), target)
        run("dd", f"if={source}", f"of={target}", "bs=1024", f"skip={half}", f"seek={half}", "conv=notrunc")
        run("dd", f"if={source}", f"of={target}", "bs=1024", f"count={half}", "conv=notrunc")
        self.assert_accepted()

    def test_python_copy2(self):
        source = self.one()
        shutil.copy2(source, self.mount.point())
        self.assert_accepted(dropped=source)

    def test_tar(self):
        source = self.one()
        archive = os.path.join(self.directory, "photos.tar")
        run("tar", "-cf", archive, "-C", os.path.dirname(source), os.path.basename(source))
        for _ in range(2):
            run("tar", "-xf", archive, "-C", self.mount.point())
            self.assert_accepted(dropped=source)

    # ---- rsync ----

    def rsync(self, *options, times=2):
        """Runs twice, waits for the verdicts between; the second run must find nothing to do."""
        sources = [self.copy_of(path, f"学生 {i} {NUMBERS[i]}.jpg") for i, path in enumerate(self.good(3))]
        directory = os.path.dirname(sources[0])
        os.chmod(directory, 0o2770)
        # Not changed in the very second in which it is sent: rsync would not set a time that it finds right.
        os.utime(directory, (1600000000, 1600000000))
        run("rsync", "-a", *options, directory + "/", self.mount.point() + "/")
        wait_for(lambda: self.mount.listed() == [f"{n}.jpg" for n in NUMBERS[:3]],
                 f"three photos, there is {self.mount.listed()}")
        again = run("rsync", "-a", "--itemize-changes", *options, directory + "/", self.mount.point() + "/")
        self.assertEqual(again.stdout, "")
        self.assertEqual(again.stderr, "")
        self.assertEqual(self.mount.rejected(), {})
        return directory

    def test_rsync(self):
        self.rsync()

    def test_rsync_inplace(self):
        self.rsync("--inplace")

    def test_rsync_partial_dir(self):
        self.rsync("--partial-dir=.part")

    def test_rsync_delay_updates(self):
        self.rsync("--delay-updates")

    def test_rsync_whole_folder(self):
        directory = self.copy_of(self.good(1)[0], f"{NUMBERS[0]}.jpg")
        os.chmod(os.path.dirname(directory), 0o2770)
        os.utime(os.path.dirname(directory), (1600000000, 1600000000))
        run("rsync", "-a", os.path.dirname(directory), self.mount.point() + "/")
        self.assert_accepted()
        again = run("rsync", "-ai", os.path.dirname(directory), self.mount.point() + "/")
        self.assertEqual(again.stdout, "")

    def test_rsync_sends_a_changed_file_again(self):
        directory = self.rsync()
        before = read(self.mount.point(f"{NUMBERS[0]}.jpg"))
        changed = os.path.join(directory, f"学生 0 {NUMBERS[0]}.jpg")
        shutil.copyfile(self.good(5)[4], changed)
        run("rsync", "-a", directory + "/", self.mount.point() + "/")
        wait_for(lambda: read(self.mount.point(f"{NUMBERS[0]}.jpg")) != before, "the photo is replaced")
        self.mount.settle()
        self.assertEqual(self.mount.rejected(), {})

    def test_rsync_resumes_from_its_partial_folder(self):
        source = self.copy_of(self.good(1)[0], f"{NUMBERS[0]}.jpg")
        os.mkdir(self.mount.point(".part"))
        with open(source, "rb") as f, open(self.mount.point(".part", f"{NUMBERS[0]}.jpg"), "wb") as part:
            part.write(f.read(1000))
        self.mount.settle()
        self.assertEqual(self.mount.listed(), [])
        run("rsync", "-a", "--partial-dir=.part", source, self.mount.point() + "/")
        self.assert_accepted()

    # ---- file managers ----

    def test_gio_copy(self):
        need("gio")
        source = self.one()
        run("gio", "copy", source, self.mount.point())
        self.assert_accepted()

    def test_gio_copy_over_an_earlier_drop(self):
        need("gio")
        source = self.one()
        run("gio", "copy", source, self.mount.point())
        self.assert_accepted()
        run("gio", "copy", "-p", source, self.mount.point())
        self.mount.settle()
        self.assert_accepted()

    def test_gio_copy_over_what_is_just_being_judged(self):
        need("gio")
        first, second = self.good(2)
        name = f"{NUMBERS[0]}.jpg"
        run("gio", "copy", self.copy_of(first, name), self.mount.point(name))
        run("gio", "copy", self.copy_of(second, name), self.mount.point(name))
        self.assert_accepted()
        self.assertEqual(self.mount.rejected(), {})

    def test_gio_move(self):
        need("gio")
        source = self.one()
        run("gio", "move", source, self.mount.point())
        self.assertFalse(os.path.exists(source))
        self.assert_accepted()

    # ---- programs that edit ----

    def test_link_then_unlink_is_a_rename(self):
        # SFTP clients without posix-rename.
        source = self.one()
        part = self.mount.point(f"{NUMBERS[0]}.jpg.filepart")
        run("cp", source, part)
        self.assertEqual(self.mount.listed(), [])
        os.link(part, self.mount.point(f"{NUMBERS[0]}.jpg"))
        os.unlink(part)
        self.assert_accepted()
        self.assertFalse(os.path.exists(part))

    def test_killed_writer_leaves_a_reason(self):
        data = read(self.one())
        writer = subprocess.Popen(["sh", "-c", 'cat > "$1"', "sh", self.mount.point(f"{NUMBERS[0]}.jpg")],
                                  stdin=subprocess.PIPE)
        writer.stdin.write(data[: len(data) // 2])
        writer.stdin.flush()
        wait_for(lambda: os.path.exists(self.mount.point(f"{NUMBERS[0]}.jpg")) and
                 os.path.getsize(self.mount.point(f"{NUMBERS[0]}.jpg")) > 0, "bytes arrive")
        writer.kill()
        writer.stdin.close()
        writer.wait()
        wait_for(lambda: f"{NUMBERS[0]}.jpg" in self.mount.rejected(), "the cut-off file is rejected")


if __name__ == "__main__":
    need("rsync")
    main()
