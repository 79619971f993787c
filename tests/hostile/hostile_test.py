#!/usr/bin/env python3
"""Hostile files through every shape of engine, with a canary: a listener nobody may call and two files nobody may read.

Each sample has to end as it should, inside its time; no output may hold what the canary files hold; afterwards the server still
converts and nothing is left of any task. With arguments: only samples whose name contains one of them.
"""
import concurrent.futures
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import recast  # noqa: E402
import samples  # noqa: E402

SLACK = 45  # seconds beyond a sample's own time-out: two cores, sanitizers, and a queue in front of it


class Canary:
    def __init__(self):
        self.owned = tempfile.TemporaryDirectory(prefix="recast-canary-")
        self.folder = pathlib.Path(self.owned.name)
        self.folder.chmod(0o755)
        self.secret = f"canary{uuid.uuid4().hex}"
        self.text = self.folder / "secret.txt"
        self.text.write_text(self.secret)
        self.picture = self.folder / "secret.png"
        self.picture.write_bytes(samples.png(37, 41, 8, samples.zlib.compress((b"\0" + b"\x55" * 37) * 41)))
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.callers = []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            connection, _ = self.socket.accept()
            connection.settimeout(2)
            try:
                self.callers.append(connection.recv(300))
            except OSError as error:
                self.callers.append(str(error))
            connection.close()

    def works(self):
        """Whether a call is noticed: a canary that is deaf proves nothing."""
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(b"hello")
        deadline = time.time() + 10
        while not self.callers and time.time() < deadline:
            time.sleep(0.02)
        heard = self.callers == [b"hello"]
        self.callers.clear()
        return heard

    def is_in(self, content, suffix):
        if self.secret.encode() in content:
            return "the secret text"
        if suffix == "pdf":
            with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
                file.write(content)
                file.flush()
                if self.secret in subprocess.run(["pdftotext", file.name, "-"], capture_output=True, text=True, errors="replace").stdout:
                    return "the secret text"
                listed = subprocess.run(["pdfimages", "-list", file.name], capture_output=True, text=True).stdout
                if any(line.split()[3:5] == ["37", "41"] for line in listed.splitlines()[2:]):
                    return "the secret picture"
        return None


def run(server, canary, sample):
    """What is wrong, or None; and a line about how it went."""
    client, begin = server.client(), time.time()
    wanted = {"output_format": sample.to} if sample.to else {}
    job = client.run(sample.name, sample.content, sample.operation, engine=sample.engine, **wanted, **sample.options)
    took = time.time() - begin
    task = job["tasks"][1]
    end = task["code"] or task["status"]
    line = f"{sample.name}: {end} after {took:.1f} s {task['message'] or ''}"
    if end not in sample.ends:
        return f"ended {end}, expected one of {sorted(sample.ends)}", line
    if took > sample.options.get("timeout", 60) + SLACK:
        return "took too long", line
    if end != "finished" and not task["message"]:
        return "has no message", line
    for file in (job["tasks"][2]["result"] or {}).get("files", []):
        found = canary.is_in(client.download(file["url"]), sample.to)
        if found:
            return f"{file['filename']} holds {found}", line
    return None, line


def main():
    canary, failures = Canary(), []
    if not canary.works():
        sys.exit("the canary hears nothing")
    chosen = [one for one in samples.all_samples(canary) if not sys.argv[1:] or any(word in one.name for word in sys.argv[1:])]
    with recast.Server() as server:
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for sample, (problem, line) in zip(chosen, pool.map(lambda one: run(server, canary, one), chosen)):
                print(("FAILED " if problem else "") + line, flush=True)
                if problem:
                    failures.append(f"{sample.name}: {problem}")
        if canary.callers:
            failures.append(f"the listener was called: {canary.callers[:5]}")
        if not server.client().convert("after.txt", b"still there", "pdf").startswith(b"%PDF-"):
            failures.append("no conversion afterwards")
        deadline = time.time() + 20
        while (left := server.left_behind()) and time.time() < deadline:
            time.sleep(0.2)
        if left:
            failures.append(f"left behind: {left}")
        log = server.log()
    print(f"{len(chosen)} samples, {len(failures)} failures")
    for failure in failures:
        print("FAILED", failure)
    if failures:
        print(log[-3000:])
    return 1 if failures or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
