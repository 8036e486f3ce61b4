# SPDX-License-Identifier: MIT
"""Drops go on while the server of the catalog dies, restarts, and loses connections. IDPHOTO_FAILOVER_DROPS photos are dropped
while the primary of a pair dies (default 150)."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from proxy import Proxy
from server import need_postgresql, nodes

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "mount"))

from harness import *  # noqa: E402

DROPS = int(os.environ.get("IDPHOTO_FAILOVER_DROPS", "150"))
CLIENTS = 4


class Counting(Proxy):
    """Ends all connections when so many messages more have come."""

    seen = left = 0

    def see(self, client, data):
        with self.lock:
            self.seen += 1
            self.left -= 1
            now = self.left == 0
        if now:
            self.cut(1)


class Drops:
    """Photos that clients copy into the point, and what they were told."""

    def __init__(self, mount, sources):
        self.mount = mount
        self.sources = sources
        self.told = {}  # name -> exit status
        self.ends = []  # of copies that succeeded

    def copy(self, source):
        done = run("cp", source, self.mount.point(), check=False)
        if done.returncode != 0 and "Input/output error" not in done.stderr:
            raise AssertionError(f"cp: {done.stderr}")
        self.told[os.path.basename(source)] = done.returncode
        if done.returncode == 0:
            self.ends.append(time.monotonic())

    def go(self, meanwhile):
        """Copies, and does `meanwhile` when a third is there."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            copies = [pool.submit(self.copy, source) for source in self.sources]
            wait_for(lambda: len(self.told) >= len(self.sources) // 3, "a third is copied")
            meanwhile()
            for copy in copies:
                copy.result()

    def succeeded(self):
        return sorted(name for name, status in self.told.items() if status == 0)

    def longest_pause(self):
        ends = sorted(self.ends)
        return max(later - earlier for earlier, later in zip(ends, ends[1:]))


def serve(node):
    """With an empty database. What is acknowledged survives the server."""
    node.make().configure("synchronous_commit = on\n")
    node.start().sql("CREATE DATABASE photos")


class Failover(MountTest):
    """Each test has servers of its own, and begins the mount when they are there."""

    def setUp(self):
        pass

    def begin(self, url):
        os.environ["IDPHOTO_TEST_CATALOG"] = url
        super().setUp()

    def settled(self):
        try:
            self.mount.settle()
        except OSError:
            return False
        return True

    def all_is_there_once(self, drops):
        """What clients were told succeeded is there, no file came twice, and what failed can be sent again."""
        wait_for(self.settled, "every photo has its verdict")
        kept = drops.succeeded()
        self.assertLessEqual(set(kept), set(self.mount.photos()))
        twice = [name for name, in self.mount.query("SELECT name FROM submission GROUP BY name HAVING count(*) > 1")]
        self.assertEqual([name for name in twice if name in kept], [])
        for source in drops.sources:
            if os.path.basename(source) not in kept:
                run("cp", source, self.mount.point())
        self.mount.settle()
        self.assertEqual(self.mount.photos(), sorted(os.path.basename(source) for source in drops.sources))
        self.assertEqual(self.mount.rejected(), {})
        self.mount.ctl("verify")
        self.assertIn("intact", self.mount.ctl("audit", "verify").stdout)
        self.forgive_absence()

    def forgive_absence(self):
        """That the server was away is worth a warning."""
        bad = [line for line in self.mount.log().splitlines() if BAD_LOG.search(line) and "does not answer" not in line
               and "no synchronous standby" not in line
               and "trying again" not in line]
        self.assertEqual(bad, [])
        self.mount.log_checked = len(self.mount.log())

    def test_the_primary_dies_and_its_standby_takes_over(self):
        with nodes(2) as (primary, standby):
            serve(primary)
            standby.follow(primary)
            self.begin(f"postgresql://idphoto@/photos?host={primary.directory},{standby.directory}")
            drops = Drops(self.mount, self.good(DROPS))
            took = []

            def fail_over():
                begin = time.monotonic()
                primary.kill()
                standby.promote()
                took.append(time.monotonic() - begin)

            drops.go(fail_over)
            print(f"{DROPS} drops, {DROPS - len(drops.succeeded())} of them failed; the standby took over in {took[0]:.2f} s; "
                  f"longest pause {drops.longest_pause():.2f} s", file=sys.stderr)
            self.all_is_there_once(drops)
            self.mount.end()

    def test_the_server_restarts_at_once(self):
        with nodes(1) as (node,):
            serve(node)
            self.begin(node.url("photos"))
            drops = Drops(self.mount, self.good(36))
            drops.go(lambda: (node.restart(), time.sleep(0.5), node.restart()))
            self.assertEqual(drops.succeeded(), sorted(drops.told))
            self.all_is_there_once(drops)
            self.mount.end()

    def test_commits_whose_answers_are_lost_happen_once(self):
        with nodes(1) as (node,), Proxy(node.directory) as proxy:
            serve(node)
            self.begin(f"postgresql://idphoto@/photos?host={proxy.directory}")

            def fail(proxy, *connection):
                how = proxy.random.random()
                return (proxy.swallow(*connection) if how < 0.1 else proxy.withhold(*connection) if how < 0.2
                        else proxy.delay(*connection) if how < 0.25 else False)

            drops = Drops(self.mount, self.good(48))
            proxy.on_commit = fail
            try:
                drops.go(lambda: None)
                wait_for(self.settled, "every photo has its verdict")
            finally:
                proxy.on_commit = None
            print(f"commits: {proxy.failures}", file=sys.stderr)
            self.assertEqual(set(proxy.failures), {"swallowed", "withheld", "delayed"})
            self.assertEqual(drops.succeeded(), sorted(drops.told))
            self.all_is_there_once(drops)
            self.mount.end()

    def test_connections_end_at_any_moment(self):
        with nodes(1) as (node,), Proxy(node.directory) as proxy:
            serve(node)
            self.begin(f"postgresql://idphoto@/photos?host={proxy.directory}")
            ending = threading.Event()

            def cut():
                while not ending.wait(proxy.random.uniform(0.02, 0.3)):
                    proxy.cut(0.4)

            drops = Drops(self.mount, self.good(36))
            thread = threading.Thread(target=cut)
            thread.start()
            try:
                drops.go(lambda: None)
            finally:
                ending.set()
                thread.join()
            print(f"connections: {proxy.failures}", file=sys.stderr)
            self.all_is_there_once(drops)
            self.mount.end()

    def test_a_server_that_says_nothing_is_an_error_when_patience_is_over(self):
        self.config = "[store]\npatience = 2 s\n"
        with nodes(1) as (node,):
            serve(node)
            self.begin(node.url("photos"))
            first, second = self.good(2)
            run("cp", first, self.mount.point())
            self.mount.settle()
            status = os.open(self.mount.point("STATUS.txt"), os.O_RDONLY)
            with node.stopped():
                failed = run("cp", second, self.mount.point(), check=False)
                self.assertEqual(failed.returncode, 1)
                self.assertIn("Input/output error", failed.stderr)
                # Nobody can say that all is done.
                with self.assertRaises(OSError):
                    os.fsync(status)
            os.close(status)
            run("cp", second, self.mount.point())
            self.mount.settle()
            self.assertEqual(len(self.mount.photos()), 2)
            self.mount.log_checked = len(self.mount.log())
            self.mount.end()

    def while_a_copy_waits(self, node, end):
        """The daemon ends though its server says nothing."""
        self.begin(node.url("photos"))
        source = self.good()[0]
        with node.stopped(), subprocess.Popen(["cp", source, self.mount.point()], stderr=subprocess.DEVNULL) as waiting:
            time.sleep(0.3)
            begin = time.monotonic()
            end()
            self.assertEqual(self.mount.daemon.wait(timeout=PATIENCE), 0)
            self.mount.daemon = None
            self.assertEqual(waiting.wait(timeout=PATIENCE), 1)
        self.assertFalse(os.path.ismount(self.mount.path))
        return time.monotonic() - begin

    def test_a_transaction_that_the_server_gives_up_is_run_again(self):
        with nodes(1) as (node,):
            node.make().configure("synchronous_commit = on\ndeadlock_timeout = 3s\n")
            node.start().sql("CREATE DATABASE photos")
            self.begin(node.url("photos"))
            source = self.good()[0]
            schema = self.mount.catalog.rsplit("%3D", 1)[1]
            with subprocess.Popen(["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", self.mount.catalog],
                                  stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as other:
                def say(text):
                    other.stdin.write(text.encode() + b"\n")
                    other.stdin.flush()

                def locks(condition):
                    return self.mount.query(f"SELECT count(*) FROM pg_locks WHERE {condition}") != [("0",)]

                # The daemon looks for a deadlock first, and so is who gives way.
                say("SET deadlock_timeout = '1min'; BEGIN; UPDATE point SET mtime = mtime;")
                wait_for(lambda: locks("relation = 'point'::regclass AND mode = 'RowExclusiveLock' AND granted"), "the row is locked")
                with subprocess.Popen(["cp", source, self.mount.point()]) as copy:
                    wait_for(lambda: locks("locktype = 'transactionid' AND NOT granted"), "the daemon waits for the row")
                    say(f"SELECT pg_advisory_xact_lock(hashtext('{schema}')); COMMIT;")
                    self.assertEqual(copy.wait(timeout=PATIENCE), 0)
                other.stdin.close()
                self.assertEqual(other.wait(timeout=PATIENCE), 0)
            wait_for(lambda: self.mount.query("SELECT deadlocks FROM pg_stat_database WHERE datname = 'photos'") == [("1",)],
                     "the deadlock is counted")
            self.mount.settle()
            self.assertEqual(self.mount.photos(), [os.path.basename(source)])
            self.mount.end()

    def test_a_point_that_somebody_has_for_long_is_waited_for(self):
        with nodes(1) as (node,):
            serve(node)
            self.begin(node.url("photos"))
            source = self.good()[0]
            with subprocess.Popen(["psql", "--quiet", "--no-psqlrc", self.mount.catalog], stdin=subprocess.PIPE,
                                  stdout=subprocess.DEVNULL) as other:
                # Longer than the daemon waits for a lock at a time.
                other.stdin.write(b"BEGIN; SELECT 1 FROM point FOR UPDATE; SELECT pg_sleep(12); COMMIT;\n")
                other.stdin.close()
                wait_for(lambda: self.mount.query("SELECT count(*) FROM pg_locks WHERE relation = 'point'::regclass"
                                                  " AND mode = 'RowShareLock' AND granted") != [("0",)], "the row is locked")
                run("cp", source, self.mount.point())
                self.assertEqual(other.wait(timeout=PATIENCE), 0)
            self.mount.settle()
            self.assertEqual(self.mount.photos(), [os.path.basename(source)])
            self.mount.end()

    def test_without_its_standby_nothing_is_acknowledged(self):
        self.config = "[store]\npatience = 2 s\n"
        with nodes(2) as (primary, standby):
            serve(primary)
            standby.follow(primary)
            self.begin(f"postgresql://idphoto@/photos?host={primary.directory},{standby.directory}")
            source = self.good()[0]
            standby.kill()
            failed = run("cp", source, self.mount.point(), check=False)
            self.assertEqual(failed.returncode, 1)
            self.assertIn("Input/output error", failed.stderr)
            standby.start()
            wait_for(lambda: run("cp", source, self.mount.point(), check=False).returncode == 0, "commits are made again")
            self.mount.settle()
            self.assertEqual(self.mount.photos(), [os.path.basename(source)])
            self.mount.log_checked = len(self.mount.log())
            self.mount.end()

    def test_a_server_that_takes_no_changes_is_waited_for(self):
        with nodes(1) as (node,):
            serve(node)
            self.begin(node.url("photos"))
            source = self.good()[0]
            node.sql("ALTER SYSTEM SET default_transaction_read_only = on")
            node.sql("SELECT pg_reload_conf()")
            with subprocess.Popen(["cp", source, self.mount.point()]) as copy:
                wait_for(lambda: "does not answer" in self.mount.log(), "the refusal is noticed")
                self.assertIsNone(copy.poll())
                node.sql("ALTER SYSTEM RESET default_transaction_read_only")
                node.sql("SELECT pg_reload_conf()")
                self.assertEqual(copy.wait(timeout=PATIENCE), 0)
            self.mount.settle()
            self.assertEqual(self.mount.photos(), [os.path.basename(source)])
            self.mount.log_checked = len(self.mount.log())
            self.mount.end()

    def test_a_signal_ends_the_daemon_while_its_server_says_nothing(self):
        with nodes(1) as (node,):
            serve(node)
            took = self.while_a_copy_waits(node, lambda: self.mount.daemon.terminate())
            print(f"ended in {took:.1f} s", file=sys.stderr)

    def test_an_unmount_ends_the_daemon_while_its_server_says_nothing(self):
        self.config = "[store]\npatience = 2 s\n"
        with nodes(1) as (node,):
            serve(node)
            took = self.while_a_copy_waits(node, lambda: run("fusermount3", "-u", "-z", self.mount.path))
            print(f"ended in {took:.1f} s", file=sys.stderr)

    def test_a_mount_begins_whichever_message_is_the_last_of_a_connection(self):
        with nodes(1) as (node,), Counting(node.directory) as proxy:
            serve(node)
            self.begin(f"postgresql://idphoto@/photos?host={proxy.directory}")
            self.mount.end()
            proxy.seen = 0
            self.mount.start()
            messages = proxy.seen
            for left in range(1, messages):
                self.mount.kill()
                proxy.left = left
                self.mount.start()
                proxy.left = 0
            run("cp", self.good()[0], self.mount.point())
            self.mount.settle()
            self.assertEqual(len(self.mount.photos()), 1)
            self.forgive_absence()
            self.mount.end()

    def test_a_mount_waits_for_a_server_that_comes_up_later(self):
        with nodes(1) as (node,):
            serve(node)
            self.begin(node.url("photos"))
            self.mount.end()
            node.end()
            thread = threading.Timer(1, node.start)
            thread.start()
            self.mount.start()
            thread.join()
            self.assertIn("waiting for it", self.mount.log())
            self.mount.end()

    def test_a_mount_gives_up_on_a_server_that_does_not_come(self):
        self.config = "[store]\npatience = 1 s\n"
        with nodes(1) as (node,):
            serve(node)
            self.begin(node.url("photos"))
            self.mount.end()
            node.end()
            refused = run(IDPHOTOFS, "-f", self.mount.store, self.mount.path, check=False)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("does not answer", refused.stderr)
            self.assertFalse(os.path.ismount(self.mount.path))

    def test_a_server_that_lacks_what_was_committed_is_not_used(self):
        """A copy of yesterday comes up in the place of the server."""
        self.config = "[store]\npatience = 2 s\n"
        with nodes(2) as (node, old):
            serve(node)
            self.begin(node.url("photos"))
            first, second = self.good(2)
            old.copy(node)
            run("cp", first, self.mount.point())
            self.mount.settle()
            node.kill()
            old.take_place_of(node)
            try:
                self.assertEqual(run("cp", second, self.mount.point(), check=False).returncode, 1)
                with self.assertRaises(OSError):
                    self.mount.settle()
                self.assertIn("lacks what was committed", self.mount.log())
            finally:
                old.end()
            node.start()
            run("cp", second, self.mount.point())
            self.mount.settle()
            self.assertEqual(len(self.mount.photos()), 2)
            self.mount.log_checked = len(self.mount.log())
            self.mount.end()

    def test_a_second_daemon_whose_blobs_are_its_own_waits_for_the_end_of_the_first(self):
        self.config = "[store]\npatience = 2 s\n"
        with nodes(1) as (node,):
            serve(node)
            self.begin(node.url("photos"))
            other = Mount(os.path.join(self.directory, "other"), init=False)
            os.makedirs(other.path)
            self.addCleanup(self.mount.daemon.send_signal, signal.SIGCONT)
            self.addCleanup(other.force_end)
            run(IDPHOTOCTL, "attach", other.store, self.mount.catalog, data=read(os.path.join(self.mount.store, "audit.key")))
            other.configure(self.config)
            refused = run(IDPHOTOFS, "-f", other.store, other.path, check=False)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("another", refused.stderr)
            # It is taken for dead when its lease runs out, and it is not.
            conf = os.path.join(other.store, "idphotofs.conf")
            text = read(conf).replace(b"patience = 2 s", b"patience = 60 s")
            with open(conf, "wb") as f:
                f.write(text)
            self.mount.stop()
            other.start()
            self.mount.daemon.send_signal(signal.SIGCONT)
            first, second, third = self.good(3)
            refused = run("cp", first, self.mount.point(), check=False)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("Input/output error", refused.stderr)
            self.assertIn("another gateway has taken over", self.mount.log())
            run("cp", second, other.point())
            other.settle()
            self.assertEqual(other.photos(), [os.path.basename(second)])
            other.log_checked = len(other.log())
            other.end()
            wait_for(lambda: "registered again" in self.mount.log(), "the first one goes on")
            run("cp", third, self.mount.point())
            self.mount.settle()
            self.assertEqual(self.mount.photos(), [os.path.basename(second), os.path.basename(third)])
            self.mount.log_checked = len(self.mount.log())
            self.mount.end()


if __name__ == "__main__":
    need_postgresql()
    main()
