#!/usr/bin/env python3
"""One contract for every store: what goes up and comes down again, by which name, and how failures are told.

With arguments: only tests whose name contains one of them.
"""
import json
import os
import unittest.mock

import clients
import suite

LONG_NAME = "n" * 251 + ".txt"
NAMES = ["dir/a b+ü(1).txt", "100%.txt", "%41 is not A.txt", "/".join("abcdefghijkl") + "/deep.txt", LONG_NAME, "a&b=c;d#e~'f\".txt", "日本語 🎈.txt", "what?.txt",
         "[x]*.txt"]


class AnyContract(suite.StoreSuite):
    def test_names_make_the_round_trip(self):
        names = {f"name-{at}": (name, f"content of {at}".encode()) for at, name in enumerate(NAMES)}
        tasks = {}
        for task, (name, content) in names.items():
            tasks[f"in-{task}"] = self.raw(content)
            tasks[task] = {**self.store.exports(**self.single(name)), "input": f"in-{task}"}
        done = self.run_tasks(tasks)
        for task, (name, content) in names.items():
            self.assert_finished(done[task])
            folder, _, last = (self.place + name).rpartition("/")
            self.assertEqual(done[task]["result"]["files"], [{"dir": folder, "filename": last, "size": len(content)}])
            self.assertEqual(self.store.get(self.place + name), content, name)
        tasks = {task: self.store.imports(**self.single(name)) for task, (name, _) in names.items()}
        done = self.run_tasks({**tasks, "url": {"operation": "export/url", "input": list(tasks)}})
        for task, (name, content) in names.items():
            self.assert_finished(done[task])
            self.assertEqual(done[task]["result"]["files"], [{"filename": name.rpartition("/")[2], "size": len(content)}])
        for file, (name, content) in zip(done["url"]["result"]["files"], names.values()):
            self.assertEqual((file["filename"], self.client.download(file["url"])), (name.rpartition("/")[2], content))

    def test_empty_and_tiny_files(self):
        for content in (b"", b"\0"):
            name = f"{len(content)} bytes.bin"
            self.assert_finished(self.export(self.store, content, **self.single(name)))
            self.assertEqual(self.store.get(self.place + name), content)
            task, files = self.fetch(self.store, **self.single(name))
            self.assertEqual((task["result"]["files"], files), ([{"filename": name, "size": len(content)}], {name: content}))

    def test_a_large_file_goes_in_parts(self):
        if not self.store.joins_parts:
            self.skipTest("the double has no large objects")
        content = os.urandom(3 * suite.PART + 1_234_567)
        task = self.export(self.store, content, **self.single("large.bin"))
        self.assert_finished(task)
        self.assertEqual(self.store.get(self.place + "large.bin"), content)
        if self.store.keeps_parts:
            self.assertGreater(self.store.parts_of(self.place + "large.bin"), 1)
        _, files = self.fetch(self.store, **self.single("large.bin"))
        self.assertEqual(files, {"large.bin": content})

    def test_what_is_there_is_overwritten(self):
        self.store.put(self.place + "x.txt", b"what was there before, and is longer")
        self.assert_finished(self.export(self.store, b"new", **self.single("x.txt")))
        self.assertEqual(self.store.get(self.place + "x.txt"), b"new")

    def several(self, **options):
        """Exports three files, "one" to "three", the last two of one name."""
        tasks = {"c": self.raw(b"one", "c.txt"), "a": self.raw(b"two", "same.txt"), "b": self.raw(b"three", "same.txt")}
        return self.run_tasks({**tasks, "out": {**self.store.exports(**options), "input": list(tasks)}})["out"]

    def test_placeholders_number_the_files_in_the_order_of_the_inputs(self):
        task = self.several(**self.single("shot-%03d 100%%.txt"))
        self.assert_finished(task)
        self.assertEqual([file["filename"] for file in task["result"]["files"]], [f"shot-00{number} 100%.txt" for number in (1, 2, 3)])
        self.assertEqual([self.store.get(f"{self.place}shot-00{number} 100%.txt") for number in (1, 2, 3)], [b"one", b"two", b"three"])
        self.assert_finished(self.export(self.store, b"only one", **self.single("%i.txt")))
        self.assertEqual(self.store.get(self.place + "1.txt"), b"only one")

    def test_several_files_need_a_placeholder(self):
        task = self.several(**self.single("x.txt"))
        self.assert_failed(task, "UPLOAD_FAILED", f"Saving to {self.store.title} failed: ", "several files need a placeholder such as %d")
        self.assertEqual(self.store.names(self.place), [])

    def test_a_prefix_goes_in_front_of_the_names(self):
        prefix = "" if self.store.folders else "pre-"
        self.assert_finished(self.several(**self.many(prefix)))
        self.assertEqual({name: self.store.get(name) for name in self.store.names(self.place)}, {
            self.place + prefix + "c.txt": b"one", self.place + prefix + "same.txt": b"two", self.place + prefix + "same-1.txt": b"three"})
        self.assert_finished(self.export(self.store, b"x", filename="y.txt", **self.single("folder/")))
        self.assertEqual(self.store.get(self.place + "folder/y.txt"), b"x")

    def test_without_a_name_files_go_to_the_top(self):
        name = f"{type(self).__name__} at the top.txt"
        self.assert_finished(self.export(self.store, b"top", filename=name))
        self.assertEqual(self.store.get(name), b"top")

    def test_all_of_a_prefix(self):
        content = {"in/y.png": b"1", "in/2024/x.png": b"2", "in/2024/02/x.png": b"3", "into.txt": b"4", "other/z.png": b"5", "in/.hidden.txt": b"6"}
        for name, one in content.items():
            self.store.put(self.place + name, one)
        if self.store.folders:
            _, files = self.fetch(self.store, **self.many("in"))
            self.assertEqual(files, {"y.png": b"1", ".hidden.txt": b"6"})
            _, files = self.fetch(self.store, **self.many("in/"))
            self.assertEqual(sorted(files), [".hidden.txt", "y.png"])
            return
        self.store.put(self.place + "in/stands for a folder/", b"")
        task, files = self.fetch(self.store, **self.many("in/"))
        self.assertEqual(files, {"y.png": b"1", "2024/x.png": b"2", "2024/02/x.png": b"3", ".hidden.txt": b"6"})
        self.assertIn({"filename": "y.png", "size": 1}, task["result"]["files"])
        self.assertIn({"dir": "2024/02", "filename": "x.png", "size": 1}, task["result"]["files"])
        _, files = self.fetch(self.store, **self.many("in"))  # a prefix of bytes, not a folder
        self.assertEqual(files, {"in/y.png": b"1", "in/2024/x.png": b"2", "in/2024/02/x.png": b"3", "into.txt": b"4", "in/.hidden.txt": b"6"})
        task, _ = self.fetch(self.store, **self.many("in/*"))
        self.assert_failed(task, "DOWNLOAD_FAILED")

    def test_folders_arrive_as_folders(self):
        if self.store.folders:
            self.skipTest("a folder is imported without those in it")
        for name in ("from/a/1.txt", "from/b/1.txt"):
            self.store.put(self.place + name, name.encode())
        tasks = self.run_tasks({"in": self.store.imports(**self.many("from/")), "out": self.store.exports(**self.many("to/"))})
        self.assert_finished(tasks["out"])
        self.assertEqual({name: self.store.get(name) for name in self.store.names(self.place + "to/")},
                         {f"{self.place}to/{folder}/1.txt": f"from/{folder}/1.txt".encode() for folder in "ab"})

    def test_the_option_filename(self):
        self.store.put(self.place + "p/one.txt", b"1")
        self.assertEqual(self.fetch(self.store, filename="other.txt", **self.single("p/one.txt"))[1], {"other.txt": b"1"})
        self.assertEqual(self.fetch(self.store, filename="other.txt", **self.many("p/"))[1], {"other.txt": b"1"})
        self.store.put(self.place + "p/two.txt", b"2")
        self.assertEqual(self.fetch(self.store, filename="other.txt", **self.many("p/"))[1], {"one.txt": b"1", "two.txt": b"2"})
        self.assertEqual(self.fetch(self.store, **self.single("p/two.txt"), **self.many("p/"))[1], {"two.txt": b"2"}, "the single name wins")

    def test_what_is_not_there(self):
        fetching, saving = f"Download from {self.store.title} failed: ", f"Saving to {self.store.title} failed: "
        task, _ = self.fetch(self.store, **self.single("none.txt"))
        self.assert_failed(task, "DOWNLOAD_FAILED", fetching)
        task, _ = self.fetch(self.store, **self.many("none/"))
        self.assert_failed(task, "DOWNLOAD_FAILED", fetching, *([] if self.store.folders else [f'No files found for prefix "{self.place}none/"']))
        if self.store.container_option:
            elsewhere = {**self.store.access(), self.store.container_option: "recast-missing"}
            with unittest.mock.patch.object(self.store, "access", lambda: elsewhere):
                tasks = self.run_tasks({"in": self.store.imports(**self.single("x")), "many": self.store.imports(**self.many()), "raw": self.raw(b"x"),
                                        "out": {**self.store.exports(), "input": "raw"}})
            foreign = "INVALID_CREDENTIALS" if self.store.bound_to_container else None
            self.assert_failed(tasks["in"], foreign or "DOWNLOAD_FAILED", fetching)
            self.assert_failed(tasks["many"], foreign or "DOWNLOAD_FAILED", fetching)
            self.assert_failed(tasks["out"], foreign or "UPLOAD_FAILED", saving)

    def test_what_failed_is_not_saved(self):
        tasks = self.run_tasks({"in": self.store.imports(**self.single("none.txt")), "out": self.store.exports(**self.single("y.txt"))})
        self.assert_failed(tasks["out"], "INPUT_TASK_FAILED", "Input task has failed")
        self.assertIsNone(self.store.get(self.place + "y.txt"))

    def test_null_is_absent_and_names_are_trimmed(self):
        self.store.put(self.place + "x.txt", b"x")
        options = {**self.single("x.txt  "), self.store.many: None, "filename": None, "something else": [1], "session_token": None}
        if self.store.container_option:
            options[self.store.container_option] = f" {self.store.containers[self.store.container_option]}\n"
        self.assertEqual(self.fetch(self.store, **options)[1], {"x.txt": b"x"})

    def test_wrong_credentials(self):
        self.store.put(self.place + "x.txt", b"x")
        wrong, secrets = self.store.wrong()
        self.secrets += secrets
        with unittest.mock.patch.object(self.store, "access", lambda: wrong):
            tasks = self.run_tasks({"in": self.store.imports(**self.single("x.txt")), "many": self.store.imports(**self.many()), "raw": self.raw(b"x"),
                                    "out": {**self.store.exports(**self.single("y.txt")), "input": "raw"}})
        for name, words in (("in", "Download from"), ("many", "Download from"), ("out", "Saving to")):
            self.assert_failed(tasks[name], "INVALID_CREDENTIALS", f"{words} {self.store.title} failed: ")
            for word in ("StringToSign", "CanonicalRequest", "Signature=", "assertion", "server time"):
                self.assertNotIn(word, tasks[name]["message"])
        self.assertIsNone(self.store.get(self.place + "y.txt"))

    def test_the_payload_is_shown_without_secrets(self):
        self.store.put(self.place + "x.txt", b"x")
        job = self.begin({"in": self.store.imports(**self.single("x.txt"))})
        task = self.end(job)["in"]
        for path in (f"/v2/tasks/{task['id']}?include=payload", f"/v2/tasks?include=payload&filter[job]={job}", f"/v2/jobs/{job}"):
            status, text = self.client.raw("GET", path, None, self.client.headers)
            self.assertEqual(status, 200)
            self.assert_no_secret(text)
        payload = self.client.call("GET", f"/v2/tasks/{task['id']}?include=payload")["data"]["payload"]
        shown = {name: value for name, value in self.store.imports(**self.single("x.txt")).items() if name not in (
            "operation", "access_key_id", "secret_access_key", "session_token", "storage_access_key", "sas_token", "client_email", "private_key", "username",
            "password")}
        self.assertEqual(payload, shown)

    def test_the_other_name_of_azure(self):
        if self.store.name != "azure/blob":
            self.skipTest("only Azure has two names")
        self.store.put(self.place + "x.txt", b"x")
        tasks = self.run_tasks({"in": {**self.store.imports(**self.single("x.txt")), "operation": "import/azure-blob"},
                                "out": {**self.store.exports(**self.single("y.txt")), "operation": "export/azure-blob"}})
        self.assertEqual([tasks[name]["operation"] for name in ("in", "out")], ["import/azure/blob", "export/azure/blob"])
        self.assertEqual(self.store.get(self.place + "y.txt"), b"x")

    def test_what_a_task_cannot_do_without(self):
        whole = {name: value for name, value in self.store.imports(**self.single("x")).items() if name != "operation"}
        for missing in set(whole) - {"port", "endpoint"}:
            options = {name: value for name, value in whole.items() if name != missing}
            status, text = self.client.raw("POST", f"/v2/import/{self.store.name}", json.dumps(options), self.client.headers)
            self.assertEqual(status, 422, (missing, text))
            self.assert_no_secret(text)


