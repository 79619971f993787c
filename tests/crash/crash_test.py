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
import signal
import struct
import sys
import threading
import time
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from recast import Server  # noqa: E402

SETTINGS = ("--scheduler.attempts=20", "--scheduler.lease_seconds=5")
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


def create_jobs(server, created, stop, number):
    source, client = random.Random(SEED + number), server.client()
    while not stop.is_set():
        kind = source.choices(list(KINDS), [5, 4, 2])[0]
        try:
            status, text = client.raw("POST", "/v2/jobs", json.dumps({"tag": kind, "tasks": KINDS[kind]}), client.headers)
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
    client, deadline, failures, outcomes = server.client(), time.time() + 180, [], {}
    for job, kind in created:
        while True:
            status, text = client.raw("GET", f"/v2/jobs/{job}", headers=client.headers)
            if status != 200:
                failures.append(f"{kind} {job}: HTTP {status}")
                break
            data = json.loads(text)["data"]
            if data["status"] in ("finished", "error"):
                codes = {task["code"] for task in data["tasks"] if task["code"]}
                outcomes[(kind, data["status"])] = outcomes.get((kind, data["status"]), 0) + 1
                if data["status"] == "finished":
                    url = data["tasks"][-1]["result"]["files"][0]["url"]
                    status, content = client.raw("GET", url[url.index("/tasks/"):])
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


def main():
    print(f"seed {SEED}, {SECONDS} s", flush=True)
    server = Server(*SETTINGS)
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
        while (left := server.left_behind()) and time.time() < deadline:
            time.sleep(0.2)
        if left:
            failures.append(f"left behind: {left}")
        log = server.log()
    finally:
        server.stop()
    print(f"{len(created)} jobs, killed {killed}, outcomes {outcomes}")
    for failure in failures[:20]:
        print("FAILED", failure)
    if failures:
        print("\n".join(line for line in log.splitlines() if any(name.split(".")[0] in line for name in left)), log[-3000:], sep="\n")
    return 1 if failures or not created else 0


if __name__ == "__main__":
    sys.exit(main())
