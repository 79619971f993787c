"""What tests and benchmarks in Python share: a recastd of their own on free ports, and a client of its API on a kept connection."""
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARIES = pathlib.Path(os.environ.get("RECAST_BINARIES", ROOT / "build/dev/bin"))


class Server:
    """A recastd in a folder of its own. start() after a kill takes the same ports and data again. Ends with a `with` block."""

    def __init__(self, *settings, binaries=BINARIES):
        self.settings, self.binaries = settings, binaries
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="recast-test-"))
        self.folder.chmod(0o755)
        self.port = self.sync_port = 0
        self.process = None
        with open(self.folder / "log", "wb") as log:
            self.log_file = os.dup(log.fileno())
        self.start()
        self.key = (self.folder / "key").read_text().strip()

    def start(self):
        ports = self.folder / "ports"
        ports.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [self.binaries / "recastd", "--data", self.folder / "data", f"--server.port={self.port}", f"--server.sync_port={self.sync_port}",
             f"--server.port_file={ports}", f"--first-key-file={self.folder}/key", "--server.access_log=false", *self.settings],
            stdout=self.log_file, stderr=self.log_file)
        deadline = time.time() + 120
        while not ports.exists():
            if self.process.poll() is not None or time.time() > deadline:
                raise RuntimeError("recastd did not start:\n" + self.log()[-4000:])
            time.sleep(0.02)
        self.port, self.sync_port = map(int, ports.read_text().split())

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        os.close(self.log_file)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        try:
            self.client().wait_until_ready()
        except BaseException:
            self.stop()  # nobody else would: the block is never entered
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def client(self, sync=False):
        return Client(self, sync)

    def descendants(self):
        """Pids below the server, as the kernel tells them."""
        children = {}
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError, IndexError):
                    fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                    children.setdefault(int(fields[1]), []).append(int(entry.name))
        found, queue = [], [self.process.pid]
        while queue:
            for pid in children.get(queue.pop(), []):
                found.append(pid)
                queue.append(pid)
        return found

    def left_behind(self):
        """What lies in the folders of running work: nothing, once every job has ended."""
        work = [path.name for path in (self.folder / "data/work").iterdir() if path.name not in ("detection", "probe")]
        return work + [path.name for path in (self.folder / "data/incoming").iterdir()]

    def memory(self):
        """Resident bytes of the server process alone."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0


class Client:
    """One kept connection; for one thread."""

    def __init__(self, server, sync=False):
        self.server = server
        self.connection = http.client.HTTPConnection("127.0.0.1", server.sync_port if sync else server.port, timeout=300)
        self.headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}

    def raw(self, method, path, body=None, headers=None):
        """Status and body."""
        try:
            self.connection.request(method, path, body, headers or {})
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except BaseException:
            self.connection.close()  # the next call opens it anew
            raise

    def call(self, method, path, body=None):
        """The JSON answer; any status from 400 on is an exception."""
        status, text = self.raw(method, path, json.dumps(body) if body is not None else None, self.headers)
        if status >= 400:
            raise RuntimeError(f"{method} {path}: HTTP {status} {text[:300]!r}")
        return json.loads(text) if text else None

    def wait_until_ready(self):
        deadline = time.time() + 120
        while True:
            status, text = self.raw("GET", "/readyz")
            if status == 200:
                return
            if time.time() > deadline:
                raise RuntimeError(f"not ready: {text!r}")
            time.sleep(0.1)

    def upload(self, form, name, content):
        boundary = "recast-test-boundary"
        parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
                 for k, v in form["parameters"].items()]
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode())
        parts += [content, f"\r\n--{boundary}--\r\n".encode()]
        status, text = self.raw("POST", "/tasks", b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={boundary}"})
        if status != 201:
            raise RuntimeError(f"upload: HTTP {status} {text[:300]!r}")

    def run(self, name, content, operation, **options):
        """Uploads a file and runs one operation on it; the ended job, whose tasks are named in, work and out."""
        job = self.call("POST", "/v2/jobs", {"tasks": {
            "in": {"operation": "import/upload"},
            "work": {"operation": operation, "input": "in", **options},
            "out": {"operation": "export/url", "input": "work"}}})["data"]
        self.upload(job["tasks"][0]["result"]["form"], name, content)
        return self.call("GET", f"/v2/jobs/{job['id']}/wait")["data"]

    def download(self, url):
        status, content = self.raw("GET", url[url.index("/tasks/"):])
        if status != 200:
            raise RuntimeError(f"download: HTTP {status}")
        return content

    def convert(self, name, content, to, **options):
        """The whole way: create, upload, wait, download. The first output's bytes."""
        job = self.run(name, content, "convert", output_format=to, **options)
        if job["status"] != "finished":
            raise RuntimeError([(task["name"], task["code"], task["message"]) for task in job["tasks"]])
        return self.download(job["tasks"][2]["result"]["files"][0]["url"])
