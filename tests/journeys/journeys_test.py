#!/usr/bin/env python3
"""What a customer does, through a whole server with real engines: commands of their own, websites.

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

    def test_gm_makes_one_too(self):
        self.need("graphicsmagick")
        job = self.command("a.png", Site.PICTURE, "graphicsmagick", "gm", "convert /input/in/*.png -resize 30x20! /output/b.png")
        self.assertEqual(probe(self.outputs(job)["b.png"], ".png", "stream=width,height"), "30,20")


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


if __name__ == "__main__":
    wanted = sys.argv[1:]
    loader = unittest.TestLoader()
    suite = unittest.TestSuite(test for group in (Commands, Websites) for test in loader.loadTestsFromTestCase(group)
                               if not wanted or any(word in test.id() for word in wanted))
    sys.exit(not unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful())
