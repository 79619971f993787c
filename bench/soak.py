#!/usr/bin/env python3
"""(g) A soak: the crash test's load for minutes, with children and resident parents killed at random, and memory, descriptors,
threads and processes watched. Prints a row per interval and what grew between the second and the last quarter.

bench/soak.py [SECONDS] [SECONDS BETWEEN KILLS, 0 for none]
"""
import pathlib
import sys
import threading
import time

from common import ROOT, Server

sys.path.insert(0, str(ROOT / "tests/crash"))
import crash_test  # noqa: E402

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 180
PAUSE = float(sys.argv[2]) if len(sys.argv) > 2 else 2
ROWS = 24


def kilobytes(path, name):
    try:
        for line in path.read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    except OSError:
        pass  # it ended in between
    return 0


def gauge(server):
    """What could leak, now. Memory is the server's own and, in proportion to what they share, that of all below it."""
    process = pathlib.Path(f"/proc/{server.process.pid}")
    below = server.descendants()
    return {"server MB": kilobytes(process / "status", "VmRSS:") / 1024,
            "below MB": sum(kilobytes(pathlib.Path(f"/proc/{pid}/smaps_rollup"), "Pss:") for pid in below) / 1024,
            "descriptors": len(list((process / "fd").iterdir())),
            "threads": len(list((process / "task").iterdir())),
            "processes": len(below)}


def main():
    server, created, stop = Server(*crash_test.SETTINGS), [], threading.Event()
    makers = [threading.Thread(target=crash_test.create_jobs, args=(server, created, stop, number)) for number in range(3)]
    rows, killed = [], 0
    begin = next_row = time.time()
    next_kill = begin + PAUSE
    try:
        for maker in makers:
            maker.start()
        print(f"\n### Soak of {SECONDS:.0f} s, a kill every {PAUSE:g} s\n\n| s | jobs | " + " | ".join(gauge(server)) + " |")
        print("|--:|--:|" + "--:|" * len(gauge(server)))
        while time.time() < begin + SECONDS:
            if PAUSE and time.time() >= next_kill:
                killed += crash_test.kill_one_below(server)
                next_kill += PAUSE
            if time.time() >= next_row:
                rows.append(gauge(server))
                next_row += SECONDS / ROWS
                print(f"| {time.time() - begin:.0f} | {len(created)} | " + " | ".join(f"{value:.0f}" for value in rows[-1].values()) + " |",
                      flush=True)
            time.sleep(0.05)
        stop.set()
        for maker in makers:
            maker.join()
        failures, outcomes = crash_test.check(server, created)
        time.sleep(1)
        at_rest = gauge(server)
    finally:
        stop.set()
        server.stop()
    quarter = len(rows) // 4
    print(f"\n{len(created)} jobs, {killed} kills, outcomes {outcomes}\n\n| | second quarter | last quarter | at rest |\n|---|--:|--:|--:|")
    for name in at_rest:
        early = sum(row[name] for row in rows[quarter:2 * quarter]) / quarter
        late = sum(row[name] for row in rows[-quarter:]) / quarter
        print(f"| {name} | {early:.1f} | {late:.1f} | {at_rest[name]:.1f} |")
    for failure in failures[:20]:
        print("FAILED", failure)
    return 1 if failures else 0


sys.exit(main())
