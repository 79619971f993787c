#!/usr/bin/env python3
"""What tasks of stores may not reach: every address that a client, or a server it names, can choose.

With arguments: only tests whose name contains one of them.
"""
import os
import pathlib
import subprocess
import tempfile
import unittest

import suite  # and where the next three are found
import canary
import gcs_double
import keystone_v2_stub

REFUSED = "target address is not allowed"


class Guarded(suite.Suite):
    """A recastd that may not reach the canary, which listens on this machine."""

    settings = ()

    @classmethod
    def setUpClass(cls):
        cls.server = suite.recast.Server("--outbound.retry_milliseconds=50", *cls.settings)
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.stop)
        cls.canary = canary.Canary()
        assert cls.canary.works()

    def setUp(self):
        super().setUp()
        self.canary.callers.clear()
        self.secrets = ["secret-of-"]

    def tearDown(self):
        self.assertEqual(self.canary.callers, [], "the canary was called")
        super().tearDown()

    def need(self, name):
        if not suite.driver(name) and os.environ.get("RECAST_STORES_PARTIAL"):
            self.skipTest(f"this recastd has no driver for {name}")

    def tasks_of(self, name, **options):
        """An import of one object, one of several, and an export, ended."""
        single, many = {"s3": ("key", "key_prefix"), "azure/blob": ("blob", "blob_prefix"), "sftp": ("file", "path")}.get(name, ("file", "file_prefix"))
        tasks = self.run_tasks({
            "raw": self.raw(b"what is exported"),
            "single": {"operation": f"import/{name}", **options, single: "x.txt"}, "many": {"operation": f"import/{name}", **options, many: "x"},
            "out": {"operation": f"export/{name}", "input": "raw", **options, single: "x.txt"}})
        return {"single": tasks["single"], "many": tasks["many"], "out": tasks["out"]}

    def assert_refused(self, tasks, *words):
        for name, task in tasks.items():
            self.assert_failed(task, "UPLOAD_FAILED" if name == "out" else "DOWNLOAD_FAILED", *words)
            for word in ("127.0.0.1", "169.254", "Connection refused"):  # of where it led
                self.assertNotIn(word, task["message"])

    def s3(self, **options):
        return self.tasks_of("s3", **{"bucket": "bucket", "region": "eu-west-1", "access_key_id": "AKIA0", "secret_access_key": "secret-of-s3", **options})

    def openstack(self, **options):
        return self.tasks_of("openstack", **{"username": "u", "password": "secret-of-keystone", "region": "RegionTwo", "container": "container", **options})


