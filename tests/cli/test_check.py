#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""idphotoctl check, through the real program and the real sandboxed worker."""

import hashlib
import json
import os
import pty
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

PROGRAM = os.environ["IDPHOTO_CTL"]
WORKER = os.environ["IDPHOTO_WORKER"]
HOSTILE = os.environ["IDPHOTO_WORKER_HOSTILE"]
CORPUS = Path(os.environ.get("IDPHOTO_CORPUS") or
              Path(os.environ["IDPHOTO_SOURCE_ROOT"]).parent / "shared" / "corpus")

ITEM_KEYS = ["file", "accepted", "error", "name", "source", "geometry", "measured", "photo", "centre",
             "findings"]
SOURCE_KEYS = ["format", "width", "height", "quality", "orientation", "taken"]
PHOTO_KEYS = ["bytes", "quality", "sha256", "phash", "written"]
FINDING_KEYS = ["code", "level", "measured", "measured2", "min", "max", "detail", "title",
                "advice"]


def run(*arguments, worker=WORKER, language="C.UTF-8", cwd=None, text=True):
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": language, "IDPHOTO_WORKER": worker}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
        if name in os.environ:
            env[name] = os.environ[name]
    return subprocess.run([PROGRAM, "check", *map(str, arguments)], env=env, cwd=cwd,
                          capture_output=True, encoding="utf-8" if text else None,
                          stdin=subprocess.DEVNULL, timeout=300, check=False)


def files(result):
    """What --json tells of each file."""
    told = json.loads(result.stdout)
    assert list(told) == ["files", "summary"] and len(told["files"]) == told["summary"]["photos"], told
    return told["files"]