class AnyLimits(suite.StoreSuite):
    settings = (*suite.Suite.settings, "--storages.max_files=3", "--storages.max_file_bytes=1000", "--storages.max_total_bytes=2500")

    def test_too_many_files(self):
        for number in range(3):
            self.store.put(f"{self.place}p/{number}.txt", b"x")
        self.assertEqual(len(self.fetch(self.store, **self.many("p/"))[1]), 3)
        self.store.put(self.place + "p/4.txt", b"x")
        self.assert_failed(self.fetch(self.store, **self.many("p/"))[0], "DOWNLOAD_FAILED", "more than 3 files")

    def test_too_large_a_file(self):
        self.store.put(self.place + "p/just.txt", b"x" * 1000)
        self.assertEqual(len(self.fetch(self.store, **self.single("p/just.txt"))[1]["just.txt"]), 1000)
        self.store.put(self.place + "p/larger.txt", b"x" * 1001)
        self.assert_failed(self.fetch(self.store, **self.single("p/larger.txt"))[0], "FILE_TOO_LARGE", "maximum size")
        self.assert_failed(self.fetch(self.store, **self.many("p/"))[0], "FILE_TOO_LARGE", "maximum size")

    def test_too_much_in_all(self):
        for number in range(3):
            self.store.put(f"{self.place}p/{number}.txt", b"x" * 900)
        self.assert_failed(self.fetch(self.store, **self.many("p/"))[0], "FILE_TOO_LARGE", "maximum size")


suite.for_each(clients.STORES, [AnyContract, AnyLimits], __name__)

if __name__ == "__main__":
    suite.main(__name__)
