"""Starting the programs that judge: each with a deadline, its output bounded, none of it believed if it failed."""
import functools
import shutil
import subprocess
import tempfile

SECONDS = 60


@functools.cache
def there(program):
    return shutil.which(program) is not None


def run(*command, seconds=SECONDS, accept=(0,), stdin=None):
    """Standard output as bytes; None if the program is not there, failed, or took too long."""
    if not there(command[0]):
        return None
    try:
        with tempfile.TemporaryDirectory() as folder:  # where it may leave what nobody asked for
            done = subprocess.run([str(word) for word in command], input=stdin, stdin=subprocess.DEVNULL if stdin is None else None,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds, cwd=folder)
    except (subprocess.TimeoutExpired, OSError):
        return None
    return done.stdout if done.returncode in accept else None


def text(*command, **options):
    """The same as text."""
    out = run(*command, **options)
    return None if out is None else out.decode("utf-8", "replace")


def first(ways, avoid):
    """Of (maker, function) the first that gives something and shares no code with `avoid`, the engine to be judged."""
    for maker, function in ways:
        if maker not in avoid:
            result = function()
            if result is not None:
                return result
    return None