class WithoutCorpus(unittest.TestCase):
    """The frame of the command, with files made here and, where it must accept one, with a worker
    that accepts everything."""

    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="idphoto-check-"))
        self.addCleanup(shutil.rmtree, self.dir)

    def make(self, name, content=b"no photo"):
        path = self.dir / name
        path.write_bytes(content)
        return path

    def test_an_empty_file_is_rejected(self):
        result = run("--json", self.make("empty.jpg", b""))
        self.assertEqual(result.returncode, 1)
        item, = files(result)
        self.assertIs(item["accepted"], False)
        self.assertIn("empty-file", [f["code"] for f in item["findings"]])
        self.assertIsNone(item["photo"])

    def test_a_missing_file_is_named_on_stderr(self):
        missing = self.dir / "missing.jpg"
        result = run(missing)
        self.assertEqual(result.returncode, 2)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr,
                         f"idphotoctl: cannot read '{missing}': No such file or directory\n")

    def test_a_name_cannot_move_the_cursor(self):
        result = run(self.dir / "\033[2Jgone.jpg")
        self.assertNotIn("\033", result.stderr)
        self.assertIn("?[2Jgone.jpg'", result.stderr)
        self.assertNotIn("\033", run(self.make("\033[2J.jpg")).stdout)

    def test_what_is_no_file_is_not_read(self):
        os.mkfifo(self.dir / "pipe")
        for path, message in ((self.dir / "pipe", "Not a regular file"),
                              ("/dev/zero", "Not a regular file")):
            with self.subTest(path=path):
                result = run(path)
                self.assertEqual(result.returncode, 2)
                self.assertIn(message, result.stderr)

    def test_an_unreadable_file_does_not_hide_the_others(self):
        result = run("--json", self.dir / "missing.jpg", self.make("text.jpg"))
        self.assertEqual(result.returncode, 2)
        first, second = files(result)
        self.assertEqual(list(first), ITEM_KEYS)
        self.assertIsNone(first["accepted"])
        self.assertEqual(first["error"], "No such file or directory")
        self.assertIs(second["accepted"], False)
        self.assertIsNone(second["error"])

    def folder(self):
        """Of a phone and of two systems, with what they leave behind, and its photos in the order in which they are told."""
        for name in ("b.jpg", "10.jpg", "9.jpg", ".DS_Store", "Thumbs.db", "desktop.ini", "._b.jpg", "c.jpg.part", "一班/王五.jpg",
                     "一班/__MACOSX/._x.jpg", "A/deep/er/x.jpg"):
            path = self.dir / "photos" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"bad" if name == "9.jpg" else b"good")
        return [str(self.dir / "photos" / name) for name in ("10.jpg", "9.jpg", "A/deep/er/x.jpg", "b.jpg", "一班/王五.jpg")]

    def test_a_folder_is_all_photos_beneath_it(self):
        photos = self.folder()
        for arguments in ([self.dir / "photos"], [f"{self.dir}/photos/"], [self.dir / "photos", "--jobs=4"]):
            result = run("--json", *arguments, worker=HOSTILE)
            self.assertEqual([os.path.normpath(item["file"]) for item in files(result)], photos)
            self.assertEqual((result.returncode, result.stderr), (1, ""))
        self.assertEqual(json.loads(result.stdout)["summary"],
                         {"photos": 5, "accepted": 4, "warned": 0, "rejected": 1, "failed": 0})
        # Arguments keep their order, folders among them.
        first = self.make("z.jpg", b"good")
        self.assertEqual([item["file"] for item in files(run("--json", first, self.dir / "photos", worker=HOSTILE))],
                         [str(first), *photos])

    def test_what_was_named_is_judged_whatever_it_is_called(self):
        self.assertEqual(len(files(run("--json", self.make("Thumbs.db"), self.make(".part"), worker=HOSTILE))), 2)

    def test_the_last_line_counts(self):
        self.folder()
        warned = self.make("photos/d.jpg", b"warn")
        os.mkfifo(self.dir / "photos" / "pipe")
        os.symlink(self.dir / "photos", self.dir / "photos" / "loop")
        result = run(self.dir / "photos", worker=HOSTILE)
        self.assertEqual(result.returncode, 2)
        self.assertEqual(result.stdout.splitlines()[-1],
                         "8 photos: 5 accepted (1 with warnings), 1 rejected, 2 could not be examined")
        self.assertEqual(run(self.dir / "photos", "--lang=zh", worker=HOSTILE).stdout.splitlines()[-1],
                         "共 8 张照片：合格 5 张（其中 1 张须注意），不合格 1 张，未能检查 2 个文件。")
        self.assertEqual(run(self.dir / "photos" / "A", worker=HOSTILE).stdout.splitlines()[-1], "1 photo: 1 accepted, 0 rejected")
        self.assertEqual(run(warned, self.dir / "photos" / "b.jpg", worker=HOSTILE).stdout.splitlines()[-1],
                         "2 photos: 2 accepted (1 with warnings), 0 rejected")
        # One photo is its own summary.
        self.assertNotIn("photo:", run(warned, worker=HOSTILE).stdout)
        empty = self.dir / "empty"
        empty.mkdir()
        self.assertEqual(run(empty).stdout, "0 photos: 0 accepted, 0 rejected\n")
        self.assertEqual(files(run("--json", empty)), [])

    @unittest.skipUnless(os.geteuid() == 0, "root becomes somebody who may not read it")
    def test_a_folder_that_cannot_be_read_is_told(self):
        self.folder()
        os.chmod(self.dir, 0o755)
        os.chmod(self.dir / "photos" / "A", 0o700)
        result = subprocess.run(["setpriv", "--reuid=60001", "--regid=60001", "--clear-groups", PROGRAM, "check",
                                 str(self.dir / "photos")], env={"LC_ALL": "C.UTF-8", "IDPHOTO_WORKER": HOSTILE},
                                capture_output=True, encoding="utf-8", timeout=60, check=False)
        self.assertEqual(result.returncode, 2)
        self.assertEqual(result.stderr, f"idphotoctl: cannot read '{self.dir}/photos/A': Permission denied\n")
        self.assertIn("5 photos: 3 accepted, 1 rejected, 1 could not be examined", result.stdout)

    def test_results_come_in_the_order_of_the_arguments(self):
        paths = [self.make(f"{i:03}.jpg", b"" if i % 3 else b"x" * 200000) for i in range(60)]
        result = run("--json", "--jobs=4", *paths)
        self.assertEqual([item["file"] for item in files(result)],
                         [str(path) for path in paths])

    def test_a_path_that_is_no_utf8_still_gives_valid_json(self):
        path = os.fsencode(self.dir) + b"/\xff\"\n.jpg"
        with open(path, "wb"):
            pass
        env = {"IDPHOTO_WORKER": WORKER}
        result = subprocess.run([os.fsencode(PROGRAM), b"check", b"--json", path], env=env,
                                capture_output=True, timeout=60, check=False)
        item, = json.loads(result.stdout.decode("utf-8"))["files"]
        self.assertTrue(item["file"].endswith("/\ufffd\"\n.jpg"))

    def test_the_name_is_information_only(self):
        good = self.make("219999199001010016.jpg")
        bad = self.make("219999199001010017.jpg")
        first, second, = files(run("--json", "--name", good, bad, worker=HOSTILE))
        self.assertEqual(first["name"], {"kind": "id-number", "valid": True,
                                         "number": "219999199001010016", "problem": None})
        self.assertEqual(second["name"]["problem"], "number-check-digit")
        self.assertIs(second["accepted"], True)
        self.assertIsNone(files(run("--json", good))[0]["name"])

    def test_a_report_masks_the_number(self):
        directory = self.dir / "d"
        directory.mkdir()
        (directory / "219999199001010016.jpg").write_bytes(b"x")
        result = run("--name", "d/219999199001010016.jpg", worker=HOSTILE, cwd=self.dir)
        self.assertIn("File name: ID number 219999********0016", result.stdout)
        self.assertEqual(result.returncode, 0)

    def test_finished_photos_are_written_under_their_own_names(self):
        out = self.dir / "out"
        out.mkdir()
        result = run("--json", f"--write={out}", self.make("a.png"), self.make(".hidden"),
                     self.make("b.tar.jpeg"), worker=HOSTILE)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(sorted(p.name for p in out.iterdir()),
                         [".hidden.jpg", "a.jpg", "b.tar.jpg"])
        for item in files(result):
            written = Path(item["photo"]["written"])
            self.assertEqual(hashlib.sha256(written.read_bytes()).hexdigest(),
                             item["photo"]["sha256"])
            self.assertEqual(written.stat().st_size, item["photo"]["bytes"])

    def test_renditions_for_the_centre_are_written_beside_the_photos(self):
        out, centre = self.dir / "out", self.dir / "centre"
        out.mkdir()
        centre.mkdir()
        result = run("--json", f"--write={out}", f"--centre={centre}", self.make("a.png"),
                     self.make("b.jpg", b"bad"), worker=HOSTILE)
        self.assertEqual(result.returncode, 1, result.stderr)
        first, second = files(result)
        written = Path(first["centre"]["written"])
        self.assertEqual(written, centre / "a.jpg")
        self.assertEqual(first["centre"]["bytes"], written.stat().st_size)
        self.assertEqual(first["centre"]["sha256"],
                         hashlib.sha256(written.read_bytes()).hexdigest())
        self.assertIsNone(second["centre"])
        self.assertEqual([p.name for p in out.iterdir()], ["a.jpg"])
        self.assertEqual([p.name for p in centre.iterdir()], ["a.jpg"])

    def test_a_rendition_that_exists_is_never_overwritten(self):
        (self.dir / "a.jpg").write_bytes(b"precious")
        result = run(f"--centre={self.dir}", self.make("b.jpg"), "a.jpg", worker=HOSTILE,
                     cwd=self.dir)
        self.assertEqual(result.returncode, 2)
        self.assertEqual((self.dir / "a.jpg").read_bytes(), b"precious")
        self.assertIn("File exists", result.stderr)

    def test_an_existing_file_is_never_overwritten(self):
        out = self.dir / "out"
        out.mkdir()
        (out / "a.jpg").write_bytes(b"precious")
        (out / "b.jpg").symlink_to(out / "a.jpg")
        result = run(f"--write={out}", self.make("a.jpg"), self.make("b.jpg"), self.make("c.jpg"),
                     worker=HOSTILE)
        self.assertEqual(result.returncode, 2)
        self.assertEqual((out / "a.jpg").read_bytes(), b"precious")
        self.assertTrue((out / "c.jpg").exists())
        self.assertEqual(result.stderr.count("File exists"), 2)

    def test_a_rejected_photo_is_not_written(self):
        out = self.dir / "out"
        out.mkdir()
        self.assertEqual(run(f"--write={out}", self.make("a.jpg", b"bad"),
                             worker=HOSTILE).returncode, 1)
        self.assertEqual(list(out.iterdir()), [])

    def test_a_folder_that_cannot_be_opened_stops_at_once(self):
        result = run(f"--write={self.dir}/none", self.make("a.jpg"))
        self.assertEqual(result.returncode, 2)
        self.assertEqual(result.stdout, "")
        self.assertIn("No such file or directory", result.stderr)

    def test_a_crash_costs_one_photo(self):
        paths = [self.make(f"{i}.jpg", content)
                 for i, content in enumerate([b"good", b"crash", b"good", b"open", b"bad"])]
        result = run("--json", *paths, worker=HOSTILE)
        self.assertEqual(result.returncode, 1)
        items = files(result)
        # A sanitizer's runtime opens files itself, so its builds do not forbid it.
        self.assertEqual([item["accepted"] for item in items[:3]], [True, False, True])
        self.assertEqual(items[1]["findings"][0]["code"], "examiner-crashed")
        self.assertIs(items[4]["accepted"], False)

    def test_a_missing_worker_is_told(self):
        result = run(self.make("a.jpg"), worker="/nonexistent/worker")
        self.assertEqual(result.returncode, 2)
        self.assertIn("cannot examine", result.stderr)
        self.assertIn("/nonexistent/worker", result.stderr)

    def test_a_worker_that_is_none_is_told(self):
        result = run(self.make("a.jpg"), worker="/bin/true")
        self.assertEqual(result.returncode, 2)
        self.assertIn("'/bin/true': It is of another version", result.stderr)

    def test_a_report_speaks_the_language_asked_for(self):
        path = self.make("a.jpg", b"")
        english, chinese = run(path).stdout, run(path, "--lang=zh").stdout
        self.assertNotEqual(english, chinese)
        self.assertEqual(chinese, run(path, language="zh_CN.UTF-8").stdout)

    def on_terminal(self, *arguments):
        """What the program writes to a terminal that is both its stdout and its stderr."""
        leader, follower = pty.openpty()
        env = {"TERM": "xterm", "LC_ALL": "C.UTF-8", "IDPHOTO_WORKER": HOSTILE}
        with subprocess.Popen([PROGRAM, "check", *map(str, arguments)], env=env, stdout=follower,
                              stderr=follower, stdin=subprocess.DEVNULL) as process:
            os.close(follower)
            output = b""
            while True:
                try:
                    chunk = os.read(leader, 65536)
                except OSError:
                    break
                if not chunk:
                    break
                output += chunk
            process.wait(timeout=60)
        os.close(leader)
        return output.decode("utf-8")

    def test_colour_and_progress_are_for_terminals(self):
        paths = [self.make(f"{i}.jpg") for i in range(12)]
        shown = self.on_terminal(*paths)
        self.assertIn("\033[", shown)
        self.assertIn("] 6/12", shown)
        self.assertTrue(shown.endswith("\r\033[K12 photos: 12 accepted, 0 rejected\r\n"))
        plain = run(*paths, worker=HOSTILE)
        self.assertNotIn("\033", plain.stdout + plain.stderr)
        self.assertEqual(plain.stderr, "")


