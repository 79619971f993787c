"""Films and sound: streams, duration, loudness, and one picture out of the middle."""
import array
import functools
import json

import pictures
import programs

AUDIO = set("aac ac3 aif aifc aiff amr au caf dss flac m4a m4b mp3 oga ogg opus sf2 voc wav weba wma".split())
VIDEO = set("3g2 3gp 3gpp avi cavs dv dvr flv m2ts m4v mkv mod mov mp4 mpeg mpg mts mxf ogv rm rmvb swf ts vob webm wmv wtv".split())
SILENT = 3  # of 32767


class Media:
    """A file as ffprobe sees it."""

    def __init__(self, path):
        self.path = path
        told = programs.text("ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", path)
        self.told = json.loads(told) if told else {}
        streams = self.told.get("streams", [])
        self.video = next((one for one in streams if one.get("codec_type") == "video" and not one.get("disposition", {}).get("attached_pic")), None)
        self.audio = next((one for one in streams if one.get("codec_type") == "audio"), None)

    def __bool__(self):
        return self.video is not None or self.audio is not None

    @property
    def duration(self):
        """Seconds, or None."""
        for said in (self.told.get("format", {}), self.video or {}, self.audio or {}):
            try:
                return float(said["duration"])
            except (KeyError, ValueError):
                continue
        return None

    @property
    def size(self):
        """Width and height as shown: turned, and with square pixels."""
        if not self.video or not self.video.get("width"):
            return None
        width, height = self.video["width"], self.video["height"]
        turned = next((abs(int(one.get("rotation", 0))) for one in self.video.get("side_data_list", []) if "rotation" in one), 0)
        return (height, width) if turned % 180 == 90 else (width, height)

    @functools.cached_property
    def decoded_seconds(self):
        """How long the first sound, else the film, really is: headers may lie."""
        if self.audio:
            samples = programs.run("ffmpeg", "-v", "error", "-nostdin", "-i", self.path, "-map", "0:a:0", "-ac", 1, "-ar", 8000, "-f", "s16le", "-t", 900, "-", accept=(0, 1))
            return None if samples is None else len(samples) / 16000
        told = programs.text("ffmpeg", "-v", "error", "-nostdin", "-i", self.path, "-map", "0:v:0", "-f", "null", "-progress", "pipe:1", "-", accept=(0, 1)) or ""
        times = [line.split("=")[1] for line in told.splitlines() if line.startswith("out_time_us=")]
        return int(times[-1]) / 1e6 if times and times[-1].isdigit() else self.duration

    @functools.cached_property
    def loudness(self):
        """Root of the mean square of the first minute of sound, or None."""
        samples = programs.run("ffmpeg", "-v", "error", "-nostdin", "-i", self.path, "-map", "0:a:0", "-ac", 1, "-ar", 8000, "-f", "s16le", "-t", 60, "-")
        if not samples:
            return None
        values = array.array("h", samples[:len(samples) // 2 * 2])
        return (sum(value * value for value in values) / len(values)) ** 0.5

    @functools.cached_property
    def views(self):
        """Pictures out of it in grey: seeking is not exact in all containers."""
        found = [pictures.by_ffmpeg(self.path, (self.duration or 0) * share) for share in (0.25, 0.5, 0.75)] + [pictures.by_ffmpeg(self.path)]
        return [one for one in found if one is not None]

    @functools.cached_property
    def middle(self):
        """The picture in the middle, in grey."""
        return pictures.by_ffmpeg(self.path, (self.duration or 0) / 2) or pictures.by_ffmpeg(self.path)
