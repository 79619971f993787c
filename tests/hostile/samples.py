"""Files that want more than to be converted, one list per engine shape: what they reach for is the canary (a listener and two files).

Each sample says which ends are right. "finished" means that the harmless rest of the document may come out.
"""
import dataclasses
import io
import struct
import tarfile
import zipfile
import zlib

REFUSED = {"OPEN_FAILED", "CONVERSION_FAILED"}
LIMITED = {"MEMORY_LIMIT_EXCEEDED", "CPU_LIMIT_EXCEEDED", "OUTPUT_LIMIT_EXCEEDED", "PROCESS_LIMIT_EXCEEDED", "PIXEL_LIMIT_EXCEEDED",
           "PAGE_LIMIT_EXCEEDED", "TIMEOUT"}


@dataclasses.dataclass
class Sample:
    name: str
    content: bytes
    to: str
    engine: str
    ends: frozenset
    options: dict = dataclasses.field(default_factory=dict)
    operation: str = "convert"


def archive(**members):
    """An archive of members; a name's "__" is "/"."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive_file:
        for name, content in members.items():
            archive_file.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def ooxml(main_part, main_type, relations="", **parts):
    """A package whose main part is `main_part` (name, content); more parts by their path with __ for /."""
    name, content = main_part
    folder, leaf = name.split("/")
    return archive(**{
        "[Content_Types].xml": f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                               f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                               f'<Default Extension="xml" ContentType="application/xml"/><Default Extension="htm" ContentType="text/html"/>'
                               f'<Override PartName="/{name}" ContentType="{main_type}"/></Types>',
        "_rels__.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="m" Type='
                        f'"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="{name}"/></Relationships>',
        f"{folder}__{leaf}": content,
        f"{folder}___rels__{leaf}.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                                         f'{relations}</Relationships>',
        **parts})


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def docx(body, relations="", **parts):
    return ooxml(("word/document.xml", f"<w:document {WORD}><w:body>{body}<w:p><w:r><w:t>harmless</w:t></w:r></w:p></w:body></w:document>"),
                 DOCX, relations, **parts)


def relation(identity, kind, target):
    return f'<Relationship Id="{identity}" Type="{RELATION}/{kind}" Target="{target}" TargetMode="External"/>'


def linked_picture(identity):
    return (f'<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
            f'<wp:extent cx="900000" cy="900000"/><wp:docPr id="1" name="x"/><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
            f'<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic xmlns:pic='
            f'"http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr><pic:cNvPr id="1" name="x"/><pic:cNvPicPr/></pic:nvPicPr>'
            f'<pic:blipFill><a:blip r:link="{identity}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>'
            f'<a:ext cx="900000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
            f'</a:graphic></wp:inline></w:drawing></w:r></w:p>')


def field(instruction):
    return (f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{instruction}</w:instrText></w:r>'
            f'<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>')


def flat_odf(kind, body):
    names = "office text draw xlink table presentation form".split()
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{"drawing" if name == "draw" else name}:1.0"' for name in names if name != "xlink")
    return (f'<?xml version="1.0"?><office:document {spaces} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2" '
            f'office:mimetype="application/vnd.oasis.opendocument.{kind}"><office:body>{body}</office:body></office:document>').encode()


def office(canary):
    web, text, picture = canary.url, f"file://{canary.text}", f"file://{canary.picture}"
    frames = "".join(f'<draw:frame><draw:image xlink:href="{target}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/></draw:frame>'
                     for target in (web, picture, canary.picture, f"vnd.sun.star.expand:{picture}", f"FILE://{canary.picture}"))
    section = (f'<text:section text:name="a"><text:section-source xlink:href="{text}" xlink:type="simple"/><text:p>x</text:p></text:section>'
               f'<text:section text:name="b"><text:section-source xlink:href="{web}a.odt" xlink:type="simple"/><text:p>x</text:p></text:section>')
    finished = frozenset({"finished"})
    sheet = ('<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
             f'<row r="1"><c r="A1" t="str"><f>WEBSERVICE("{web}")</f><v>x</v></c><c r="B1" t="str"><f>WEBSERVICE("{text}")</f><v>x</v></c>'
             f'<c r="C1"><f>\'{text}\'#$Sheet1.A1</f></c></row></sheetData></worksheet>')
    html = (f'<html><body><p>harmless</p><img src="{web}"><img src="{picture}"><iframe src="{text}"></iframe><object data="{web}"></object>'
            f'<link rel="stylesheet" href="{web}a.css"><body background="{web}b.png">').encode()
    return [
        Sample("linked-pictures.docx", docx(linked_picture("p1") + linked_picture("p2"),
                                            relation("p1", "image", web) + relation("p2", "image", picture)), "pdf", "libreoffice", finished),
        Sample("fields.docx", docx(field(f'INCLUDEPICTURE "{web}" \\d') + field(f'INCLUDETEXT "{canary.text}"') + field(f'DDEAUTO c:\\\\x "{text}"')
                                   + '<w:altChunk r:id="c1"/>', relation("c1", "aFChunk", web) + relation("t", "attachedTemplate", web)),
               "pdf", "libreoffice", finished),
        Sample("entities.docx", ooxml(("word/document.xml", f'<!DOCTYPE d [<!ENTITY e SYSTEM "{text}"><!ENTITY % p SYSTEM "{web}"> %p;]><w:document {WORD}>'
                                       "<w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>"), DOCX),
               "pdf", "libreoffice", finished | REFUSED),
        Sample("links.fodt", flat_odf("text", f"<office:text>{section}<text:p>{frames}harmless</text:p></office:text>"), "pdf", "libreoffice", finished),
        Sample("links.fods", flat_odf("spreadsheet", '<office:spreadsheet><table:table table:name="a"><table:table-row><table:table-cell '
                                      f'table:formula="of:=WEBSERVICE(&quot;{web}&quot;)"/><table:table-cell '
                                      f'table:formula="of:=[\'{text}\'#$a.A1]"/></table:table-row></table:table></office:spreadsheet>'),
               "pdf", "libreoffice", finished | REFUSED),
        Sample("links.fodp", flat_odf("presentation", f'<office:presentation><draw:page draw:name="a">{frames}<draw:frame><draw:plugin xlink:href="{web}v.mp4" '
                                      'draw:mime-type="application/vnd.sun.star.media"/></draw:frame></draw:page></office:presentation>'),
               "pdf", "libreoffice", finished),
        Sample("webservice.xlsx", ooxml(("xl/workbook.xml", f'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{RELATION}">'
                                         '<sheets><sheet name="a" sheetId="1" r:id="s"/></sheets></workbook>'), XLSX,
                                        f'<Relationship Id="s" Type="{RELATION}/worksheet" Target="sheet.xml"/>', **{"xl__sheet.xml": sheet}),
               "csv", "libreoffice", finished),
        Sample("includes.rtf", (r'{\rtf1 harmless {\field{\*\fldinst INCLUDEPICTURE "%s" \\d}{\fldrslt x}}{\field{\*\fldinst INCLUDETEXT "%s"}{\fldrslt x}}'
                                r'{\*\template %s}}' % (web, canary.text, web)).encode(), "pdf", "libreoffice", finished),
        Sample("page.html", html, "odt", "libreoffice", finished),
        Sample("bomb.docx", docx(" " * (220 << 20)), "pdf", "libreoffice", finished | REFUSED | LIMITED, {"timeout": 60}),
        Sample("rows.csv", b"x,y\n" * 1_000_000, "pdf", "libreoffice", frozenset(LIMITED), {"timeout": 10}),
        Sample("empty.docx", b"", "pdf", "libreoffice", frozenset({"OPEN_FAILED"})),
        Sample("cut.docx", docx("")[:600], "pdf", "libreoffice", frozenset({"OPEN_FAILED"})),
        Sample("noise.docx", bytes(range(256)) * 16, "pdf", "libreoffice", frozenset({"OPEN_FAILED"})),
        Sample("locked.docx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1016), "pdf", "libreoffice", frozenset({"OPEN_FAILED"})),
    ]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, bits=8, rows=b""):
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def images(canary):
    web, text, picture = canary.url, f"file://{canary.text}", f"file://{canary.picture}"
    svg = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="90" height="90">'
    pictures = "".join(f'<image xlink:href="{target}" width="40" height="40"/><use xlink:href="{target}#a"/>'
                       for target in (web, picture, canary.picture, f"FILE://{canary.picture}", f"text:{canary.text}", f"msl:{canary.text}", "ephemeral:/tmp/x"))
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    finished = frozenset({"finished"})
    loop = b"II*\0\x08\0\0\0\x01\0\x00\x01\x03\0\x01\0\0\0\x08\0\0\0\x08\0\0\0"
    return [
        Sample("links.svg", f'{svg}<style>@import url("{web}a.css"); rect {{ fill: url("{web}b") }}</style>{pictures}<rect width="9" height="9"/></svg>'.encode(),
               "png", "vips", finished | REFUSED),
        Sample("entity.svg", f'<!DOCTYPE svg [<!ENTITY e SYSTEM "{text}"><!ENTITY % p SYSTEM "{web}"> %p;]>{svg}<text y="20">&e;</text></svg>'.encode(),
               "png", "vips", finished | REFUSED),
        Sample("include.svg", f'{svg}<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="{text}"/></svg>'.encode(), "png", "vips",
               finished | REFUSED),
        Sample("laughs.svg", f'<!DOCTYPE svg [<!ENTITY l0 "ha">{laughs}]>{svg}<text>&l9;</text></svg>'.encode(), "png", "vips", frozenset(REFUSED | LIMITED)),
        Sample("huge.svg", svg.replace('"90"', '"1000000000"').encode() + b"</svg>", "png", "vips", frozenset(REFUSED | LIMITED)),
        Sample("filter.svg", f'{svg}<filter id="f" x="-99999" y="-99999" width="199999" height="199999"><feGaussianBlur stdDeviation="9999"/></filter>'
               '<rect width="99999" height="99999" filter="url(#f)"/></svg>'.encode(), "png", "vips", finished | REFUSED | LIMITED, {"timeout": 30}),
        Sample("script.svg", b"push graphic-context\nviewbox 0 0 9 9\nimage over 0,0 9,9 'text:" + str(canary.text).encode() + b"'\n", "png", "vips",
               frozenset({"OPEN_FAILED"})),
        Sample("bomb.png", png(30000, 30000, 1, zlib.compress(bytes(30000 * 3751), 9)), "webp", "vips", frozenset(REFUSED | LIMITED)),
        Sample("lie.png", png(2_000_000_000, 2_000_000_000), "jpg", "vips", frozenset(REFUSED | LIMITED)),
        Sample("loop.tiff", loop, "png", "vips", frozenset(REFUSED)),
        Sample("frames.gif", b"GIF89a\xff\xff\xff\xff\0\0\0" + (b"\x2c\0\0\0\0\1\0\1\0\x80\0\0\0\xff\xff\xff\x02\x02\x44\x01\0") * 300 + b"\x3b", "webp", "vips",
               finished | REFUSED | LIMITED, {"timeout": 60}),
        Sample("words.png", b"only words\n", "jpg", "vips", frozenset({"OPEN_FAILED"})),
        Sample("empty.png", b"", "jpg", "vips", frozenset({"OPEN_FAILED"})),
    ]


def pdf(*objects):
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + (body if isinstance(body, bytes) else body.encode()) + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    return out + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()


def stream(data, more=""):
    return f"<< /Length {len(data)} {more} >>\nstream\n".encode() + data + b"\nendstream"


UNREADABLE = {"tree-loop", "noise", "cut"}  # by any reader


def pages(canary):
    web, text = canary.url, str(canary.text)
    catalog, tree = "<< /Type /Catalog /Pages 2 0 R {} >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {0} {0}] /Contents 4 0 R /Resources << {1} >> {2} >>"
    finished, samples = frozenset({"finished"}), []

    def add(name, content, ends, to="png", **options):
        for engine in ("poppler", "mupdf"):
            samples.append(Sample(f"{engine}-{name}.pdf", content, to, engine, frozenset(ends), options))
        # What draws nothing need not mind how large or deep a drawing is.
        samples.append(Sample(f"pdf2office-{name}.pdf", content, "docx", "pdf2office",
                              frozenset(ends | {"finished"} if name not in UNREADABLE else ends), {k: v for k, v in options.items() if k == "timeout"}))
        for operation, more in (("pdf/split-pages", {}), ("pdf/rotate-pages", {"rotation": "90"})):
            samples.append(Sample(f"{operation[4:]}-{name}.pdf", content, "pdf", "qpdf", frozenset(ends | {"finished"} if name not in UNREADABLE else ends),
                                  options | more, operation))
    mark = stream(b"BT ET")
    add("actions", pdf(catalog.format(f"/OpenAction << /S /Launch /F ({text}) >> /AA << /WC << /S /URI /URI ({web}) >> >>"), tree,
                       page.format(200, "", f"/AA << /O << /S /JavaScript /JS (app.launchURL\\('{web}'\\);) >> >> /Annots [<< /Type /Annot /Subtype /Link "
                                            f"/Rect [0 0 99 99] /A << /S /GoToR /F ({text}) >> >>]"), mark), finished)
    add("external-stream", pdf(catalog.format(""), tree, page.format(200, "", ""),
                               stream(b"", f"/F << /Type /Filespec /F ({text}) >> ")), finished | REFUSED, "txt")
    add("recursion", pdf(catalog.format(""), tree, page.format(200, "/XObject << /X 5 0 R >>", ""), stream(b"/X Do"),
                         stream(b"/X Do /X Do", "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>")), finished | REFUSED)
    add("tree-loop", pdf(catalog.format(""), "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000 >>"), REFUSED | LIMITED, timeout=20)
    add("huge-page", pdf(catalog.format(""), tree, page.format(10 ** 9, "", ""), mark), REFUSED | LIMITED, timeout=30)
    twice = zlib.compress(zlib.compress(b"0 0 m 9 9 l S\n" * 8_000_000, 9), 9)
    add("flate-twice", pdf(catalog.format(""), tree, page.format(200, "", ""), stream(twice, "/Filter [/FlateDecode /FlateDecode]")),
        finished | REFUSED | LIMITED, timeout=8)
    add("noise", bytes(range(1, 256)) * 16, {"OPEN_FAILED"})
    add("cut", pdf(catalog.format(""), tree, page.format(200, "", ""), mark)[:60], {"OPEN_FAILED", "CONVERSION_FAILED"})
    return samples


def media(canary):
    web, text = canary.url, str(canary.text)
    refused = frozenset({"OPEN_FAILED"})
    playlist = f"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\n{web}a.ts\n#EXTINF:10.0,\nfile://{text}\n#EXT-X-ENDLIST\n".encode()
    lie = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\1\0\1\0\x44\xac\0\0\x88\x58\1\0\2\0\x10\0data\xff\xff\xff\xff" + bytes(400)
    return [
        Sample("playlist.mp4", playlist, "mkv", "ffmpeg", refused),
        Sample("playlist.avi", playlist, "mp4", "ffmpeg", refused),
        Sample("concat.mp4", f"ffconcat version 1.0\nfile '{text}'\nfile '{web}'\n".encode(), "mkv", "ffmpeg", refused),
        Sample("session.mov", f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {canary.port} RTP/AVP 96\n".encode(), "mp4", "ffmpeg", refused),
        Sample("manifest.webm", f'<?xml version="1.0"?><MPD><Period><AdaptationSet><Representation><BaseURL>file://{text}</BaseURL></Representation>'
               "</AdaptationSet></Period></MPD>".encode(), "mp4", "ffmpeg", refused),
        Sample("lie.wav", lie, "mp3", "ffmpeg", frozenset({"finished"}) | REFUSED),
        Sample("zeros.mp3", bytes(1 << 20), "wav", "ffmpeg", refused),
        Sample("empty.mp4", b"", "webm", "ffmpeg", refused),
    ]


def web_pages(canary):
    web, text, picture = canary.url, f"file://{canary.text}", f"file://{canary.picture}"
    socket = web.replace("http:", "ws:")
    finished = frozenset({"finished"})
    asking = f"""<!doctype html><title>x</title><link rel=stylesheet href="{web}a.css"><link rel=preload as=fetch href="{web}"><link rel=dns-prefetch href="{web}">
      <meta http-equiv=refresh content="0;url={web}"><p>harmless</p><img src="{web}"><img src="{picture}"><iframe src="{text}"></iframe>
      <iframe src="\\\\localhost{canary.text}"></iframe><object data="{text}"></object><embed src="{web}"><video src="{web}"></video>
      <script src="{web}x.js"></script><script type=module>import "{web}m.js"</script><script>
      fetch("{web}"); fetch("{text}").then(r => r.text()).then(t => document.body.append(t)); new WebSocket("{socket}");
      navigator.sendBeacon("{web}", "x"); new EventSource("{web}"); new Worker("data:,importScripts('{web}')"); window.open("{web}");
      new RTCPeerConnection({{iceServers: [{{urls: "stun:127.0.0.1:{canary.port}"}}]}}).createDataChannel("x");</script>""".encode()
    return [
        Sample("asking.html", asking, "pdf", "chrome", finished),
        Sample("frame.html", f'<iframe src="{text}" width=600 height=400></iframe>'.encode(), "png", "chrome", finished),
        Sample("refresh.html", f'<meta http-equiv="refresh" content="0;url={text}"><p>harmless'.encode(), "pdf", "chrome", finished | REFUSED),
        Sample("endless.html", b"<p>x<script>while (true);</script>", "pdf", "chrome", frozenset(LIMITED), {"timeout": 8}),
        Sample("memory.html", b"<script>const all = []; while (true) all.push(new Array(1e6).fill(all.length));</script>", "pdf", "chrome",
               frozenset(LIMITED | REFUSED), {"timeout": 60}),
        Sample("tall.html", b"<div style='height:100000000px'>x</div>", "png", "chrome", finished | REFUSED | LIMITED, {"timeout": 30}),
        Sample("dialogs.html", b"<p>x<script>alert(1); confirm(2); onbeforeunload = () => 1; setInterval(() => window.open('about:blank'), 1);</script>", "pdf",
               "chrome", finished | REFUSED | LIMITED, {"timeout": 30}),
        Sample("deep.html", b"<div>" * 50_000, "pdf", "chrome", finished | REFUSED | LIMITED, {"timeout": 60}),
    ]


def tar(*members):
    """A tar of (name, content) files and (name, content, type, target) others."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive_file:
        for name, content, *more in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            if more:
                entry.type, entry.linkname = more
            archive_file.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def archives(canary):
    finished, text = frozenset({"finished"}), str(canary.text)
    climbing = tar(("../../../../tmp/up", b"x"), (text + ".new", b"x"), ("link", b"", tarfile.SYMTYPE, text), ("link/below", b"x"),
                   ("hard", b"", tarfile.LNKTYPE, text), ("folder", b"", tarfile.SYMTYPE, str(canary.folder)), ("folder/secret.txt", b"x"),
                   ("device", b"", tarfile.CHRTYPE, ""))
    bomb = archive(**{"zeros": b"\0" * 300_000_000})
    extract = {"to": "", "engine": "archivetool", "operation": "archive/extract"}
    return [
        Sample("climbing.tar", climbing, ends=finished, **extract),
        Sample("climbing-again.tar", climbing, "cpio", "archivetool", finished),
        Sample("bomb.zip", bomb, ends=frozenset({"OUTPUT_LIMIT_EXCEEDED"}), **extract),
        Sample("bomb-again.zip", bomb, "tar.gz", "archivetool", frozenset({"OUTPUT_LIMIT_EXCEEDED"})),
        Sample("no-archive.7z", b"7z\xbc\xaf\x27\x1c" + b"\xff" * 200, ends=REFUSED, **extract),
    ]


