"""Text of office files, read from their XML: what a reader of the document sees, without what is deleted, hidden or a note."""
import re
import xml.etree.ElementTree as ElementTree
import zipfile

LARGEST = 64 << 20
# Not shown, or shown in another way: revisions, comments, fallbacks of newer drawings, sources of indexes.
UNSEEN = {"del", "moveFrom", "Fallback", "annotation", "tracked-changes", "notes", "scripts", "forms", "title", "desc", "creator", "binary-data",
          "table-of-content-source", "alphabetical-index-source", "illustration-index-source", "table-index-source", "user-index-source",
          "bibliography-source", "object-index-source", "dde-source", "hidden-text", "sdtPr", "placeholder", "math", "oMath", "page-number", "event-listeners",
          "content-validations", "ruby-text", "sequence-decls", "calculation-settings", "label-ranges", "header", "footer", "footer-decl", "header-decl",
          "date-time-decl", "page-count", "slidenum", "rPh", "phoneticPr"}
ENDS = {"p", "h", "tc", "tab", "br", "line-break", "s", "cr", "table-cell", "list-item", "row", "tr", "td", "si", "f", "note-citation"}


def local(element):
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def attribute(element, name):
    return next((value for key, value in element.attrib.items() if key.rsplit("}", 1)[-1] == name), None)


def parse(content):
    try:
        return ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError):
        return None


def gather(element, out, only=None, unseen=UNSEEN):
    """Appends the text below `element`; with `only` just that of elements of this name."""
    stack = [(element, False)]
    while stack:
        node, done = stack.pop()
        if done:
            out.append(" " if local(node) in ENDS else "")
            if node is not element and only is None and node.tail:
                out.append(node.tail)
            continue
        name = local(node)
        if name in unseen or attribute(node, "display") == "none" or attribute(node, "visibility") in ("collapse", "filter"):
            if node is not element and only is None and node.tail:
                out.append(node.tail)
            continue
        if name == "r" and any(local(one) == "rPr" and any(local(mark) == "vanish" for mark in one) for one in node):
            continue
        if node.text and (only is None or name == only):
            out.append(node.text)
        if name == only:  # MuPDF breaks lines inside of runs
            out.extend(f"\n{child.tail or ''}" for child in node)
        stack.append((node, True))
        stack.extend((child, False) for child in reversed(node))


class Package:
    """A ZIP whose members are read only up to a size."""

    def __init__(self, path):
        self.file = zipfile.ZipFile(path)
        self.names = self.file.namelist()

    def read(self, name):
        try:
            info = self.file.getinfo(name)
            return self.file.read(name) if info.file_size <= LARGEST else None
        except (KeyError, RuntimeError, zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError):
            return None

    def tree(self, name):
        content = self.read(name)
        return None if content is None else parse(content)


def numbered(package, pattern):
    found = [(int(match.group(1)), match.group()) for match in map(re.compile(pattern).fullmatch, package.names) if match]
    return [name for _, name in sorted(found)]


def word_text(package, everything):
    out = []
    parts = r"document\d*|footnotes|endnotes" + (r"|header\d*|footer\d*" if everything else "")
    main = [name for name in package.names if re.fullmatch(rf"word/({parts})\.xml", name)]
    for name in main:
        tree = package.tree(name)
        if tree is not None:
            gather(tree, out, only="t")
            out.append("\n")
    return "".join(out) if main else None


def visible_slides(package):
    trees = [package.tree(name) for name in numbered(package, r"ppt/slides/slide(\d+)\.xml")]
    return [tree for tree in trees if tree is not None and tree.get("show") not in ("0", "false")]


def slide_text(package):
    out = []
    for tree in visible_slides(package):
        for field in [(parent, child) for parent in tree.iter() for child in parent if local(child) == "fld"]:
            field[0].remove(field[1])
        gather(tree, out, only="t")
        out.append("\n")
    return "".join(out)


def style_hides(style):
    return any(local(one).endswith("-properties") and (attribute(one, "display") == "false" or attribute(one, "visibility") == "hidden") for one in style)


