"""Cloud Storage, its tokens signed by openssl."""
import base64
import json
import subprocess
import tempfile
import time
import urllib.parse

from .base import Store, call, sigv4


class Gcs(Store):
    name, title, container_option = "google-cloud-storage", "Google Cloud Storage", "bucket"
    part_rule = {"method": "PUT", "query": "upload_id", "skip": 1}
    whole_rule = {"method": "POST", "path": "^/upload"}
    token = None

    def prepare(self):
        self.containers = {"bucket": self.here["bucket"]}
        self.secrets = [self.here["client_email"], *self.here["private_key"].splitlines()[1:-1], "ya29."]

    def access(self):
        return {**self.containers, "project_id": self.here["project_id"], "client_email": self.here["client_email"], "private_key": self.here["private_key"]}

    def wrong(self):
        key = self.here["other_private_key"]
        return {**self.access(), "private_key": key.replace("\n", "\\n")}, key.splitlines()[1:-1]

    def grant(self):
        def encode(content):
            return base64.urlsafe_b64encode(content).rstrip(b"=")

        now = int(time.time())
        claims = {"iss": self.here["client_email"], "scope": "https://www.googleapis.com/auth/devstorage.read_write", "aud": self.here["token_url"],
                  "iat": now, "exp": now + 3600}
        text = encode(b'{"alg":"RS256","typ":"JWT"}') + b"." + encode(json.dumps(claims).encode())
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(self.here["private_key"])
            file.flush()
            signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", file.name], input=text, capture_output=True, check=True).stdout
        form = urllib.parse.urlencode({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": (text + b"." + encode(signature)).decode()})
        return json.loads(call("POST", self.here["token_url"], form.encode())[1])["access_token"]

    def gcs(self, method, path, body=None):
        for _ in range(2):
            self.token = self.token or self.grant()
            answer = call(method, self.here["url"] + path, body, {"Authorization": "Bearer " + self.token})
            if answer[0] != 401:
                break
            self.token = None
        return answer

    def put(self, name, content):
        assert self.gcs("POST", f"/upload/storage/v1/b/{self.here['bucket']}/o?uploadType=media&name={sigv4.encode(name)}", content)[0] == 200

    def get(self, name):
        status, content, _ = self.gcs("GET", f"/storage/v1/b/{self.here['bucket']}/o/{sigv4.encode(name)}?alt=media")
        return content if status == 200 else None

    def names(self, prefix):
        listing = json.loads(self.gcs("GET", f"/storage/v1/b/{self.here['bucket']}/o?prefix={sigv4.encode(prefix)}")[1])
        return [item["name"] for item in listing.get("items", [])]

    def leftovers(self):
        return [name for name, upload in self.state(self.own_control)["uploads"].items() if upload["received"] != upload["total"]]

    def parts_of(self, name):
        return sum(request["method"] == "PUT" and urllib.parse.parse_qs(request["query"]).get("name") == [name] and request.get("body_length", 0) > 0
                   for request in self.state(self.own_control)["requests"])
