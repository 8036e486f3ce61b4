# SPDX-License-Identifier: MIT
"""What commands and operators see of several gateways of one store."""

import hashlib
import json
import socket
import threading
import unittest.mock

from cluster import *


class Commands(ClusterTest):
    def orphan(self):
        """A blob as a gateway makes it, a moment before its row."""
        data = os.urandom(5000)
        name = hashlib.sha256(data).hexdigest()
        path = os.path.join(self.a.blobs, name[:2], name[2:])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)
        return name

    def test_verify_beside_a_gateway_on_another_machine(self):
        source = self.good()[0]
        run("cp", source, self.a.point())
        self.a.kill()
        name = self.orphan()
        for options in (), ("--repair",):
            found = self.a.ctl("verify", *options, check=False)
            self.assertEqual((found.returncode, name in found.stdout), (0, False), found.stdout)
        wait_for(lambda: self.b.photos() == [os.path.basename(source)], "the other has judged it", timeout=60)
        # It may have judged it before it took the other's place.
        wait_for(lambda: set(self.listed()) == {"b"}, "the other has taken its place", timeout=60)
        self.a.force_end()
        self.b.end()
        found = self.a.ctl("verify", check=False)
        self.assertEqual((found.returncode, name in found.stdout), (1, True), found.stdout)
        self.a.ctl("verify", "--repair")
        self.a.ctl("verify")

    def test_nothing_is_repaired_under_a_gateway_on_another_machine(self):
        source = self.good()[0]
        name = os.path.basename(source)
        run("cp", source, self.a.point())
        self.a.settle()
        self.a.end()
        wait_for(lambda: self.b.photos() == [name], "the other shows it")
        (blob,), = self.a.query("SELECT blob FROM photo")
        os.unlink(os.path.join(self.a.blobs, blob[:2], blob[2:]))
        beside = self.a.ctl("verify", "--repair", check=False)
        self.assertEqual(beside.returncode, 1, beside.stdout)
        self.assertEqual(self.a.query("SELECT count(*) FROM submission WHERE state < 4"), [("0",)])
        self.b.end()
        alone = self.a.ctl("verify", "--repair")
        self.assertIn("repaired", alone.stdout)
        self.b.start()
        wait_for(lambda: self.b.photos() == [name], "it was made again", timeout=60)
        self.is_sound()

    def test_commands_know_that_the_store_is_mounted_on_another_machine(self):
        source = self.good()[0]
        self.a.end()
        self.a.ctl("batch", "add", "209901")
        self.assertIn("is mounted", self.a.ctl("batch", "use", "209901", check=False).stderr)
        run("cp", source, self.b.point())
        self.a.ctl("wait")
        self.assertEqual(self.b.photos(), [os.path.basename(source)])
        self.b.end()
        self.a.ctl("batch", "use", "209901")

    def listed(self):
        return {g["name"]: g for g in json.loads(self.a.ctl("gateway", "list", "--json").stdout)}

    def test_gateways_are_listed(self):
        self.assertEqual(set(self.listed()), {"a", "b"})
        (batch,), = self.a.query("SELECT name FROM batch")
        for gateway in self.listed().values():
            self.assertEqual((gateway["batch"], gateway["judges_only"], gateway["unfinished"]), (batch, False, 0))
            self.assertIn(gateway["lease"], range(LEASE + 1))
            self.assertIn(f"idphotofs {gateway['version']}", run(IDPHOTOFS, "--version").stdout)
        source = self.good()[0]
        writer = Writer(self.a.point(os.path.basename(source)), source)
        writer.write(0, 1000)
        self.assertEqual([g["unfinished"] for g in self.listed().values()], [1, 0])
        table = self.a.ctl("gateway", "list").stdout.splitlines()
        self.assertEqual([line.split()[0] for line in table], ["GATEWAY", "a", "b"])
        self.assertIn("网关", run(IDPHOTOCTL, f"--store={self.a.store}", "--lang=zh", "gateway", "list").stdout)
        status = self.a.ctl("status").stdout
        self.assertEqual(status.splitlines()[-1], "Gateways: a, b")
        self.assertEqual(set(g["name"] for g in json.loads(self.a.ctl("status", "--json").stdout)["gateways"]), {"a", "b"})
        self.assertNotIn("Gateways", self.a.ctl("status", POINT).stdout)
        writer.write(1000)
        self.assertEqual(writer.close(), 0)
        self.b.end()
        self.assertEqual(list(self.listed()), ["a"])
        self.a.end()
        self.assertEqual(self.a.ctl("gateway", "list").stdout, "The store is mounted on no machine.\n")
        self.assertEqual(self.a.ctl("status").stdout.splitlines()[-1], "Gateways: none")

    def test_a_gateway_that_is_gone_is_listed_as_such(self):
        self.b.end()
        watched = subprocess.Popen([IDPHOTOCTL, f"--store={self.a.store}", "--lang=en", "status", "--watch", "--interval=1"],
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(watched.wait)
        self.addCleanup(watched.terminate)
        self.addCleanup(watched.stdout.close)
        lines = iter(watched.stdout.readline, "")
        self.assertEqual(next(line for line in lines if line.startswith("Gateways")), "Gateways: a\n")
        self.a.kill()
        self.assertEqual(next(line for line in lines if line.startswith("Gateways")), "Gateways: a (gone)\n")
        self.assertEqual(self.listed()["a"]["lease"], None)
        self.assertIn("gone", self.a.ctl("gateway", "list").stdout)
        self.a.force_end()

    def test_a_store_on_one_machine_has_no_gateways(self):
        with unittest.mock.patch.dict(os.environ):
            del os.environ["IDPHOTO_TEST_CATALOG"], os.environ["IDPHOTO_TEST_BLOBS"]
            mount = Mount(tempfile.mkdtemp(dir=self.directory))
        self.assertEqual(mount.ctl("gateway", "list").stdout,
                         "The store's catalog is a file of this machine, so it has no gateways.\n")
        self.assertEqual(mount.ctl("gateway", "list", "--json").stdout, "[]\n")
        self.assertNotIn("Gateways", mount.ctl("status").stdout)


class Refusals(ClusterTest):
    """What keeps a second gateway from serving."""

    config = "[store]\npatience = 1 s\n"

    def refused(self, mount, lang="en", code=1):
        result = subprocess.run([IDPHOTOFS, "-f", "-o", f"lang={lang}", mount.store, mount.path], capture_output=True, text=True,
                                timeout=60)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertFalse(os.path.ismount(mount.path))
        return result.stderr

    def test_one_that_judges_by_other_rules(self):
        self.b.end()
        self.b.configure("[output]\nmin-quality = 75\n[picture]\nsharpness = off\n[upload]\nworkers = 1\n")
        said = self.refused(self.b)
        self.assertIn("'a' judges by other rules", said)
        self.assertIn("differ: output.min-quality, picture.sharpness\n", said)
        said = self.refused(self.b, lang="zh")
        self.assertIn("网关“a”", said)
        self.assertIn("output.min-quality, picture.sharpness", said)
        self.assertEqual([g["name"] for g in json.loads(self.a.ctl("gateway", "list", "--json").stdout)], ["a"])
        self.a.end()
        self.b.start()

    def test_one_that_has_another_one_s_name(self):
        self.b.end()
        self.b.configure("[store]\n")
        conf = os.path.join(self.b.store, "idphotofs.conf")
        text = read(conf).decode().replace("gateway = b", "gateway = a")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(text)
        self.assertIn(f"is called 'a', too: give this one another name, as 'gateway' in {self.b.store}/idphotofs.conf",
                      self.refused(self.b))
        self.assertIn("另一台机器也叫“a”", self.refused(self.b, lang="zh"))

    def test_a_second_one_where_photos_are_not_shared(self):
        with unittest.mock.patch.dict(os.environ):
            del os.environ["IDPHOTO_TEST_BLOBS"]
            first = Mount(tempfile.mkdtemp(dir=self.directory))
        second = Mount(tempfile.mkdtemp(dir=self.directory), init=False)
        os.mkdir(second.path)
        run(IDPHOTOCTL, "attach", second.store, first.catalog, data=read(os.path.join(first.store, "audit.key")))
        first.configure("[store]\ngateway = one\n")
        second.configure("[store]\ngateway = two\npatience = 1 s\n")
        self.addCleanup(first.force_end)
        first.start()
        self.assertIn("the store is mounted on another machine", self.refused(second))
        self.assertIn("已在另一台机器上挂载", self.refused(second, lang="zh"))
        first.end()


class Judge(Gateway):
    """A machine that only judges."""

    def start(self):
        address = os.path.join(self.directory, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, open(self.log_path, "ab") as log:
            manager.bind(address)
            manager.settimeout(60)
            self.daemon = subprocess.Popen([IDPHOTOFS, "-f", "-o", ",".join(["judge"] + self.options), self.store], stdout=log,
                                           stderr=log, stdin=subprocess.DEVNULL, env={**os.environ, "NOTIFY_SOCKET": address})
            assert manager.recv(100) == b"READY=1"
        os.unlink(address)
        return self


class Judging(ClusterTest):
    gateways = ("a",)

    def judge(self):
        judge = Judge(os.path.join(self.directory, "j"), "j", self.a)
        self.addCleanup(judge.force_end)
        return judge

    def test_a_machine_that_only_judges(self):
        self.a.end()
        self.a.options = ["workers=1"]
        self.a.start()
        judge = self.judge().start()
        listed = {g["name"]: g["judges_only"] for g in json.loads(self.a.ctl("gateway", "list", "--json").stdout)}
        self.assertEqual(listed, {"a": False, "j": True})
        self.assertIn("j (judges only)", self.a.ctl("status").stdout)
        sources = self.good(60)
        (number,), = self.a.query("SELECT id FROM gateway WHERE judges = 1")

        def judged():
            """By several clients, or the gateway's own worker keeps up with them; it may all the same."""
            copies = [subprocess.Popen(["cp", *sources[i::10], self.a.point()]) for i in range(10)]
            self.assertEqual([copy.wait() for copy in copies], [0] * len(copies))
            wait_for(self.settled, "all have their verdicts", timeout=120)
            (n,), = self.a.query(f"SELECT count(*) FROM submission WHERE owner = {number} AND state >= 4")
            return int(n)

        print(f"judged {wait_for(judged, 'the machine judges what waits', timeout=300)}", file=sys.stderr)
        names = [os.path.basename(source) for source in sources]
        wait_for(lambda: self.a.photos() == names, "all are shown")
        for name in names[::10]:
            self.assertGreater(len(read(self.a.point(name))), 20000)
        judge.end("signal")
        self.assertEqual([g["name"] for g in json.loads(self.a.ctl("gateway", "list", "--json").stdout)], ["a"])
        self.is_sound()

    def test_it_judges_while_nothing_is_mounted(self):
        self.a.end()
        self.a.options = ["settle=3000", "delay=60000"]
        self.a.start()
        sources = self.good(2)
        os.mkdir(self.a.point("一班"))
        run("cp", sources[0], self.a.point())
        run("cp", sources[1], self.a.point("一班"))
        self.a.end()
        self.assertEqual(self.a.query("SELECT count(*) FROM submission WHERE state < 4"), [("2",)])
        judge = self.judge().start()
        judge.ctl("wait", "--timeout=60s")
        self.assertEqual(self.a.query("SELECT count(*) FROM submission WHERE state = 4"), [("2",)])
        wait_for(lambda: self.a.query("SELECT name FROM folder WHERE listed = 1") == [], "what became empty is removed")
        judge.end("signal")
        self.a.start()
        self.assertEqual(self.a.photos(), [os.path.basename(source) for source in sources])
        self.assertFalse("一班" in os.listdir(self.a.point()))
        self.is_sound()

    def test_it_ends_while_it_still_waits_for_a_name(self):
        judge = self.judge()
        conf = os.path.join(judge.store, "idphotofs.conf")
        text = read(conf).decode().replace("gateway = j", "gateway = a")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(text)
        process = subprocess.Popen([IDPHOTOFS, "-f", "-o", "judge", judge.store], stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        lines = iter(process.stderr.readline, "")
        next(line for line in lines if "is called a" in line)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
        process.stderr.close()

    def test_only_beside_other_machines(self):
        with unittest.mock.patch.dict(os.environ):
            del os.environ["IDPHOTO_TEST_CATALOG"], os.environ["IDPHOTO_TEST_BLOBS"]
            embedded = Mount(tempfile.mkdtemp(dir=self.directory))
        with unittest.mock.patch.dict(os.environ):
            del os.environ["IDPHOTO_TEST_BLOBS"]
            alone = Mount(tempfile.mkdtemp(dir=self.directory))
        for mount in embedded, alone:
            result = run(IDPHOTOFS, "-f", "-o", "judge", mount.store, check=False, timeout=60)
            self.assertEqual(result.returncode, 1)
            self.assertIn("only beside other machines", result.stderr)
            self.assertIn("只有与其他机器", run(IDPHOTOFS, "-f", "-o", "judge,lang=zh", mount.store, check=False).stderr)
        result = run(IDPHOTOFS, "-o", "judge", self.a.store, self.a.path, check=False)
        self.assertEqual(result.returncode, 2)
        self.assertIn("is one argument too many", result.stderr)


class Restored(ClusterTest):
    """The database comes from yesterday's backup, and the photos are of today."""

    def restart_with(self, sql):
        for mount in self.mounts:
            mount.end()
        sql()
        for mount in self.mounts:
            mount.start()

    def dump(self):
        run("pg_dump", "--file", self.yesterday, self.a.catalog)

    def restore(self):
        [(schema,)] = self.a.query("SELECT current_schema()")
        self.a.query(f"DROP SCHEMA {schema} CASCADE")
        run("psql", "--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1", "--file", self.yesterday, self.a.catalog)

    def blobs(self):
        return {name for _, _, names in os.walk(self.a.blobs) for name in names if len(name) == 62}

    def drop(self, mount, source):
        run("cp", source, mount.point())
        mount.settle()

    def tearDown(self):
        for mount in self.mounts:
            mount.forgive(re.compile("was restored to an earlier state"))
        super().tearDown()

    def test_nothing_is_removed_before_somebody_has_looked(self):
        self.yesterday = os.path.join(self.directory, "yesterday.sql")
        before, lost, after = self.good(3)
        self.drop(self.a, before)
        known = self.blobs()
        self.restart_with(self.dump)
        self.drop(self.b, lost)
        of_today = self.blobs() - known
        self.assertEqual(len(of_today), 2)
        self.restart_with(self.restore)
        for mount in self.mounts:
            wait_for(lambda mount=mount: "was restored to an earlier state" in mount.log(), "the log says so")
        # Its collection has run when the second photo of a student has replaced the first.
        self.drop(self.a, after)
        self.drop(self.b, self.copy_of(after, "x " + os.path.basename(after)))
        self.assertEqual(self.a.photos(), sorted(map(os.path.basename, (before, after))))
        for mount in self.mounts:
            mount.forgive(re.compile("was restored to an earlier state"))
            mount.end()
        [(batch,)] = self.a.query("SELECT name FROM batch")
        self.a.ctl("batch", "close", batch)
        for option in f"--batch={batch}", "--days=1":
            refused = self.a.ctl("purge", option, check=False)
            self.assertEqual(refused.returncode, 2, refused.stderr)
            self.assertIn("run 'idphotoctl verify' first", refused.stderr)
        self.assertLessEqual(of_today, self.blobs())
        first = self.a.ctl("verify", "--repair", "--json", check=False)
        self.assertEqual(first.returncode, 1)
        faults = json.loads(first.stdout)
        self.assertEqual({fault["fault"] for fault in faults}, {"restored", "orphan"})
        self.assertEqual([fault["repaired"] for fault in faults], [False] * len(faults))
        self.assertLessEqual(of_today, self.blobs())
        # Then it is known, and what nobody wants is put away.
        second = self.a.ctl("verify", "--repair", "--json")
        self.assertLessEqual({name[2:] for name in (fault["what"] for fault in json.loads(second.stdout))}, of_today)
        self.assertEqual(self.blobs() & of_today, set())
        self.a.ctl("verify")


class Chores(ClusterTest):
    def watch_renditions(self):
        """From now on each one that is recorded is a row of its own."""
        self.a.query("CREATE TABLE made (photo BIGINT); "
                     "CREATE FUNCTION note_made() RETURNS trigger LANGUAGE plpgsql AS"
                     " $$ BEGIN INSERT INTO made VALUES (new.id); RETURN NULL; END $$; "
                     "CREATE TRIGGER note_made AFTER UPDATE OF centre ON photo FOR EACH ROW EXECUTE FUNCTION note_made()")

    def made(self, n):
        wait_for(lambda: self.a.query("SELECT count(*) FROM photo WHERE centre IS NOT NULL") == [(str(n),)], "all are made",
                 timeout=120)
        for mount in self.mounts:
            mount.end()
        return self.a.query("SELECT photo FROM made")

    def drop(self, n):
        sources = self.good(n)
        for source in sources:
            run("cp", source, self.a.point())
        self.a.settle()
        numbers = [os.path.basename(source)[:18] for source in sources]
        wait_for(lambda: len(self.a.photos()) == n, "all are shown")
        return numbers

    def test_one_makes_the_renditions_that_are_missing(self):
        numbers = self.drop(30)
        for mount in self.mounts:
            mount.end()
            mount.options = ["workers=1"]
        self.watch_renditions()
        self.a.ctl("review", "approve", *numbers)
        threads = [threading.Thread(target=mount.start) for mount in self.mounts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(self.made(30)), 30)
        self.is_sound()

    def test_one_makes_what_a_command_approves(self):
        numbers = self.drop(20)
        self.watch_renditions()
        self.a.ctl("review", "approve", *numbers)
        self.assertEqual(len(self.made(20)), 20)
        self.is_sound()

    def test_what_is_approved_at_a_gateway_is_made_once(self):
        numbers = self.drop(10)
        self.watch_renditions()
        office = os.path.join(self.b.path, "OFFICE")
        for number in numbers:
            name = os.path.join(POINT, number + ".jpg")
            os.rename(os.path.join(office, "pending", name), os.path.join(office, "approved", name))
        self.assertEqual(len(self.made(len(numbers))), len(numbers))
        self.is_sound()


if __name__ == "__main__":
    main()
