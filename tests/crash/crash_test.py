#!/usr/bin/env python3
"""Kills the server, its resident parents and their children at random while many small jobs run.

Afterwards: every job that was answered 201 is terminal, every finished export opens and is what it should be, and nothing
is left in the work folders. The seed is printed; RECAST_SEED repeats a run's choices. Only processes that descend from the
server this test started are ever killed, each by its pid.
"""
import base64
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib

BIN = pathlib.Path(os.environ.get("RECAST_BINARIES", "build/dev/bin"))
SECONDS = float(os.environ.get("RECAST_CRASH_SECONDS", "25"))
SEED = int(os.environ.get("RECAST_SEED", str(random.randrange(1 << 30))))
choice = random.Random(SEED)


def png(width=40, height=30):
    rows = b"".join(b"\0" + bytes([(x * 6) % 256, 80, 160] * 1)[:3] * width for x in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


PICTURE = base64.b64encode(png()).decode()
KINDS = {
    "link": {"in": {"operation": "import/base64", "file": base64.b64encode(b"hello").decode(), "filename": "a.txt"},
             "out": {"operation": "export/url", "input": "in"}},
    "image": {"in": {"operation": "import/base64", "file": PICTURE, "filename": "a.png"},
              "convert": {"operation": "convert", "input": "in", "output_format": "jpg"},
              "out": {"operation": "export/url", "input": "convert"}},
    "document": {"in": {"operation": "import/raw", "file": "A line of text.\n" * 20, "filename": "a.txt"},
                 "convert": {"operation": "convert", "input": "in", "output_format": "pdf", "engine": "libreoffice"},
                 "out": {"operation": "export/url", "input": "convert"}},
}
BEGINS = {"link": b"hello", "image": b"\xff\xd8\xff", "document": b"%PDF-"}


class Server:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="recast-crash-"))
        self.log = open(self.folder / "log", "wb")
        self.process = None
        self.port = 0
        self.start()
        self.key = (self.folder / "key").read_text().strip()

    def start(self):
        (self.folder / "ports").unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [BIN / "recastd", "--data", self.folder / "data", f"--server.port={self.port}", "--server.sync_port=-1",
             f"--server.port_file={self.folder}/ports", f"--first-key-file={self.folder}/key", "--server.access_log=false",
             "--scheduler.attempts=20", "--scheduler.lease_seconds=5"], stdout=self.log, stderr=self.log)
        deadline = time.time() + 120
        while not (self.folder / "ports").exists():
            if self.process.poll() is not None or time.time() > deadline:
                raise SystemExit("recastd did not start:\n" + (self.folder / "log").read_text(errors="replace")[-4000:])
            time.sleep(0.02)
        self.port = int((self.folder / "ports").read_text().split()[0])

    def descendants(self):
        """Pids below the server, as the kernel tells them."""
        children = {}
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                    children.setdefault(int(fields[1]), []).append(int(entry.name))
                except (OSError, IndexError):
                    pass
        found, queue = [], [self.process.pid]
        while queue:
            for pid in children.get(queue.pop(), []):
                found.append(pid)
                queue.append(pid)
        return found

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None,
                               {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


def create_jobs(server, created, stop, number):
    source = random.Random(SEED + number)
    while not stop.is_set():
        kind = source.choices(list(KINDS), [5, 4, 2])[0]
        try:
            status, text = server.call("POST", "/v2/jobs", {"tag": kind, "tasks": KINDS[kind]})
            if status == 201:
                created.append((json.loads(text)["data"]["id"], kind))
        except (OSError, http.client.HTTPException):
            pass  # the server was just killed: a job that was not answered is not promised
        time.sleep(0.05)


def kill_one_below(server):
    """Whether something below the server was killed."""
    below = server.descendants()
    if not below:
        return False
    try:
        os.kill(choice.choice(below), signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def kill_at_random(server, stop):
    killed = {"server": 0, "below": 0}
    while not stop.wait(choice.uniform(0.3, 1.2)):
        if choice.random() < 0.12:
            server.process.kill()
            server.process.wait()
            killed["server"] += 1
            server.start()
        else:
            killed["below"] += kill_one_below(server)
    return killed


def check(server, created):
    deadline, failures, outcomes = time.time() + 180, [], {}
    for job, kind in created:
        while True:
            status, text = server.call("GET", f"/v2/jobs/{job}")
            if status != 200:
                failures.append(f"{kind} {job}: HTTP {status}")
                break
            data = json.loads(text)["data"]
            if data["status"] in ("finished", "error"):
                codes = {task["code"] for task in data["tasks"] if task["code"]}
                outcomes[(kind, data["status"])] = outcomes.get((kind, data["status"]), 0) + 1
                if data["status"] == "finished":
                    url = data["tasks"][-1]["result"]["files"][0]["url"]
                    status, content = server.call("GET", url[url.index("/tasks/"):])
                    if status != 200 or not content.startswith(BEGINS[kind]):
                        failures.append(f"{kind} {job}: export HTTP {status}, {content[:20]!r}")
                elif not codes <= {"WORKER_LOST", "INPUT_TASK_FAILED"}:
                    failures.append(f"{kind} {job}: {codes} {[t['message'] for t in data['tasks']]}")
                break
            if time.time() > deadline:
                failures.append(f"{kind} {job}: still {data['status']}: " + json.dumps([(t["operation"], t["status"]) for t in data["tasks"]]))
                break
            time.sleep(0.05)
    return failures, outcomes


def left_behind(server):
    left = [path.name for path in (server.folder / "data/work").iterdir() if path.name not in ("detection", "probe")]
    return left + [path.name for path in (server.folder / "data/incoming").iterdir()]


def main():
    print(f"seed {SEED}, {SECONDS} s", flush=True)
    server = Server()
    created, stop = [], threading.Event()
    makers = [threading.Thread(target=create_jobs, args=(server, created, stop, number)) for number in range(3)]
    for maker in makers:
        maker.start()
    threading.Timer(SECONDS, stop.set).start()
    try:
        killed = kill_at_random(server, stop)
        for maker in makers:
            maker.join()
        failures, outcomes = check(server, created)
        # An attempt whose lease another one took over may still be on its way out.
        deadline = time.time() + 30
        while (left := left_behind(server)) and time.time() < deadline:
            time.sleep(0.2)
        if left:
            failures.append(f"left behind: {left}")
    finally:
        server.process.terminate()
        server.process.wait(60)
    print(f"{len(created)} jobs, killed {killed}, outcomes {outcomes}")
    for failure in failures[:20]:
        print("FAILED", failure)
    if failures:
        log = (server.folder / "log").read_text(errors="replace")
        print("\n".join(line for line in log.splitlines() if any(name.split(".")[0] in line for name in left)), log[-3000:], sep="\n")
    shutil.rmtree(server.folder, ignore_errors=True)
    return 1 if failures or not created else 0


if __name__ == "__main__":
    sys.exit(main())
