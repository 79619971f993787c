"""What the benchmarks share: a release recastd of their own, an API client on one kept connection, and figures."""
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = pathlib.Path(os.environ.get("RECAST_BINARIES", ROOT / "build/release/bin"))
SAMPLE = ROOT / "docs/sample/sample.docx"


class Server:
    """A recastd on free ports with a folder of its own; ends with the `with` block."""

    def __init__(self, *settings):
        self.settings = settings

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="recast-bench-"))
        self.process = subprocess.Popen(
            [BIN / "recastd", "--data", self.folder / "data", "--server.port=0", "--server.sync_port=0",
             f"--server.port_file={self.folder}/ports", f"--first-key-file={self.folder}/key", "--server.access_log=false",
             "--server.log_level=error", *self.settings])
        deadline = time.time() + 120
        while not (self.folder / "ports").exists():
            if self.process.poll() is not None or time.time() > deadline:
                raise RuntimeError("recastd did not start")
            time.sleep(0.02)
        self.port, self.sync_port = map(int, (self.folder / "ports").read_text().split())
        self.key = (self.folder / "key").read_text().strip()
        Client(self).wait_until_ready()
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)

    def memory(self):
        """Resident bytes of the server process alone."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0


class Client:
    def __init__(self, server, sync=False):
        self.server = server
        self.connection = http.client.HTTPConnection("127.0.0.1", server.sync_port if sync else server.port, timeout=300)
        self.headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}

    def call(self, method, path, body=None):
        self.connection.request(method, path, json.dumps(body) if body is not None else None, self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: HTTP {answer.status} {text[:300]!r}")
        return json.loads(text) if text else None

    def wait_until_ready(self):
        deadline = time.time() + 120
        while True:
            self.connection.request("GET", "/readyz")
            answer = self.connection.getresponse()
            text = answer.read()
            if answer.status == 200:
                return
            if time.time() > deadline:
                raise RuntimeError(f"not ready: {text!r}")
            time.sleep(0.1)

    def upload(self, form, name, content):
        boundary = "recast-bench-boundary"
        parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
                 for k, v in form["parameters"].items()]
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode())
        parts += [content, f"\r\n--{boundary}--\r\n".encode()]
        self.connection.request("POST", "/tasks", b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={boundary}"})
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 201:
            raise RuntimeError(f"upload: HTTP {answer.status}")

    def convert(self, name, content, to, **options):
        """The whole way: create, upload, wait, download. The output's bytes."""
        job = self.call("POST", "/v2/jobs", {"tasks": {
            "in": {"operation": "import/upload"},
            "convert": {"operation": "convert", "input": "in", "output_format": to, **options},
            "out": {"operation": "export/url", "input": "convert"}}})["data"]
        self.upload(job["tasks"][0]["result"]["form"], name, content)
        job = self.call("GET", f"/v2/jobs/{job['id']}/wait")["data"]
        if job["status"] != "finished":
            raise RuntimeError([(task["name"], task["code"], task["message"]) for task in job["tasks"]])
        url = job["tasks"][2]["result"]["files"][0]["url"]
        self.connection.request("GET", url[url.index("/tasks/"):])
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"download: HTTP {answer.status}")
        return content


def timed(function):
    begin = time.perf_counter()
    function()
    return (time.perf_counter() - begin) * 1000


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def interleave(rounds, **ways):
    """Runs every way in turn, `rounds` times after one warm-up each; milliseconds by name."""
    figures = {name: [] for name in ways}
    for round_number in range(rounds + 1):
        for name, function in ways.items():
            duration = timed(function)
            if round_number:
                figures[name].append(duration)
    return figures


def table(title, figures, base):
    """A row per way, with the ratio of its median to that of `base`."""
    print(f"\n### {title}\n\n| way | p50 ms | p95 ms | ratio to {base} |\n|---|--:|--:|--:|")
    reference = percentile(figures[base], 0.5)
    for name, values in figures.items():
        p50 = percentile(values, 0.5)
        print(f"| {name} | {p50:.1f} | {percentile(values, 0.95):.1f} | {p50 / reference:.2f} |", flush=True)
