"""The storage part of Firebase's emulator: a second opinion on URLs and JSON of Cloud Storage. It looks at no token and knows no 308."""
from azurite import node_package
from base import HERE, Server, answers_http, program


class Firebase(Server):
    def launch(self):
        node = program("node", "packages/test.txt")
        node_package("firebase-tools/lib/emulator/storage/server.js")
        self.number = self.port()
        self.spawn("firebase", node, HERE / "node/firebase.js", self.number)
        self.wait_for(answers_http(f"http://127.0.0.1:{self.number}/storage/v1/b/none/o", (200, 404)), "the Firebase storage emulator")

    def describe(self):
        return {"url": f"http://127.0.0.1:{self.number}", "bucket": "test"}
