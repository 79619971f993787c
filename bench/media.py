#!/usr/bin/env python3
"""(c) small html -> pdf beside a cold headless shell and a context made ahead; (d) ffmpeg through the API beside bare ffmpeg."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from common import Client, Server, interleave, table

rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
folder = pathlib.Path(tempfile.mkdtemp(prefix="recast-bench-media-"))
page = folder / "page.html"
page.write_text("<html><body><h1>Invoice</h1>" + "<p>One line of text with <b>some</b> formatting.</p>" * 20 + "</body></html>")
clip = folder / "clip.mp4"
subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=size=1280x720:rate=25:duration=6", "-f", "lavfi", "-i",
                "sine=duration=6", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", clip], check=True)


class Shell:
    """A warm headless shell over its debugging pipe; each job gets a context that was made before the clock starts."""

    def __init__(self):
        self.to_read, to_write = os.pipe()
        from_read, self.from_write = os.pipe()

        def wire():
            os.dup2(self.to_read, 3)
            os.dup2(self.from_write, 4)
        self.process = subprocess.Popen(["chromium-headless-shell", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
                                         f"--user-data-dir={folder}/profile", "--no-first-run", "--disable-background-networking"],
                                        pass_fds=(3, 4), preexec_fn=wire, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.out, self.source, self.number = os.fdopen(to_write, "wb", 0), os.fdopen(from_read, "rb", 0), 0
        self.rest = b""
        self.prepare()

    def message(self):
        while b"\0" not in self.rest:
            self.rest += self.source.read(1 << 16)
        text, _, self.rest = self.rest.partition(b"\0")
        return json.loads(text)

    def call(self, method, session=None, **params):
        self.number += 1
        request = {"id": self.number, "method": method, "params": params}
        if session:
            request["sessionId"] = session
        self.out.write(json.dumps(request).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                return answer["result"]

    def prepare(self):
        self.context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=self.context)["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable", self.session)

    def print(self):
        self.call("Page.navigate", self.session, url=f"file://{page}")
        while self.message().get("method") != "Page.loadEventFired":
            pass
        self.call("Page.printToPDF", self.session)


def main():
    sys.stdout.reconfigure(line_buffering=True)
    with Server() as server:
        client, content = Client(server), page.read_bytes()
        shell = Shell()
        figures = {"context made ahead, reused browser, no jail": [], "Recast, whole API, jailed": []}
        from common import timed
        import time
        for number in range(rounds + 1):
            for name, way in (("context made ahead, reused browser, no jail", shell.print),
                              ("Recast, whole API, jailed", lambda: client.convert("page.html", content, "pdf"))):
                time.sleep(0.6)  # both have what they make ahead ready again: this shows latency
                duration = timed(way)
                if way == shell.print:
                    shell.call("Target.disposeBrowserContext", browserContextId=shell.context)
                    shell.prepare()
                if number:
                    figures[name].append(duration)
        figures["cold headless shell"] = interleave(3, cold=lambda: subprocess.run(
            ["chromium-headless-shell", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={folder}/cold.pdf", f"file://{page}"],
            check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL))["cold"]
        table("Small html to pdf", figures, "context made ahead, reused browser, no jail")
        shell.process.kill()

        content = clip.read_bytes()
        table("6 s of 720p mp4 to mkv (x264 medium)", interleave(max(3, rounds // 5), **{
            "bare ffmpeg": lambda: subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", clip, "-c:v", "libx264", "-preset", "medium", "-crf", "23",
                                                   "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k", folder / "out.mkv"], check=True),
            "Recast, whole API, jailed": lambda: client.convert("clip.mp4", content, "mkv", video_codec="x264", preset="medium", crf=23, audio_codec="aac", audio_bitrate=128)}),
            "bare ffmpeg")


main()
