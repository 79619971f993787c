"""Google Cloud Storage's JSON API and its token grant, as much as Recast uses; checks what the Firebase emulator lets pass.

The token grant is POST /token and wants a JWT signed with RS256 by the service account's key; its `aud` is the URL of that path as the client
sees it. Tokens expire and carry their scope: reading alone is refused an upload.

Settings: token_life (seconds in expires_in and in fact), page_size, buckets, requester_pays (a project that userProject has to name, or null),
max_media (largest body of a media upload), location_host (another host in the upload URI).

More that rules can do:
    {"error": "backendError"}    Google's JSON with the status that belongs to the reason
    {"keep": 262144}             of this chunk only so many bytes are kept, and the answer (308) says so
    {"lose_chunk": true}         the chunk is kept, its answer never comes: the connection ends
    {"forget_upload": true}      410: the upload URI is gone
    {"expire_tokens": true}      every token so far is void, also this request's
    {"truncate": 1000}           so many bytes of the object, then the end of the connection
    {"wrong_md5": true}          md5Hash and x-goog-hash of other content
"""
import base64
import binascii
import hashlib
import json
import os
import re
import shutil
import subprocess
import time
import urllib.parse

from base import Absent, program
from stub import PIECE, Gone, Stub

STATUSES = {"authError": 401, "badRequest": 400, "backendError": 503, "forbidden": 403, "internalError": 500, "invalid": 400, "notFound": 404,
            "rateLimitExceeded": 429, "required": 401, "userProjectMissing": 400, "uploadTooLarge": 413, "userRateLimitExceeded": 429}
UNIT = 256 * 1024
EMAIL = "converter@acme-files.iam.gserviceaccount.com"
READ, WRITE = "https://www.googleapis.com/auth/devstorage.read_only", "https://www.googleapis.com/auth/devstorage.read_write"


class GcsError(Exception):
    def __init__(self, reason, message=None):
        super().__init__(reason)
        self.reason, self.message = reason, message or f"The double answers {reason}."


