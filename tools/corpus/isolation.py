"""What must not happen around a run: a call to the canary, a look into its file, anything left behind by the server."""
import time

SECONDS_TO_TIDY = 30


def watch(suite, server):
    """Runs the suite; what went wrong around it, as sentences."""
    if not suite.canary.works():
        return ["The canary hears nothing, so its silence proves nothing."]
    suite.run()
    violations = []
    if suite.canary.callers:
        violations.append(f"The canary's listener was called: {suite.canary.callers[:5]}")
    if opened := suite.canary.opened():
        violations.append(f"The canary's files were opened {opened} times.")
    if server is None:
        return violations
    if not server.client().convert("after.txt", b"still there", "pdf").startswith(b"%PDF-"):
        violations.append("The server does not convert any more.")
    deadline = time.time() + SECONDS_TO_TIDY
    while (left := server.left_behind()) and time.time() < deadline:
        time.sleep(0.2)
    if left:
        violations.append(f"Folders of tasks were left behind: {left[:5]}")
    suite.processes = {pid: start_of(pid) for pid in server.descendants()}
    return violations


def start_of(pid):
    """When a process was started, by which it is told from a later one of the same number; None if there is none."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return None if fields[0] == "Z" else fields[19]
    except (OSError, IndexError):
        return None


def survivors(suite):
    """Processes of the server that are there although it has ended."""
    known = getattr(suite, "processes", {})
    deadline = time.time() + SECONDS_TO_TIDY
    while (left := [pid for pid, start in known.items() if start and start_of(pid) == start]) and time.time() < deadline:
        time.sleep(0.2)
    return [f"Processes outlived the server: {', '.join(map(str, left))}"] if left else []
