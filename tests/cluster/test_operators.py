# SPDX-License-Identifier: MIT
"""What commands and operators see of several gateways of one store."""

import hashlib

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


if __name__ == "__main__":
    main()
