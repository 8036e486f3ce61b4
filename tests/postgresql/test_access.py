# SPDX-License-Identifier: MIT
"""Who may connect to the server of a catalog, by which way, and what for."""

import os
import socket
import subprocess
import sys

from server import need_postgresql, nodes

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "mount"))

from harness import *  # noqa: E402

# As idphotofs-gateways(7) has it.
GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO idphoto;
REVOKE UPDATE, DELETE ON event, seal FROM idphoto;
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Access(MountTest):
    """Each test makes its server, and its store with a URL of its own."""

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="idphoto-test-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def new_store(self, url, name="store"):
        """Makes it, and does not mount it."""
        store = os.path.join(self.directory, name)
        run(IDPHOTOCTL, "init", store, url)
        run(IDPHOTOCTL, f"--store={store}", "point", "add", POINT)
        return store

    def serve(self, store, url):
        self.mount = Mount(self.directory, init=False)
        self.mount.store, self.mount.catalog = store, url
        os.mkdir(self.mount.path)
        self.addCleanup(self.mount.force_end)
        self.mount.start()

    def drop(self, source):
        run("cp", source, self.mount.point())
        self.mount.settle()
        self.assertIn(os.path.basename(source), self.mount.photos())


class Tls(Access):
    NAME = "db.photos.test"

    def certify(self, node, name):
        """An authority and a server's certificate by it, as openssl makes them."""
        def openssl(*arguments):
            run("openssl", *arguments, cwd=node.directory)

        def path(file):
            return os.path.join(node.directory, file)

        for authority in ("ca", "other"):
            openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                    f"/CN={authority}", "-keyout", f"{authority}.key", "-out", f"{authority}.crt")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}", "-keyout",
                "server.key", "-out", "server.csr")
        with open(path("names"), "w", encoding="ascii") as f:
            f.write(f"subjectAltName = DNS:{name}\n")
        openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                "-extfile", "names", "-out", "server.crt")
        os.chmod(path("server.key"), 0o600)
        if os.getuid() == 0:
            shutil.chown(path("server.key"), "nobody")
        return path

    def test_a_server_elsewhere_is_used_by_verified_tls_and_a_password_in_a_file(self):
        need("openssl")
        with nodes(1) as (node,):
            path = self.certify(node, self.NAME)
            port = free_port()
            node.make().configure(f"""
synchronous_commit = on
listen_addresses = '127.0.0.1'
port = {port}
ssl = on
ssl_cert_file = '{path("server.crt")}'
ssl_key_file = '{path("server.key")}'
""")
            with open(os.path.join(node.data, "pg_hba.conf"), "w", encoding="ascii") as f:
                f.write("local all all trust\nhostnossl all all all reject\nhostssl all all all scram-sha-256\n")
            node.port = port
            node.start().sql("ALTER ROLE idphoto PASSWORD 'secret'")
            node.sql("CREATE DATABASE photos")
            with open(path("pass"), "w", encoding="ascii") as f:
                f.write("*:*:*:*:secret\n")
            os.chmod(path("pass"), 0o600)

            # The name is verified; the address is where it leads.
            def url(name, authority, mode="verify-full"):
                return (f"postgresql://idphoto@:{port}/photos?host={name}&hostaddr=127.0.0.1&sslmode={mode}"
                        f"&sslrootcert={path(authority)}&passfile={path('pass')}")

            for wrong, words in ((url("another.test", "ca.crt"), "does not answer"), (url(self.NAME, "other.crt"), "does not answer"),
                                 (url(self.NAME, "ca.crt", "require"), "needs sslmode=verify-full"),
                                 (url(self.NAME, "ca.crt", "verify-ca"), "needs sslmode=verify-full"),
                                 (url(self.NAME, "ca.crt") + f"&application_name={'x' * 1000}", "has more than 1023 bytes")):
                refused = run(IDPHOTOCTL, "--lang=en", "init", os.path.join(self.directory, "refused"), wrong, check=False)
                self.assertEqual(refused.returncode, 2, wrong)
                self.assertIn(words, refused.stderr)
            right = url(self.NAME, "ca.crt")
            self.serve(self.new_store(right), right)
            first, second = self.good(2)
            self.drop(first)
            self.assertEqual(self.mount.query("SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                                              " WHERE datname = 'photos'"), [("t",)])
            node.restart()
            self.drop(second)
            # That the server was away is worth a warning.
            self.mount.log_checked = len(self.mount.log())
            self.mount.end()


class Roles(Access):
    def test_the_daemon_needs_no_more_than_rows(self):
        with nodes(1) as (node,):
            node.make().start().sql("CREATE ROLE owner LOGIN")
            node.sql("CREATE ROLE rows LOGIN")
            node.sql("CREATE DATABASE photos OWNER owner")
            owners, rows = (node.url("photos").replace("idphoto@", f"{role}@") for role in ("owner", "rows"))
            store = self.new_store(owners)
            run("psql", "--quiet", "--no-psqlrc", owners, "--command", GRANTS.replace("idphoto", "rows"))
            other = os.path.join(self.directory, "rows")
            run(IDPHOTOCTL, "attach", other, rows, data=read(os.path.join(store, "audit.key")))
            self.serve(other, rows)
            first, second, third = self.good(3)
            self.drop(first)
            self.drop(second)
            os.unlink(self.mount.point(os.path.basename(second)))
            self.mount.ctl("review", "approve", os.path.basename(first).removesuffix(".jpg"))
            self.drop(third)
            self.mount.ctl("verify")
            self.assertIn("intact", self.mount.ctl("audit", "verify").stdout)
            for forbidden in ("UPDATE event SET kind = 'other'", "DELETE FROM event", "CREATE TABLE mine (n INT)",
                              "DROP TRIGGER event_stays ON event", "TRUNCATE event", "UPDATE seal SET seq = -seq",
                              "DELETE FROM seal", "TRUNCATE seal", "DROP TRIGGER seal_stays ON seal",
                              "SELECT setval('event_id_seq', 1)"):
                refused = run("psql", "--no-psqlrc", rows, "--command", forbidden, check=False)
                self.assertNotEqual(refused.returncode, 0, forbidden)
            self.mount.end()


if __name__ == "__main__":
    need_postgresql()
    main()
