#!/usr/bin/env python3
"""Transfers through a proxy that cuts, slows, lies and resets, and through doubles that fail as the real ones do now and then: a task ends well
with the right bytes or not at all, and what it tried twice is there once.

With arguments: only tests whose name contains one of them.
"""
import os
import re
import time

import clients
import suite

LARGE = 3 * suite.PART + 1_234_567
SLOW = {"rate": 3 * suite.MEGABYTE, "upload_rate": 3 * suite.MEGABYTE // 2}  # an upload fills the buffers of both kernels first


class AnyTransfer(suite.StoreSuite):
    """The same faults for each protocol. SFTP is seen as a stream of bytes, so a rule fits its connections one after the other."""

    def setUp(self):
        super().setUp()
        self.raw_tcp = self.kind is clients.Sftp
        self.content = os.urandom(3_000_000)
        self.addCleanup(self.store.clear)

    def http_only(self):
        if self.raw_tcp:
            self.skipTest("SFTP is no HTTP")

    def on_download(self, do, **rule):
        self.store.rule(do, **({} if self.raw_tcp else {"method": "GET", "path": "x\\.bin$"}), **rule)

    def on_upload(self, do, **rule):
        self.store.rule(do, **({} if self.raw_tcp else self.store.whole_rule), **rule)

    def on_part(self, do, **rule):
        self.store.rule(do, **{**({} if self.raw_tcp else self.store.part_rule), **rule})

    def seen(self, pattern):
        """The recorded requests of a method and path, or the connections."""
        if self.raw_tcp:
            return self.store.state()["connections"]
        method, _, path = pattern.partition(" ")
        return [one for one in self.store.requests() if re.fullmatch(method, one["method"]) and re.search(path, one["path"] + "?" + one["query"])]

    def assert_met(self):
        """The rules of the test were met by requests."""
        seen = self.store.state()["connections" if self.raw_tcp else "requests"]
        self.assertTrue(any(one.get("rule") for one in seen), seen)

    def assert_fetched(self, what=None):
        task, files = self.fetch(self.store, **self.single("x.bin"))
        self.assert_finished(task)
        self.assertEqual((list(files), files["x.bin"] == self.content), (["x.bin"], True), what)

    def assert_exported(self, content=None, name="y.bin"):
        task = self.export(self.store, content or self.content, **self.single(name))
        self.assert_finished(task)
        self.assertEqual(task["result"]["files"][0]["size"], len(content or self.content))
        self.assertTrue(self.store.get(self.place + name) == (content or self.content))
        self.assertEqual(self.store.names(self.place), sorted({*self.store.names(self.place + "x"), self.place + name}), "once")

    def test_a_download_that_is_cut_goes_on_where_it_ended(self):
        self.store.put(self.place + "x.bin", self.content)
        for do in ({"cut_after": 1_000_000}, {"reset_answer": 1_500_000}):
            self.store.clear()
            self.on_download(do)
            self.assert_fetched(do)
            asked = self.seen("GET x\\.bin")
            self.assertEqual(len(asked), 2, asked)
            if self.raw_tcp:
                self.assertLess(asked[1]["to_client"], len(self.content), "it began anew")
                continue
            self.assertNotIn("range", asked[0]["headers"])
            begun = int(re.fullmatch(r"bytes=(\d+)-", asked[1]["headers"].get("range") or asked[1]["headers"]["x-ms-range"])[1])
            self.assertTrue(0 < begun <= 1_500_000, begun)
            self.assertIn("if-match", asked[1]["headers"])

    def test_a_download_that_is_cut_again_and_again_fails(self):
        self.store.put(self.place + "x.bin", self.content)
        self.on_download({"cut_after": 20_000}, times=-1)
        task, _ = self.fetch(self.store, **self.single("x.bin"))
        self.assert_failed(task, "DOWNLOAD_FAILED", f"Download from {self.store.title} failed: ")
        self.assertEqual(len(self.seen("GET x\\.bin")), 4)

    def test_lengths_that_are_wrong(self):
        self.http_only()
        self.store.put(self.place + "x.bin", self.content)
        self.on_download({"length": 10})
        self.assert_fetched("more was announced than came")
        self.on_download({"no_length": True})
        self.assert_fetched("no length")
        self.on_download({"length": 10}, times=-1)
        task, _ = self.fetch(self.store, **self.single("x.bin"))
        self.assert_failed(task, "DOWNLOAD_FAILED")

    def test_statuses_that_pass(self):
        self.http_only()
        self.store.put(self.place + "x.bin", self.content)
        for status in (408, 425, 429, 500, 502, 503, 504):
            self.on_download({"status": status})
        task, _ = self.fetch(self.store, **self.single("x.bin"))  # 408 to 500
        self.assert_failed(task, "DOWNLOAD_FAILED")
        self.assertEqual([one["status"] for one in self.seen("GET x\\.bin")], [408, 425, 429, 500])
        self.assert_fetched("after 502, 503, 504")
        for status in (429, 500, 503):
            self.on_upload({"status": status})
        self.assert_exported()

    def test_retry_after_is_obeyed(self):
        self.http_only()
        self.store.put(self.place + "x.bin", self.content)
        self.on_download({"status": 429, "headers": {"Retry-After": "2"}})
        self.assert_fetched()
        first, second = self.seen("GET x\\.bin")
        self.assertGreater(second["at"] - first["at"], 1.4)

    def test_statuses_that_do_not_pass_are_not_tried_again(self):
        self.http_only()
        self.store.put(self.place + "x.bin", self.content)
        self.on_download({"status": 400}, times=-1)
        task, _ = self.fetch(self.store, **self.single("x.bin"))
        self.assert_failed(task, "DOWNLOAD_FAILED")
        self.assertEqual(len(self.seen("GET x\\.bin")), 1)

    def test_an_upload_that_is_reset_is_there_once(self):
        self.on_upload({"reset_after": 1_000_000})
        self.assert_exported()
        self.assert_met()

    def test_a_part_that_is_reset_is_sent_again(self):
        self.on_part({"reset_after": 1_000_000})
        self.assert_exported(os.urandom(LARGE))
        self.assert_met()

    def test_an_answer_that_is_lost_doubles_nothing(self):
        self.http_only()
        self.on_upload({"lose_answer": True})
        self.assert_exported()
        self.assert_met()
        self.store.put(self.place + "x.bin", self.content)
        self.on_download({"lose_answer": True})
        self.assert_fetched()

    def test_an_upload_that_fails_leaves_nothing(self):
        self.store.put(self.place + "old.bin", b"old")
        self.on_part({"reset_after": 2_000_000} if self.raw_tcp else {"status": 400}, times=-1)
        task = self.export(self.store, os.urandom(LARGE), **self.single("y.bin"))
        self.assert_failed(task, "UPLOAD_FAILED", f"Saving to {self.store.title} failed: ")
        self.assert_met()
        self.store.clear()
        self.until(lambda: self.store.names(self.place) == [self.place + "old.bin"], self.store.names(self.place))

    def percent(self, job, name):
        """What the percent of a task is while it runs, and its end."""
        told = []
        while True:
            task = next(task for task in self.client.call("GET", f"/v2/jobs/{job}")["data"]["tasks"] if task["name"] == name)
            if task["status"] in ("processing", "finished"):
                told.append(task["percent"])
            if task["status"] in ("finished", "error"):
                return told, task
            time.sleep(0.03)

    def test_percent_grows_and_a_slow_transfer_ends_well(self):
        self.content = os.urandom(LARGE)
        self.on_part(SLOW, times=-1, skip=0)
        job = self.begin({"in": {"operation": "import/upload"}, "out": self.store.exports(**self.single("x.bin"))}, ("x.bin", self.content))
        told, task = self.percent(job, "out")
        self.assert_finished(task)
        self.assertEqual(told, sorted(told))
        self.assertTrue(any(0 < one < 100 for one in told), told)
        self.assertTrue(self.store.get(self.place + "x.bin") == self.content)
        self.store.clear()
        self.on_download(SLOW)
        job = self.begin({"in": self.store.imports(**self.single("x.bin"))})
        told, task = self.percent(job, "in")
        self.assert_finished(task)
        self.assertEqual((told, told[-1]), (sorted(told), 100))
        self.assertTrue(any(0 < one < 100 for one in told), told)

    def cancel(self, job, name, begun):
        """Ends a task while it transfers."""
        self.until(begun, "the transfer did not begin")
        task = next(task for task in self.client.call("GET", f"/v2/jobs/{job}")["data"]["tasks"] if task["name"] == name)
        self.assertEqual(task["status"], "processing", task)
        self.client.call("POST", f"/v2/tasks/{task['id']}/cancel")
        self.assertNotEqual(self.end(job)[name]["status"], "finished")

    def test_an_upload_that_is_cancelled_leaves_nothing(self):
        self.on_part({"upload_rate": 200_000}, times=-1)
        job = self.begin({"in": {"operation": "import/upload"}, "out": self.store.exports(**self.single("y.bin"))}, ("y.bin", os.urandom(LARGE)))
        self.cancel(job, "out", lambda: any(one.get("rule") for one in self.seen(".* ")))
        self.until(lambda: self.store.names(self.place) == [], self.store.names(self.place))

    def test_a_download_that_is_cancelled_leaves_nothing(self):
        self.store.put(self.place + "x.bin", self.content)
        self.on_download({"rate": 200_000})
        job = self.begin({"in": self.store.imports(**self.single("x.bin"))})
        self.cancel(job, "in", lambda: any(one.get("rule") for one in self.seen("GET x\\.bin")))

    def test_one_of_several_fails_all(self):
        self.http_only()
        for number in range(6):
            self.store.put(f"{self.place}p/{number}.txt", b"x")
        self.store.rule({"status": 404}, method="GET", path="3\\.txt$", times=-1)
        task, _ = self.fetch(self.store, **self.many("p/"))
        self.assert_failed(task, "DOWNLOAD_FAILED")


class S3Faults(suite.StoreSuite):
    """What only the double of S3 does."""

    kind = clients.S3Stub

    def setUp(self):
        super().setUp()
        self.addCleanup(self.store.order, {"set": {"clock_offset": 0, "page_size": 1000}}, self.store.own_control)

    def tearDown(self):
        left = [rule for rule in self.store.state(self.store.own_control)["rules"] if rule["times"] > 0]
        self.assertEqual(left, [], "rules that no request met")
        super().tearDown()

    def test_a_clock_that_differs(self):
        for offset in (3600, -7200):
            self.store.order({"set": {"clock_offset": offset}}, self.store.own_control)
            self.assert_finished(self.export(self.store, b"hello", **self.single("x.txt")))
            self.assertEqual(self.fetch(self.store, **self.single("x.txt"))[1], {"x.txt": b"hello"})
        self.store.order({"set": {"clock_offset": 0}}, self.store.own_control)
        self.store.order({"method": "PUT", "path": "y\\.txt", "times": -1, "do": {"error": "RequestTimeTooSkewed"}}, self.store.own_control)
        self.assertEqual(self.export(self.store, b"hello", **self.single("y.txt"))["status"], "error", "once is enough")

    def complete(self, times):
        self.store.order({"method": "POST", "query": "uploadId", "times": times, "do": {"error_in_200": "InternalError"}}, self.store.own_control)
        content = os.urandom(LARGE)
        return content, self.export(self.store, content, **self.single("large.bin"))

    def test_an_error_behind_status_200(self):
        content, task = self.complete(1)
        self.assert_finished(task)
        self.assertTrue(self.store.get(self.place + "large.bin") == content)

    def test_an_error_behind_status_200_that_stays(self):
        self.assert_failed(self.complete(4)[1], "UPLOAD_FAILED", "(Code: InternalError)")
        self.assertIsNone(self.store.get(self.place + "large.bin"))

    def test_an_answer_to_the_completion_that_is_lost(self):
        self.store.rule({"lose_answer": True}, method="POST", query="uploadId")
        content = os.urandom(LARGE)
        self.assert_finished(self.export(self.store, content, **self.single("large.bin")))
        self.assertTrue(self.store.get(self.place + "large.bin") == content)

    def test_errors_of_the_store(self):
        self.store.put(self.place + "x.txt", b"x")
        for code, told in (("SlowDown", None), ("InternalError", None), ("InvalidObjectState", "DOWNLOAD_FAILED"), ("ExpiredToken", "INVALID_CREDENTIALS"),
                           ("AccessDenied", "INVALID_CREDENTIALS"), ("InvalidAccessKeyId", "INVALID_CREDENTIALS")):
            self.store.order({"method": "GET", "path": "x\\.txt", "do": {"error": code}}, self.store.own_control)
            task, files = self.fetch(self.store, **self.single("x.txt"))
            if told:
                self.assert_failed(task, told, f"(Code: {code})")
            else:
                self.assertEqual(files, {"x.txt": b"x"})

    def test_lists_of_many_pages(self):
        self.store.order({"set": {"page_size": 2}}, self.store.own_control)
        names = [f"p/{name}" for name in ("a", "b+c", "d e", "f&<", "ü", "z%41")]
        for name in names:
            self.store.put(self.place + name, name.encode())
        self.assertEqual(sorted(self.fetch(self.store, **self.many("p/"))[1].values()), sorted(name.encode() for name in names))
        self.store.order({"method": "GET", "query": f"list-type=2.*{suite.RUN}", "times": -1, "do": {"error": "NotImplemented"}}, self.store.own_control)
        self.assertEqual(len(self.fetch(self.store, **self.many("p/"))[1]), 6, "by the first version of the list")


suite.for_each(clients.FIRST, [AnyTransfer], __name__)

if __name__ == "__main__":
    suite.main(__name__)