class Policy(Guarded):
    """The default: nothing of this machine or its networks."""

    def test_the_endpoint_of_s3(self):
        for host in ("127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "0177.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"):
            with self.subTest(host):
                self.assert_refused(self.s3(endpoint=f"http://{host}:{self.canary.port}"), REFUSED)
        self.assert_refused(self.s3(endpoint=f"127.0.0.1:{self.canary.port}"), REFUSED)
        self.assert_refused(self.s3(endpoint=f"http://localhost.:{self.canary.port}"))  # which not every machine knows
        for endpoint in ("http://169.254.169.254", "http://10.0.0.1:9000", "http://100.100.100.200", "http://168.63.129.16", "https://[fd00:ec2::254]"):
            with self.subTest(endpoint):
                self.assert_refused(self.s3(endpoint=endpoint), REFUSED)
        self.assert_refused(self.s3(endpoint=f"http://127.0.0.1:{self.server.port}"), REFUSED)

    def assert_not_taken(self, option, ask):
        """What no server can be is said when the job is made."""
        with self.assertRaises(RuntimeError) as refused:
            ask()
        self.assertIn("HTTP 422", str(refused.exception))
        self.assertIn(f"tasks.single.{option}", str(refused.exception))

    def test_an_endpoint_that_is_no_server(self):
        for endpoint in (f"http://user@127.0.0.1:{self.canary.port}", f"http://example.org@127.0.0.1:{self.canary.port}", "file:///etc/passwd",
                         "gopher://127.0.0.1/", f"http://127.0.0.1:{self.canary.port}/?x=", f"http://127.0.0.1:{self.canary.port}/#x"):
            self.assert_not_taken("endpoint", lambda: self.s3(endpoint=endpoint))

    def test_a_region_or_bucket_that_would_be_another_host(self):
        port = self.canary.port
        for region in ("x.evil.example/#", f"@127.0.0.1:{port}/", f"x@127.0.0.1:{port}/#", "a.b", "A", "-a", "x\r\nHost: y"):
            self.assert_refused(self.s3(region=region), "region")
        for bucket in (f"127.0.0.1:{port}/", f"a@127.0.0.1:{port}/x", "..", "a/b"):
            self.assert_refused(self.s3(bucket=bucket))

    def test_the_account_of_azure(self):
        self.need("azure/blob")
        for account in ("a@127.0.0.1:80/", f"a@127.0.0.1:{self.canary.port}/", f"127.0.0.1:{self.canary.port}/?", "evil.example/x?", "ab", "UPPER",
                        "a" * 25, "a.b.c"):
            self.assert_refused(self.tasks_of("azure/blob", storage_account=account, storage_access_key="c2VjcmV0", container="c"))
        for token in ("sv=1&sig=x y", "sig=x\r\nHost: y", f"sig=x#@127.0.0.1:{self.canary.port}"):
            tasks = self.tasks_of("azure/blob", storage_account="devstoreaccount1", sas_token=token, container="c")
            self.assertEqual({name: task["code"] for name, task in tasks.items()}, dict.fromkeys(tasks, "INVALID_CREDENTIALS"))

    def test_the_identity_service(self):
        self.need("openstack")
        for url in (self.canary.url, self.canary.url + "v3", self.canary.url + "v2.0", self.canary.url + "auth/v1.0", f"http://localhost:{self.canary.port}",
                    "http://169.254.169.254/", "http://[::1]/v3"):
            self.assert_refused(self.openstack(auth_url=url), REFUSED)
        self.assert_not_taken("auth_url", lambda: self.openstack(auth_url="file:///etc/passwd"))
        self.assert_refused(self.openstack(auth_url="some-auth-url"))

    def test_sftp(self):
        self.need("sftp")
        for host in ("127.0.0.1", "localhost", "::1", "[::1]", "0x7f000001", "::ffff:127.0.0.1"):
            with self.subTest(host):
                self.assert_refused(self.tasks_of("sftp", host=host, port=self.canary.port, username="u", password="secret-of-sftp"), REFUSED)
        for host in ("169.254.169.254", "10.0.0.1"):
            self.assert_refused(self.tasks_of("sftp", host=host, username="u", password="secret-of-sftp"), REFUSED)


class Catalogue(Guarded):
    """The identity service may be reached; where its catalogue leads may not."""

    @classmethod
    def setUpClass(cls):
        cls.identity = keystone_v2_stub.KeystoneV2Stub(v3=True).start()
        cls.settings = (f"--outbound.allow_hosts=127.0.0.1:{cls.identity.number}",)
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        cls.identity.stop()

    def test_the_catalogue(self):
        self.need("openstack")
        self.secrets = [keystone_v2_stub.PASSWORD]
        known = {"username": keystone_v2_stub.USER, "password": keystone_v2_stub.PASSWORD}
        for path in ("/v2.0", "/v3"):
            for url in ("http://169.254.169.254/v1/AUTH_TENANT", self.canary.url + "v1/AUTH_TENANT", f"http://localhost:{self.canary.port}/v1",
                        "http://10.0.0.1/v1"):
                self.identity.settings["storage_url"] = url
                self.assert_refused(self.openstack(auth_url=self.identity.url + path, **known), REFUSED)
            for url in ("file:///etc/passwd", "no url"):
                self.identity.settings["storage_url"] = url
                self.assert_refused(self.openstack(auth_url=self.identity.url + path, **known))
        self.identity.settings["storage_url"] = None
        tasks = self.openstack(auth_url=self.identity.url + "/v2.0", **known)
        self.assertEqual(tasks["out"]["status"], "finished", tasks["out"]["message"])


class Override(suite.Suite):
    """What one operation may reach, another may not, whatever connections are open: [outbound.override] of the settings file."""

    @classmethod
    def setUpClass(cls):
        cls.store = suite.store(suite.clients.Sftp)
        if cls.store.reason:
            raise unittest.SkipTest(cls.store.reason)
        cls.canary = canary.Canary()
        folder = tempfile.TemporaryDirectory(prefix="recast-override-")
        cls.addClassCleanup(folder.cleanup)
        cls.file = pathlib.Path(folder.name) / "recast.toml"
        cls.file.write_text(f"""
            [outbound.override."export/sftp"]
            allow_hosts = ["127.0.0.1:{cls.store.where()['port']}"]
            [outbound.override."import/url"]
            allow_cidrs = ["127.0.0.2"]
            """)
        cls.server = suite.recast.Server("--jail.first_uid=1950000000", "--outbound.retry_milliseconds=50", f"--config={cls.file}")
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.stop)

    def setUp(self):
        super().setUp()
        self.secrets = list(self.store.secrets)

    def test_the_operation_alone(self):
        where = self.store.access()
        sftp = {"in": self.raw(b"what is exported"), "out": {"operation": "export/sftp", "input": "in", **where, "file": "override.txt"}}
        job = self.begin(sftp)
        tasks = self.end(job)
        self.assert_finished(tasks["out"])
        self.assertEqual(self.store.get("override.txt"), b"what is exported")
        # The log tells the operator who reached what.
        words = ("connection to an internal address", f"task={tasks['out']['id']}", f"host=127.0.0.1 port={where['port']} address=127.0.0.1")
        self.assertTrue(any(all(word in line for word in words) for line in self.server.log().splitlines()), self.server.log()[-2000:])
        url = f"http://127.0.0.1:{where['port']}"
        s3 = {"bucket": "bucket", "region": "eu-west-1", "access_key_id": "AKIA0", "secret_access_key": "secret-of-s3", "endpoint": url}
        others = self.run_tasks({
            "sftp": {"operation": "import/sftp", **where, "file": "override.txt"}, "s3": {"operation": "import/s3", **s3, "key": "x"},
            "url": {"operation": "import/url", "url": url}, "raw": self.raw(b"x"),
            "port": {"operation": "export/sftp", "input": "raw", **where, "port": self.canary.port, "file": "x"},
            "upload": {"operation": "export/upload", "input": "raw", "url": url}})
        for name in ("sftp", "s3", "url", "port", "upload"):
            self.assert_failed(others[name], "UPLOAD_FAILED" if name in ("port", "upload") else "DOWNLOAD_FAILED", REFUSED)
        self.assertEqual(self.canary.callers, [])

    def test_each_operation_has_its_own(self):
        # Nobody listens there: it is let through, and then nothing answers.
        tasks = self.run_tasks({"url": {"operation": "import/url", "url": f"http://127.0.0.2:{self.canary.port}/"}})
        self.assert_failed(tasks["url"], "DOWNLOAD_FAILED", "could not connect to host")
        tasks = self.run_tasks({"url": {"operation": "import/url", "url": f"http://127.0.0.1:{self.canary.port}/"}})
        self.assert_failed(tasks["url"], "DOWNLOAD_FAILED", REFUSED)

    def test_the_settings(self):
        def said(text, *arguments):
            file = self.file.with_name("other.toml")
            file.write_text(text)
            program = [suite.recast.BINARIES / "recastd", f"--config={file}", "--data", file.with_name("data"), "--server.port=0", "--server.sync_port=-1"]
            ended = subprocess.run([*program, *arguments], capture_output=True, text=True, timeout=60)
            return ended.returncode, ended.stdout + ended.stderr

        self.assertIn('[outbound.override."export/sftp"]\nallow_hosts = ["127.0.0.1:', said(self.file.read_text(), "--print-config")[1])
        status, text = said('[outbound.override."export/ftp"]\nallow_hosts = ["nas.lan"]\n')
        self.assertEqual(status, 1, text)
        self.assertIn('outbound.override."export/ftp": No operation of this name goes out; those that do are capture-website, export/azure/blob,', text)
        self.assertIn("import/url", text)
        self.assertNotIn("export/url", text)
        status, text = said('[outbound.override."export/sftp"]\nallow_hosts = ["http://nas.lan"]\n')
        self.assertEqual(status, 1, text)
        self.assertIn('outbound.override."export/sftp".allow_hosts: "http://nas.lan" is not a host rule', text)
        status, text = said('[outbound]\nallow_cidrs = ["10.0.0.1/8"]\n')
        self.assertEqual(status, 1, text)
        self.assertIn("outbound.allow_cidrs:", text)


