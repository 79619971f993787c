"""MANIFEST.tsv: which files there are, and what is to be expected of each, which its note says in words."""
import csv
import dataclasses
import pathlib
import re

NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10, "twelve": 12}
# Nobody can open these, so whoever says that he did is wrong.
CLOSED = re.compile(r"\bencrypted\b|ZipCrypto|\buser password\b|\bopen password\b|\bnon-ASCII password\b|zero bytes|^random bytes$", re.I)
# They may come out, or be refused: what is left of them decides.
DOUBTFUL = re.compile(r"truncated|header only|data cut|cut file|metadata (only|and preview)|cannot (load|open)|expected failure|no free reader|finds no stream"
                      r"|bytes flipped|needs a newer|owner password only|no user password", re.I)
PASSWORD = re.compile(r"\buser password:? (\w+)|encrypted[^,]*, password (?!not known)(\w+)", re.I)
PAGES = re.compile(r"\b(\d+|" + "|".join(NUMBERS) + r")(?: printed)? pages\b", re.I)


@dataclasses.dataclass(frozen=True)
class Entry:
    """A file of the corpus."""
    path: str
    format: str
    note: str
    file: pathlib.Path

    @property
    def name(self):
        return self.path.rsplit("/", 1)[-1]

    @property
    def folder(self):
        return self.path.split("/", 1)[0]

    @property
    def hostile(self):
        return self.folder == "hostile"

    @property
    def expected(self):
        """finish, refuse, or either."""
        openable = "owner password only" in self.note or "no user password" in self.note
        if CLOSED.search(self.note) and not openable:
            return "refuse"
        return "either" if self.hostile or DOUBTFUL.search(self.note) else "finish"

    @property
    def protected(self):
        """Closed by a password, not by damage."""
        return self.expected == "refuse" and any(word in (self.note + self.name).lower() for word in ("password", "encrypted"))

    @property
    def password(self):
        """The one that the note tells, or None."""
        found = PASSWORD.search(self.note) if self.expected == "refuse" else None
        return next(filter(None, found.groups())) if found else None

    @property
    def pages(self):
        """Pages that the note speaks of, if it does."""
        found = PAGES.search(self.note) if "about" not in self.note else None
        if not found:
            return None
        word = found.group(1).lower()
        return int(word) if word.isdigit() else NUMBERS[word]


def read(folder):
    """The entries whose file is there, in the order of their paths."""
    folder = pathlib.Path(folder)
    with open(folder / "MANIFEST.tsv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    entries = [Entry(row["path"], row["format"].lower(), row.get("note") or "", folder / row["path"]) for row in rows]
    return sorted((entry for entry in entries if entry.file.is_file()), key=lambda entry: entry.path)
