"""S3, by its signature's second implementation."""
from .base import CONTAINER, Store, call, sigv4, texts


class S3(Store):
    name, title, container_option = "s3", "S3", "bucket"
    single, many = "key", "key_prefix"
    part_rule = {"method": "PUT", "query": "partNumber=2"}

    def prepare(self):
        self.secrets = [self.here["access_key_id"], self.here["secret_access_key"]]
        assert self.s3("PUT", f"/{CONTAINER}")[0] in (200, 409)

    def access(self):
        return {**self.containers, "region": self.here["region"], "endpoint": self.fault.get("url") or self.here["endpoint"],
                "access_key_id": self.here["access_key_id"], "secret_access_key": self.here["secret_access_key"]}

    def wrong(self):
        return {**self.access(), "secret_access_key": "Wrong/Secret+0=1"}, ["Wrong/Secret+0=1"]

    def s3(self, method, path, body=b"", headers=None):
        url = self.here["endpoint"] + path
        signed = sigv4.sign(method, url, self.here["region"], self.here["access_key_id"], self.here["secret_access_key"], body, headers)
        return call(method, url, body if method == "PUT" else None, signed)

    def path(self, name):
        return f"/{self.containers['bucket']}/" + sigv4.encode(name, "/-_.~")

    def put(self, name, content):
        assert self.s3("PUT", self.path(name), content)[0] == 200

    def get(self, name):
        status, content, _ = self.s3("GET", self.path(name))
        return content if status == 200 else None

    def names(self, prefix):
        return texts(self.s3("GET", f"/{self.containers['bucket']}?list-type=2&prefix={sigv4.encode(prefix)}")[1], "Key")

    def leftovers(self):
        return texts(self.s3("GET", f"/{CONTAINER}?uploads=")[1], "UploadId")

    def parts_of(self, name):
        return int(self.s3("HEAD", self.path(name))[2]["ETag"].strip('"').rpartition("-")[2])


class S3Stub(S3):
    """The double that checks signatures itself; with a token of temporary credentials."""

    def prepare(self):
        self.containers = {"bucket": self.here["bucket"]}
        self.secrets = [self.here["access_key_id"], self.here["secret_access_key"]]

    def leftovers(self):
        return list(self.state(self.own_control)["uploads"])
