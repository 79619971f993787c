#!/usr/bin/env python3
"""Where credentials of stores must not be: in answers, events, metrics, the log, the data folder. And that the key they rest under can be changed.

With arguments: only tests whose name contains one of them.
"""
import base64
import contextlib
import http.client
import json
import pathlib
import subprocess
import threading
import urllib.parse

import clients
import suite  # and where the next one is found
import recast

KINDS = (clients.S3Stub, clients.Azure, clients.AzureSas, clients.Gcs, clients.OpenStack, clients.TempAuth, clients.IdentityV2, clients.Sftp, clients.SftpKey)
# What is made of credentials: signatures, tokens, upload URIs.
MADE = ("AWS4-HMAC-SHA256 Credential=", "Signature=", "SharedKey ", "ya29.", "gAAAA", "X-Auth-Token: ", "upload_id=", "assertion=")


def forms(secret):
    """A secret as it may have been written."""
    raw = secret.encode()
    return {raw, raw.hex().encode(), base64.b64encode(raw).rstrip(b"="), urllib.parse.quote(secret, safe="").encode(), raw.replace(b"/", b"\\/")}


class Events(threading.Thread):
    """All that Socket.IO tells of a user's jobs and tasks, by polling."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.client, self.heard = server, server.client(), b""
        self.path = "/socket.io/?EIO=4&transport=polling"
        self.path += "&sid=" + json.loads(self.ask("GET")[1:])["sid"]
        self.ask("POST", b"40")
        user = self.client.call("GET", "/v2/users/me")["data"]["id"]
        for what in ("jobs", "tasks"):
            self.ask("POST", b"42" + json.dumps(["subscribe", {"channel": f"private-user.{user}.{what}", "auth": {
                "headers": {"Authorization": f"Bearer {server.key}"}}}]).encode())
        self.start()

    def ask(self, method, body=None):
        status, text = self.client.raw(method, self.path, body, {"Content-Type": "text/plain;charset=UTF-8"} if body else {})
        assert status == 200, text
        return text

    def run(self):
        with contextlib.suppress(OSError, AssertionError, http.client.HTTPException):  # the server ends
            while True:
                text = self.ask("GET")
                self.heard += text
                if text.startswith(b"2"):
                    self.ask("POST", b"3")


class Secrets(suite.Suite):
    settings = (*suite.Suite.settings, "--server.log_level=debug")

    def setUp(self):
        super().setUp()
        self.stores = [one for one in map(suite.store, KINDS) if not one.reason]
        if not self.stores:
            self.skipTest("no store is there")
        # A word of a sentence is none that could be looked for.
        self.secrets = [secret for one in self.stores for secret in one.secrets + one.wrong()[1] if len(secret) > 6]
        self.data = self.server.folder / "data"

    def found(self, where, content, more=()):
        return [f"{form!r} in {where}" for secret in self.secrets for form in forms(secret) if form in content] + [
            f"{word!r} in {where}" for word in more if word.encode() in content]

    def in_data(self):
        """Secrets in any file of the data folder."""
        found = []
        for path in self.data.rglob("*"):
            if path.is_file() and not path.is_symlink():
                found += self.found(path.relative_to(self.data), path.read_bytes(), MADE)
        return found

    def in_answers(self):
        found = []
        for path in ("/v2/tasks?include=payload&per_page=100", "/v2/jobs?per_page=100", "/metrics", "/v2/users/me", "/v2/operations",
                     "/healthz", "/readyz"):
            status, text = self.client.raw("GET", path, None, self.client.headers)
            self.assertEqual(status, 200, path)
            found += self.found(path, text, MADE)
        return found

    def everything(self):
        return self.in_data() + self.in_answers() + self.found("the log", self.server.log().encode(), MADE)

    def jobs(self):
        """For each store: tasks that end well, and tasks that fail in every way there is."""
        for one in self.stores:
            wrong, _ = one.wrong()
            place = {one.single: f"secrets-{suite.RUN}/{type(one).__name__}.txt"}
            tasks = {"in": self.raw(b"exported"), "out": one.exports(**place), "late": {**one.imports(**place)}, "none": one.imports(**{one.single: "missing"}),
                     "refused": {**one.imports(**place), **wrong}, "refused-out": {**one.exports(**place), **wrong}}
            yield one, tasks

    def test_nothing_is_told(self):
        self.assertEqual(self.everything(), [])
        events = Events(self.server)
        waiting = self.begin({"in": {"operation": "import/upload"}, **{f"out-{at}": one.exports(**{one.single: f"secrets-{suite.RUN}/waited-{at}.txt"})
                                                                      for at, one in enumerate(self.stores)}})
        self.assertEqual(self.everything(), [], "while tasks wait")
        for one, tasks in self.jobs():
            done = self.run_tasks(tasks)
            self.assert_finished(done["out"])
            self.assertEqual({name: done[name]["code"] for name in ("none", "refused", "refused-out")},
                             {"none": "DOWNLOAD_FAILED", "refused": "INVALID_CREDENTIALS", "refused-out": "INVALID_CREDENTIALS"}, one.title)
            status, text = self.client.raw("POST", f"/v2/tasks/{done['refused']['id']}/retry", None, self.client.headers)
            self.assertEqual(status, 422, text)
            self.assertEqual(self.found("the answer to a retry", text, MADE), [])
        form = next(task["result"]["form"] for task in self.client.call("GET", f"/v2/jobs/{waiting}")["data"]["tasks"] if task["name"] == "in")
        self.client.upload(form, "late.txt", b"late")
        for name, task in self.end(waiting).items():
            self.assert_finished(task)
        self.assertEqual(self.everything(), [])
        for word in (b"task.finished", b"task.failed", b"job.failed", b"INVALID_CREDENTIALS"):
            self.until(lambda word=word: word in events.heard, f"no event tells {word}")
        self.assertEqual(self.found("the events", events.heard, MADE), [])
        self.assertIn(" ready ", self.server.log(), "that is the server's log")

    def test_a_search_would_find_them(self):
        probe = self.data / "probe-of-the-test"
        probe.write_bytes(b"x" + base64.b64encode(self.secrets[0].encode()) + b"x")
        try:
            self.assertEqual(len(self.in_data()), 1)
        finally:
            probe.unlink()

    def rotate(self):
        return subprocess.run([recast.BINARIES / "recast", "--server", f"http://127.0.0.1:{self.server.port}", "--key", self.server.key, "secrets", "rotate"],
                              capture_output=True, text=True, check=False)

    def key_file(self):
        files = [path for path in self.data.rglob("*") if path.is_file() and path.stat().st_mode & 0o777 == 0o600 and "key" in path.name]
        self.assertEqual(len(files), 1, files)
        return files[0].read_bytes()

    def test_the_key_can_be_changed_while_tasks_wait(self):
        one = self.stores[0]
        jobs = [self.begin({"in": {"operation": "import/upload"}, "out": one.exports(**{one.single: f"secrets-{suite.RUN}/rotated-{number}.txt"})})
                for number in range(2)]
        before, url = self.key_file(), self.run_tasks({"in": self.raw(b"kept"), "url": {"operation": "export/url", "input": "in"}})["url"]
        done = self.rotate()
        self.assertEqual(done.returncode, 0, done.stderr)
        # Two tasks', that of links, and those of tasks that other tests left waiting.
        self.assertGreaterEqual(int(done.stdout.split(" secrets")[0]), 3)
        self.assertNotEqual(self.key_file(), before)
        self.assertEqual(self.client.download(url["result"]["files"][0]["url"]), b"kept")
        self.finish(jobs[0], one, 0)
        self.server.process.terminate()
        self.server.process.wait(60)
        self.server.start()
        self.client = self.server.client()
        self.client.wait_until_ready()
        self.finish(jobs[1], one, 1)
        self.assertEqual(self.client.download(url["result"]["files"][0]["url"]), b"kept")

    def finish(self, job, one, number):
        form = next(task["result"]["form"] for task in self.client.call("GET", f"/v2/jobs/{job}")["data"]["tasks"] if task["name"] == "in")
        self.client.upload(form, "a.txt", f"rotated {number}".encode())
        self.assert_finished(self.end(job)["out"])
        self.assertEqual(one.get(f"secrets-{suite.RUN}/rotated-{number}.txt"), f"rotated {number}".encode())

    def test_no_image_of_the_memory_is_written(self):
        limits = pathlib.Path(f"/proc/{self.server.process.pid}/limits").read_text()
        self.assertEqual(next(line for line in limits.splitlines() if line.startswith("Max core file size")).split()[4:6], ["1", "1"])


if __name__ == "__main__":
    suite.main(__name__)
