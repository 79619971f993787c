"""Azure's own emulator of blob storage. Checks Shared Key and SAS."""
from base import HERE, Absent, Server, answers_http, program

ACCOUNT = "devstoreaccount1"
# The key that the emulator's documentation publishes.
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def node_package(path):
    """A file of the npm packages beside this file."""
    found = HERE / "node/node_modules" / path
    if not found.exists():
        raise Absent(f"{path.split('/')[0]} is not installed (tools/install_store_servers.sh)")
    return found


class Azurite(Server):
    def launch(self):
        node, main = program("node", "packages/test.txt"), node_package("azurite/dist/src/blob/main.js")
        self.number = self.port()
        self.spawn("azurite", node, main, "--blobHost", "127.0.0.1", "--blobPort", self.number, "--location", self.folder / "data",
                   "--disableTelemetry", "--silent", "--skipApiVersionCheck")
        self.wait_for(answers_http(f"http://127.0.0.1:{self.number}/{ACCOUNT}?comp=list", (200, 400, 403)), "azurite")

    def describe(self):
        return {"account": ACCOUNT, "key": KEY, "endpoint": f"http://127.0.0.1:{self.number}/{ACCOUNT}",
                "url_template": f"http://127.0.0.1:{self.number}/{{account}}"}
