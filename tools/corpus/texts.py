"""Text of files of all kinds, by a program or by code of our own, never by the engine that is judged."""
import csv
import email
import email.policy
import gzip
import html.parser
import io
import re
import zipfile

import office_text
import programs
import rtf_text

LARGEST = 32 << 20
OFFICE = set("docx docm dotx dotm xlsx xlsm xltx pptx pptm ppsx potx odt ott ods ots odp otp odg otg odd hwpx".split())
FIELD_CODES = re.compile(r'HYPERLINK\s+(\\\w\s+)?"[^"]*"|\b(SEQ|MERGEFIELD|REF|PAGEREF|STYLEREF|TOC|DOCPROPERTY)\s+\S+'
                         r"|\bFORM(TEXT|CHECKBOX|DROPDOWN)\b|\\[*@#]\s*\S+")
FLAT = {"fodt", "fods", "fodp", "fodg"}


def decoded(content):
    """Text of bytes in an encoding that can be told for certain; else its ASCII."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    if len(content) > 20 and content[1:40:2].count(0) > 15:
        return content.decode("utf-16-le", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("ascii", "ignore")


def raw(path):
    with open(path, "rb") as file:
        return file.read(LARGEST)


class Page(html.parser.HTMLParser):
    """What a browser shows of a page, but for its scripts and styles."""
    UNSEEN = {"script", "style", "head", "template", "noscript", "object", "iframe", "title", "svg", "textarea", "select", "option"}
    VOID = {"br", "img", "hr", "meta", "link", "input", "col", "base", "area", "source", "wbr", "embed", "param", "track"}

    def __init__(self):
        super().__init__()
        self.out, self.hidden = [], []

    def handle_starttag(self, tag, attributes):
        if tag in self.VOID:
            self.out.append("\n" if tag in ("br", "hr") else "")
            return
        if tag == "body":
            self.hidden.clear()  # a head may lack its end
        style = (dict(attributes).get("style") or "").replace(" ", "")
        if self.hidden or tag in self.UNSEEN or "display:none" in style or "visibility:hidden" in style or "hidden" in dict(attributes):
            self.hidden.append(tag)
        elif tag not in ("b", "i", "em", "strong", "span", "a", "u", "font", "sup", "sub", "code", "small"):
            self.out.append("\n")

    def handle_endtag(self, tag):
        if tag in self.hidden:
            while self.hidden.pop() != tag:
                pass
        elif tag in ("td", "th", "p", "div", "li", "tr", "h1", "h2", "h3", "title"):
            self.out.append("\n")

    def handle_data(self, data):
        if not self.hidden:
            self.out.append(data)


def html_text(content):
    text = content if isinstance(content, str) else decoded(content)
    declared = re.search(rb"charset=[\"']?([\w-]+)", content[:2000]) if isinstance(content, bytes) else None
    if declared and not text.strip() or declared and b"\x00" not in content[:200]:
        try:
            text = content.decode(declared.group(1).decode(), "replace")
        except LookupError:
            pass
    page = Page()
    page.feed(text)
    page.close()
    return "".join(page.out)


def zipped_pages(path):
    """Text of all pages in a ZIP: an EPUB, HTMLZ, OEB. Navigation is no text of the book."""
    try:
        package = office_text.Package(path)
    except (zipfile.BadZipFile, OSError):
        return None
    pages = [name for name in package.names if re.search(r"\.(x?html?|xml)$", name, re.I) and not re.search(r"nav|toc|cover|META-INF|titlepage", name)]
    return "\n".join(html_text(package.read(name) or b"") for name in pages)


def xml_text(path, only=None, unseen=office_text.UNSEEN):
    content = raw(path)
    tree = office_text.parse(gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content)
    if tree is None:
        return None
    out = []
    office_text.gather(tree, out, only, unseen)
    return "".join(out)


def flat_text(path, everything):
    return office_text.odf_body(office_text.parse(raw(path)), everything)


def mail_text(path):
    message = email.message_from_bytes(raw(path), policy=email.policy.default)
    body = message.get_body(("html", "plain"))
    if body is None:
        return None
    try:
        content = body.get_content()
    except (LookupError, KeyError, UnicodeError):
        return None
    return f"{message['subject'] or ''}\n" + (html_text(content) if body.get_content_subtype() == "html" else content)


def table_text(path):
    text = decoded(raw(path))
    try:
        csv.field_size_limit(LARGEST)
        return "\n".join(" ".join(row) for row in csv.reader(io.StringIO(text), delimiter="\t" if text.count("\t") > text.count(",") else ","))
    except csv.Error:
        return text


def xps_text(path):
    try:
        package = office_text.Package(path)
    except (zipfile.BadZipFile, OSError):
        return None
    out, line = [], None
    for page in filter(lambda one: one is not None, (package.tree(name) for name in package.names if name.endswith(".fpage"))):
        for glyphs in page.iter():
            if glyphs.get("UnicodeString"):  # a word may lie in several
                out.append(("" if glyphs.get("OriginY") == line else "\n") + glyphs.get("UnicodeString").removeprefix("{}"))
                line = glyphs.get("OriginY")
    return "".join(out)


def surely(text):
    """Without the words whose encoding catdoc had to guess; None if that leaves little."""
    left = re.sub(r"\S*[^\x00-\x7f]\S*", " ", text or "")
    return left if len(left.split()) > len((text or "").split()) / 2 else None


def old_sheet_text(path):
    return surely(programs.text("xls2csv", "-d", "utf-8", path))


def old_word_text(path):
    """Of Word before 2007, without the codes of fields, which catdoc takes for text."""
    text = surely(programs.text("catdoc", "-w", "-d", "utf-8", path))
    return None if text is None else FIELD_CODES.sub(" ", text)


def postscript_text(path):
    converted = programs.run("gs", "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-sDEVICE=txtwrite", "-o", "-", path)
    return None if converted is None else converted.decode("utf-8", "replace")


def ways(path, extension, everything=False):
    """(maker, function) in the order of trust."""
    if extension == "pdf":
        return [("poppler", lambda: programs.text("pdftotext", path, "-")), ("mupdf", lambda: programs.text("mutool", "draw", "-q", "-F", "txt", path))]
    if extension in OFFICE:
        return [("", lambda: office_text.text_of(path, everything))]
    if extension in FLAT:
        return [("", lambda: flat_text(path, everything))]
    if extension in ("html", "htm", "xhtml"):
        return [("", lambda: html_text(raw(path)))]
    if extension in ("md", "rst", "tex"):
        form = {"md": "markdown", "rst": "rst", "tex": "latex"}[extension]
        # Even if pandoc is judged: the marks of the language are no words, and nobody else knows them.
        return [("", lambda: programs.text("pandoc", "--sandbox", "-f", form, "-t", "plain", path)), ("", lambda: decoded(raw(path)))]
    return {
        "txt": [("", lambda: decoded(raw(path)))],
        "csv": [("", lambda: table_text(path))],
        "tsv": [("", lambda: table_text(path))],
        "rtf": [("", lambda: rtf_text.text_of(raw(path), everything))],
        "doc": [("", lambda: old_word_text(path))],
        "dot": [("", lambda: old_word_text(path))],
        "xls": [("", lambda: old_sheet_text(path))],
        "epub": [("", lambda: zipped_pages(path))],
        "htmlz": [("", lambda: zipped_pages(path))],
        "oeb": [("", lambda: zipped_pages(path))],
        "fb2": [("", lambda: xml_text(path, unseen={"binary", "description"}))],
        "abw": [("", lambda: xml_text(path, unseen={"data", "metadata", "styles", "history", "lists"}))],
        "zabw": [("", lambda: xml_text(path, unseen={"data", "metadata", "styles", "history", "lists"}))],
        "mobi": [("mupdf", lambda: programs.text("mutool", "draw", "-q", "-F", "txt", path))],
        "eml": [("", lambda: mail_text(path))],
        "xps": [("", lambda: xps_text(path))],
        "svg": [("", lambda: xml_text(path, unseen={"style", "script", "metadata", "title", "desc", "defs"}))],
        "djvu": [("", lambda: programs.text("djvutxt", path))],
        "ps": [("ghostscript", lambda: postscript_text(path))],
        "eps": [("ghostscript", lambda: postscript_text(path))],
    }.get(extension, [])


def text_of(path, extension, avoid=(), everything=False):
    """The text, or None if nobody can tell it; `everything`: also what is hidden in sheets and slides."""
    try:
        return programs.first(ways(path, extension, everything), avoid)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, RecursionError, RuntimeError, AssertionError):
        return None