class UploadUri(Guarded):
    """Cloud Storage is the operator's; the address it gives for an upload is not."""

    @classmethod
    def setUpClass(cls):
        cls.double = gcs_double.GcsDouble().start()
        cls.settings = (f"--google_cloud_storage.url={cls.double.url}", f"--google_cloud_storage.token_url={cls.double.url}/token") if suite.driver(
            "google-cloud-storage") else ()
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        cls.double.stop()

    def upload(self, access):
        export = {"operation": "export/google-cloud-storage", "input": "in", **access, "file": "x"}
        return self.run_tasks({"in": {"operation": "import/upload"}, "out": export}, ("x.bin", bytes(20 * suite.MEGABYTE)))["out"]

    def test_the_upload_uri(self):
        self.need("google-cloud-storage")
        known = self.double.describe()
        access = {name: known[name] for name in ("project_id", "bucket", "client_email", "private_key")}
        for host in (f"127.0.0.1:{self.canary.port}", f"localhost:{self.canary.port}", "169.254.169.254", f"{self.double.url[7:]}@127.0.0.1:{self.canary.port}"):
            self.double.settings["location_host"] = host
            self.assert_failed(self.upload(access), "UPLOAD_FAILED")
        self.assertNotIn("bucket/x", self.double.state()["objects"])
        self.double.settings["location_host"] = None
        self.assert_finished(self.upload(access))


if __name__ == "__main__":
    suite.main(__name__)
