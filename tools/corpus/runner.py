"""Runs one attempt on the server and brings what came of it."""
import dataclasses
import datetime

WORDS_OF_TIME = "%Y-%m-%dT%H:%M:%S%z"


@dataclasses.dataclass
class Outcome:
    """How a task ended, and the files it left."""
    status: str
    code: str | None = None
    message: str | None = None
    engine: str = ""
    files: list = dataclasses.field(default_factory=list)  # paths
    seconds: float = 0
    memory: int | None = None
    metadata: dict | None = None


def seconds_between(task):
    try:
        begin, end = (datetime.datetime.strptime(task[name], WORDS_OF_TIME) for name in ("started_at", "ended_at"))
        return (end - begin).total_seconds()
    except (KeyError, TypeError, ValueError):
        return 0.0


def payload(attempt, timeout):
    work = {"operation": attempt.operation, "timeout": timeout, **dict(attempt.options)}
    if not attempt.entry.name.lower().endswith("." + attempt.entry.format):
        work["input_format"] = attempt.entry.format
    if attempt.target:
        work["output_format"] = attempt.target
    return work


def run(client, attempt, content, folder, timeout):
    """Uploads, runs, waits, downloads into `folder`."""
    work = payload(attempt, timeout)
    job = client.run(attempt.entry.name, content, work.pop("operation"), **work)
    task, export = job["tasks"][1], job["tasks"][2]
    outcome = Outcome(task["status"], task["code"], task["message"], task.get("engine") or "", seconds=seconds_between(task),
                      metadata=(task["result"] or {}).get("metadata"))
    report = (client.call("GET", f"/v2/tasks/{task['id']}?include=report")["data"].get("report") or {}).get("steps") or []
    if report:
        outcome.seconds = sum(step.get("wall_seconds", 0) for step in report)
        outcome.memory = max(step.get("peak_memory", 0) for step in report) or None
    for number, file in enumerate((export["result"] or {}).get("files", [])):
        path = folder / f"{number:04d}-{safe(file['filename'])}"
        path.write_bytes(client.download(file["url"]))
        outcome.files.append(path)
    client.call("DELETE", f"/v2/jobs/{job['id']}")
    return outcome


def safe(name):
    return "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in name)[-80:]
