"""Which letters a font has, by fontconfig."""
import programs


def letters(path):
    """The set of its code points, or None."""
    listed = programs.text("fc-scan", "--format", "%{charset}\n", path)
    if not listed or not listed.strip():
        return None
    found = set()
    for part in listed.split("\n", 1)[0].split():
        first, _, last = part.partition("-")
        found.update(range(int(first, 16), int(last or first, 16) + 1))
    return found
