"""Which conversions are tried: of the pairs that the server has, those that people ask for."""
import dataclasses
import urllib.parse

# Options without which a result holds only a part of its source, by (family, target).
WHOLE = {("spreadsheet", "csv"): (("all_sheets", True),)}
# Family: its formats, and the targets that stand for all others. A family of "" has the targets of formats not named here.
FAMILIES = {
    "pdf": ("pdf", "png svg txt html docx epub pptx xlsx pdf djvu"),
    "document": ("abw doc docm docx dot dotm dotx fodt hwp hwpx lwp odd odt ott pages rtf sdw sxw txt wpd wps zabw", "pdf docx odt rtf txt html epub png"),
    "markup": ("md rst tex html htm mhtml", "pdf docx odt txt html epub png"),
    "spreadsheet": ("csv et fods numbers ods ots sdc sxc tsv xls xlsm xlsx xlt xltx", "pdf xlsx ods csv html png"),
    "presentation": ("dps fodp key odp otp pot potx pps ppsx ppt pptm pptx sxi", "pdf pptx odp png txt"),
    "vector": ("ai cdr cgm dxf dwg emf eps fodg odg ps pub sda sk sk1 svg svgz vsd vsdx wmf xps djvu dwf swf", "pdf svg png odg"),
    "image": ("avif bmp gif heic heif icns ico jfif jp2 jpeg jpg jxl pcx pgm png ppm psb psd tga tif tiff webp xcf", "png jpg webp avif tiff gif pdf ico"),
    "raw": ("3fr arw cr2 cr3 crw dcr dng erf mos mrw nef orf pef raf raw rw2 x3f", "jpg png tiff"),
    "audio": ("aac ac3 aif aifc aiff amr au caf dss flac m4a m4b mp3 oga ogg opus sf2 voc wav weba wma", "mp3 wav flac ogg m4a"),
    "video": ("3g2 3gp 3gpp avi cavs dv dvr flv m2ts m4v mkv mod mov mp4 mpeg mpg mts mxf ogv rm rmvb ts vob webm wmv wtv", "mp4 webm mp3 gif jpg"),
    "archive": ("7z ace alz arc arj bz bz2 cab cpio deb dmg gz img iso jar lha lz lzma lzo rar rpm rz tar tar.7z tar.bz tar.bz2 tar.gz tar.lzo "
                "tar.xz tar.z tbz tbz2 tgz tz tzo xz z zip", "zip tar.gz 7z"),
    "ebook": ("azw azw3 azw4 cbc cbr cbz chm epub fb2 htmlz lit lrf mobi oeb pdb pml prc rb snb tcr txtz", "epub pdf txt mobi png"),
    "font": ("eot otf ttf woff woff2", "ttf otf woff woff2"),
    "mail": ("eml msg", "pdf html txt png"),
    "": ("vtt", "pdf png txt html jpg mp3 vtt srt"),
}
# Other names of formats, under which the catalogue does not list them.
ALIASES = {"htm": "html", "djv": "djvu", "jpeg": "jpg", "jfif": "jpg", "tif": "tiff", "tgz": "tar.gz", "tbz2": "tar.bz2", "tbz": "tar.bz2", "txz": "tar.xz", "tz": "tar.z",
           "tzo": "tar.lzo", "lzh": "lha", "aif": "aiff", "mts": "m2ts", "mpeg": "mpg", "3gpp": "3gp"}
EXTRA = ("thumbnail", "metadata")


@dataclasses.dataclass(frozen=True)
class Attempt:
    """One task to be run on one file."""
    entry: object
    operation: str
    target: str = ""
    options: tuple = ()

    @property
    def label(self):
        password = " with password" if dict(self.options).get("password") else ""
        return (self.target if self.operation == "convert" else self.operation) + password


def family_of(extension):
    return next((name for name, (formats, _) in FAMILIES.items() if extension in formats.split()), "")


class Catalogue:
    """What GET /v2/operations says, asked once for each format."""

    def __init__(self, client, engine=None):
        self.client, self.engine, self.known = client, engine, {}

    def records(self, extension):
        if extension not in self.known:
            query = {"filter[input_format]": extension}
            if self.engine:
                query |= {"filter[engine]": self.engine, "alternatives": "true"}
            found = self.client.call("GET", "/v2/operations?" + urllib.parse.urlencode(query))["data"]
            self.known[extension] = found if found or extension not in ALIASES else self.records(ALIASES[extension])
        return self.known[extension]

    def targets(self, extension, every=False):
        """Output formats of `convert`; unless `every`, only those that stand for the family, and of ways in two steps as well."""
        there = {record["output_format"] for record in self.records(extension) if record["operation"] == "convert"}
        if every:
            return sorted(there)
        return [target for target in FAMILIES[family_of(extension)][1].split() if target in there]

    def can(self, operation, extension):
        return any(record["operation"] == operation for record in self.records(extension))


def attempts(entries, catalogue, wanted=None, every=False, extras=EXTRA):
    """Everything to do, file by file. Formats that the server does not read have none."""
    found = []
    for entry in entries:
        options = [("engine", catalogue.engine)] if catalogue.engine else []
        targets = catalogue.targets(entry.format, every or bool(wanted))
        for target in targets:
            if not wanted or target in wanted:
                found.append(Attempt(entry, "convert", target, tuple(options) + WHOLE.get((family_of(entry.format), target), ())))
        if targets and entry.password:
            found.append(Attempt(entry, "convert", next((one for one in targets if not wanted or one in wanted), targets[0]),
                                 tuple(options + [("password", entry.password)])))
        for operation in extras:
            if not wanted and not catalogue.engine and catalogue.can(operation, entry.format):
                found.append(Attempt(entry, operation, "png" if operation == "thumbnail" else ""))
    return found
