#!/usr/bin/env python3
"""(g) Stores: one large file and many small ones, up and down, beside rclone (and curl, down), in one run and through the same real servers:
S3 (OpenStack Swift) and SFTP (OpenSSH), both on loopback. Large files are made and checked here; a way that does not bring the same bytes ends
the benchmark. Options: --size in MB, --count of small objects, --rounds, --only s3,sftp."""
import argparse
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from common import ROOT, Client, Server, interleave, percentile

sys.path.insert(0, str(ROOT / "tests/stores/servers"))
import openssh  # noqa: E402
import sigv4  # noqa: E402
import swift  # noqa: E402
from base import Absent  # noqa: E402

MEGABYTE = 10**6
BUCKET = "bench"
ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath), "HOME": "/nonexistent"}


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, env=ENVIRONMENT)
    if done.returncode:
        raise RuntimeError(f"{words[0]}: {done.stderr[-2000:]}")
    return done.stdout


class Bench:
    """One store: `access` for tasks, `settings` for rclone, `top` for rclone's path of the place where objects are."""

    def __init__(self, name, folder, client, arguments):
        self.name, self.folder, self.client, self.arguments = name, folder, client, arguments
        self.conf = folder / f"{name}.conf"
        self.conf.write_text("[store]\n" + "".join(f"{key} = {value}\n" for key, value in self.settings().items()))

    def rclone(self, *words):
        run("rclone", "--config", self.conf, "--retries", "1", "--transfers", "4", *words)

    def run_job(self, **tasks):
        job = self.client.call("POST", "/v2/jobs", {"tasks": tasks})["data"]["id"]
        job = self.client.call("GET", f"/v2/jobs/{job}/wait")["data"]
        for task in job["tasks"]:
            if task["status"] != "finished":
                raise RuntimeError(f"{self.name}: {task['operation']}: {task['message']}")
        return job

    def drop(self, job):
        self.client.call("DELETE", f"/v2/jobs/{job['id']}")

    def source(self, path):
        """A finished task that holds the file, so that an export alone is measured."""
        job = self.client.call("POST", "/v2/jobs", {"tasks": {"in": {"operation": "import/upload"}}})["data"]
        form = job["tasks"][0]["result"]["form"]
        fields = [part for name, value in form["parameters"].items() for part in ("--form-string", f"{name}={value}")]
        run("curl", "-sS", "--fail", "--noproxy", "*", "-o", "/dev/null", *fields, "-F", f"file=@{path}", form["url"])
        return self.client.call("GET", f"/v2/jobs/{job['id']}/wait")["data"]["tasks"][0]["id"]

    def exported(self, task, name):
        job = self.client.call("POST", f"/v2/export/{self.operation}", {"input": task, **self.access(), self.single: name})["data"]["id"]
        done = self.client.call("GET", f"/v2/tasks/{job}/wait")["data"]
        if done["status"] != "finished":
            raise RuntimeError(f"{self.name}: {done['message']}")

    def imported(self, **options):
        self.drop(self.run_job(**{"in": {"operation": f"import/{self.operation}", **self.access(), **options}}))

    def compare(self, title, base, **ways):
        figures = interleave(self.arguments.rounds, **ways)
        reference = percentile(figures[base], 0.5)
        for name, values in figures.items():
            p50 = percentile(values, 0.5)
            print(f"| {self.name} | {title} | {name} | {p50 / 1000:.2f} | {percentile(values, 0.95) / 1000:.2f} | {p50 / reference:.2f} |", flush=True)

    def check(self, name, wanted):
        """What a way wrote is what it should be."""
        self.rclone("copyto", f"{self.top}/{name}", self.folder / "checked")
        if digest(self.folder / "checked") != wanted:
            raise RuntimeError(f"{self.name}: other bytes in {name}")
        (self.folder / "checked").unlink()

    def large(self):
        path = self.folder / "large.bin"
        block = os.urandom(32 * MEGABYTE)
        left = int(self.arguments.size * MEGABYTE)
        with open(path, "wb") as file:
            while left:
                left -= file.write(block[:left])
        wanted, task = digest(path), self.source(path)
        self.compare(f"{self.arguments.size:g} MB up", "rclone", rclone=lambda: self.rclone("copyto", "--ignore-times", path, f"{self.top}/by-rclone.bin"),
                     Recast=lambda: self.exported(task, "by-recast.bin"))
        for name in ("by-rclone.bin", "by-recast.bin"):
            self.check(name, wanted)
        path.unlink()
        target = self.folder / "down.bin"
        ways = {"rclone": lambda: self.rclone("copyto", "--ignore-times", f"{self.top}/by-rclone.bin", target),
                "Recast": lambda: self.imported(**{self.single: "by-rclone.bin"})}
        if curl := self.curl("by-rclone.bin"):
            ways["curl"] = lambda: run("curl", "-sS", "--fail", "--noproxy", "*", "-o", target, *curl)
        self.compare(f"{self.arguments.size:g} MB down", "rclone", **ways)
        if digest(target) != wanted:
            raise RuntimeError(f"{self.name}: other bytes came down")
        target.unlink()
        self.client.call("DELETE", f"/v2/tasks/{task}")

    def small(self):
        few = self.folder / "small"
        few.mkdir()
        for number in range(self.arguments.count):
            (few / f"{number:05}.txt").write_bytes(b"%d\n" % number * 500)
        self.rclone("copy", few, f"{self.top}/small")
        down = self.folder / "small-down"
        tasks = {"in": {"operation": f"import/{self.operation}", **self.access(), self.many: "small/"}}
        source = self.run_job(**tasks)
        files = source["tasks"][0]["result"]["files"]
        if len(files) != self.arguments.count:
            raise RuntimeError(f"{self.name}: {len(files)} of {self.arguments.count} files")

        def rclone_down():
            shutil.rmtree(down, ignore_errors=True)
            self.rclone("copy", f"{self.top}/small", down)

        self.compare(f"{self.arguments.count} files down", "rclone", rclone=rclone_down, Recast=lambda: self.imported(**{self.many: "small/"}))
        task = source["tasks"][0]["id"]
        self.compare(f"{self.arguments.count} files up", "rclone", rclone=lambda: self.rclone("copy", "--ignore-times", few, f"{self.top}/small-by-rclone"),
                     Recast=lambda: self.exported(task, "small-by-recast/"))
        self.rclone("check", few, f"{self.top}/small-by-recast", "--download")
        self.drop(source)
        for one in (few, down):
            shutil.rmtree(one)