def tags(canary):
    """A picture of one pixel, with values and names that would read the canary's text."""
    comment = f"<={canary.text} @{canary.text} \n-execute\n-o\n{canary.text}.new".encode()
    gif = (b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff" + b"!\xfe" + bytes([len(comment)]) + comment + b"\0"
           + b",\0\0\0\0\1\0\1\0\0\2\2D\1\0;")
    write = {"to": "", "engine": "exiftool", "operation": "metadata/write"}
    values = {name: value for name, value in zip(("Title", "Description", "Creator", "Rights", "Source"), (
        f"<={canary.text}", f"a\n-Comment<={canary.text}", f"@{canary.text}", f"$(cat {canary.text})", f"-tagsFromFile {canary.text}"))}
    return [
        Sample("comment.gif", gif, "", "exiftool", frozenset({"finished"}), operation="metadata"),
        Sample("values.gif", gif, ends=frozenset({"finished"}), options={"metadata": values}, **write),
        Sample("name.gif", gif, ends=REFUSED, options={"metadata": {"json": str(canary.text)}}, **write),
        Sample("other-name.gif", gif, ends=REFUSED, options={"metadata": {"csv": str(canary.text)}}, **write),
    ]


def all_samples(canary):
    return archives(canary) + tags(canary) + office(canary) + images(canary) + pages(canary) + media(canary) + web_pages(canary)
