#!/usr/bin/env python3
"""Kills the server at random while users spend credits, repeat requests and are told of their jobs.

Afterwards: all ledgers add up, and come to what was granted less what the finished tasks cost; every Idempotency-Key made
one job or one grant, or none if it was refused; every job's webhook calls came, each at least once and in order. The seed is
printed; RECAST_SEED repeats a run's choices. Only the server this test started is killed, by its pid.
"""
import base64
import http.client
import http.server
import json
import os
import pathlib
import random
import struct
import sys
import tempfile
import threading
import time
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from recast import Server  # noqa: E402

SETTINGS = ("--scheduler.attempts=50", "--scheduler.lease_seconds=5", "--outbound.allow_cidrs=127.0.0.0/8",
            "--webhooks.retry_seconds=" + ",".join(["0"] * 20), "--webhooks.timeout_seconds=2")
# Engines that take their time to start and have nothing to do here.
SLOW = ("calibre", "chrome", "inkscape", "libreoffice", "ocrmypdf", "pandoc")
CONFIG = "[credits.prices]\nconvert = 3\n\"convert/vips\" = 2\n" + "".join(f"[engines.{name}]\nenabled = false\n" for name in SLOW)
SECONDS = float(os.environ.get("RECAST_CRASH_SECONDS", "25"))
SEED = int(os.environ.get("RECAST_SEED", str(random.randrange(1 << 30))))
GRANT = 40
MAKERS = 3


def png(width=8, height=8):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + b"\x20\x40\x60" * width for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


PICTURE = base64.b64encode(png()).decode()
TASKS = {"in": {"operation": "import/base64", "file": PICTURE, "filename": "a.png"},
         "work": {"operation": "convert", "input": "in", "output_format": "jpg"},
         "out": {"operation": "export/url", "input": "work"}}


class Receiver:
    """Takes webhook calls, and refuses some."""

    def __init__(self):
        self.calls, self.lock, self.choice = [], threading.Lock(), random.Random(SEED)
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with receiver.lock:
                    accepted = receiver.choice.random() > 0.15
                    receiver.calls.append((body["job"]["id"], body["event"], accepted))
                self.send_response(200 if accepted else 500)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/"

    def of(self, job):
        with self.lock:
            return [(event, accepted) for one, event, accepted in self.calls if one == job]


def persist(client, headers, path, body, key):
    """Sends a request until it is known what became of it: status and answer. A killed server is asked again."""
    headers = {**headers, "Idempotency-Key": key}
    while True:
        try:
            status, text = client.raw("POST", path, json.dumps(body), headers)
            if status in (201, 402):
                return status, json.loads(text)
            if status not in (409, 503):
                raise RuntimeError(f"POST {path}: HTTP {status} {text[:300]!r}")
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            pass
        time.sleep(0.05)


def make_jobs(server, headers, number, stop, jobs, failures):
    """Every request is sent once more after it was answered, now and then, and has to get the same job."""
    source, client = random.Random(SEED + number), server.client()
    count = 0
    try:
        while not stop.is_set():
            key = f"job-{number}-{count}"
            count += 1
            body = {"tag": key, "tasks": TASKS}
            status, answer = persist(client, headers, "/v2/jobs", body, key)
            jobs[key] = answer["data"]["id"] if status == 201 else None
            if status == 201 and source.random() < 0.3:
                again, second = persist(client, headers, "/v2/jobs", body, key)
                if again != 201 or second["data"]["id"] != jobs[key]:
                    failures.append(f"{key}: sent again it made {second}")
            time.sleep(0.02)
    except RuntimeError as problem:
        failures.append(str(problem))


def grant(server, user, stop, grants, failures):
    """An administrator who gives a little now and then, and asks again if the answer is lost."""
    client = server.client()
    try:
        while not stop.wait(1.0):
            key = f"grant-{len(grants)}"
            persist(client, client.headers, f"/admin/v1/users/{user}/credits", {"amount": GRANT}, key)
            grants.append(key)
    except RuntimeError as problem:
        failures.append(str(problem))


def kill_at_random(server, stop):
    choice, kills = random.Random(SEED), 0
    while not stop.wait(choice.uniform(0.5, 3.0)):
        server.process.kill()
        server.process.wait()
        kills += 1
        server.start()
    return kills


def all_jobs(client, headers):
    """By tag; a list, for there could be two."""
    found, page = {}, 1
    while True:
        status, text = client.raw("GET", f"/v2/jobs?include=tasks&per_page=100&page={page}", headers=headers)
        if status != 200:
            raise RuntimeError(f"HTTP {status} {text[:200]!r}")
        body = json.loads(text)
        for job in body["data"]:
            found.setdefault(job["tag"], []).append(job)
        if not body["links"]["next"]:
            return found
        page += 1


