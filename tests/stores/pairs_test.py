#!/usr/bin/env python3
"""From every store to every other, with a conversion between: whole jobs, all at once.

With arguments: only tests whose name contains one of them.
"""
import shutil
import subprocess
import tempfile
import unittest

import clients
import suite


def text_of_pdf(content):
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(content)
        file.flush()
        return subprocess.run(["pdftotext", file.name, "-"], capture_output=True, text=True, check=True).stdout


class Pairs(suite.Suite):
    def setUp(self):
        super().setUp()
        rows = self.client.call("GET", "/v2/operations?filter[operation]=convert&filter[input_format]=txt&filter[output_format]=pdf")["data"]
        if not rows or not shutil.which("pdftotext"):
            self.skipTest("no engine makes a PDF of a text, or pdftotext is not installed")

    def test_every_pair(self):
        stores = [suite.store(kind) for kind in (clients.S3, clients.Azure, clients.Gcs, clients.OpenStack, clients.Sftp)]
        absent = {one.title: one.reason for one in stores if one.reason}
        stores = [one for one in stores if not one.reason]
        if len(stores) < 2:
            self.skipTest(f"no pair of stores: {absent}")
        self.secrets = [secret for one in stores for secret in one.secrets]
        jobs = {}
        for source in stores:
            source.put(f"pairs-{suite.RUN}/from {source.title}.txt", f"This text was with {source.title}.\n".encode())
            for target in stores:
                name = f"pairs-{suite.RUN}/{source.title} to {target.title}.pdf"
                jobs[source, target, name] = self.begin({
                    "fetch": source.imports(**{source.single: f"pairs-{suite.RUN}/from {source.title}.txt"}),
                    "work": {"operation": "convert", "input": "fetch", "output_format": "pdf"},
                    "save": {**target.exports(**{target.single: name}), "input": "work"}})
        for (source, target, name), job in jobs.items():
            with self.subTest(f"{source.title} to {target.title}"):
                tasks = self.end(job)
                self.assertEqual({task: one["status"] for task, one in tasks.items()}, dict.fromkeys(tasks, "finished"), tasks)
                content = target.get(name)
                self.assertEqual(tasks["save"]["result"]["files"][0]["size"], len(content))
                self.assertIn(f"This text was with {source.title}.", text_of_pdf(content))
        if absent:
            raise unittest.SkipTest(f"{len(jobs)} pairs; not those of {absent}")


if __name__ == "__main__":
    suite.main(__name__)
