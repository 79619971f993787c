#!/usr/bin/env python3
"""What a recastd that is killed in the middle of a transfer leaves with others: nothing, once its task was tried again.

With arguments: only tests whose name contains one of them.
"""
import os
import unittest.mock

import clients
import suite

LARGE = 3 * suite.PART + 1_234_567


class Killed(suite.StoreSuite):
    """A recastd of the test's own, that may be killed."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.store.clear)
        self.server = suite.recast.Server(*suite.reach(), *self.settings)
        self.server.__enter__()
        self.addCleanup(self.server.stop)
        self.client = self.server.client()

    def export_and_kill(self, content):
        """A job whose export was killed while it sent its second part; the parts that were there then."""
        # So slow that nothing the kernel still holds of a killed server arrives while the next attempt is at work.
        self.store.rule({"upload_rate": 10_000}, times=-1, **self.store.part_rule)
        job = self.begin({"in": {"operation": "import/upload"}, "out": self.store.exports(**self.single("large.bin"))}, ("large.bin", content))
        self.until(lambda: any(one.get("rule") for one in self.store.requests()), "the second part did not begin", within=60)
        self.until(lambda: self.parts(), "no part arrived", within=60)
        self.server.process.kill()
        self.server.process.wait()
        left = self.parts()
        self.store.clear()
        self.server.start()
        self.client = self.server.client()
        self.client.wait_until_ready()
        return job, left

    def parts(self):
        return self.store.leftovers()

    def try_it(self):
        content = os.urandom(LARGE)
        job, left = self.export_and_kill(content)
        self.assertTrue(left)
        self.assert_finished(self.end(job)["out"])
        self.assertTrue(self.store.get(self.place + "large.bin") == content)


class S3Killed(Killed):
    kind = clients.S3

    def test_an_open_upload_is_aborted_by_the_next_attempt(self):
        self.try_it()
        self.assertEqual(self.store.leftovers(), [])

    def test_uploads_of_others_stay(self):
        self.store.s3("POST", self.store.path(self.place + "large.bin2") + "?uploads=")
        other = self.store.leftovers()
        self.addCleanup(lambda: self.store.s3("DELETE", self.store.path(self.place + "large.bin2") + f"?uploadId={other[0]}"))
        self.try_it()
        self.assertEqual(self.store.leftovers(), other)
        self.store.s3("DELETE", self.store.path(self.place + "large.bin2") + f"?uploadId={other[0]}")


class SwiftKilled(Killed):
    kind = clients.TempAuth

    def parts(self):
        return self.store.listing(f"{clients.CONTAINER}_segments", self.place)

    def test_segments_are_removed_by_the_next_attempt(self):
        self.try_it()
        segments = self.parts()
        self.assertEqual(len(segments), 4, segments)
        self.assertEqual(len({name.rpartition("/")[0] for name in segments}), 1, "all of one attempt")


class OwnFiles(suite.StoreSuite):
    """Recast's own files in S3."""

    kind = clients.S3

    def start(self, prefix):
        url = self.store.fault.get("url") or self.store.here["endpoint"]
        server = suite.recast.Server(
            *suite.reach(), *self.settings, "--server.storage=s3", f"--storage_s3.url={url}", f"--storage_s3.bucket={self.store.containers['bucket']}",
            f"--storage_s3.prefix={prefix}", f"--storage_s3.access_key_id={self.store.here['access_key_id']}",
            f"--storage_s3.secret_access_key={self.store.here['secret_access_key']}", "--outbound.attempts=2")
        server.__enter__()
        self.addCleanup(server.stop)
        self.server, self.client = server, server.client()

    def files(self):
        return [name for name in self.store.names(self.place) if not name.endswith("recast installation")]

    def test_what_a_failed_attempt_left_goes_without_a_restart(self):
        self.addCleanup(self.store.clear)
        self.start(self.place)
        job = self.begin({"in": self.raw(b"other")})
        self.end(job)
        before = self.files()
        self.assertEqual(len(before), 1)
        # The file arrives, but the answer does not; and it cannot be removed either.
        self.store.rule({"lose_answer": True}, method="PUT", path=self.place, times=-1)
        self.store.rule({"status": 400}, method="DELETE", path=self.place, times=1)
        failed = self.begin({"in": self.raw(b"mine")})
        task = self.end(failed)["in"]
        self.assertEqual(task["status"], "error", task)
        self.store.clear()
        self.assertEqual(len(self.files()), 2, "what is to be removed")
        self.client.call("DELETE", f"/v2/jobs/{job}")  # wakes who removes
        self.until(lambda: self.files() == [], self.files, within=120)

    def test_a_quota_is_told(self):
        auth = clients.TempAuth(suite.said(), "swift")
        url, token = auth.grant()
        path = f"{url}/own-with-quota"
        clients.call("PUT", path, b"", {"X-Auth-Token": token, "X-Container-Meta-Quota-Bytes": "100000"})
        with unittest.mock.patch.object(self.store, "containers", {"bucket": "own-with-quota"}):
            self.start("quota/")
            job = self.begin({"in": {"operation": "import/base64", "file": "QUFB" * 50_000, "filename": "a.txt"}})
            task = self.end(job)["in"]
            self.assertEqual((task["status"], task["code"], task["message"]), ("error", "DISK_FULL", "The server's disk is full."))
            self.assertIn("quota", self.server.log())


del Killed

if __name__ == "__main__":
    suite.main(__name__)