class S3(Bench):
    operation, single, many, top = "s3", "key", "key_prefix", f"store:{BUCKET}"
    maker = staticmethod(swift.Swift)

    def __init__(self, store, *more):
        self.store = store.describe()
        super().__init__("S3 (Swift)", *more)
        url = f"{self.store['endpoint']}/{BUCKET}"
        signed = sigv4.sign("PUT", url, self.store["region"], self.store["access_key_id"], self.store["secret_access_key"])
        run("curl", "-sS", "--fail", "--noproxy", "*", "-X", "PUT", *[part for name, value in signed.items() for part in ("-H", f"{name}: {value}")], url)

    def settings(self):
        return {"type": "s3", "provider": "Other", "no_check_bucket": "true", **{key: self.store[key] for key in (
            "endpoint", "access_key_id", "secret_access_key", "region")}}

    def access(self):
        return {"bucket": BUCKET, **{key: self.store[key] for key in ("endpoint", "access_key_id", "secret_access_key", "region")}}

    def curl(self, name):
        return [sigv4.presign("GET", f"{self.store['endpoint']}/{BUCKET}/{name}", self.store["region"], self.store["access_key_id"],
                              self.store["secret_access_key"], seconds=86400)]


class Sftp(Bench):
    operation, single, many, top = "sftp", "file", "path", "store:"
    maker = staticmethod(openssh.OpenSsh)

    def __init__(self, store, *more):
        self.store = store.describe()
        self.key = self.store["private_keys"]["ed25519"]
        self.top = f"store:{self.store['login_directory']}"
        super().__init__("SFTP (OpenSSH)", *more)

    def settings(self):
        one = self.store["normal"]
        return {"type": "sftp", "host": one["host"], "port": one["port"], "user": one["username"], "key_file": self.key, "shell_type": "none",
                "set_modtime": "false"}

    def access(self):
        one = self.store["normal"]
        return {"host": one["host"], "port": one["port"], "username": one["username"], "private_key": pathlib.Path(self.key).read_text()}

    def curl(self, name):
        if "sftp" not in run("curl", "--version"):
            return None
        one = self.store["normal"]
        return ["--insecure", "--key", self.key, "--pubkey", f"{self.key}.pub", "-u", f"{one['username']}:",
                f"sftp://127.0.0.1:{one['port']}{self.store['login_directory']}/{name}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=float, default=1000, help="megabytes of the large file")
    parser.add_argument("--count", type=int, default=1000, help="of small files")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="s3,sftp")
    arguments = parser.parse_args()
    if not shutil.which("rclone"):
        sys.exit("rclone is not installed (packages/stores.txt)")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="recast-bench-stores-"))
    print("\n### Stores\n\n| store | what | way | p50 s | p95 s | ratio to rclone |\n|---|---|---|--:|--:|--:|", flush=True)
    try:
        with Server("--outbound.allow_cidrs=127.0.0.0/8", f"--storages.max_files={max(arguments.count, 1000)}") as server:
            for kind in (S3, Sftp):
                if kind.operation not in arguments.only.split(","):
                    continue
                try:
                    with kind.maker() as store:
                        bench = kind(store, folder, Client(server), arguments)
                        bench.large()
                        bench.small()
                except Absent as reason:
                    print(f"{kind.operation}: {reason}", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