def _decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class GcsDouble(Stub):
    def __init__(self, **settings):
        super().__init__()
        self.settings = {"token_life": 3599, "page_size": 1000, "buckets": ["bucket"], "requester_pays": None, "max_media": 5 << 40,
                         "location_host": None, **settings}
        self.objects, self.uploads, self.tokens, self.counter = {}, {}, {}, 0

    def prepare(self):
        self.openssl = program("openssl", "packages/test.txt")

        def run(*arguments):
            done = subprocess.run([self.openssl, *arguments], cwd=self.folder, capture_output=True, check=False)
            if done.returncode:
                raise Absent(f"openssl {arguments[0]}: {done.stderr.decode()[-300:]}")
            return done.stdout.decode()

        run("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "key.pem")
        self.private_key = (self.folder / "key.pem").read_text()
        self.private_key_pkcs1 = run("rsa", "-in", "key.pem", "-traditional")
        run("pkey", "-in", "key.pem", "-pubout", "-out", "public.pem")
        self.other_private_key = run("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")

    def describe(self):
        return {"url": self.url, "token_url": self.url + "/token", "control": self.url + "/_control", "project_id": "acme-files",
                "bucket": self.settings["buckets"][0], "client_email": EMAIL, "private_key": self.private_key,
                "private_key_pkcs1": self.private_key_pkcs1, "other_private_key": self.other_private_key}

    def state(self):
        return {"objects": {f"{bucket}/{name}": {key: o[key] for key in ("size", "md5", "content_type", "stored_encoding", "metadata")}
                            for (bucket, name), o in sorted(self.objects.items())},
                "uploads": {name: {key: u[key] for key in ("name", "received", "total", "content_type")} for name, u in self.uploads.items()},
                "tokens": len(self.tokens)}

    def forget(self):
        with self.lock:
            self.objects.clear()
            self.uploads.clear()
            self.tokens.clear()

    def put_object(self, bucket, name, content, content_type="application/octet-stream", stored_encoding=None):
        """For tests: an object without a request."""
        file = self._file()
        file.write_bytes(content)
        self._store(bucket, name, file, content_type, {}, stored_encoding)

    def handle(self, request):
        try:
            if "error" in request.do:
                raise GcsError(request.do["error"])
            if request.raw_path == "/token":
                return self._grant(request)
            upload = re.fullmatch(r"/upload/storage/v1/b/([^/]+)/o", request.raw_path)
            entry = re.fullmatch(r"/storage/v1/b/([^/]+)/o(?:/([^/]+))?", request.raw_path)
            if upload and "upload_id" in request.query:
                return self._chunk(request)
            if not upload and not entry:
                raise GcsError("notFound", "Not Found")
            self._check_token(request, WRITE if upload or request.command == "DELETE" else READ)
            bucket = urllib.parse.unquote((upload or entry)[1])
            if bucket not in self.settings["buckets"]:
                raise GcsError("notFound", "The specified bucket does not exist.")
            payer = self.settings["requester_pays"]
            if payer and request.query.get("userProject") != payer:
                raise GcsError("userProjectMissing" if "userProject" not in request.query else "forbidden",
                               "Bucket is a requester pays bucket but no user project provided.")
            if upload:
                return self._upload(request, bucket)
            if entry[2] is None:
                return self._list(request, bucket)
            return self._object(request, bucket, urllib.parse.unquote(entry[2]))
        except GcsError as error:
            status = STATUSES.get(error.reason, 400)
            request.entry["error"] = error.reason
            if request.query.get("alt") == "media":  # downloads answer plain text
                return request.answer(status, error.message, {"Content-Type": "text/html; charset=UTF-8"})
            return request.answer(status, {"error": {"code": status, "message": error.message, "errors": [
                {"message": error.message, "domain": "global", "reason": error.reason}]}})

    # Tokens

    def _grant(self, request):
        def refuse(error, description):
            request.entry["error"] = description
            return request.answer(400, {"error": error, "error_description": description})

        request.entry.pop("body", None)
        form = dict(urllib.parse.parse_qsl(request.read_body().decode()))
        if request.command != "POST" or form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return refuse("unsupported_grant_type", "Invalid grant_type: " + form.get("grant_type", ""))
        parts = form.get("assertion", "").split(".")
        try:
            header, claims, signature = json.loads(_decode(parts[0])), json.loads(_decode(parts[1])), _decode(parts[2])
        except (IndexError, ValueError, binascii.Error):
            return refuse("invalid_request", "Bad Request")
        request.entry["jwt"] = {"header": header, "claims": claims}
        if len(parts) != 3 or any("=" in part or "+" in part or "/" in part for part in parts):
            return refuse("invalid_grant", "Invalid JWT: it is not base64url without padding.")
        if header.get("alg") != "RS256" or header.get("typ", "JWT") != "JWT":
            return refuse("invalid_grant", "Invalid JWT: its algorithm is not RS256.")
        if claims.get("iss") != EMAIL:
            return refuse("invalid_grant", "Invalid grant: account not found")
        if not self._verify(f"{parts[0]}.{parts[1]}".encode(), signature):
            return refuse("invalid_grant", "Invalid JWT Signature.")
        now = time.time()
        if claims.get("aud") != f"http://{request.host}/token":
            return refuse("invalid_grant", "Invalid JWT: Failed audience check.")
        if not isinstance(claims.get("iat"), int) or not isinstance(claims.get("exp"), int) or claims["iat"] > now + 5 or claims["exp"] <= now \
                or claims["exp"] - claims["iat"] > 3600:
            return refuse("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.")
        if claims.get("scope") not in (READ, WRITE):
            return refuse("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        token = "ya29.c." + base64.urlsafe_b64encode(os.urandom(30)).decode()
        with self.lock:
            self.tokens[token] = {"until": now + self.settings["token_life"], "scope": claims["scope"]}
        return request.answer(200, {"access_token": token, "expires_in": self.settings["token_life"], "token_type": "Bearer"})

    def _verify(self, text, signature):
        with self.lock:
            (self.folder / "signature").write_bytes(signature)
            return subprocess.run([self.openssl, "dgst", "-sha256", "-verify", "public.pem", "-signature", "signature"], input=text,
                                  cwd=self.folder, capture_output=True, check=False).returncode == 0

    def expire_tokens(self):
        with self.lock:
            self.tokens.clear()

    def _check_token(self, request, scope):
        if request.do.get("expire_tokens"):
            self.expire_tokens()
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer":
            raise GcsError("required", "Anonymous caller does not have storage.objects access.") if not token else GcsError("authError", "Invalid Credentials")
        with self.lock:
            known = self.tokens.get(token)
        if not known or known["until"] < time.time():
            raise GcsError("authError", "Invalid Credentials")
        if scope == WRITE and known["scope"] == READ:
            raise GcsError("forbidden", "Insufficient Permission")

    # Objects

    def _file(self):
        with self.lock:
            self.counter += 1
            return self.folder / f"object-{self.counter}"

    def _store(self, bucket, name, file, content_type, metadata, stored_encoding=None):
        md5 = hashlib.md5()
        with open(file, "rb") as source:
            while piece := source.read(PIECE):
                md5.update(piece)
        with self.lock:
            self.counter += 1
            self.objects[bucket, name] = {"file": file, "size": file.stat().st_size, "md5": md5.hexdigest(), "content_type": content_type,
                                          "metadata": metadata, "stored_encoding": stored_encoding, "generation": self.counter}
            return self.objects[bucket, name]

    def _md5(self, request, found):
        return base64.b64encode(hashlib.md5(b"other").digest() if request.do.get("wrong_md5") else bytes.fromhex(found["md5"])).decode()

    def _describe(self, request, bucket, name, found):
        return {"kind": "storage#object", "id": f"{bucket}/{name}/{found['generation']}", "name": name, "bucket": bucket, "size": str(found["size"]),
                "generation": str(found["generation"]), "contentType": found["content_type"], "md5Hash": self._md5(request, found),
                "etag": f"CAE{found['generation']}=", "metadata": found["metadata"]}

    def _object(self, request, bucket, name):
        with self.lock:
            found = self.objects.get((bucket, name))
        if not found:
            raise GcsError("notFound", f"No such object: {bucket}/{name}")
        if request.command == "DELETE":
            with self.lock:
                del self.objects[bucket, name]
            return request.answer(204)
        if request.query.get("alt") != "media":
            return request.answer(200, self._describe(request, bucket, name, found))
        etag = f'"CAE{found["generation"]}="'
        if request.headers.get("If-Match", etag) not in (etag, "*"):
            return request.answer(412, "Precondition Failed")
        headers = {"Content-Type": found["content_type"], "ETag": etag, "x-goog-hash": f"md5={self._md5(request, found)}",
                   "x-goog-generation": str(found["generation"]), "x-goog-stored-content-length": str(found["size"]),
                   "x-goog-stored-content-encoding": found["stored_encoding"] or "identity"}
        if found["stored_encoding"]:
            if "gzip" not in request.headers.get("Accept-Encoding", ""):
                return self._unpacked(request, found, headers)
            headers["Content-Encoding"] = found["stored_encoding"]
        start, end, status = 0, found["size"], 200
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", ""))
        if asked:
            start, end, status = int(asked[1]), min(int(asked[2]) + 1 if asked[2] else end, end), 206
            if start >= found["size"]:
                return request.answer(416, "The requested range cannot be satisfied.")
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{found['size']}"
        with open(found["file"], "rb") as file:
            file.seek(start)
            if "truncate" in request.do:
                request.answer(status, file.read(min(end - start, request.do["truncate"])), {**headers, "Content-Length": str(end - start)})
                raise Gone
            headers["Content-Length"] = str(end - start)
            content = file.read(end - start) if end - start < 1 << 20 or status == 206 else file
            return request.answer(status, content, headers, end - start)

    @staticmethod
    def _unpacked(request, found, headers):
        """Decompressive transcoding: the content without its compression, and without a length."""
        import gzip
        request.close_connection = True
        request.send_response(200)
        for header, value in headers.items():
            request.send_header(header, value)
        request.send_header("Connection", "close")
        request.end_headers()
        with gzip.open(found["file"]) as file:
            shutil.copyfileobj(file, request.wfile, PIECE)

    def _list(self, request, bucket):
        query = request.query
        most = min(int(query.get("maxResults") or 1000), self.settings["page_size"])
        after = ""
        if query.get("pageToken"):
            try:
                after = base64.b64decode(query["pageToken"], validate=True).decode()
            except ValueError:
                raise GcsError("invalid", "Invalid Value") from None
        with self.lock:
            names = sorted(name for b, name in self.objects if b == bucket and name.startswith(query.get("prefix", "")) and name > after)
            items = [self._describe(request, bucket, name, self.objects[bucket, name]) for name in names[:most]]
        fields = query.get("fields")
        if fields:  # only items(a,b) and plain names
            inner = re.search(r"items\(([^)]*)\)", fields)
            items = [{name: item[name] for name in inner[1].split(",") if name in item} for item in items] if inner else items
        answer = {"items": items} if items else {}
        if len(names) > most:
            answer["nextPageToken"] = base64.b64encode(names[most - 1].encode()).decode()
        if not fields:
            answer["kind"] = "storage#objects"
        return request.answer(200, answer)

    # Uploads

    def _upload(self, request, bucket):
        kind, name = request.query.get("uploadType"), request.query.get("name", "")
        if request.command != "POST":
            raise GcsError("badRequest", "Bad Request")
        if kind == "resumable":
            metadata = json.loads(request.read_body() or b"{}")
            name = name or metadata.get("name", "")
            length = request.headers.get("X-Upload-Content-Length")
            with self.lock:
                self.counter += 1
                upload_id = f"upload-{self.counter}"
                file = self.folder / upload_id
                file.touch()
                self.uploads[upload_id] = {"bucket": bucket, "name": name, "file": file, "received": 0, "total": int(length) if length else None,
                                           "metadata": metadata.get("metadata", {}),
                                           "content_type": metadata.get("contentType") or request.headers.get("X-Upload-Content-Type", "")}
            host = self.settings["location_host"] or request.host
            query = urllib.parse.urlencode({"uploadType": "resumable", "name": name, "upload_id": upload_id})
            return request.answer(200, "", {"Location": f"http://{host}{request.raw_path}?{query}", "X-GUploader-UploadID": upload_id})
        if kind != "media" or not name:
            raise GcsError("invalid", "Required")
        if request.body_length > self.settings["max_media"]:
            raise GcsError("uploadTooLarge")
        file = self._file()
        request.body.seek(0)
        with open(file, "wb") as out:
            shutil.copyfileobj(request.body, out, PIECE)
        found = self._store(bucket, name, file, request.headers.get("Content-Type", "application/octet-stream"), {},
                            request.query.get("contentEncoding"))
        return request.answer(200, self._describe(request, bucket, name, found))

    def _chunk(self, request):
        """A PUT to the upload URI, which needs no token: a chunk, or the question how much has come."""
        upload_id = request.query["upload_id"]
        with self.lock:
            upload = self.uploads.get(upload_id)
            if request.do.get("forget_upload") and upload:
                self.uploads.pop(upload_id)
                return request.answer(410, "Gone")
        if not upload:
            return request.answer(404, "Not Found")
        if request.command == "DELETE":
            with self.lock:
                del self.uploads[upload_id]
            return request.answer(499)
        if request.command != "PUT":
            raise GcsError("badRequest", "Bad Request")
        if upload.get("done"):  # asked again after the end
            return request.answer(200, self._describe(request, upload["bucket"], upload["name"], upload["done"]))
        said = request.headers.get("Content-Range")
        match = re.fullmatch(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)", said or f"bytes 0-{request.body_length - 1}/{request.body_length}")
        if not match:
            raise GcsError("badRequest", "Failed to parse Content-Range header.")
        total = int(match[3]) if match[3] != "*" else None
        if total is not None:
            if upload["total"] not in (None, total):
                raise GcsError("badRequest", "The total size differs from the one named before.")
            upload["total"] = total
        if match[1] is not None:
            first, last = int(match[1]), int(match[2])
            if last - first + 1 != request.body_length:
                raise GcsError("badRequest", "Content-Range does not fit Content-Length.")
            if first > upload["received"]:
                raise GcsError("badRequest", f"Invalid request. There were {first} byte(s) announced, {upload['received']} were received.")
            if (total is None or last + 1 < total) and request.body_length % UNIT:
                raise GcsError("badRequest", "Chunks are multiples of 256 KiB, except the last.")
            request.body.seek(upload["received"] - first)
            fresh = request.body.read()[:max(0, request.do.get("keep", 1 << 62) - (upload["received"] - first))]
            with open(upload["file"], "r+b") as out:
                out.seek(upload["received"])
                out.write(fresh)
            upload["received"] += len(fresh)
        finished = upload["total"] is not None and upload["received"] == upload["total"]
        if finished:
            upload["done"] = self._store(upload["bucket"], upload["name"], upload["file"], upload["content_type"] or "application/octet-stream",
                                         upload["metadata"])
        if request.do.get("lose_chunk"):
            request.close_connection = True
            raise Gone
        if finished:
            return request.answer(200, self._describe(request, upload["bucket"], upload["name"], upload["done"]))
        return request.answer(308, "", {"Range": f"bytes=0-{upload['received'] - 1}"} if upload["received"] else {})
