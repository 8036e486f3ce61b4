#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Windows shares: a real smbd over the mount, its change notify, streams, folders, many files at once."""

import os
import signal
import subprocess
import zipfile

from harness import FIXED, MountTest, NUMBERS, POINT, WORKBOOKS, main, need, read, run, wait_for
from servers import Samba


class Served(MountTest):
    options = ("delay=300", "settle=800", "settle-empty=1500")
    extra = ""

    def shared(self):
        return self.mount.point()

    def setUp(self):
        super().setUp()
        self.server = Samba(self.directory, self.shared(), self.extra)
        self.addCleanup(self.server.end)

    def tearDown(self):
        # A connected client keeps smbd's working directory in the mount.
        self.server.end()
        super().tearDown()


class Share(Served):
    def folder(self, n, name="folder"):
        """A folder of n good photos."""
        for i, path in enumerate(self.good(n)):
            self.copy_of(path, f"学生 {i} {NUMBERS[i]}.jpg")
        target = os.path.join(self.directory, name)
        os.rename(os.path.join(self.directory, "src"), target)
        return target

    def test_many_at_once(self):
        folder = self.folder(6)
        self.server.client("prompt off", f'lcd "{folder}"', "mput *.jpg")
        wait_for(lambda: self.mount.listed() == [f"{n}.jpg" for n in NUMBERS[:6]], "six photos")
        self.assertEqual(self.mount.rejected(), {})

    def test_folder_of_photos(self):
        folder = self.folder(2)
        self.server.client('mkdir "一班"', 'cd "一班"', "prompt off", f'lcd "{folder}"', "mput *.jpg")
        wait_for(lambda: self.mount.listed() == [f"{n}.jpg" for n in NUMBERS[:2]], "two photos, and no folder")

    def test_archive(self):
        """[D12]"""
        name = "照片.zip"
        archive = os.path.join(self.directory, name)
        with zipfile.ZipFile(archive, "w") as f:
            for i, path in enumerate(self.good(2)):
                f.write(path, f"一班/学生 {i} {NUMBERS[i]}.jpg")
        for _ in range(2):
            self.server.client(f'put "{archive}" "{name}"', f'allinfo "{name}"')
            self.mount.settle()
            self.assertEqual(self.mount.photos(), [f"{n}.jpg" for n in NUMBERS[:2]])
            self.assertEqual(self.mount.rejected(), {})
            wait_for(lambda: self.mount.listed() == [f"{n}.jpg" for n in NUMBERS[:2]], "two photos, and no folder")
        self.assertEqual(read(self.mount.point("submitted", name)), read(archive))

    def test_photo_written_over_by_its_own_name(self):
        name = f"{NUMBERS[0]}.jpg"
        first, second = self.good(2)
        for source in (first, second, first):
            self.server.client(f'put "{source}" "{name}"')
            self.mount.settle()
            self.assertEqual(read(self.mount.point("submitted", name)), read(source))
        self.assertEqual(self.mount.listed(), [name])
        self.assertEqual(self.mount.rejected(), {})

    def test_photo_stays_when_what_is_written_over_it_is_bad(self):
        name = f"{NUMBERS[0]}.jpg"
        self.server.client(f'put "{self.good(1)[0]}" "{name}"')
        self.mount.settle()
        photo = read(self.mount.point(name))
        bad = os.path.join(self.directory, "bad.jpg")
        with open(bad, "wb") as f:
            f.write(b"only words")
        self.server.client(f'put "{bad}" "{name}"')
        self.mount.settle()
        self.assertEqual(read(self.mount.point(name)), photo)
        self.assertEqual(list(self.mount.rejected()), [name])

    def test_what_is_read_is_the_finished_photo(self):
        name = f"{NUMBERS[0]}.jpg"
        self.server.client(f'put "{self.good(1)[0]}" "{name}"')
        self.mount.settle()
        back = os.path.join(self.directory, "back.jpg")
        self.server.client(f'get "{name}" "{back}"')
        self.assertEqual(read(back), read(self.mount.point(name)))
        listing = self.server.client("ls")
        self.assertIn(name, listing)
        self.assertIn("STATUS.txt", listing)

    def test_reason_is_read_and_the_case_put_aside(self):
        self.server.client(f'put "{self.good(1)[0]}" IMG_1.jpg')
        self.mount.settle()
        text = os.path.join(self.directory, "reason.txt")
        self.server.client(f'get "rejected/IMG_1.jpg - no ID number.txt" "{text}"')
        self.assertIn("Rejected: IMG_1.jpg", read(text).decode())
        self.server.client('rm "rejected/IMG_1.jpg"', 'rm "rejected/IMG_1.jpg - no ID number.txt"')
        self.assertEqual(self.mount.rejected(), {})

    def test_download_mark_of_windows(self):
        # A stream beside the file, tried after its close. The share has no streams: no file comes of it.
        mark = os.path.join(self.directory, "mark")
        with open(mark, "w", encoding="ascii") as f:
            f.write("[ZoneTransfer]\r\nZoneId=3\r\n")
        name = f"{NUMBERS[0]}.jpg"
        self.server.client(f'put "{self.good(1)[0]}" "{name}"', f'put "{mark}" "{name}:Zone.Identifier"', check=False)
        self.mount.settle()
        self.assertEqual(self.mount.listed(), [name])
        self.assertEqual(self.mount.rejected(), {})

    def test_litter_of_windows_and_mac(self):
        litter = os.path.join(self.directory, "litter")
        with open(litter, "wb") as f:
            f.write(b"x" * 100)
        self.server.client(f'put "{litter}" Thumbs.db', f'put "{litter}" desktop.ini', f'put "{litter}" .DS_Store')
        self.mount.settle()
        self.assertEqual(self.mount.listed(), [])
        self.assertEqual(self.mount.rejected(), {})

    def test_names_that_windows_cannot_spell(self):
        spelt = str.maketrans('"*:<>?\\|', "".join(map(chr, range(0xf020, 0xf028))))
        first, second = self.good(2)
        name = 'a?b:c*"<x>|\\.jpg'
        seen = name.translate(spelt)
        run("cp", self.copy_of(first, name), self.mount.point())
        self.mount.settle()
        self.assertEqual(list(self.mount.rejected()), [name])
        self.assertIn(f"  {seen} ", self.server.client('ls "rejected\\*"'))
        for directory in ("submitted", "rejected"):
            back = os.path.join(self.directory, directory)
            self.server.client(f'get "{directory}\\{seen}" "{back}"')
            self.assertEqual(read(back), read(first))
        self.server.client(f'get "rejected\\{seen} - no ID number.txt" "{self.directory}/note"')
        self.assertIn(name, read(os.path.join(self.directory, "note")).decode())
        # As a Mac sends it. Full-width characters are names like others.
        for sent, kept in ((f"李四\uf025 {NUMBERS[1]}.jpg", f"李四? {NUMBERS[1]}.jpg"), ("王五：？.jpg", "王五：？.jpg")):
            self.server.client(f'put "{second}" "{sent}"')
            self.mount.settle()
            self.assertIn(kept, os.listdir(self.mount.point("submitted")))
        self.assertEqual(self.mount.listed(), [f"{NUMBERS[1]}.jpg"])
        # Mending the name there judges it anew.
        self.server.client(f'rename "rejected\\{seen}" "{NUMBERS[0]}.jpg"')
        self.mount.settle()
        self.assertEqual(self.mount.listed(), [f"{NUMBERS[0]}.jpg", f"{NUMBERS[1]}.jpg"])

    def test_fixed_entries_are_refused(self):
        for command in ("rm STATUS.txt", "rmdir rejected", 'rename rejected "other"', f'put "{self.good(1)[0]}" status.csv'):
            self.assertIn("NT_STATUS_", self.server.client(command, check=False))
        self.assertEqual(set(os.listdir(self.mount.point())), FIXED - {"OFFICE", "status.xlsx"} | set(WORKBOOKS))

    def test_notify_shows_the_verdict(self):
        # What refreshes an Explorer window: the old name goes, the new one comes.
        out = os.path.join(self.directory, "notify.txt")
        with open(out, "wb") as f:
            watcher = subprocess.Popen(["stdbuf", "-oL", "smbclient", f"--configfile={self.server.conf}", "-N",
                                        "-p", str(self.server.port), "//127.0.0.1/photos", "-c", 'notify "\\"'],
                                       stdin=subprocess.DEVNULL, stdout=f, stderr=f)
        self.addCleanup(watcher.kill)

        def lines():
            return read(out).decode(errors="replace").splitlines()

        def probed():
            # The watch stands when it has seen something of ours.
            with open(self.mount.point(".probe.tmp"), "w", encoding="ascii"):
                pass
            os.unlink(self.mount.point(".probe.tmp"))
            return lines()

        wait_for(probed, "the watcher sees its first event")
        run("cp", self.copy_of(self.good(1)[0], f"张三{NUMBERS[0]}.jpg"), self.mount.point())
        wait_for(lambda: f"0004 张三{NUMBERS[0]}.jpg" in lines(), f"the old name goes: {lines()}", timeout=20)
        wait_for(lambda: f"0005 {NUMBERS[0]}.jpg" in lines(), f"the new name comes: {lines()}", timeout=20)
        watcher.send_signal(signal.SIGTERM)
        watcher.wait()


class OfficeShare(Served):
    """The office over a share of the whole mount."""

    def shared(self):
        return self.mount.path

    def test_moving_is_deciding(self):
        for number, path in zip(NUMBERS[:2], self.good(2)):
            run("cp", path, self.mount.point(f"{number}.jpg"))
        self.mount.settle()
        one, two = (f"{number}.jpg" for number in NUMBERS[:2])
        office = f"OFFICE\\pending\\{POINT}"
        self.server.client(f'rename "{office}\\{one}" "OFFICE\\approved\\{POINT}\\{one}"',
                           f'rename "{office}\\{two}" "OFFICE\\rejected\\hair\\{two}"')
        self.assertEqual(os.listdir(os.path.join(self.mount.path, "OFFICE", "approved", POINT)), [one])
        self.assertEqual(list(self.mount.rejected()), [two])
        listing = self.server.client(f'ls "OFFICE\\rejected\\hair\\*"')
        self.assertIn(two + ".txt", listing)


if __name__ == "__main__":
    need("smbd", "smbclient", "stdbuf")
    main()
