#!/usr/bin/env python3
"""The judge of ./dev corpus: what is right passes, and every kind of fault in a tiny result is seen. At last a whole run on two files."""
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tools/corpus"), str(ROOT / "tests/support"), str(ROOT / "tests/hostile")]
import canary  # noqa: E402
import checks  # noqa: E402
import judge  # noqa: E402
import known_limits  # noqa: E402
import manifest  # noqa: E402
import programs  # noqa: E402
import runner  # noqa: E402
import samples  # noqa: E402
import source  # noqa: E402
import targets  # noqa: E402
import words  # noqa: E402

SENTENCE = "Seven quick foxes jump over the lazy brown dogs tonight"


def pdf(*pages):
    """A PDF with a line of text on each page; an empty string is an empty page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    for line in pages:
        stream = f"BT /F1 14 Tf 20 100 Td ({line}) Tj ET" if line else ""
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Resources << /Font << /F1 3 0 R >> >> /Contents {len(objects) + 2} 0 R >>")
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects[1] = f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{4 + 2 * number} 0 R' for number in range(len(pages)))}] >>"
    out, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(f"{place:010d} 00000 n \n" for place in places)
    return (out + f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").encode()


def archive(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/") + ".xml" * ("__" in name), content)
    return out.getvalue()


def docx(text, deleted=""):
    return archive(word__document=f'<w:document xmlns:w="urn:w"><w:body><w:p><w:r><w:t>{text}</w:t></w:r><w:del><w:r><w:t>{deleted}</w:t></w:r></w:del></w:p></w:body></w:document>')


def pgm(width, height, level=None):
    """A grey gradient, or one level."""
    return f"P5 {width} {height} 255\n".encode() + bytes(level if level is not None else column * 255 // width for _ in range(height) for column in range(width))


class Judging(unittest.TestCase):
    def setUp(self):
        self.owned = tempfile.TemporaryDirectory()
        self.addCleanup(self.owned.cleanup)
        self.folder = pathlib.Path(self.owned.name)

    def entry(self, name, content, note="-"):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return manifest.Entry(name, name.rsplit(".", 1)[1], note, path)

    def verdict(self, entry, target, *outputs, operation="convert", **how):
        paths = []
        for number, content in enumerate(outputs):
            paths.append(self.folder / f"{number}-made.{'png' if operation == 'thumbnail' else target}")
            paths[-1].write_bytes(content)
        outcome = runner.Outcome(**{"status": "finished", "engine": "none", "files": paths, "seconds": 1.0, **how})
        return judge.judge(targets.Attempt(entry, operation, target), outcome, source.Source(entry), 60)

    def assert_found(self, kind, verdict):
        self.assertEqual((verdict.word, [one.kind for one in verdict.findings]), ("wrong", [kind]), verdict.findings)

    def assert_done(self, verdict):
        self.assertEqual((verdict.word, verdict.findings), ("done", []))

    def require(self, *names):
        for name in names:
            if not programs.there(name):
                self.skipTest(f"{name} is not installed")


class Documents(Judging):
    def setUp(self):
        super().setUp()
        self.require("pdftotext", "pdfinfo", "pdftoppm")

    def test_all_of_the_text_is_done(self):
        self.assert_done(self.verdict(self.entry("a.docx", docx(SENTENCE)), "pdf", pdf(SENTENCE)))

    def test_deleted_text_is_not_asked_for(self):
        self.assert_done(self.verdict(self.entry("a.docx", docx(SENTENCE, deleted="never seen again by anybody at all")), "pdf", pdf(SENTENCE)))

    def test_missing_text_is_seen(self):
        self.assert_found("text", self.verdict(self.entry("a.docx", docx(SENTENCE)), "pdf", pdf("Seven quick foxes jump over")))

    def test_a_blank_page_is_seen(self):
        self.assert_found("blank", self.verdict(self.entry("a.docx", docx("Word")), "pdf", pdf("")))
        self.assert_found("blank", self.verdict(self.entry("a.pdf", pdf("One", "Two")), "pdf", pdf("One", "")))

    def test_blank_pages_of_the_source_are_right(self):
        self.assert_done(self.verdict(self.entry("a.pdf", pdf("One", "")), "pdf", pdf("One", "")))

    def test_a_lost_page_is_seen(self):
        self.assert_found("pages", self.verdict(self.entry("a.pdf", pdf("One", "Two")), "pdf", pdf("One")))
        self.assert_found("pages", self.verdict(self.entry("b.html", b"<p>x", "12 printed pages"), "pdf", pdf(*"abcdefghijk")))

    def test_what_is_no_pdf_is_seen(self):
        self.assert_found("unreadable", self.verdict(self.entry("a.docx", docx(SENTENCE)), "pdf", b"%PDF-1.4 and then nothing"))

    def test_nothing_is_seen(self):
        self.assert_found("empty", self.verdict(self.entry("a.docx", docx(SENTENCE)), "pdf", b""))
        self.assert_found("empty", self.verdict(self.entry("a.docx", docx(SENTENCE)), "pdf"))


class Ends(Judging):
    def refused(self, entry, code, message="It is damaged.", **how):
        return self.verdict(entry, "pdf", status="error", code=code, message=message, **how)

    def test_refusing_a_good_file_is_wrong(self):
        self.assert_found("refused", self.refused(self.entry("a.docx", docx("x")), "OPEN_FAILED"))

    def test_a_time_out_has_a_word_of_its_own(self):
        self.assert_found("time-out", self.refused(self.entry("a.docx", docx("x")), "TIMEOUT"))

    def test_hostile_and_damaged_files_may_be_refused_but_not_by_accident(self):
        hostile = self.entry("hostile/a.docx", docx("x"))
        self.assertEqual(self.refused(hostile, "OPEN_FAILED").word, "refused")
        self.assertEqual(self.refused(hostile, "TIMEOUT").word, "refused")
        self.assert_found("exit", self.refused(hostile, "UNKNOWN_ERROR"))
        self.assert_found("code", self.refused(hostile, "OPEN_FAILED", message=None))
        self.assertEqual(self.refused(self.entry("b.docx", b"PK", "truncated to 50%"), "CONVERSION_FAILED").word, "refused")

    def test_a_protected_file_is_refused_as_such_and_never_opened(self):
        protected = self.entry("a.pdf", b"%PDF-", "user password: open")
        self.assertEqual(self.refused(protected, "OPEN_FAILED").word, "refused")
        self.assert_found("code", self.refused(protected, "CONVERSION_FAILED"))
        self.assert_found("accepted", self.verdict(protected, "txt", b"text"))

    def test_outliving_the_time_out_is_seen(self):
        hostile = self.entry("hostile/a.docx", docx("x"))
        self.assert_found("limit", self.refused(hostile, "TIMEOUT", seconds=600))
        self.assert_found("limit", self.refused(hostile, "TIMEOUT", memory=5 << 30))

    def test_no_metadata_is_seen(self):
        self.assert_found("empty", self.verdict(self.entry("a.docx", docx("x")), "", operation="metadata", metadata={}))


class Pictures(Judging):
    def setUp(self):
        super().setUp()
        self.require("identify", "convert")
        self.entry_ = self.entry("a.pgm", pgm(120, 80))

    def test_the_same_picture_is_done(self):
        self.assert_done(self.verdict(self.entry_, "ppm", pgm(120, 80)))

    def test_wrong_dimensions_are_seen(self):
        self.assert_found("size", self.verdict(self.entry_, "pgm", pgm(121, 80)))

    def test_one_colour_is_seen(self):
        self.assert_found("blank", self.verdict(self.entry_, "pgm", pgm(120, 80, 200)))

    def test_another_picture_is_seen(self):
        negative = pgm(120, 80)[:-9600] + bytes(255 - one for one in pgm(120, 80)[-9600:])
        self.assert_found("picture", self.verdict(self.entry_, "pgm", negative))

    def test_a_thumbnail_keeps_the_proportions(self):
        def small(width, height):
            return programs.run("convert", "pgm:-", "png:-", stdin=pgm(width, height))
        self.assert_done(self.verdict(self.entry_, "png", small(60, 40), operation="thumbnail"))
        self.assert_found("size", self.verdict(self.entry_, "png", small(60, 60), operation="thumbnail"))


class Archives(Judging):
    def test_a_lost_file_is_seen(self):
        entry = self.entry("a.zip", archive(one="1", two="22"))
        self.assert_done(self.verdict(entry, "zip", archive(one="1", two="22")))
        self.assert_found("members", self.verdict(entry, "zip", archive(one="1")))
        self.assert_found("members", self.verdict(entry, "zip", archive(one="1", two="2")))


class Media(Judging):
    def test_a_short_and_a_silent_sound_are_seen(self):
        self.require("ffmpeg", "ffprobe")

        def tone(seconds, volume=1):
            return programs.run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"sine=duration={seconds}", "-af", f"volume={volume}", "-f", "flac", "-")
        entry = self.entry("a.flac", tone(2))
        self.assert_done(self.verdict(entry, "flac", tone(2)))
        self.assert_found("duration", self.verdict(entry, "flac", tone(1)))
        self.assert_found("streams", self.verdict(entry, "flac", tone(2, 0)))


class Words(unittest.TestCase):
    def test_recall_counts_every_occurrence(self):
        self.assertAlmostEqual(words.recall(words.words("a b a"), words.words("a b"))[0], 2 / 3)

    def test_breaks_ligatures_and_accents_are_no_loss(self):
        self.assertEqual(words.recall(words.words("efficient café hyphenated"), words.words("eﬃcient CAFE\u0301 hyphen-\nated"))[0], 1)

    def test_a_word_cut_by_a_cell_is_found(self):
        self.assertEqual(words.recall(words.words("internationalisation"), words.words("internatio nalisation"))[0], 1)
        self.assertEqual(words.recall(words.words("row W 4"), words.words("row W4"))[0], 1)
        self.assertLess(words.recall(words.words("row W 4"), words.words("row"))[0], 0.5)


class Limits(unittest.TestCase):
    def test_only_rows_that_name_all_findings_explain(self):
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder) / "page.md"
            page.write_text("| input | target | what | why |\n|---|---|---|---|\n| `pdf/a*.pdf`, `*.ps` | `docx` | text | Because. |\n\nText.\n")
            limits = known_limits.read(page)
        found = [judge.Finding("text", "")]
        self.assertEqual(known_limits.explanation(limits, "pdf/abc.pdf", "docx", found), "Because.")
        self.assertIsNone(known_limits.explanation(limits, "pdf/abc.pdf", "txt", found))
        self.assertIsNone(known_limits.explanation(limits, "pdf/abc.pdf", "docx", found + [judge.Finding("blank", "")]))

    def test_the_page_of_the_project_can_be_read(self):
        limits = known_limits.read(ROOT / "docs/known-limits.md")
        self.assertTrue(limits)
        self.assertTrue(all(limit.inputs and limit.targets and limit.kinds and limit.why for limit in limits))


class Canaries(unittest.TestCase):
    def test_calls_and_openings_are_noticed_and_files_are_armed(self):
        bird = canary.Canary()
        self.assertTrue(bird.works())
        self.assertEqual(bird.opened(), 0)
        bird.text.read_bytes()
        self.assertGreater(bird.opened(), 0)
        self.assertIn(bird.url.encode(), bird.arm(b'<img src="http://127.0.0.1:8/a.png">'))
        armed = bird.arm(archive(word__document='<a href="file:///etc/passwd"/>'))
        with zipfile.ZipFile(io.BytesIO(armed)) as file:
            self.assertIn(str(bird.text).encode(), file.read("word/document.xml"))
        self.assertIsNotNone(bird.is_in(archive(a__b=bird.secret), "docx"))
        self.assertIsNone(bird.is_in(armed, "docx"))


class WholeRun(unittest.TestCase):
    """A real server on a corpus of two files."""

    def run_on(self, folder, *arguments):
        return subprocess.run([sys.executable, ROOT / "tools/corpus", "--corpus", folder, "--out", folder / "out", *arguments],
                              capture_output=True, text=True, timeout=300)

    def test_a_run_tells_right_from_wrong(self):
        if not all(map(programs.there, ("pdftotext", "pdfinfo", "soffice"))):
            self.skipTest("pdftotext or soffice is not installed")
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "document").mkdir()
            (folder / "document/good.txt").write_text(SENTENCE)
            # A note that is a lie makes a right result wrong: the run has to say so.
            (folder / "document/liar.txt").write_text(SENTENCE)
            (folder / "MANIFEST.tsv").write_text("path\tformat\tnote\ndocument/good.txt\ttxt\t-\ndocument/liar.txt\ttxt\t7 pages\n")
            done = self.run_on(folder, "--targets", "pdf")
            rows = {row["input"]: row for row in map(json.loads, (folder / "out/rows.jsonl").read_text().splitlines())}
            self.assertEqual(rows["document/good.txt"]["verdict"], "done", done.stdout + done.stderr)
            self.assertGreater(rows["document/good.txt"]["memory"], 0)
            self.assertEqual([kind for kind, _ in rows["document/liar.txt"]["findings"]], ["pages"])
            self.assertEqual(done.returncode, 1)
            self.assertIn("Nothing touched the canary", (folder / "out/report.md").read_text())
            self.assertEqual(self.run_on(folder, "--targets", "pdf", "--only", "document/good*", "--limit", "1").returncode, 0)

    def test_without_a_jail_the_canary_is_touched(self):
        if not programs.there("soffice"):
            self.skipTest("soffice is not installed")
        linked = samples.docx(samples.linked_picture("p1"), samples.relation("p1", "image", "http://127.0.0.1:8/a.png"))
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "hostile").mkdir()
            (folder / "hostile/linked.docx").write_bytes(linked)
            (folder / "MANIFEST.tsv").write_text("path\tformat\tnote\nhostile/linked.docx\tdocx\tlinked picture\n")
            jailed, bare = (self.run_on(folder, "--targets", "pdf", "--setting", f"jail.require={level}") for level in ("auto", "none"))
            self.assertEqual(jailed.returncode, 0, jailed.stdout)
            self.assertEqual(bare.returncode, 1)
            self.assertIn("The canary's listener was called", bare.stdout)

    def test_no_corpus_is_no_fault(self):
        with tempfile.TemporaryDirectory() as name:
            done = self.run_on(pathlib.Path(name))
            self.assertEqual((done.returncode, done.stdout.startswith("No corpus")), (0, True), done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
