"""Text of RTF: with footnotes and text boxes, which the small converters leave out."""
import re

TOKEN = re.compile(rb"\\([a-zA-Z]+)(-?\d+)? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|([^\\{}\r\n]+)")
# Groups that are no text of the body. What begins with \* is none either, but for shapes and what the newer words are for.
UNSEEN = set(b"""fonttbl colortbl stylesheet info pict listtable listoverridetable rsidtbl generator xmlnstbl themedata colorschememapping latentstyles datastore
fldinst bkmkstart bkmkend objdata ftnsep ftnsepc aftnsep aftnsepc revtbl filetbl sp annotation
atnid atnauthor atndate pgdsctbl listtext nonshppict listpicture template private mmathPr falt panose userprops wgrffmtfilter""".split())
MARGINS = set(b"header headerl headerr headerf footer footerl footerr footerf".split())
SEEN_STARRED = {b"shpinst", b"shptxt", b"footnote", b"shppict", b"field"}
BREAKS = {b"par", b"line", b"tab", b"cell", b"row", b"sect", b"page", b"nestcell", b"nestrow", b"footnote", b"shptxt", b"column"}
SIGNS = {b"emdash": "\u2014", b"endash": "\u2013", b"lquote": "\u2018", b"rquote": "\u2019", b"ldblquote": "\u201c", b"rdblquote": "\u201d", b"bullet": "\u2022"}
PAGES_OF_FONTS = {77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254", 177: "cp1255", 178: "cp1256", 186: "cp1257",
                  204: "cp1251", 222: "cp874", 238: "cp1250"}


class State:
    """What a brace saves and its partner brings back."""

    def __init__(self, other=None):
        self.unseen, self.skip, self.page, self.starred = (other.unseen, other.skip, other.page, False) if other else (False, 1, None, False)
        self.hidden = other.hidden if other else False


class Reader:
    def __init__(self, content, everything=False):
        self.skipped = UNSEEN if everything else UNSEEN | MARGINS
        found = re.search(rb"\\ansicpg(\d+)", content[:2000])
        self.page = f"cp{int(found.group(1))}" if found and int(found.group(1)) > 0 else "cp1252"
        self.fonts = {int(number): PAGES_OF_FONTS[int(charset)] for number, charset in re.findall(rb"\\f(\d+)[^{};]*?\\fcharset(\d+)", content)
                      if int(charset) in PAGES_OF_FONTS}
        self.out, self.waiting, self.stack, self.now, self.to_skip = [], bytearray(), [], State(), 0

    def flush(self):
        if self.waiting:
            try:
                self.out.append(self.waiting.decode(self.now.page or self.page, "replace"))
            except LookupError:
                self.out.append(self.waiting.decode("cp1252", "replace"))
            self.waiting.clear()

    def take(self, some):
        """Bytes of text; the first ones may stand for a character that was said by its number."""
        gone = min(self.to_skip, len(some))
        self.to_skip -= gone
        if not self.now.unseen and not self.now.hidden:
            self.waiting += some[gone:]

    def sign(self, text):
        self.flush()
        if not self.now.unseen and not self.now.hidden:
            self.out.append(text)

    def word(self, name, number):
        if name in self.skipped or self.now.starred and name not in SEEN_STARRED:
            self.now.unseen = True
        self.now.starred = False
        if name == b"u" and number is not None:
            self.sign(chr(number % 65536))
            self.to_skip = self.now.skip
        elif name == b"uc" and number is not None:
            self.now.skip = number
        elif name == b"f" and number is not None:
            self.flush()
            self.now.page = self.fonts.get(number)
        elif name in (b"v", b"deleted"):
            self.now.hidden = number != 0
        elif name == b"plain":
            self.now.hidden = False
        elif name in BREAKS:
            self.sign("\n")
        elif name in SIGNS:
            self.sign(SIGNS[name])

    def read(self, content):
        for name, number, hexadecimal, symbol, brace, plain in (match.groups() for match in TOKEN.finditer(content)):
            if name:
                self.word(name, int(number) if number else None)
            elif hexadecimal:
                self.take(bytes([int(hexadecimal, 16)]))
            elif plain:
                self.take(plain)
            elif brace == b"{":
                self.flush()
                self.stack.append(self.now)
                self.now = State(self.now)
            elif brace:
                self.flush()
                self.now = self.stack.pop() if self.stack else State()
            elif symbol == b"*":
                self.now.starred = True
            elif symbol == b"~":
                self.sign(" ")
            elif symbol and symbol in b"{}\\":
                self.take(symbol)
        self.flush()
        return "".join(self.out).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def text_of(content, everything=False):
    """The text, or None if that is no RTF; `everything`: with headers and footers."""
    return Reader(content, everything).read(content) if content[:5] == b"{\\rtf" else None
