#!/usr/bin/env python3
"""(e) jobs per second of base64 in, URL out, beside a bare SQLite program that commits the same rows; (f) memory per idle socket
and per waiting request."""
import base64
import concurrent.futures
import http.client
import json
import os
import pathlib
import resource
import socket
import sqlite3
import sys
import tempfile
import threading
import time

from common import Client, Server

count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
FILE = base64.b64encode(b"x" * 1000).decode()
JOB = {"tasks": {"in": {"operation": "import/base64", "file": FILE, "filename": "x.txt"}, "out": {"operation": "export/url", "input": "in"}}}


def jobs_per_second(server, clients):
    local = threading.local()

    def one(_):
        if not hasattr(local, "client"):
            local.client = Client(server, sync=True)
        assert local.client.call("POST", "/v2/jobs", JOB)["data"]["status"] == "finished"
    begin = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        list(pool.map(one, range(count)))
    return count / (time.perf_counter() - begin)


def bare_sqlite(commits_per_job):
    """The rows of such a job (1 job, 2 tasks, 2 files, events), with a durable commit at each status change, one after the other."""
    folder = tempfile.mkdtemp(prefix="recast-bench-sqlite-")
    database = sqlite3.connect(f"{folder}/db", isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE row(id INTEGER PRIMARY KEY, kind TEXT, body TEXT)")
    body = json.dumps(JOB)
    begin = time.perf_counter()
    for _ in range(count):
        for _ in range(commits_per_job):
            database.execute("BEGIN IMMEDIATE")
            for kind in ("job", "task", "event"):
                database.execute("INSERT INTO row(kind, body) VALUES (?, ?)", (kind, body))
            database.execute("COMMIT")
    return count / (time.perf_counter() - begin)


def idle_sockets(server, number):
    before = server.memory()
    sockets = []
    for _ in range(number):
        one = socket.create_connection(("127.0.0.1", server.port))
        one.sendall(b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        assert b" 101 " in one.recv(4096)
        one.sendall(b"\x81\x82\0\0\0\x0040")  # a masked text frame "40": connect to the namespace
        sockets.append(one)
    time.sleep(1)
    grown = server.memory() - before
    for one in sockets:
        one.close()
    return grown / number


def waiting_requests(server, number):
    client = Client(server)
    job = client.call("POST", "/v2/jobs", {"tasks": {"in": {"operation": "import/upload"}}})["data"]["id"]
    before = server.memory()
    sockets = []
    for _ in range(number):
        one = socket.create_connection(("127.0.0.1", server.port))
        one.sendall(f"GET /v2/jobs/{job}/wait HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.key}\r\n\r\n".encode())
        sockets.append(one)
    time.sleep(2)
    grown = server.memory() - before
    threads = len(os.listdir(f"/proc/{server.process.pid}/task"))
    client.call("DELETE", f"/v2/jobs/{job}")
    for one in sockets:
        one.close()
    return grown / number, threads


def main():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with Server() as server:
        print("\n### Jobs of no work: base64 in, URL out\n\n| way | jobs/s |\n|---|--:|")
        for clients in (1, 16, 64):
            print(f"| Recast, {clients} clients | {jobs_per_second(server, clients):.0f} |", flush=True)
        print(f"| bare SQLite, 3 rows in each of 5 durable commits a job, one after the other | {bare_sqlite(5):.0f} |")
        number = min(10000, hard - 200)
        per_socket = idle_sockets(server, number)
        per_wait, threads = waiting_requests(server, 1000)
        print(f"\n### Memory\n\n| what | bytes each |\n|---|--:|\n| {number} idle Socket.IO connections | {per_socket:.0f} |\n"
              f"| 1000 waiting requests ({threads} threads in the server) | {per_wait:.0f} |")


main()
