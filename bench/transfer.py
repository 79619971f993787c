#!/usr/bin/env python3
"""(g) large files up and down, beside bare programs: a sink that writes and fsyncs what it gets, with and without MD5, and Python's
http.server; then the server's peak memory over one very large file each way. Arguments: gigabytes of a round, of the large file, rounds."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from common import Client, Server, percentile, timed

SIZE = float(sys.argv[1]) if len(sys.argv) > 1 else 2
LARGE = float(sys.argv[2]) if len(sys.argv) > 2 else 5
ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else 3
GIGABYTE = 10**9
EXPORT = {"operation": "export/url", "input": "in"}

# The least that can be asked of a server: take the body, keep it, be sure of it.
SINK = r"""
import hashlib, os, socket, sys
digest = hashlib.md5() if sys.argv[2] == "md5" else None
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
buffer = memoryview(bytearray(256 * 1024))
while True:
    connection, _ = listening.accept()
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(65536)
    head, _, body = head.partition(b"\r\n\r\n")
    left = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]) - len(body)
    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    with open(sys.argv[1], "wb", buffering=0) as file:
        file.write(body)
        while left:
            count = connection.recv_into(buffer)
            left -= count
            file.write(buffer[:count])
            if digest:
                digest.update(buffer[:count])
        os.fsync(file.fileno())
    connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    connection.close()
    os.unlink(sys.argv[1])  # the next one begins with a new file, as Recast's do
"""


class Bare:
    """A program that answers on a port of its own."""

    def __init__(self, *command):
        self.process = subprocess.Popen([sys.executable, "-u", *command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.line = self.process.stdout.readline()

    def stop(self):
        self.process.kill()
        self.process.wait()


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0


def curl(*arguments):
    status = subprocess.run(["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", *arguments], check=True, stdout=subprocess.PIPE, text=True)
    if status.stdout not in ("200", "201"):
        raise RuntimeError(f"curl: HTTP {status.stdout}")


def make_file(path, gigabytes):
    """Bytes like those of a packed file: every value occurs, nothing repeats nearby."""
    block = os.urandom(64 * 10**6)
    left = int(gigabytes * GIGABYTE)
    with open(path, "wb") as file:
        while left:
            left -= file.write(block[:left])
    return path


def start_job(client, **more):
    job = client.call("POST", "/v2/jobs", {"tasks": {"in": {"operation": "import/upload"}, **more}})["data"]
    return job["id"], job["tasks"][0]["result"]["form"]


def upload(form, path):
    fields = [part for name, value in form["parameters"].items() for part in ("--form-string", f"{name}={value}")]
    curl(*fields, "-F", f"file=@{path}", form["url"])


def link(client, job):
    return client.call("GET", f"/v2/jobs/{job}/wait")["data"]["tasks"][1]["result"]["files"][0]["url"]


def report(title, figures, size, base):
    print(f"\n### {title}\n\n| way | MB/s | server CPU s per GB | CPU ratio to {base} |\n|---|--:|--:|--:|")
    reference = percentile([cpu for _, cpu in figures[base]], 0.5)
    for name, rounds in figures.items():
        milliseconds = percentile([duration for duration, _ in rounds], 0.5)
        cpu = percentile([cpu for _, cpu in rounds], 0.5)
        print(f"| {name} | {size * 1e6 / milliseconds:.0f} | {cpu / size:.2f} | {cpu / reference:.2f} |", flush=True)


def rounds_of(ways):
    """Each way in turn; milliseconds and the CPU seconds of the process it names."""
    figures = {name: [] for name in ways}
    for number in range(ROUNDS):
        for name, (pid, function) in ways.items():
            before = cpu_seconds(pid)
            duration = timed(function)
            figures[name].append((duration, cpu_seconds(pid) - before))
    return figures


def speed(server, client, folder):
    path = make_file(folder / "file.bin", SIZE)
    pid = server.process.pid
    sinks = {name: Bare("-c", SINK, str(folder / name), name) for name in ("plain", "md5")}
    pages = Bare("-m", "http.server", "--bind", "127.0.0.1", "-d", str(folder), "0")
    pages_port = pages.line.split()[5]

    def to_recast():
        job, form = start_job(client)
        upload(form, path)
        client.call("DELETE", f"/v2/jobs/{job}")

    def to_sink(name):
        curl("-F", f"file=@{path}", f"http://127.0.0.1:{sinks[name].line.strip()}/")

    report(f"Upload of {SIZE:g} GB", rounds_of({
        "sink: receive, write, fsync": (sinks["plain"].process.pid, lambda: to_sink("plain")),
        "the same with MD5": (sinks["md5"].process.pid, lambda: to_sink("md5")),
        "Recast (form, MD5, durable)": (pid, to_recast)}), SIZE, "the same with MD5")
    job, form = start_job(client, out=EXPORT)
    upload(form, path)
    url = link(client, job)
    report(f"Download of {SIZE:g} GB", rounds_of({
        "python -m http.server": (pages.process.pid, lambda: curl(f"http://127.0.0.1:{pages_port}/file.bin")),
        "Recast": (pid, lambda: curl(url))}), SIZE, "python -m http.server")
    client.call("DELETE", f"/v2/jobs/{job}")
    for bare in (*sinks.values(), pages):
        bare.stop()
    path.unlink()


def memory(server, client, folder):
    path = make_file(folder / "large.bin", LARGE)
    pid = server.process.pid
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak begins anew
    begin = peak(pid)
    job, form = start_job(client, out=EXPORT)
    upload(form, path)
    up = peak(pid)
    curl(link(client, job))
    print(f"\n### Peak memory of the server (VmHWM)\n\n| after | MiB | grown by |\n|---|--:|--:|\n| start | {begin:.1f} | |\n"
          f"| {LARGE:g} GB up | {up:.1f} | {up - begin:.1f} |\n| and {LARGE:g} GB down | {peak(pid):.1f} | {peak(pid) - begin:.1f} |", flush=True)


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="recast-bench-transfer-"))
    try:
        with Server() as server:
            client = Client(server)
            speed(server, client, folder)
            memory(server, client, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