def hidden_styles(tree):
    return {attribute(style, "name") for style in tree.iter() if local(style) == "style" and style_hides(style)}


def hidden_columns(sheet):
    return [(int(column.get("min")), int(column.get("max"))) for column in sheet.iter()
            if local(column) == "col" and column.get("hidden") in ("1", "true")]


def column_number(reference):
    number = 0
    for letter in re.match(r"[A-Z]*", reference or "").group():
        number = number * 26 + ord(letter) - 64
    return number


def sheet_text(package, everything):
    shared_tree, shared = package.tree("xl/sharedStrings.xml"), []
    for item in shared_tree if shared_tree is not None else ():
        out = []
        gather(item, out, only="t")
        shared.append("".join(out))
    book = package.tree("xl/workbook.xml")
    listed = [one for one in book.iter() if local(one) == "sheet"] if book is not None else []
    out = []
    for number, name in enumerate(numbered(package, r"xl/worksheets/sheet(\d+)\.xml")):
        if not everything and number < len(listed) and (listed[number].get("state") or "visible") != "visible":
            continue
        tree = package.tree(name)
        if tree is not None:
            out.extend(cells_of(tree, shared, everything))
    return " ".join(out)


def cells_of(tree, shared, everything):
    hidden = [] if everything else hidden_columns(tree)
    for row in tree.iter():
        if local(row) != "row" or not everything and row.get("hidden") in ("1", "true"):
            continue
        for cell in row:
            column = column_number(cell.get("r"))
            if any(first <= column <= last for first, last in hidden):
                continue
            kind, value = cell.get("t"), next((one.text for one in cell if local(one) == "v"), None)
            if kind == "s" and value and value.isdigit() and int(value) < len(shared):
                yield shared[int(value)]
            elif kind == "inlineStr":
                out = []
                gather(cell, out, only="t")
                yield "".join(out)
            elif kind == "str" and value:
                yield value


def odf_body(tree, everything=False):
    body = next((one for one in tree.iter() if local(one) == "body"), None) if tree is not None else None
    if body is None:
        return None
    hidden = set() if everything else hidden_styles(tree)
    for parent in list(body.iter()):
        for child in list(parent):
            if local(child) in ("table", "page") and attribute(child, "style-name") in hidden:
                parent.remove(child)
            elif everything and attribute(child, "visibility") in ("collapse", "filter"):
                child.attrib.clear()
    out = []
    gather(body, out)
    return "".join(out)


def text_of(path, everything=False):
    """Text of an office file in a ZIP, or None if it is none; `everything`: with sheets, rows, columns and slides that are hidden."""
    try:
        package = Package(path)
    except (zipfile.BadZipFile, OSError):
        return None
    if any(name.startswith("ppt/slides/") for name in package.names):
        return slide_text(package)
    if any(name.startswith("xl/worksheets/") for name in package.names):
        return sheet_text(package, everything)
    if "content.xml" in package.names:
        body, styles = odf_body(package.tree("content.xml"), everything), package.tree("styles.xml") if everything else None
        margins = []
        for master in styles.iter() if styles is not None else ():
            if local(master) == "master-styles":
                gather(master, margins, unseen=UNSEEN - {"header", "footer"})
        return body if body is None else body + "\n" + "".join(margins)
    sections = numbered(package, r"Contents/section(\d+)\.xml")  # HWPX
    if sections:
        out = []
        for name in sections:
            tree = package.tree(name)
            if tree is not None:
                gather(tree, out, only="t", unseen=UNSEEN - {"header", "footer"})
        return " ".join(out)
    return word_text(package, everything)


def slides_of(path):
    """How many slides are shown, or None if that is no presentation."""
    try:
        package = Package(path)
    except (zipfile.BadZipFile, OSError):
        return None
    if any(name.startswith("ppt/slides/") for name in package.names):
        return len(visible_slides(package))
    tree = package.tree("content.xml")
    body = next((one for one in tree.iter() if local(one) == "presentation" and "office" in one.tag), None) if tree is not None else None
    if body is None:
        return None
    hidden = hidden_styles(tree)
    return sum(local(one) == "page" and attribute(one, "style-name") not in hidden for one in body)
