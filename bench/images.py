#!/usr/bin/env python3
"""(b) 12 MP JPEG -> 512 px through the whole API, beside libvips in process and ImageMagick as a program."""
import pathlib
import subprocess
import sys
import tempfile

from common import BIN, Client, Server, interleave, table

rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
folder = pathlib.Path(tempfile.mkdtemp(prefix="recast-bench-images-"))
picture = folder / "photo.jpg"
subprocess.run(["convert", "-size", "4000x3000", "plasma:fractal", "-quality", "90", picture], check=True)
in_process = subprocess.Popen([BIN / "bench_vips", picture, folder / "in-process.jpg"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def vips():
    in_process.stdin.write("go\n")
    in_process.stdin.flush()
    assert in_process.stdout.readline() == "done\n"


with Server() as server:
    client, content = Client(server), picture.read_bytes()
    table("12 MP JPEG to 512 px", interleave(rounds, **{
        "libvips in process, one thread, no isolation": vips,
        "Recast, whole API, jailed": lambda: client.convert("photo.jpg", content, "jpg", width=512, quality=80),
        "ImageMagick convert -resize": lambda: subprocess.run(["convert", picture, "-resize", "512x512", folder / "im.jpg"], check=True)}),
        "libvips in process, one thread, no isolation")
in_process.stdin.close()
in_process.wait(10)
