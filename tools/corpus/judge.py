"""The verdict on one attempt: done, refused, or wrong, and why. What is known of the file comes from source.py."""
import dataclasses

import checks
import media
import programs

# The server's own faults, whatever the file.
FAULTS = {None, "", "UNKNOWN_ERROR", "WORKER_LOST", "DISK_FULL", "INPUT_TASK_FAILED", "CANCELLED", "INVALID_DATA", "DOWNLOAD_FAILED"}
MEMORY = 4 << 30  # what limits.memory_bytes allows a process unless it is set
SLACK = 30  # seconds that the end of a task may come after its time-out, on a busy machine


@dataclasses.dataclass
class Finding:
    """Something that is not as it should be. `kind` is one of the words in docs/known-limits.md."""
    kind: str
    text: str


@dataclasses.dataclass
class Verdict:
    word: str  # done, refused, wrong
    findings: list


def judge(attempt, outcome, source, timeout, canary=None):
    """What is to be said of an outcome."""
    findings = list(limits(outcome, timeout))
    if canary:
        findings += [Finding("secret", f"{path.name} holds {found}") for path in outcome.files if (found := canary.is_in(path, attempt.target))]
    if outcome.status != "finished":
        findings += refusal(attempt, outcome, source)
        return Verdict("wrong" if findings else "refused", findings)
    closed = attempt.entry.expected == "refuse" and not dict(attempt.options).get("password") and attempt.operation != "metadata"
    if closed:
        findings.append(Finding("accepted", "finished, though nobody can open that file"))
    findings += contents(attempt, outcome, source)
    return Verdict("wrong" if findings else "done", findings)


def limits(outcome, timeout):
    if outcome.seconds > timeout + SLACK:
        yield Finding("limit", f"ran {outcome.seconds:.0f} s with a time-out of {timeout} s")
    if (outcome.memory or 0) > MEMORY:
        yield Finding("limit", f"took {outcome.memory >> 20} MiB")


def impossible(attempt, source):
    """Sound of a silent film, a picture of mere sound: nobody could do it."""
    if not source.media:
        return False
    return source.media.audio is None and attempt.target in media.AUDIO or source.media.video is None and attempt.target not in media.AUDIO


def refusal(attempt, outcome, source):
    if outcome.code in FAULTS:
        return [Finding("exit", f"{outcome.code}: {outcome.message}")]
    if not outcome.message:
        return [Finding("code", f"{outcome.code} without a message")]
    if source.family in ("audio", "video") and outcome.code == "CONVERSION_FAILED" and impossible(attempt, source):
        return []
    if attempt.entry.expected == "finish" or dict(attempt.options).get("password"):
        return [Finding("time-out" if outcome.code == "TIMEOUT" else "refused", f"{outcome.code}: {outcome.message}")]
    if attempt.entry.protected and outcome.code != "OPEN_FAILED":
        return [Finding("code", f"{outcome.code}, not OPEN_FAILED: {outcome.message}")]
    return []


def contents(attempt, outcome, source):
    if attempt.operation == "metadata":
        # The first keys tell of every file: its name, size, dates.
        if len(outcome.metadata or {}) < 5:
            return [Finding("empty", "no metadata")]
        told = outcome.metadata.get("Error")
        return [Finding("metadata", f"Error: {told}")] if told and attempt.entry.expected == "finish" else []
    if not outcome.files:
        return [Finding("empty", "finished without a file")]
    target = "png" if attempt.operation == "thumbnail" else attempt.target
    avoid = {outcome.engine}
    if any(path.stat().st_size == 0 for path in outcome.files) and not (target == "txt" and not source.words(avoid)):
        return [Finding("empty", "an output of no bytes")]
    found = [Finding(*one) for one in checks.readable(outcome.files, target, avoid)]
    password = dict(attempt.options).get("password")
    if found or attempt.entry.expected != "finish" or password:
        return found
    if attempt.operation == "thumbnail":
        return [Finding(*one) for one in checks.thumbnail(outcome.files, source, avoid)]
    return [Finding(*one) for check in checks.of(source, target) for one in check(outcome.files, target, source, avoid)]


def missing_programs():
    """Programs without which checks are silently left out: the report names them."""
    wanted = "pdftotext pdfinfo pdftoppm mutool identify convert vipsheader vipsthumbnail ffprobe ffmpeg 7z lsar bsdtar fc-scan rsvg-convert inkscape gs pandoc catdoc".split()
    return [name for name in wanted if not programs.there(name)]