def wait_for(condition, seconds):
    deadline = time.time() + seconds
    while not condition():
        if time.time() > deadline:
            return False
        time.sleep(0.2)
    return True


def check_jobs(found, jobs):
    failures = []
    for key, job in jobs.items():
        made = [one["id"] for one in found.get(key, [])]
        if made != ([job] if job else []):
            failures.append(f"{key}: answered {job}, made {made}")
    for tag in found.keys() - jobs.keys():
        failures.append(f"{tag}: a job that nobody knows of")
    return failures


def check_ledger(client, user, found, grants):
    verdict = client.call("GET", "/admin/v1/credits/verify")["data"]
    credits = client.call("GET", f"/admin/v1/users/{user}/quota")["data"]["credits"]
    cost = sum(task["credits"] for jobs in found.values() for job in jobs for task in job["tasks"])
    given = GRANT * (1 + len(grants))
    failures = list(verdict["faults"])
    if credits["reserved"] != 0:
        failures.append(f"all has ended and {credits['reserved']} credits are reserved")
    if credits["balance"] != given - cost:
        failures.append(f"the balance is {credits['balance']}, of {given} that were given {cost} were used")
    return failures, cost


def check_calls(receiver, found):
    failures = []
    for jobs in found.values():
        for job in jobs:
            calls = receiver.of(job["id"])
            last = {"finished": "job.finished", "error": "job.failed"}[job["status"]]
            for event in ("job.created", last):
                if (event, True) not in calls:
                    failures.append(f"{job['id']}: {event} was not delivered: {calls}")
            order = [event for event, _ in calls]
            if "job.created" in order[order.index(last):] if last in order else False:
                failures.append(f"{job['id']}: out of order: {calls}")
            if set(order) - {"job.created", last}:
                failures.append(f"{job['id']}: told of what did not happen: {calls}")
    return failures


def prepare(server, receiver):
    admin = server.client()
    admin.wait_until_ready()
    user = admin.call("POST", "/admin/v1/users", {"username": "payer", "email": "payer@example.org"})["data"]["id"]
    key = admin.call("POST", f"/admin/v1/users/{user}/keys", {"name": "test"})["data"]["token"]
    admin.call("POST", f"/admin/v1/users/{user}/credits", {"amount": GRANT, "unlimited": False})
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    hook = {"url": receiver.url(), "events": ["job.created", "job.finished", "job.failed"]}
    status, text = admin.raw("POST", "/v2/webhooks", json.dumps(hook), headers)
    if status != 201:
        raise RuntimeError(f"webhook: HTTP {status} {text[:300]!r}")
    return user, headers


def run(server):
    receiver, stop, failures = Receiver(), threading.Event(), []
    user, headers = prepare(server, receiver)
    jobs, grants = {}, []
    threads = [threading.Thread(target=make_jobs, args=(server, headers, number, stop, jobs, failures)) for number in range(MAKERS)]
    threads.append(threading.Thread(target=grant, args=(server, user, stop, grants, failures)))
    for thread in threads:
        thread.start()
    threading.Timer(SECONDS, stop.set).start()
    kills = kill_at_random(server, stop)
    for thread in threads:
        thread.join()
    client = server.client()

    def ended():
        return all(job["status"] in ("finished", "error") for found in all_jobs(client, headers).values() for job in found)
    if not wait_for(ended, 120):
        failures.append("some jobs did not end")
    found = all_jobs(client, headers)
    failures += check_jobs(found, jobs)
    ledger, cost = check_ledger(client, user, found, grants)
    failures += ledger
    # A call that was under way when the server died is taken up when its lease is over.
    wait_for(lambda: not check_calls(receiver, found), 120)
    failures += check_calls(receiver, found)
    refused = sum(job is None for job in jobs.values())
    print(f"{len(jobs)} requests, {refused} refused for want of credits, {len(grants)} grants, {cost} credits used, "
          f"{len(receiver.calls)} calls, {kills} kills")
    if not cost or not kills or not receiver.calls:
        failures.append("nothing was tested")
    return failures


def main():
    print(f"seed {SEED}, {SECONDS} s", flush=True)
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
        config.write(CONFIG)
        config.flush()
        return test(Server(f"--config={config.name}", *SETTINGS))


def test(server):
    try:
        failures = run(server)
        log = server.log()
    finally:
        server.stop()
    for failure in failures[:20]:
        print("FAILED", failure)
    if failures:
        print(log[-3000:])
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
