# SPDX-License-Identifier: MIT
"""What two gateways of one store do with each other's uploads."""

import contextlib
import errno
import glob
import hashlib
import os
import signal
import subprocess
import threading
import time
import unittest.mock

import measure
from cluster import *
from test_watch import Watcher
from wire import Wire


HELD_OPEN_SECONDS = 20
OTHER = "二号教学点"
NEWS = "FROM seal WHERE seq >"


class Held:
    """Somebody who writes at a point and does not end."""

    def __init__(self, mount, point):
        self.session = subprocess.Popen(["psql", "--no-psqlrc", "--quiet", "--tuples-only", mount.catalog], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        its = f"(SELECT id FROM point WHERE name = '{point}')"
        self.session.stdin.write("BEGIN; SELECT pg_advisory_xact_lock_shared(hashtext(current_schema()));\n"
                                 f"SELECT 1 FROM point WHERE id = {its} FOR NO KEY UPDATE;\n"
                                 f"UPDATE tally SET n = n WHERE point = {its}; UPDATE point SET version = version WHERE id = {its};\n"
                                 "\\echo held\n")
        self.session.stdin.flush()
        while self.session.stdout.readline() != "held\n":
            pass

    def end(self):
        if self.session:
            self.session.communicate("COMMIT;\n")
            self.session = None


def waiting(mount):
    """What those ask who wait for a lock."""
    return [text for text, in mount.query("SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock'")]


class Gateways(ClusterTest):
    def test_what_a_client_still_writes_stays_its_gateways(self):
        """A second daemon begins while a client of the first is in the middle of a photo."""
        source = self.good()[0]
        name = os.path.basename(source)
        self.b.end()
        writer = Writer(self.a.point(name), source)
        self.assertEqual(writer.write(0, 60000), 0)
        self.b.start()
        self.assertTrue(self.b.shows(name))
        time.sleep(1)
        with self.assertRaises(OSError) as busy:
            open(self.b.point(name), "r+b")
        self.assertEqual(busy.exception.errno, errno.EAGAIN)
        self.assertEqual(writer.write(60000), 0)
        self.assertEqual(writer.close(), 0)
        self.a.settle()
        self.assertEqual(self.a.photos(), [name])
        self.assertEqual(self.b.photos(), [name])
        self.assertEqual(self.a.rejected(), {})
        self.assertEqual(self.a.query("SELECT count(*) FROM submission"), [("1",)])
        self.is_sound()

    def test_a_photo_dropped_at_one_is_seen_at_the_other(self):
        one, two = self.good(2)
        run("cp", one, self.a.point())
        run("cp", two, self.b.point())
        names = [os.path.basename(one), os.path.basename(two)]
        self.a.settle()
        self.b.settle()
        wait_for(lambda: self.a.photos() == names and self.b.photos() == names, "both show both")
        for mount in self.mounts:
            self.assertEqual([len(read(mount.point(name))) > 20000 for name in names], [True, True])
        self.is_sound()

    def test_an_upload_that_was_another_gateways_meanwhile_comes_back(self):
        """It is judged by the name and the bytes that it got there."""
        first, second = self.good(2)
        name = os.path.basename(second)
        temporary = f".{name}.Xk3dE2"
        shutil.copyfile(first, self.b.point(temporary))
        shutil.copyfile(second, self.a.point(temporary))
        os.rename(self.a.point(temporary), self.a.point(name))
        self.a.kill()
        wait_for(self.settled, "the other has gone on with it", timeout=3 * TAKEOVER)
        self.assertEqual(self.b.photos(), [name])
        [(original,)] = self.b.query("SELECT s.original FROM submission AS s JOIN photo AS p ON p.submission = s.id")
        self.assertEqual(original, hashlib.sha256(read(second)).hexdigest())
        self.a.start()
        self.assertEqual(self.a.photos(), [name])

    def test_a_gateway_dies_and_the_other_goes_on(self):
        sources = self.good(6)
        for source in sources:
            run("cp", source, self.a.point())
        self.a.kill()
        begin = time.monotonic()
        names = [os.path.basename(source) for source in sources]
        wait_for(self.settled, "the other has judged all")
        self.assertEqual(self.b.photos(), names)
        print(f"went on after {time.monotonic() - begin:.1f} s", file=sys.stderr)
        self.a.force_end()
        self.is_sound()

    def test_a_gateway_that_comes_back_goes_on_itself(self):
        sources = self.good(6)
        for source in sources:
            run("cp", source, self.a.point())
        self.a.kill()
        self.a.force_end()
        self.a.start()
        names = [os.path.basename(source) for source in sources]
        wait_for(self.settled, "it has judged all")
        self.assertEqual(self.a.photos(), names)
        self.is_sound()

    def test_a_gateway_that_slept_changes_nothing_any_more(self):
        source, other, later = self.good(3)
        name, other_name, later_name = map(os.path.basename, (source, other, later))
        writer = Writer(self.a.point(name), source)
        self.assertEqual(writer.write(0, 1000), 0)
        copy = subprocess.Popen(["cp", other, self.a.point()])
        self.assertEqual(copy.wait(), 0)
        self.a.stop()
        self.addCleanup(lambda: self.a.daemon and self.a.daemon.send_signal(signal.SIGCONT))
        wait_for(lambda: self.b.photos() == [other_name], "the other has taken over", timeout=60)
        wait_for(lambda: self.b.listed() == [other_name], "what was never closed is gone", timeout=60)
        run("cp", source, self.b.point())
        wait_for(lambda: self.b.photos() == sorted([name, other_name]), "the other has it", timeout=60)
        self.a.daemon.send_signal(signal.SIGCONT)
        writer.write(1000)
        self.assertEqual(writer.close(), errno.EIO)
        wait_for(lambda: "registered again" in self.a.log(), "it has noticed", timeout=60)
        run("cp", later, self.a.point())
        self.a.settle()
        wait_for(lambda: self.b.photos() == sorted([name, other_name, later_name]), "nothing is lost")
        self.assertEqual(self.b.rejected(), {})
        self.is_sound()

    def test_a_client_goes_on_at_the_other_gateway(self):
        """Under a temporary name at one, renamed at the other, as when a client reconnects."""
        source = self.good()[0]
        name = os.path.basename(source)
        run("cp", source, self.a.point("." + name + ".Xk3dE2"))
        os.rename(self.b.point("." + name + ".Xk3dE2"), self.b.point(name))
        self.b.settle()
        self.assertEqual(self.b.photos(), [name])
        wait_for(lambda: self.a.photos() == [name], "the first shows it, too")
        self.is_sound()

    def test_one_name_is_made_once(self):
        name = "219999199001010016.jpg"
        fd = os.open(self.a.point(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        with self.assertRaises(FileExistsError):
            os.open(self.b.point(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        os.close(fd)

    def test_what_is_deleted_at_one_is_gone_at_the_other(self):
        source = self.good()[0]
        name = os.path.basename(source)
        run("cp", source, self.a.point())
        self.a.settle()
        wait_for(lambda: self.b.photos() == [name], "the other shows it")
        os.unlink(self.b.point(name))
        wait_for(lambda: self.a.photos() == [], "it is gone")
        self.is_sound()

    def test_a_barrier_waits_for_what_was_dropped_at_the_other(self):
        sources = self.good(12)
        run("cp", *sources, self.a.point())
        self.b.settle()
        names = [os.path.basename(source) for source in sources]
        self.assertEqual(self.b.photos(), names)
        self.assertEqual(self.a.photos(), names)

    def test_a_barrier_waits_however_long_the_other_judges(self):
        first, slow = self.good(2)
        self.a.end()
        self.a.options = ["workers=1"]
        self.a.start()
        run("cp", first, self.a.point())
        self.a.settle()
        workers = [int(pid) for pid in run("ps", "-o", "pid=", "--ppid", str(self.a.daemon.pid)).stdout.split()]
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        try:
            run("cp", slow, self.a.point())
            waits = threading.Thread(target=self.b.settle)
            waits.start()
            # So long is a file waited for that its client may still write.
            time.sleep(HELD_OPEN_SECONDS + 3)
            self.assertTrue(waits.is_alive())
        finally:
            for pid in workers:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
        waits.join()
        self.assertEqual(self.b.photos(), sorted(map(os.path.basename, (first, slow))))
        self.is_sound()

    def test_a_batch_that_is_closed_at_one_is_closed_at_the_other(self):
        source = self.good()[0]
        self.a.ctl("batch", "close", self.a.query("SELECT name FROM batch")[0][0])
        with self.assertRaises(OSError) as closed:
            os.open(self.b.point(os.path.basename(source)), os.O_WRONLY | os.O_CREAT)
        self.assertEqual(closed.exception.errno, errno.EROFS)

    def test_all_gateways_go_by_the_clock_of_the_server(self):
        need("faketime")
        # See test_lifecycle.
        if b"HAVE_SANITIZERS 1" in read(os.path.join(BUILD, "config.h")):
            self.skipTest("this build is sanitized")
        self.b.end()
        library = next(path for path in glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1"))
        with unittest.mock.patch.dict(os.environ, {"LD_PRELOAD": library, "FAKETIME": "+2h", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}):
            self.b.start()
        self.assertIn("s ahead of the server's", self.b.log())
        source = self.good()[0]
        run("cp", source, self.b.point())
        self.b.settle()
        now = time.time_ns()
        for column in ("created", "received", "applied"):
            (written,), = self.b.query(f"SELECT {column} FROM submission")
            self.assertLess(abs(int(written) - now), 600 * 10**9, column)
        self.b.log_checked = len(self.b.log())

    def test_who_writes_to_a_point_waits_for_its_row_and_nothing_else(self):
        """All that is a point's, its counters too, has one writer then, and no two can wait for each other."""
        sources = self.good(4)
        run("cp", sources[0], self.a.point())
        self.a.settle()
        held = Held(self.a, POINT)
        self.addCleanup(held.end)

        clients = [subprocess.Popen(["cp", source, mount.point(f"{mount.name} {os.path.basename(source)}")])
                   for source in sources[1:] for mount in self.mounts]
        wait_for(lambda: len(waiting(self.a)) >= len(self.mounts), "both gateways wait")
        self.assertEqual([text for text in waiting(self.a) if "FOR NO KEY UPDATE" not in text], [])
        held.end()
        self.assertEqual([client.wait() for client in clients], [0] * len(clients))
        wait_for(self.settled, "all are judged")
        self.assertEqual(measure.deadlocks(self.a), 0)
        self.is_sound()

    def test_a_gateway_asks_nothing_about_where_nobody_looks(self):
        """Or each of many would carry all of the others' news through its own mount."""
        first, second = self.good(2)
        names = [os.path.basename(first), os.path.basename(second)]
        conf = os.path.join(self.b.store, "idphotofs.conf")
        self.b.end()
        with Wire(self.node.directory) as wire:
            text = read(conf).decode()
            self.assertIn(self.node.directory, text)
            with open(conf, "w", encoding="utf-8") as f:
                f.write(text.replace(self.node.directory, wire.directory))
            self.b.start()
            self.a.settle()
            wire.taken()
            run("cp", first, self.a.point("x " + names[0]))
            self.a.settle()
            asked = []

            def heard():
                asked.extend(wire.taken())
                return sum(any(NEWS in text for text in trip) for trip in asked) > 20

            wait_for(heard, "it has asked for news")
            self.assertEqual([trip for trip in asked if any("FROM submission WHERE id" in text or "FROM point" in text
                                                            for text in trip)], [])
            # That it is listed is no reason to tell, and the watch asks for it by name.
            os.listdir(self.b.path)
            watcher = Watcher(self.directory, self.b.point())
            self.addCleanup(watcher.end)
            run("cp", second, self.a.point("x " + names[1]))
            wait_for(lambda: any("MOVED_TO" in line and line.endswith(names[1]) for line in watcher.lines()), "whoever watches sees it")
            self.assertEqual(self.b.photos(), names)
            self.b.end()

    def test_watchers_at_the_other_see_what_happens(self):
        good, canonical = self.good(2)
        dropped = self.copy_of(good, os.path.basename(good)[:18] + "张三.jpg")
        bad = os.path.join(self.directory, "src", "219999x.jpg")
        with open(bad, "wb") as f:
            f.write(b"no photo")
        self.b.end()
        self.b.start()
        point = self.b.point()
        rejected = self.b.point("rejected")
        watcher = Watcher(self.directory, point, rejected)
        self.addCleanup(watcher.end)

        def sees(directory, event, name):
            wait_for(lambda: any(line.startswith(f"{directory}/ {event}") and line.endswith(" " + name)
                                 for line in watcher.lines()), f"{event} of {name} is seen")

        run("cp", dropped, self.a.point())
        sees(point, "MOVED_TO", os.path.basename(good))
        run("cp", canonical, self.a.point())
        sees(point, "CREATE", os.path.basename(canonical))
        run("cp", bad, self.a.point())
        sees(rejected, "MOVED_TO", "219999x.jpg")
        wait_for(lambda: any(line.startswith(f"{rejected}/ CREATE") for line in watcher.lines()), "the note is seen")
        os.unlink(self.a.point(os.path.basename(canonical)))
        sees(point, "DELETE", os.path.basename(canonical))
        os.unlink(self.a.point("rejected", "219999x.jpg"))
        sees(rejected, "DELETE", "219999x.jpg")


class Points(ClusterTest):
    points = (POINT, OTHER)

    def test_what_is_done_at_one_waits_for_no_other(self):
        first, second, third, fourth = self.good(4)
        number = os.path.basename(first)[:18]
        sent = os.path.join(self.directory, "一班")
        os.mkdir(sent)
        shutil.copy(third, os.path.join(sent, "张三 " + os.path.basename(third)))
        run("cp", first, self.a.point())
        self.a.settle()
        held = Held(self.a, OTHER)
        self.addCleanup(held.end)
        # The office, by a command and by hand, and clients: photos, their times and rights, folders.
        self.b.ctl("review", "approve", number)
        self.assertEqual(os.listdir(self.a.point("ready")).count(f"{number}.jpg"), 1)
        self.b.ctl("review", "reopen", number)
        pending = os.path.join(self.b.path, "OFFICE", "pending", POINT, f"{number}.jpg")
        os.rename(pending, os.path.join(self.b.path, "OFFICE", "approved", POINT, f"{number}.jpg"))
        run("rsync", "-a", sent, self.b.point())
        run("cp", "-p", second, self.b.point("李四 " + os.path.basename(second)))
        run("cp", fourth, self.b.point())
        wait_for(self.settled, "all are judged")
        for name in "李四 " + os.path.basename(second), os.path.basename(fourth):
            os.utime(self.b.point(name), (1e9, 1e9))
        os.mkdir(self.b.point("二班"))
        os.utime(self.b.point("二班"), (1e9, 1e9))
        os.rename(self.b.point("二班"), self.b.point("三班"))
        os.rmdir(self.b.point("三班"))
        os.unlink(self.b.point(os.path.basename(fourth)))
        self.assertEqual(self.b.photos(), sorted(os.path.basename(source) for source in (first, second, third)))
        # What only adds to the record, and a gateway that begins.
        self.b.ctl("wait")
        self.b.ctl("export", os.path.join(self.directory, "export"))
        self.a.end()
        self.a.start()
        # A roster of this point.
        self.b.ctl("roster", "import", self.roster(NUMBERS[-1], POINT))
        self.assertEqual(os.listdir(self.a.point("missing")), [f"{NUMBERS[-1]} 钱七.txt"])
        held.end()
        self.is_sound()

    def roster(self, number, point):
        path = os.path.join(self.directory, f"{number}.csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write(f"姓名,身份证号,教学点\n钱七,{number},{point}\n")
        return path

    def test_who_waits_holds_up_nobody(self):
        """For one point, or for the whole store."""
        source = self.good()[0]
        held = Held(self.a, OTHER)
        self.addCleanup(held.end)
        commands = (("roster", "import", self.roster(NUMBERS[-1], OTHER)), ("point", "add", "三号教学点"))
        waits = [subprocess.Popen([IDPHOTOCTL, f"--store={self.b.store}", *command], stdout=subprocess.DEVNULL) for command in commands]
        for what in "FROM roster_line", "SELECT pg_advisory_xact_lock(hashtext(current_schema()))":
            wait_for(lambda what=what: any(what in text for text in waiting(self.a)), f"somebody waits: {what}")
        run("cp", source, self.b.point())
        held.end()
        self.assertEqual([process.wait() for process in waits], [0, 0])
        wait_for(self.settled, "it is judged")
        self.assertEqual(os.listdir(self.a.point("missing", point=OTHER)), [f"{NUMBERS[-1]} 钱七.txt"])
        self.assertEqual(os.listdir(self.a.point(point="三号教学点")).count("STATUS.txt"), 1)
        self.is_sound()


if __name__ == "__main__":
    main()
