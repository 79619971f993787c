"""What the suites of this folder share: all stores started once, recastds that may reach them, and jobs.

RECAST_STORES_PARTIAL=1 skips stores whose driver this recastd lacks; without it that is a failure. RECAST_STORES_SAID names a file with the line of
an up.py that runs already (suite.UP says how): for one test again and again.
"""
import base64
import json
import os
import pathlib
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import clients  # noqa: E402
import recast  # noqa: E402

MEGABYTE = 1 << 20
PART, WHOLE = 5 * MEGABYTE, 6 * MEGABYTE  # S3 wants parts of at least 5 MiB
SEGMENT = 8 * MEGABYTE  # Swift takes no larger object, so large ones need segments
UP = [sys.executable, HERE / "servers/up.py", "--only", ",".join(dict.fromkeys(clients.STORES.values())), "--faults", "s3_stub,swift,azure,gcs,sftp",
      "--set", f"keystone.max_file_size={SEGMENT}", "--set", "keystone.token_cache=300", "--set", f"swift.max_file_size={SEGMENT}"]
RUN = os.urandom(3).hex()  # of names: the stores may be those of an earlier run
_running = {}


def said():
    """What up.py tells of the stores, which run until main() ends."""
    if "said" not in _running and "RECAST_STORES_SAID" in os.environ:
        _running["said"] = json.loads(pathlib.Path(os.environ["RECAST_STORES_SAID"]).read_text())
    elif "said" not in _running:
        _running["up"] = process = subprocess.Popen(UP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = process.stdout.readline()
        _running["said"] = json.loads(line) if line else {"failed": "up.py ended"}
        if "failed" in _running["said"]:
            raise RuntimeError(_running["said"]["failed"])
    return _running["said"]


def store(kind):
    """The store of a class of clients.py; its `reason` says why it cannot be tried, if so."""
    if kind not in _running:
        _running[kind] = one = kind(said(), clients.STORES[kind])
        if not one.reason and not driver(kind.name) and os.environ.get("RECAST_STORES_PARTIAL"):
            one.reason = f"this recastd has no driver for {kind.name}"
    return _running[kind]


def driver(name):
    """Whether the recastd knows the store."""
    if "help" not in _running:
        _running["help"] = subprocess.run([recast.BINARIES / "recastd", "--help"], capture_output=True, text=True, check=True).stdout
    return f"--{name.replace('/', '_').replace('-', '_')}." in _running["help"]


def reach():
    """Settings that let a recastd reach the stores: those with a proxy by way of it."""
    settings = ["--jail.first_uid=1950000000", "--outbound.retry_milliseconds=50", f"--storages.multipart_bytes={WHOLE}", f"--storages.part_bytes={PART}"]
    for kind in (clients.Azure, clients.Gcs):
        one = store(kind)
        if one.reason or not driver(kind.name):
            continue
        url = one.fault["url"]
        settings += [f"--azure_blob.url={url}/{{account}}"] if kind is clients.Azure else [
            f"--google_cloud_storage.url={url}", f"--google_cloud_storage.token_url={url}/token"]
    if driver("openstack"):
        settings += [f"--openstack.large_bytes={WHOLE}", f"--openstack.segment_bytes={PART}"]
    return settings


def server(*settings):
    """A recastd with these settings beside those of reach(), which several classes may share."""
    if settings not in _running:
        given = {setting.partition("=")[0] for setting in settings}
        one = recast.Server(*[setting for setting in reach() if setting.partition("=")[0] not in given], *settings)
        one.__enter__()
        _running[settings] = one
    return _running[settings]


def stop():
    for one in _running.values():
        if isinstance(one, recast.Server):
            one.stop()
    if "up" in _running:
        _running["up"].stdin.close()
        _running["up"].wait(60)
        _running["up"].stdout.close()


def main(module):
    """With arguments: only tests whose name contains one of them."""
    wanted = sys.argv[1:]
    loader = unittest.TestLoader()
    found = [test for group in loader.loadTestsFromModule(sys.modules[module]) for test in group]
    chosen = unittest.TestSuite(test for test in found if not wanted or any(word in test.id() for word in wanted))
    try:
        succeeded = unittest.TextTestRunner(verbosity=2).run(chosen).wasSuccessful()
    finally:
        stop()
    sys.exit(not succeeded)


class Suite(unittest.TestCase):
    """A recastd for the class, which is left without work after each test."""

    settings = ("--outbound.allow_cidrs=127.0.0.0/8",)

    @classmethod
    def setUpClass(cls):
        cls.server = server(*cls.settings)

    def setUp(self):
        self.client = self.server.client()

    def tearDown(self):
        self.until(lambda: self.server.left_behind() == [], "work was left behind")

    def until(self, probe, what, within=20):
        deadline = time.monotonic() + within
        while not probe():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.05)

    @staticmethod
    def raw(content, filename="a.txt"):
        if not content:
            return {"operation": "import/raw", "file": "", "filename": filename}
        return {"operation": "import/base64", "file": base64.b64encode(content).decode(), "filename": filename}

    def begin(self, tasks, upload=None):
        """A job; `upload` is a name and content for its task "in"."""
        job = self.client.call("POST", "/v2/jobs", {"tasks": tasks})["data"]
        if upload:
            form = next(task["result"]["form"] for task in job["tasks"] if task["operation"] == "import/upload")
            self.client.upload(form, *upload)
        return job["id"]

    def end(self, job):
        """The tasks of a job that has ended, by name; no answer may hold a secret."""
        status, text = self.client.raw("GET", f"/v2/jobs/{job}/wait", None, self.client.headers)
        self.assertEqual(status, 200, text)
        self.assert_no_secret(text)
        return {task["name"]: task for task in json.loads(text)["data"]["tasks"]}

    def run_tasks(self, tasks, upload=None):
        return self.end(self.begin(tasks, upload))

    def assert_no_secret(self, text):
        text = text.decode() if isinstance(text, bytes) else text
        for secret in getattr(self, "secrets", []):
            self.assertNotIn(secret, text)

    def assert_finished(self, task):
        self.assertEqual((task["status"], task["percent"]), ("finished", 100), (task["code"], task["message"]))

    def assert_failed(self, task, code, *words):
        self.assertEqual((task["status"], task["code"]), ("error", code), task)
        for word in words:
            self.assertIn(word, task["message"], task)
        self.assertIsNone(task["result"])

    def export(self, one, content, **options):
        """The ended task that exported a file of these bytes."""
        filename = options.pop("filename", "a.txt")
        tasks = {"in": {"operation": "import/upload"} if len(content) > MEGABYTE else self.raw(content, filename), "out": one.exports(**options)}
        return self.run_tasks(tasks, (filename, content) if len(content) > MEGABYTE else None)["out"]

    def fetch(self, one, **options):
        """The ended task that imported something, and the bytes by path."""
        tasks = self.run_tasks({"in": one.imports(**options), "url": {"operation": "export/url", "input": "in"}})
        if tasks["in"]["status"] != "finished":
            return tasks["in"], {}
        self.assert_finished(tasks["in"])
        return tasks["in"], {(file.get("dir") or "") + ("/" if file.get("dir") else "") + file["filename"]: self.client.download(file["url"])
                             for file in tasks["url"]["result"]["files"]}


class StoreSuite(Suite):
    """The same for one store."""

    kind = None

    @classmethod
    def setUpClass(cls):
        cls.store = store(cls.kind)
        if cls.store.reason:
            raise unittest.SkipTest(cls.store.reason)
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.store.clear()
        self.secrets = list(self.store.secrets)
        self.place = f"{type(self).__name__}-{self._testMethodName}-{RUN}/"

    def tearDown(self):
        super().tearDown()
        self.until(lambda: self.store.leftovers() == [], f"left in the store: {self.store.leftovers()}")

    def single(self, name):
        return {self.store.single: self.place + name}

    def many(self, prefix=""):
        return {self.store.many: self.place + prefix}


def for_each(kinds, bases, module):
    """A class for each store and each base, named after both."""
    for base in bases:
        for kind in kinds:
            name = f"{base.__name__.removeprefix('Any')}Of{kind.__name__}"
            sys.modules[module].__dict__[name] = type(name, (base,), {"kind": kind, "__module__": module, "__test__": True})
        del sys.modules[module].__dict__[base.__name__]
