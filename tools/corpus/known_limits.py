"""The table in docs/known-limits.md that says which results are known not to be right, and why."""
import dataclasses
import fnmatch
import re

COLUMNS = ["input", "target", "what", "why"]


@dataclasses.dataclass
class Limit:
    """A row: patterns of paths, targets and kinds, each a list of words with * in them."""
    inputs: list
    targets: list
    kinds: list
    why: str
    used: int = 0

    def explains(self, path, target, kind):
        name = path.rsplit("/", 1)[-1]
        return (any(fnmatch.fnmatchcase(path, one) or fnmatch.fnmatchcase(name, one) for one in self.inputs)
                and any(fnmatch.fnmatchcase(target, one) for one in self.targets) and kind in self.kinds)


def read(path):
    """Rows of the table whose head is COLUMNS; none if there is no such page."""
    if not path.exists():
        return []
    limits, inside = [], False
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif [cell.lower() for cell in cells] == COLUMNS:
            inside = True
        elif inside and len(cells) == len(COLUMNS) and not set(cells[0]) <= set("-: "):
            inputs, targets, kinds = (re.sub(r"[`,]", " ", cell).split() for cell in cells[:3])
            limits.append(Limit(inputs, targets, kinds, cells[3]))
    return limits


def explanation(limits, path, target, findings):
    """Why all of the findings are known; None if one is not."""
    reasons = []
    for finding in findings:
        limit = next((one for one in limits if one.explains(path, target, finding.kind)), None)
        if limit is None:
            return None
        limit.used += 1
        reasons.append(limit.why)
    return " ".join(dict.fromkeys(reasons))
