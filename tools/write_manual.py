#!/usr/bin/env python3
"""recast.1 from the program's own help, so that the two cannot differ."""
import re
import subprocess
import sys


def help_of(*words):
    return subprocess.run([sys.argv[1], *words, "--help"], check=True, capture_output=True, text=True).stdout


def escape(text):
    return text.replace("\\", "\\e").replace("-", "\\-").replace("\n.", "\n\\&.")


def commands(text):
    part = text.split("Subcommands:", 1)[1].split("\n\n", 1)[0] if "Subcommands:" in text else ""
    return re.findall(r"^  ([\w-]+)", part, re.M)  # "add, create": the first of its names


def section(words):
    text = help_of(*words)
    text = re.sub(r"^Usage: \S+", "Usage: recast", text, flags=re.M)
    print(f".SS {' '.join(words) if words else 'recast'}\n.nf\n{escape(text.strip())}\n.fi")
    for command in commands(text):
        section([*words, command])


print('.TH RECAST 1 "" "Recast" "User commands"\n.SH NAME\nrecast \\- convert files with a Recast server, or with a private one')
print(".SH SYNOPSIS\n.B recast\n[OPTIONS] SUBCOMMAND\n.SH COMMANDS")
section([])
