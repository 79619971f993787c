#!/usr/bin/env python3
"""(a) docx -> pdf through the whole API, beside cold soffice and a warm UNO listener, in one run."""
import concurrent.futures
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

from common import SAMPLE, Client, Server, interleave, table

try:
    import uno
    from com.sun.star.beans import PropertyValue
except ImportError:
    sys.exit("python3-uno is missing: ./dev bench installs it")

CORES = 2


def long_document(folder, pages=10):
    """The sample's text again and again, with page breaks."""
    target = folder / "long.docx"
    with zipfile.ZipFile(SAMPLE) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for item in source.infolist():
            content = source.read(item)
            if item.filename == "word/document.xml":
                text = content.decode()
                begin, end = text.index("<w:body>") + 8, text.index("<w:sectPr")
                page = text[begin:end] + '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
                content = (text[:begin] + page * pages + text[end:]).encode()
            out.writestr(item, content)
    return target


class WarmListener:
    """The design of Gotenberg, unoserver and JODConverter: one soffice, reused for every document."""

    def __init__(self, folder, number):
        self.folder = folder / f"uno-{number}"
        pipe = f"recast_bench_{id(self)}"
        self.process = subprocess.Popen(["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{self.folder}",
                                         f"--accept=pipe,name={pipe};urp;"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
        for _ in range(600):
            try:
                context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except Exception:
                time.sleep(0.1)
        self.desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        self.lock = threading.Lock()

    def convert(self, path):
        def value(name, content):
            item = PropertyValue()
            item.Name, item.Value = name, content
            return item
        with self.lock:
            document = self.desktop.loadComponentFromURL(f"file://{path}", "_blank", 0, (value("Hidden", True), value("ReadOnly", True)))  # no lock file between two of them
            document.storeToURL(f"file://{self.folder}/out.pdf", (value("FilterName", "writer_pdf_Export"),))
            document.close(True)

    def stop(self):
        try:
            self.desktop.terminate()
        except Exception:
            pass
        self.process.wait(20)


def cold(path, folder):
    subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{folder}/cold", "--convert-to", "pdf", "--outdir", folder, path],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def throughput(count, workers, one):
    begin = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, range(count)))
    return count / (time.perf_counter() - begin)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    folder = pathlib.Path(tempfile.mkdtemp(prefix="recast-bench-office-"))
    listeners = [WarmListener(folder, number) for number in range(CORES)]
    with Server() as server:
        for title, path in (("One-page docx, one client", SAMPLE), ("Ten-page docx, one client", long_document(folder))):
            client, content = Client(server), path.read_bytes()
            figures = interleave(rounds, **{
                "warm UNO listener, no API, no jail": lambda: listeners[0].convert(path),
                "Recast, whole API, jailed": lambda: client.convert(path.name, content, "pdf")})
            if path == SAMPLE:
                figures["cold soffice --convert-to"] = interleave(3, cold=lambda: cold(path, folder))["cold"]
            table(title, figures, "warm UNO listener, no API, no jail")
        content = SAMPLE.read_bytes()
        clients = [Client(server) for _ in range(CORES)]
        rates = {"warm": [], "recast": []}
        for _ in range(3):
            rates["warm"].append(throughput(40, CORES, lambda i: listeners[i % CORES].convert(SAMPLE)))
            local = threading.local()

            def one(_):
                if not hasattr(local, "client"):
                    local.client = Client(server)
                local.client.convert("a.docx", content, "pdf")
            rates["recast"].append(throughput(40, CORES, one))
        warm, ours = sorted(rates["warm"])[1], sorted(rates["recast"])[1]
        print(f"\n### One-page docx, {CORES} clients\n\n| way | docs/s | ratio |\n|---|--:|--:|\n"
              f"| {CORES} warm UNO listeners | {warm:.1f} | 1.00 |\n| Recast, whole API | {ours:.1f} | {ours / warm:.2f} |")
    for listener in listeners:
        listener.stop()


main()