class WithCorpus(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not CORPUS.is_dir():
            print("left out: WithCorpus - no corpus of test photos")
            raise unittest.SkipTest("no corpus of test photos")

    def test_a_good_photo_is_accepted_and_within_the_standard(self):
        with tempfile.TemporaryDirectory() as out:
            result = run("--json", f"--write={out}", CORPUS / "derived" / "T000472_ok_blue.jpg")
            item, = files(result)
            self.assertEqual(result.returncode, 0, item["findings"])
            self.assertEqual(list(item), ITEM_KEYS)
            self.assertTrue(50 <= item["geometry"]["head_top"] <= 110, item["geometry"])
            self.assertEqual(item["measured"]["crown"], item["geometry"]["head_top"])
            self.assertEqual(list(item["source"]), SOURCE_KEYS)
            self.assertEqual(list(item["photo"]), PHOTO_KEYS)
            for finding in item["findings"]:
                self.assertEqual(list(finding), FINDING_KEYS)
            data = Path(item["photo"]["written"]).read_bytes()
        self.assertTrue(20480 <= len(data) <= 40000)
        self.assertEqual(data[:4], b"\xff\xd8\xff\xe0")
        self.assertEqual(data[13:18], b"\x01\x01\x2c\x01\x2c")  # dots per inch, 300 x 300

    def test_the_rendition_for_the_centre_is_within_its_standard(self):
        with tempfile.TemporaryDirectory() as out:
            result = run(f"--centre={out}", CORPUS / "derived" / "T000472_ok_blue.jpg")
            self.assertEqual(result.returncode, 0, result.stderr)
            data = (Path(out) / "T000472_ok_blue.jpg").read_bytes()
        self.assertTrue(61440 <= len(data) <= 500000)
        self.assertEqual(data[:4], b"\xff\xd8\xff\xe0")
        self.assertEqual(data[13:18], b"\x01\x01\x2c\x01\x2c")
        self.assertNotIn(b"Exif", data)

    def test_impostors_are_rejected_by_content(self):
        paths = sorted((CORPUS / "variety" / "notjpeg").iterdir())
        result = run("--json", *paths)
        self.assertEqual(result.returncode, 1)
        for item in files(result):
            with self.subTest(file=item["file"]):
                self.assertIs(item["accepted"], False)

    def test_nothing_in_the_corpus_harms_the_worker(self):
        paths = [path for folder in ("variety/jpeg", "fuzz", "imported")
                 for path in sorted((CORPUS / folder).iterdir())]
        result = run("--json", *paths)
        items = files(result)
        self.assertEqual(len(items), len(paths))
        self.assertEqual(result.stderr, "")
        harmful = {"examiner-crashed", "examiner-timeout", "examiner-memory"}
        for item in items:
            with self.subTest(file=item["file"]):
                self.assertFalse(harmful & {f["code"] for f in item["findings"]})


if __name__ == "__main__":
    unittest.main()
