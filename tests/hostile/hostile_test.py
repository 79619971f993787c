#!/usr/bin/env python3
"""Hostile files through every shape of engine, with a canary: a listener nobody may call and two files nobody may read.

Each sample has to end as it should, inside its time; no output may hold what the canary files hold; afterwards the server still
converts and nothing is left of any task. With arguments: only samples whose name contains one of them.
"""
import concurrent.futures
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import recast  # noqa: E402
from canary import Canary  # noqa: E402
import samples  # noqa: E402

SLACK = 45  # seconds beyond a sample's own time-out: two cores, sanitizers, and a queue in front of it


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
        if canary.opened():
            failures.append("the secret files were opened")
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
