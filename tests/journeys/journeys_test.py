#!/usr/bin/env python3
"""What a customer does, through a whole server with real engines: commands of their own, watermarks, thumbnails, websites.

With arguments: only tests whose name contains one of them.
"""
import base64
import hashlib
import http.server
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import wave

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import recast  # noqa: E402


def tone(seconds=1):
    """A WAV file of silence."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * 8000 * seconds)
    return file.getvalue()


def probe(content, suffix, entry):
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(content)
        file.flush()
        return subprocess.run(["ffprobe", "-v", "error", "-show_entries", entry, "-of", "csv=p=0", file.name], capture_output=True, text=True,
                              check=True).stdout.strip()


def text_of_pdf(content):
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(content)
        file.flush()
        return subprocess.run(["pdftotext", "-layout", file.name, "-"], capture_output=True, text=True, check=True).stdout


class Site:
    """Two web servers on the loopback: one that may be reached, and one that nobody may call."""

    PAGE = """<!doctype html><title>Board</title><link rel=stylesheet href=/style.css>
<h1>Status board</h1><p id=from-script>nothing yet</p><p id=cookie></p><img src=/picture.png>
<img src="{canary}image.png"><img src="/away"><iframe src="{canary}frame"></iframe>
<script>
document.getElementById('cookie').textContent = 'cookie ' + document.cookie;
fetch('/data.json').then(r => r.json()).then(d => {{ document.getElementById('from-script').textContent = d.words; document.body.id = 'loaded'; }});
fetch('{canary}fetched').catch(() => 0);
try {{ new WebSocket('{canary}socket'.replace('http', 'ws')); }} catch (e) {{}}
try {{ navigator.sendBeacon('{canary}beacon', 'x'); }} catch (e) {{}}
try {{ new RTCPeerConnection({{iceServers: [{{urls: 'stun:{canary_host}'}}]}}).createDataChannel('x'); }} catch (e) {{}}
</script>"""
    PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")

    def __init__(self):
        site = self
        self.asked, self.called = [], []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                site.asked.append((self.path, dict(self.headers)))
                pages = {"/": ("text/html", site.PAGE.format(canary=site.canary, canary_host=site.canary.split("/")[2]).encode()),
                         "/style.css": ("text/css", b"h1 { color: rgb(1, 2, 3) }"),
                         "/picture.png": ("image/png", site.PICTURE),
                         "/long": ("text/html", b"<body style='margin:0'><div style='height:3000px;background:teal'>long</div>"),
                         "/data.json": ("application/json", b'{"words": "came by script"}')}
                if self.headers.get("Upgrade") == "websocket":
                    return self.greet()
                if self.path in ("/away", "/to-canary", "/to-file"):
                    self.send_response(302)
                    self.send_header("Location", "file:///etc/passwd" if self.path == "/to-file" else site.canary + "redirected")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return None
                if self.path == "/talk":
                    body = ("<p id=said>silence</p><script>const s = new WebSocket(location.href.replace('http', 'ws').replace('/talk', '/socket'));"
                            "s.onmessage = m => { document.getElementById('said').textContent = m.data; document.body.id = 'heard'; };</script>")
                    kind, content = "text/html", body.encode()
                elif self.path in pages:
                    kind, content = pages[self.path]
                else:
                    kind, content = "text/html", b"<h1>No such page</h1>"
                self.send_response(200 if self.path in pages or self.path == "/talk" else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                return None

            def greet(self):
                accept = base64.b64encode(hashlib.sha1((self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
                self.wfile.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept +
                                 b"\r\n\r\n\x81\x10over a websocket")
                self.close_connection = True
                time.sleep(2)

            def log_message(self, *_):
                pass

        class Canary(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                site.called.append(self.path)
                self.send_error(404)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self.servers = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), one) for one in (Handler, Canary)]
        for server in self.servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()
        self.port, self.canary_port = (server.server_address[1] for server in self.servers)
        self.url, self.canary = f"http://127.0.0.1:{self.port}/", f"http://127.0.0.1:{self.canary_port}/"


class Journey(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site()
        cls.server = recast.Server(f"--outbound.allow_hosts=127.0.0.1:{cls.site.port}")
        cls.server.__enter__()
        cls.engines = {row.get("engine") for row in cls.server.client().call("GET", "/v2/operations?alternatives=true")["data"]}

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def setUp(self):
        self.client = self.server.client()

    def tearDown(self):
        self.assertEqual(self.server.left_behind(), [])

    def need(self, engine):
        if engine not in self.engines:
            self.skipTest(f"the engine {engine} is not installed")

    def outputs(self, job):
        self.assertEqual(job["status"], "finished", [(task["name"], task["code"], task["message"]) for task in job["tasks"]])
        return {(f.get("dir", "") + "/" if f.get("dir") else "") + f["filename"]: self.client.download(f["url"])
                for f in job["tasks"][-1]["result"]["files"]}

    def refused(self, operation, **options):
        """The answer to a task that cannot be made."""
        status, text = self.client.raw("POST", f"/v2/{operation}", json.dumps(options), self.client.headers)
        self.assertEqual(status, 422, text)
        return json.loads(text)["errors"]


class Commands(Journey):
    def command(self, name, content, engine, command, arguments, **options):
        return self.client.run(name, content, "command", engine=engine, command=command, arguments=arguments, **options)

    def test_ffmpeg_writes_what_it_is_told(self):
        self.need("ffmpeg")
        job = self.command("my sound.wav", tone(2), "ffmpeg", "ffmpeg",
                           "-hide_banner -i '/input/in/my sound.wav' -af volume=0.5 -c:a flac /output/quiet.flac", capture_output=True)
        files = self.outputs(job)
        self.assertEqual(list(files), ["quiet.flac"])
        self.assertEqual(float(probe(files["quiet.flac"], ".flac", "format=duration")), 2)
        task = job["tasks"][1]
        self.assertIn("/input/in/my sound.wav", task["result"]["output"])
        self.assertNotIn("in/in-1", task["result"]["output"])
        self.assertEqual(task["engine"], "ffmpeg")
        self.assertTrue(task["engine_version"])

    def test_ffprobe_only_talks(self):
        self.need("ffmpeg")
        job = self.command("a.wav", tone(), "ffmpeg", "ffprobe", "-v error -show_format -of json /input/in/a.wav", capture_output=True)
        task = job["tasks"][1]
        self.assertEqual(task["status"], "finished", task["message"])
        told = json.loads(task["result"]["output"])
        self.assertEqual(told["format"]["filename"], "/input/in/a.wav")
        self.assertEqual(task["result"]["files"], [])

    def test_a_failure_keeps_what_was_said(self):
        self.need("ffmpeg")
        job = self.command("a.wav", b"this is no sound", "ffmpeg", "ffmpeg", "-i /input/in/a.wav /output/b.flac", capture_output=True)
        task = job["tasks"][1]
        self.assertEqual((task["status"], task["code"]), ("error", "CONVERSION_FAILED"))
        self.assertIn("Invalid data", task["message"])
        self.assertIn("Invalid data", task["result"]["output"])

    def test_what_is_not_allowed_is_said_at_once(self):
        self.need("ffmpeg")
        errors = self.refused("command", input="x", engine="ffmpeg", command="ffmpeg", arguments="-i /etc/passwd /output/x.txt")
        self.assertIn("arguments", errors)
        self.assertIn("/etc/passwd", errors["arguments"][0])
        self.assertIn("command", self.refused("command", input="x", engine="ffmpeg", command="gm", arguments="x"))

    def test_convert_makes_a_picture(self):
        self.need("imagemagick")
        job = self.command("a.png", Site.PICTURE, "imagemagick", "convert",
                           "/input/in/a.png -resize '30x20!' ( -size 30x5 xc:red ) -append -annotate 0x0 'Hi / there' /output/b.jpg")
        self.assertEqual(probe(self.outputs(job)["b.jpg"], ".jpg", "stream=width,height"), "30,25")
        job = self.command("a.png", Site.PICTURE, "imagemagick", "identify", "-format '%w %h %m' /input/in/a.png", capture_output=True)
        self.assertEqual(job["tasks"][1]["result"]["output"].split(), ["1", "1", "PNG"])

    def test_results_may_lie_in_folders(self):
        self.need("ffmpeg")
        job = self.command("a.wav", tone(), "ffmpeg", "ffmpeg", "-i /input/in/a.wav '/output/a b/c/d.flac'")
        self.assertEqual(list(self.outputs(job)), ["a b/c/d.flac"])

    def test_gm_makes_one_too(self):
        self.need("graphicsmagick")
        job = self.command("a.png", Site.PICTURE, "graphicsmagick", "gm", "convert /input/in/*.png -resize 30x20! /output/b.png")
        self.assertEqual(probe(self.outputs(job)["b.png"], ".png", "stream=width,height"), "30,20")


class Pictures(Journey):
    """Watermarks and thumbnails: operations with several engines behind them."""
    LOGO = b"<svg xmlns='http://www.w3.org/2000/svg' width='100' height='50'><rect width='100' height='50' fill='#00ff00'/></svg>"

    @staticmethod
    def made_by_ffmpeg(suffix, *arguments):
        with tempfile.NamedTemporaryFile(suffix=suffix) as file:
            subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments, file.name], check=True)
            return pathlib.Path(file.name).read_bytes()

    def film(self):
        return self.made_by_ffmpeg(".mp4", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=10:duration=4", "-f", "lavfi", "-i", "sine=duration=4")

    def stamped(self, name, content, **options):
        """The file with the logo of another task on it."""
        job = self.client.call("POST", "/v2/jobs", {"tasks": {
            "logo": {"operation": "import/base64", "file": base64.b64encode(self.LOGO).decode(), "filename": "logo.svg"},
            "in": {"operation": "import/base64", "file": base64.b64encode(content).decode(), "filename": name},
            "work": {"operation": "watermark", "input": "in", "image": "logo", **options},
            "out": {"operation": "export/url", "input": "work"}}})["data"]
        return self.outputs(self.client.call("GET", f"/v2/jobs/{job['id']}/wait")["data"])

    def test_the_logo_of_another_task_lies_on_a_document_a_picture_and_a_film(self):
        for engine in ("stamp", "vips", "ffmpeg"):
            self.need(engine)
        picture = self.made_by_ffmpeg(".png", "-f", "lavfi", "-i", "color=white:size=200x100", "-frames:v", "1")
        pdf = self.client.convert("page.png", picture, "pdf")
        for name, content in (("page.pdf", pdf), ("page.png", picture), ("clip.mp4", self.film())):
            files = self.stamped(name, content, image_width_percent=50)
            self.assertEqual(list(files), [name])
            self.assertNotEqual(files[name], content)
        self.assertEqual(probe(files["clip.mp4"], ".mp4", "format=duration"), "4.000000")

    def test_a_watermark_needs_something_to_show(self):
        self.assertIn("text", self.refused("watermark", input="x"))
        self.assertIn("font_name", self.refused("watermark", input="x", input_format="pdf", text="x", font_name="Wingdings"))

    def thumbnails(self, name, content, **options):
        return self.outputs(self.client.run(name, content, "thumbnail", **options))

    def test_frames_are_spread_over_a_film(self):
        self.need("ffmpeg")
        files = self.thumbnails("clip.mp4", self.film(), output_format="webp", width=160, count=3, filename="shot-%02d.webp")
        self.assertEqual(sorted(files), ["shot-01.webp", "shot-02.webp", "shot-03.webp"])
        self.assertEqual(len(set(files.values())), 3)
        for content in files.values():
            self.assertEqual(probe(content, ".webp", "stream=width,height"), "160,120")
        one = self.thumbnails("clip.mp4", self.film(), output_format="png", height=60, timestamp="00:00:03")
        self.assertEqual(probe(one["clip.png"], ".png", "stream=width,height"), "80,60")

    def test_a_song_is_shown_by_its_cover(self):
        self.need("ffmpeg")
        sound = ["-f", "lavfi", "-i", "sine=duration=1"]
        song = self.made_by_ffmpeg(".mp3", *sound, "-f", "lavfi", "-i", "color=blue:size=80x40:duration=1:rate=1", "-map", "0", "-map", "1", "-frames:v", "1",
                                   "-c:v", "mjpeg", "-disposition:v", "attached_pic")
        files = self.thumbnails("song.mp3", song, output_format="jpg", width=40)
        self.assertEqual(probe(files["song.jpg"], ".jpg", "stream=width,height"), "40,20")
        job = self.client.run("bare.mp3", self.made_by_ffmpeg(".mp3", *sound), "thumbnail", output_format="jpg")
        self.assertEqual((job["tasks"][1]["code"], job["tasks"][1]["message"]), ("CONVERSION_FAILED", "The file has sound but no cover."))

    def test_a_document_is_shown_by_its_first_pages(self):
        self.need("libreoffice")
        text = b"{\\rtf1 one\\page two\\page three}"
        files = self.thumbnails("letter.rtf", text, output_format="png", width=100, count=2)
        self.assertEqual(sorted(files), ["letter-1.png", "letter-2.png"])
        for content in files.values():
            self.assertEqual(probe(content, ".png", "stream=width").split(",")[0], "100")

    def test_a_book_is_shown_by_its_cover_or_first_page(self):
        self.need("calibre")
        self.need("mupdf")
        book = self.client.convert("book.txt", b"Chapter one\n\nIt was a dark night.\n", "mobi")
        files = self.thumbnails("book.mobi", book, output_format="png", width=120)
        self.assertEqual(probe(files["book.png"], ".png", "stream=width"), "120")

    def test_drawings_and_pages_of_the_web(self):
        self.need("chrome")
        files = self.thumbnails("logo.svg", self.LOGO, output_format="jpg", width=64)
        self.assertEqual(probe(files["logo.jpg"], ".jpg", "stream=width,height"), "64,32")
        files = self.thumbnails("page.html", b"<!doctype html><h1>Hello</h1>", output_format="png", width=90)
        self.assertEqual(probe(files["page.png"], ".png", "stream=width"), "90")


class Reports(Journey):
    def test_pages_of_inputs_and_outputs(self):
        self.need("qpdf")
        self.need("poppler")
        page = self.client.convert("words.txt", b"some words\n", "pdf")
        job = self.client.call("POST", "/v2/jobs", {"tasks": {
            "one": {"operation": "import/base64", "file": base64.b64encode(page).decode(), "filename": "one.pdf"},
            "two": {"operation": "import/base64", "file": base64.b64encode(page).decode(), "filename": "two.pdf"},
            "both": {"operation": "merge", "input": ["one", "two"], "output_format": "pdf"},
            "scan": {"operation": "convert", "input": "both", "output_format": "tiff", "engine": "poppler"},
            "picture": {"operation": "convert", "input": "one", "output_format": "png"}}})["data"]
        job = self.client.call("GET", f"/v2/jobs/{job['id']}/wait?include=report")["data"]
        self.assertEqual(job["status"], "finished", job)
        reports = {task["name"]: task["report"] for task in job["tasks"]}
        self.assertIsNone(reports["one"])
        self.assertEqual([(f["filename"], f.get("pages")) for f in reports["both"]["inputs"]], [("one.pdf", 1), ("two.pdf", 1)])
        self.assertEqual([(f["filename"], f.get("pages")) for f in reports["both"]["files"]], [("one.pdf", 2)])
        self.assertEqual(reports["both"]["inputs"][0]["size"], len(page))
        self.assertEqual(reports["scan"]["inputs"][0]["pages"], 2)
        self.assertEqual(sum(f["pages"] for f in reports["scan"]["files"]), 2)
        self.assertNotIn("pages", reports["picture"]["files"][0])
        self.assertNotIn("report", self.client.call("GET", f"/v2/jobs/{job['id']}")["data"]["tasks"][2])
        named = self.client.call("GET", f"/v2/jobs/{job['id']}?include=tasks.report")["data"]["tasks"]
        self.assertEqual(named[2]["report"], reports["both"])


class CommandLine(Journey):
    def recast(self, *words):
        done = subprocess.run([recast.BINARIES / "recast", *words, f"--server=http://127.0.0.1:{self.server.port}", f"--key={self.server.key}"],
                              capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout, done.stderr

    def test_a_format_that_is_none_is_named(self):
        status, said, complaint = self.recast("operations", "--from", "foo")
        self.assertNotEqual(status, 0)
        self.assertEqual(said, "")
        self.assertIn("There is no format called foo", complaint)
        status, said, complaint = self.recast("operations", "--operation", "convert", "--from", "jpeg", "--to", "docm")
        self.assertNotEqual(status, 0)
        self.assertIn("no operation of this kind", complaint)


    def test_presets_are_saved_shown_and_removed(self):
        name = "command-line"
        status, said, complaint = self.recast("presets", "save", name, "--operation", "convert", "-o", "output_format=pdf", "-o", "width=80",
                                              "--description", "for tests")
        self.assertEqual(status, 0, complaint)
        self.assertEqual(said, "preset command-line@1 for convert\n  for tests\n  output_format=pdf\n  width=80\n")
        self.assertEqual(self.client.call("GET", f"/v2/presets/{name}")["data"]["options"], {"output_format": "pdf", "width": 80})
        status, said, complaint = self.recast("presets", "save", name, "--operation", "convert", "--set", 'output_format="png"')
        self.assertEqual((status, said.splitlines()[0]), (0, "preset command-line@2 for convert"), complaint)
        status, said, complaint = self.recast("presets", "show", f"{name}@1")
        self.assertIn("width=80", said)
        status, said, complaint = self.recast("presets", "versions", name)
        self.assertEqual([line.split()[0] for line in said.splitlines()], ["command-line@2", "command-line@1"])
        status, said, complaint = self.recast("presets", "list", "--json")
        self.assertEqual([one["version"] for one in json.loads(said)["data"] if one["name"] == name], [2])
        status, said, complaint = self.recast("presets", "save", name, "--operation", "convert", "-o", "width")
        self.assertEqual(status, 2)
        self.assertIn("--option wants name=value, not width", complaint)
        status, said, complaint = self.recast("presets", "save", name, "--operation", "nonsense")
        self.assertEqual(status, 1)
        self.assertIn("The selected operation is invalid", complaint)
        self.assertEqual(self.recast("presets", "delete", name)[0], 0)
        status, said, complaint = self.recast("presets", "show", name)
        self.assertEqual(status, 1)
        self.assertIn("No such preset", complaint)


    def test_presets_of_films_and_the_encoders_own(self):
        self.need("ffmpeg")
        with tempfile.TemporaryDirectory() as folder:
            film = pathlib.Path(folder) / "film.mkv"
            subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc=duration=1:size=64x64:rate=5", "-f", "lavfi", "-i",
                            "sine=duration=1", str(film)], check=True)
            content = base64.b64encode(film.read_bytes()).decode()
        self.client.call("POST", "/v2/presets", {"name": "song", "operation": "convert", "options": {"output_format": "mp3"}})
        self.client.call("POST", "/v2/presets", {"name": "film", "operation": "convert", "options": {"output_format": "mp4", "preset": "ultrafast"}})
        with self.assertRaises(RuntimeError) as refused:
            self.client.call("POST", "/v2/presets", {"name": "fast", "operation": "convert", "options": {"output_format": "mp4"}})
        self.assertIn("option preset has that value", str(refused.exception))
        job = self.client.call("POST", "/v2/jobs", {"tasks": {
            "in": {"operation": "import/base64", "file": content, "filename": "a.mkv"},
            "song": {"operation": "convert", "input": "in", "preset": "song"},
            "film": {"input": "in", "preset": "film@1"},
            "own": {"operation": "convert", "input": "in", "output_format": "mp4", "preset": "fast"}}})["data"]
        job = self.client.call("GET", f"/v2/jobs/{job['id']}/wait")["data"]
        for task in job["tasks"]:
            self.assertEqual((task["status"], task["message"]), ("finished", None), task)
        said = {task["name"]: self.client.call("GET", f"/v2/tasks/{task['id']}?include=payload")["data"]["payload"] for task in job["tasks"]}
        self.assertEqual((said["song"]["from_preset"], "preset" in said["song"]), ("song@1", False))
        self.assertEqual((said["film"]["from_preset"], said["film"]["preset"]), ("film@1", "ultrafast"))
        self.assertEqual((said["own"]["preset"], "from_preset" in said["own"]), ("fast", False))


class Rescue(unittest.TestCase):
    """An operator who has lost every way in makes a key on the machine itself."""

    def test_the_user_admin_comes_in_again(self):
        with recast.Server() as server:
            client = server.client()
            second = client.call("POST", "/admin/v1/users", {"username": "second", "email": "s@example.org", "administrator": True})["data"]
            key = client.call("POST", f"/admin/v1/users/{second['id']}/keys", {"name": "k", "scopes": ["admin", "user.read"]})["data"]["token"]
            mine = client.call("GET", "/v2/users/me")["data"]["id"]
            first, server.key = server.key, key
            server.client().call("PATCH", f"/admin/v1/users/{mine}", {"enabled": False, "administrator": False})
            server.key = first
            with self.assertRaisesRegex(RuntimeError, "HTTP 401"):
                server.client().call("GET", "/v2/users/me")
            made = subprocess.run([server.binaries / "recastd", "--data", server.folder / "data", "--create-admin-key"], capture_output=True, text=True,
                                  check=True)
            server.key = made.stdout.split()[-1]
            self.assertEqual(server.client().call("GET", "/v2/users/me")["data"]["id"], mine)
            self.assertEqual(len(server.client().call("GET", "/admin/v1/users")["data"]), 2)


class Websites(Journey):
    def setUp(self):
        super().setUp()
        self.need("chrome")
        self.site.asked.clear()
        self.site.called.clear()

    def tearDown(self):
        self.assertEqual(self.site.called, [], "the canary was called")
        super().tearDown()

    def capture(self, **options):
        job = self.client.call("POST", "/v2/jobs", {"tasks": {"work": {"operation": "capture-website", **options},
                                                              "out": {"operation": "export/url", "input": "work"}}})["data"]
        return self.client.call("GET", f"/v2/jobs/{job['id']}/wait")["data"]

    def report(self, job):
        return self.client.call("GET", f"/v2/tasks/{job['tasks'][0]['id']}?include=report")["data"]["report"]

    def test_a_page_with_all_it_loads(self):
        job = self.capture(url=self.site.url, output_format="pdf", wait_for_element="#loaded", wait_time=500, display_header_footer=True,
                           headers={"X-Board": "secret", "Cookie": "who=me"})
        files = self.outputs(job)
        self.assertEqual(list(files), ["127.0.0.1.pdf"])
        text = text_of_pdf(files["127.0.0.1.pdf"])
        for words in ("Status board", "came by script", "cookie who=me", self.site.url):
            self.assertIn(words, text)
        asked = dict(self.site.asked)
        self.assertEqual(asked["/"]["X-Board"], "secret")
        self.assertIn("/style.css", asked)
        self.assertNotIn("Headless", asked["/"]["User-Agent"])
        report = self.report(job)
        self.assertEqual(report["blocked"], [f"127.0.0.1:{self.site.canary_port}"])
        self.assertGreater(report["bytes_loaded"], 1000)
        self.assertNotIn("secret", json.dumps(self.client.call("GET", f"/v2/tasks/{job['tasks'][0]['id']}?include=payload")))

    def test_a_picture_of_the_whole_page(self):
        files = self.outputs(self.capture(url=self.site.url + "long", output_format="png", screen_width=640, filename="board.png"))
        self.assertEqual(probe(files["board.png"], ".png", "stream=width,height"), "640,3000")
        files = self.outputs(self.capture(url=self.site.url + "long", output_format="jpg", screen_width=640, screen_height=480, width=320))
        self.assertEqual(probe(files["127.0.0.1.jpg"], ".jpg", "stream=width,height"), "320,240")

    def test_websockets_go_by_the_policy_too(self):
        text = text_of_pdf(list(self.outputs(self.capture(url=self.site.url + "talk", output_format="pdf", wait_for_element="#heard")).values())[0])
        self.assertIn("over a websocket", text)

    def test_an_error_page_is_a_page(self):
        text = text_of_pdf(list(self.outputs(self.capture(url=self.site.url + "missing", output_format="pdf")).values())[0])
        self.assertIn("No such page", text)

    def test_what_may_not_be_reached_is_not(self):
        for url in (self.site.canary, self.site.url + "to-canary", self.site.url + "to-file", f"http://localhost:{self.site.canary_port}/",
                    f"http://127.0.0.1:{self.server.port}/v2/users/me", "http://169.254.169.254/latest/meta-data/",
                    f"http://[::ffff:127.0.0.1]:{self.site.canary_port}/", f"http://2130706433:{self.site.canary_port}/",
                    f"https://127.0.0.1:{self.site.canary_port}/"):
            task = self.capture(url=url, output_format="pdf")["tasks"][0]
            self.assertEqual((task["status"], task["code"]), ("error", "DOWNLOAD_FAILED"), (url, task["message"]))
            self.assertTrue(task["message"].startswith("The website could not be loaded: "), task["message"])
        task = self.capture(url=self.site.canary, output_format="pdf")["tasks"][0]
        self.assertEqual(task["message"], "The website could not be loaded: target address is not allowed.")

    def test_wrong_options_are_said_at_once(self):
        self.assertIn("url", self.refused("capture-website", url="file:///etc/passwd", output_format="pdf"))
        self.assertIn("page_format", self.refused("capture-website", url="https://example.org/", output_format="pdf", page_format="a9"))
        self.assertIn("headers", self.refused("capture-website", url="https://example.org/", output_format="pdf", headers={"a": "b\r\nc"}))

    def test_an_element_that_never_comes(self):
        task = self.capture(url=self.site.url, output_format="pdf", wait_for_element="#never", timeout=8)["tasks"][0]
        self.assertEqual((task["status"], task["code"]), ("error", "TIMEOUT"), task["message"])
        self.assertIn("The element #never of wait_for_element did not appear.", task["message"])


if __name__ == "__main__":
    wanted = sys.argv[1:]

    def flat(suite):
        for one in suite:
            yield from flat(one) if isinstance(one, unittest.TestSuite) else (one,)

    tests = [test for test in flat(unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"]))
             if not wanted or any(word in test.id() for word in wanted)]
    if not tests:
        sys.exit(f"no test is called {' or '.join(wanted)}")
    sys.exit(not unittest.TextTestRunner(verbosity=2).run(unittest.TestSuite(tests)).wasSuccessful())
