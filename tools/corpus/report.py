"""The report: a line of JSON for each attempt, and a page of Markdown with totals, engines and everything wrong."""
import collections
import json
import time

WORDS = ("done", "refused", "wrong")


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def rows_before(folder):
    """Rows that the last run wrote into a folder."""
    rows = folder / "rows.jsonl"
    return list(map(json.loads, rows.read_text(encoding="utf-8").splitlines())) if rows.exists() else []


class Report:
    """Rows as they come; finish() writes the page."""

    def __init__(self, folder, kept=()):
        self.folder, self.rows = folder, []
        folder.mkdir(parents=True, exist_ok=True)
        self.lines = open(folder / "rows.jsonl", "w", encoding="utf-8")
        self.began = time.time()
        for row in kept:
            self.write(row)

    def add(self, attempt, outcome, verdict, explained):
        row = {"input": attempt.entry.path, "format": attempt.entry.format, "operation": attempt.operation, "target": attempt.label, "verdict": verdict.word,
               "engine": outcome.engine, "code": outcome.code, "message": outcome.message, "files": len(outcome.files), "seconds": round(outcome.seconds, 3),
               "memory": outcome.memory, "findings": [[one.kind, one.text] for one in verdict.findings], "explained": explained}
        self.write(row)

    def write(self, row):
        self.rows.append(row)
        self.lines.write(json.dumps(row, ensure_ascii=False) + "\n")
        self.lines.flush()

    @property
    def unexplained(self):
        return [row for row in self.rows if row["verdict"] == "wrong" and row["explained"] is None]

    def finish(self, notes, violations, limits, complete):
        """Writes report.md."""
        self.lines.close()
        count = collections.Counter(row["verdict"] for row in self.rows)
        out = ["# Corpus report", "", f"{len(self.rows)} tasks on {len({row['input'] for row in self.rows})} files in {(time.time() - self.began) / 60:.1f} minutes. "
               + ", ".join(f"{word} {count[word]}" for word in WORDS) + f"; {len(self.unexplained)} of the wrong ones without explanation.", ""]
        out += [f"- {note}" for note in notes] + [""]
        out += ["## Isolation", ""] + ([f"- **{one}**" for one in violations] or ["Nothing touched the canary, outlived its limits or was left behind."]) + [""]
        out += self.totals("Operations and families", lambda row: row["target"] if row["operation"] != "convert" else row["input"].split("/")[0])
        out += self.engines()
        out += self.wrong("Wrong, not explained", self.unexplained)
        out += self.wrong("Wrong, explained in docs/known-limits.md", [row for row in self.rows if row["verdict"] == "wrong" and row["explained"] is not None])
        out += self.refusals()
        stale = [one for one in limits if not one.used]
        if complete and stale:
            out += ["## Known limits that nothing showed", ""] + [f"- {' '.join(one.inputs)} to {' '.join(one.targets)}: {one.why}" for one in stale] + [""]
        (self.folder / "report.md").write_text("\n".join(out), encoding="utf-8")

    def totals(self, title, key):
        groups = collections.defaultdict(collections.Counter)
        for row in self.rows:
            groups[key(row)][row["verdict"]] += 1
        return [f"## {title}", "", "| | done | refused | wrong |", "|---|--:|--:|--:|"] + [
            f"| {name} | " + " | ".join(str(counter[word]) for word in WORDS) + " |" for name, counter in sorted(groups.items())] + [""]

    def engines(self):
        groups = collections.defaultdict(list)
        for row in self.rows:
            groups[row["engine"] or "(none: refused before)"].append(row)
        out = ["## Engines", "", "| engine | tasks | done | refused | wrong | p50 s | p95 s | most s | peak MiB |", "|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
        for name, rows in sorted(groups.items()):
            seconds, count = [row["seconds"] for row in rows], collections.Counter(row["verdict"] for row in rows)
            memory = [row["memory"] for row in rows if row["memory"]]
            out.append(f"| {name} | {len(rows)} | " + " | ".join(str(count[word]) for word in WORDS)
                       + f" | {percentile(seconds, 0.5):.2f} | {percentile(seconds, 0.95):.2f} | {max(seconds):.1f} | "
                       + (f"{max(memory) / 1048576:.0f} |" if memory else "not known |"))
        return out + ["", "Seconds are those of the engine's steps. A resident worker's memory counts what it shares with its parent.", ""]

    @staticmethod
    def wrong(title, rows):
        out = [f"## {title}: {len(rows)}", ""]
        if rows:
            out += ["| input | target | engine | what | why |", "|---|---|---|---|---|"]
        for row in sorted(rows, key=lambda one: (one["input"], one["target"])):
            what = "; ".join(f"{kind}: {text}" for kind, text in row["findings"]).replace("|", "/").replace("\n", " ")
            out.append(f"| {row['input']} | {row['target']} | {row['engine']} | {what} | {row['explained'] or ''} |")
        return out + [""]

    def refusals(self):
        out = ["## Refused", "", "| code | message | tasks | such as |", "|---|---|--:|---|"]
        groups = collections.defaultdict(list)
        for row in self.rows:
            if row["verdict"] == "refused":
                groups[row["code"], (row["message"] or "")[:120]].append(row)
        for (code, message), rows in sorted(groups.items(), key=lambda one: -len(one[1])):
            shown = message.replace("|", "/").replace("\n", " ")
            out.append(f"| {code} | {shown} | {len(rows)} | {rows[0]['input']} to {rows[0]['target']} |")
        return out + [""]
