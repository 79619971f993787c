#!/usr/bin/env python3
"""A whole server whose disk fills up: what cannot be kept is refused and can be sent again, jobs can still be deleted, and the
server goes on by itself when room returns. Needs to mount a small disk of its own; where it may not, it is skipped."""
import atexit
import ctypes
import os
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from recast import Client, Server  # noqa: E402

SKIPPED = 77
CLONE_NEWNS, MS_REC, MS_PRIVATE, MNT_DETACH = 0x20000, 0x4000, 1 << 18, 2


def small_disk():
    """A tmpfs that only this process and its children see."""
    libc = ctypes.CDLL(None, use_errno=True)
    folder = tempfile.mkdtemp(prefix="recast-small-")
    if libc.unshare(CLONE_NEWNS) != 0 or libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None) != 0 \
            or libc.mount(b"none", folder.encode(), b"tmpfs", 0, b"size=160m,mode=755") != 0:
        os.rmdir(folder)
        print("skipped: may not mount a small disk here")
        sys.exit(SKIPPED)
    atexit.register(lambda: (libc.umount2(folder.encode(), MNT_DETACH), os.rmdir(folder)))
    return pathlib.Path(folder)


def fill(path):
    file = os.open(path, os.O_CREAT | os.O_WRONLY)
    for size in (1 << 16, 1):
        try:
            while True:
                os.write(file, b"x" * size)
        except OSError:
            pass
    os.close(file)


def refused(what):
    """The text of the error."""
    try:
        what()
    except RuntimeError as error:
        return str(error)
    raise AssertionError("this should have been refused")


def wait_for_readiness(client, status):
    deadline = time.time() + 30
    while client.raw("GET", "/readyz")[0] != status:
        assert time.time() < deadline, f"/readyz did not become {status}"
        time.sleep(0.2)


def main():
    disk = small_disk()
    tempfile.tempdir = str(disk)
    with Server("--server.minimum_free_bytes=1000000", "--server.reserve_bytes=16777216") as server:
        client = Client(server)
        reserve = server.folder / "data/state/recast.db.reserve"
        assert reserve.stat().st_size == 16 << 20
        assert client.run("a.txt", b"hello", "convert", output_format="pdf")["status"] == "finished"
        tasks = {"in": {"operation": "import/upload"}, "out": {"operation": "export/url", "input": "in"}}
        waiting, *others = [client.call("POST", "/v2/jobs", {"tasks": tasks})["data"] for _ in range(6)]

        fill(disk / "filler")
        form = waiting["tasks"][0]["result"]["form"]
        assert "no space left" in refused(lambda: client.upload(form, "large.txt", b"y" * 3_000_000))
        # Until not even the database can grow; then the reserve is what deletes are written to.
        import_task = {"a": {"operation": "import/base64", "file": "YWFh" * 20_000, "filename": "a.txt"}}
        message = ""
        for _ in range(200):
            try:
                client.call("POST", "/v2/jobs", {"tasks": import_task})
            except RuntimeError as error:
                message = str(error)
                break
        assert "no space left" in message, message
        for job in others:
            client.call("DELETE", "/v2/jobs/" + job["id"])
        wait_for_readiness(client, 503)  # looked at every few seconds

        (disk / "filler").unlink()
        client.upload(form, "large.txt", b"y" * 3_000_000)  # the same form, which the failure did not use up
        ended = client.call("GET", f"/v2/jobs/{waiting['id']}/wait")["data"]
        assert ended["status"] == "finished", ended
        wait_for_readiness(client, 200)
        assert reserve.stat().st_size == 16 << 20
    print("full disk: refused, deleted, recovered")


main()
