#!/usr/bin/env python3
"""What only SFTP has: log-ins of every kind, paths and links, keys of hosts.

With arguments: only tests whose name contains one of them.
"""
import json
import os
import pathlib
import sys
import unittest.mock

import clients
import suite

sys.path.insert(0, str(suite.HERE / "servers"))
import openssh  # noqa: E402
from base import Absent  # noqa: E402


class SftpDetails(suite.StoreSuite):
    kind = clients.Sftp

    def test_every_form_of_key(self):
        self.store.put(self.place + "x.txt", b"x")
        for name, path in self.store.here["private_keys"].items():
            for daemon in ("normal", "rsa_host_key"):
                with self.subTest(f"{name} {daemon}"):
                    one = self.store.here[daemon]
                    access = {"host": one["host"], "port": one["port"], "username": one["username"], "private_key": pathlib.Path(path).read_text()}
                    if name.endswith("encrypted"):
                        access["password"] = self.store.here["passphrase"]
                    with unittest.mock.patch.object(self.store, "access", lambda access=access: access):
                        task, files = self.fetch(self.store, **self.single("x.txt"))
                    self.assertEqual(files, {"x.txt": b"x"}, task["message"])

    def test_keys_as_they_are_pasted(self):
        one = self.store.here["normal"]
        text = pathlib.Path(self.store.here["private_keys"]["ed25519"]).read_text()
        self.store.put(self.place + "x.txt", b"x")
        for key in (text.replace("\n", "\\n"), text.replace("\n", "\r\n"), text.rstrip()):
            access = {"host": one["host"], "port": str(one["port"]), "username": one["username"], "private_key": key}
            with unittest.mock.patch.object(self.store, "access", lambda access=access: access):
                self.assertEqual(self.fetch(self.store, **self.single("x.txt"))[1], {"x.txt": b"x"})
        for key in ("some-private-key", "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\n"):
            with unittest.mock.patch.object(self.store, "access", lambda access={**access, "private_key": key}: access):
                task, _ = self.fetch(self.store, **self.single("x.txt"))
            self.assertEqual(task["status"], "error")
            self.assertNotIn("some-private-key", task["message"])

    def test_a_password_that_is_asked_for(self):
        if "keyboard_interactive" not in self.store.here:
            self.skipTest("passwords need root")
        with unittest.mock.patch.object(self.store, "fault", {}), unittest.mock.patch.object(self.store, "daemon", self.store.here["keyboard_interactive"]):
            self.assert_finished(self.export(self.store, b"x", **self.single("x.txt")))
            wrong, _ = self.store.wrong()
        with unittest.mock.patch.object(self.store, "access", lambda: wrong):
            self.assert_failed(self.fetch(self.store, **self.single("x.txt"))[0], "INVALID_CREDENTIALS")

    def test_paths(self):
        self.store.put(self.place + "x.txt", b"x")
        (self.store.folder / self.place / "link.txt").symlink_to("x.txt")
        (self.store.folder / self.place / "dangling.txt").symlink_to("nowhere")
        (self.store.folder / self.place / "folder").mkdir()
        login = self.store.here["login_directory"]
        for path in (f"{login}/{self.place}x.txt", f"~/{self.place}x.txt", f"{self.place}link.txt", f"./{self.place}/../{self.place}x.txt"):
            self.assertEqual(list(self.fetch(self.store, file=path)[1].values()), [b"x"], path)
        for path in (f"{self.place}folder", f"{self.place}dangling.txt", f"{self.place}x.txt/y"):
            self.assert_failed(self.fetch(self.store, file=path)[0], "DOWNLOAD_FAILED")
        self.assertEqual(self.fetch(self.store, path=f"{login}/{self.place}")[1], {"x.txt": b"x", "link.txt": b"x"})
        self.assert_failed(self.fetch(self.store, path=f"{self.place}folder")[0], "DOWNLOAD_FAILED", "No files found in")

    def test_where_nothing_may_be_written(self):
        if os.geteuid() == 0 and not self.store.here["normal"]["password"]:
            self.skipTest("the user of these daemons may write everywhere")
        task = self.export(self.store, b"x", file=self.store.here["closed"] + "/x.txt")
        self.assert_failed(task, "UPLOAD_FAILED", "Permission denied")


class SftpLeftovers(suite.StoreSuite):
    kind = clients.Sftp

    def test_folders_that_a_failed_export_made(self):
        self.store.put(self.place + "old/x.txt", b"x")
        self.addCleanup(self.store.clear)
        self.store.rule({"reset_after": 2_000_000}, times=-1)
        task = self.export(self.store, os.urandom(3 * suite.PART), **self.single("old/new/deep/y.bin"))
        self.store.clear()
        self.assert_failed(task, "UPLOAD_FAILED")
        self.assertEqual(os.listdir(self.store.folder / self.place / "old"), ["x.txt"])

    def test_a_name_that_is_too_long(self):
        task = self.export(self.store, b"x", **self.single("new/" + "n" * 300))
        self.assert_failed(task, "UPLOAD_FAILED", "a part of the name is longer than 255 bytes")
        self.assertFalse((self.store.folder / self.place).exists())

    def test_a_host_key_that_is_none(self):
        status, text = self.client.raw("POST", "/v2/import/sftp", json.dumps({**self.store.access(), "file": "x", "host_key": "yes"}), self.client.headers)
        self.assertEqual(status, 422, text)
        self.assertIn(b"host_key", text)
        self.assertIn(b"no fingerprint", text)


class SftpHostKeys(suite.Suite):
    """A server whose key changes: with daemons of its own."""

    @classmethod
    def setUpClass(cls):
        if not suite.driver("sftp"):
            raise unittest.SkipTest("this recastd has no driver for sftp")
        cls.ssh = openssh.OpenSsh()
        try:
            cls.ssh.start()
        except Absent as reason:
            raise unittest.SkipTest(str(reason)) from None
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        cls.ssh.stop()

    def test_a_key_that_changes(self):
        one = self.ssh.describe()
        access = {"host": "127.0.0.1", "port": one["normal"]["port"], "username": one["normal"]["username"],
                  "private_key": pathlib.Path(one["private_keys"]["ed25519"]).read_text()}

        def export(**more):
            return self.run_tasks({"in": self.raw(b"x"), "out": {"operation": "export/sftp", "input": "in", **access, "file": "x.txt", **more}})["out"]

        self.assert_finished(export())
        self.ssh.restart("normal", ["other"])
        self.assert_failed(export(), "UPLOAD_FAILED", "host key changed")
        self.ssh.restart("normal", ["ed25519", "ecdsa", "rsa"])
        self.assert_finished(export())
        self.assert_failed(export(host_key=one["host_key_fingerprints"]["other"]), "UPLOAD_FAILED")


if __name__ == "__main__":
    suite.main(__name__)
