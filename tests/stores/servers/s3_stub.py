"""A store of S3's protocol that recomputes every signature itself and remembers what real stores do not show: ACL, tags, encryption, tokens.

Settings (POST /_control {"set": …} or keywords):
    region            of all buckets; another one in the scope is 400 AuthorizationHeaderMalformed with the right one
    redirect          another region is 301 PermanentRedirect instead, with x-amz-bucket-region and a Location that nobody should follow
    session_token     what x-amz-security-token has to be, or null for none
    clock_offset      seconds the store's clock is ahead; more than 15 minutes from the request's date is RequestTimeTooSkewed
    page_size         most keys in a listing's page
    min_part_size     of a multipart upload, except the last part
    buckets           names; any other is NoSuchBucket
    acls              false: any x-amz-acl is 400 AccessControlListNotSupported, as in a new bucket of AWS

More that rules can do:
    {"error": "SlowDown"}            S3's XML with the status that belongs to the code
    {"error_in_200": "InternalError"}  status 200, blanks, and then the error (CompleteMultipartUpload)
    {"spaces": 5}                    blanks before the XML of an ordinary answer
    {"truncate": 1000}               so many bytes of the object, then the end of the connection
    {"corrupt": true}                the object with one byte changed
"""
import base64
import datetime
import hashlib
import html
import re
import shutil
import time
import urllib.parse

import sigv4
from stub import PIECE, Gone, Stub

STATUSES = {"AccessControlListNotSupported": 400, "AccessDenied": 403, "AuthorizationHeaderMalformed": 400, "BadDigest": 400, "EntityTooSmall": 400,
            "EntityTooLarge": 400, "ExpiredToken": 400, "InternalError": 500, "InvalidAccessKeyId": 403, "InvalidArgument": 400,
            "InvalidObjectState": 403, "InvalidPart": 400, "InvalidRange": 416, "InvalidRequest": 400, "InvalidTag": 400, "InvalidToken": 400,
            "MalformedXML": 400, "MethodNotAllowed": 405, "NoSuchBucket": 404, "NoSuchKey": 404, "NoSuchUpload": 404, "NotImplemented": 501,
            "PermanentRedirect": 301, "PreconditionFailed": 412, "RequestTimeTooSkewed": 403, "RequestTimeout": 400, "ServiceUnavailable": 503,
            "SignatureDoesNotMatch": 403, "SlowDown": 503, "XAmzContentSHA256Mismatch": 400}
MESSAGES = {"SignatureDoesNotMatch": "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
            "NoSuchKey": "The specified key does not exist.", "NoSuchBucket": "The specified bucket does not exist",
            "SlowDown": "Please reduce your request rate.", "RequestTimeTooSkewed": "The difference between the request time and the current time is too large.",
            "InvalidAccessKeyId": "The access key ID you provided does not exist in our records."}
KEPT = re.compile(r"content-type|content-encoding|content-language|cache-control|content-disposition|expires|x-amz-.*")
SHOWN = re.compile(r"content-type|content-encoding|content-language|cache-control|content-disposition|expires|x-amz-meta-.*|x-amz-server-side-encryption")
ACLS = ("private", "public-read", "public-read-write", "authenticated-read", "bucket-owner-read", "bucket-owner-full-control", "aws-exec-read")
XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


class S3Error(Exception):
    def __init__(self, code, more="", headers=None, message=None):
        super().__init__(code)
        self.code, self.more, self.headers, self.message = code, more, headers or {}, message


class S3Stub(Stub):
    KEY_ID, SECRET, TOKEN = "AKIARECASTTEST000001", "secret/With+Odd=Letters000000000000000000", "session//token+with=odd/letters=="

    def __init__(self, **settings):
        super().__init__()
        self.settings = {"region": "eu-west-1", "redirect": False, "session_token": None, "clock_offset": 0, "page_size": 1000,
                         "min_part_size": 5 << 20, "buckets": ["bucket", "Other.Bucket_1"], "acls": True, **settings}
        self.objects, self.uploads, self.counter = {}, {}, 0

    def describe(self):
        return {"endpoint": self.url, "control": self.url + "/_control", "bucket": self.settings["buckets"][0], "region": self.settings["region"],
                "access_key_id": self.KEY_ID, "secret_access_key": self.SECRET, "session_token": self.TOKEN}

    def state(self):
        return {"objects": {f"{bucket}/{key}": {name: o[name] for name in ("size", "md5", "etag", "headers")}
                            for (bucket, key), o in sorted(self.objects.items())},
                "uploads": {name: {"bucket": u["bucket"], "key": u["key"], "parts": {n: p["size"] for n, p in u["parts"].items()}, "headers": u["headers"]}
                            for name, u in self.uploads.items()}}

    def forget(self):
        with self.lock:
            self.objects.clear()
            self.uploads.clear()

    def handle(self, request):
        try:
            if "error" in request.do:
                raise S3Error(request.do["error"])
            bucket, key = self._address(request)
            self._check_signature(request)
            if bucket not in self.settings["buckets"]:
                raise S3Error("NoSuchBucket")
            self._check_body(request)
            self._dispatch(request, bucket, key)
        except S3Error as error:
            self._answer_error(request, error)

    # Requests

    def _address(self, request):
        path = urllib.parse.unquote(request.raw_path.lstrip("/") if request.raw_path.startswith("/") else request.raw_path)
        for bucket in self.settings["buckets"]:
            if request.host.startswith(bucket + "."):
                return bucket, path
        bucket, _, key = path.partition("/")
        return bucket, key

    def _check_signature(self, request):
        headers = {name.lower(): value for name, value in request.headers.items()}
        # The answer is written with ISO 8859-1, requests are UTF-8.
        headers = {name: value.encode("latin-1").decode("utf-8", "replace") for name, value in headers.items()}
        query = request.query
        if "X-Amz-Algorithm" in query:
            credential, signed = query.get("X-Amz-Credential", ""), query.get("X-Amz-SignedHeaders", "").split(";")
            given, date, payload = query.get("X-Amz-Signature", ""), query.get("X-Amz-Date", ""), sigv4.UNSIGNED
            token, without = query.get("X-Amz-Security-Token"), ("X-Amz-Signature",)
        else:
            match = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})", headers.get("authorization", ""))
            if not match:
                raise S3Error("AccessDenied" if "authorization" not in headers else "AuthorizationHeaderMalformed")
            credential, signed, given = match[1], match[2].split(";"), match[3]
            date, payload = headers.get("x-amz-date", ""), headers.get("x-amz-content-sha256")
            token, without = headers.get("x-amz-security-token"), ()
            if payload is None:
                raise S3Error("InvalidRequest", message="Missing required header for this request: x-amz-content-sha256")
        key_id, day, region, service, end = (credential.rsplit("/", 4) + [""] * 4)[:5]
        if key_id != self.KEY_ID:
            raise S3Error("InvalidAccessKeyId", f"<AWSAccessKeyId>{html.escape(key_id)}</AWSAccessKeyId>")
        right = self.settings["region"]
        if region != right:
            if self.settings["redirect"]:
                raise S3Error("PermanentRedirect", f"<Endpoint>evil.example</Endpoint><Bucket>bucket</Bucket><Region>{right}</Region>",
                              {"x-amz-bucket-region": right, "Location": "http://evil.example/stolen"})
            raise S3Error("AuthorizationHeaderMalformed", f"<Region>{right}</Region>", {"x-amz-bucket-region": right},
                          f"The authorization header is malformed; the region '{region}' is wrong; expecting '{right}'")
        unsigned = [name for name in headers if name not in signed and (name.startswith("x-amz-") or name in ("host", "content-md5"))]
        if (service, end) != ("s3", "aws4_request") or day != date[:8] or signed != sorted(signed) or unsigned and not query.get("X-Amz-Algorithm"):
            raise S3Error("AccessDenied", message=f"There were headers present in the request which were not signed: {', '.join(unsigned)}")
        moment = self._moment(date)
        ahead = time.time() + self.settings["clock_offset"]
        if "X-Amz-Algorithm" in query:
            if ahead > moment + int(query.get("X-Amz-Expires", 0)):
                raise S3Error("AccessDenied", message="Request has expired")
        elif abs(moment - ahead) > 900:
            raise S3Error("RequestTimeTooSkewed", f"<RequestTime>{date}</RequestTime><MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds>")
        text = sigv4.canonical_request(request.command, request.raw_path, request.raw_query, headers, signed, payload, without)
        if sigv4.signature(self.SECRET, date, region, text) != given:
            raise S3Error("SignatureDoesNotMatch", f"<AWSAccessKeyId>{key_id}</AWSAccessKeyId><StringToSign>secret-ish</StringToSign>"
                                                   f"<CanonicalRequest>{html.escape(text)}</CanonicalRequest>")
        if token != self.settings["session_token"]:
            raise S3Error("InvalidToken", message="The provided token is malformed or otherwise invalid.")

    @staticmethod
    def _moment(date):
        try:
            return datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc).timestamp()
        except ValueError:
            raise S3Error("AccessDenied", message="AWS authentication requires a valid Date or x-amz-date header") from None

    def _check_body(self, request):
        if "chunked" in request.headers.get("Transfer-Encoding", ""):
            raise S3Error("NotImplemented", message="A header you provided implies functionality that is not implemented")
        sha256, md5 = hashlib.sha256(), hashlib.md5()
        request.body.seek(0)
        while piece := request.body.read(PIECE):
            sha256.update(piece)
            md5.update(piece)
        request.md5 = md5.hexdigest()
        claimed = request.headers.get("x-amz-content-sha256", sigv4.UNSIGNED)
        if claimed not in (sigv4.UNSIGNED, sha256.hexdigest()):
            raise S3Error("XAmzContentSHA256Mismatch")
        if request.headers.get("Content-MD5", request.md5) not in (request.md5, base64.b64encode(md5.digest()).decode()):
            raise S3Error("BadDigest")

    def _dispatch(self, request, bucket, key):
        method, query = request.command, request.query
        if not key:
            if method in ("GET", "HEAD"):
                return self._list(request, bucket)
            raise S3Error("MethodNotAllowed")
        if method == "POST" and "uploads" in query:
            return self._begin(request, bucket, key)
        if "uploadId" in query:
            return {"PUT": self._part, "POST": self._complete, "DELETE": self._abort}.get(method, self._unknown)(request, bucket, key)
        return {"PUT": self._put, "GET": self._get, "HEAD": self._get, "DELETE": self._delete}.get(method, self._unknown)(request, bucket, key)

    def _unknown(self, *_):
        raise S3Error("MethodNotAllowed")

    # Objects

    def _object_headers(self, request):
        headers = {name.lower(): value for name, value in request.headers.items() if KEPT.fullmatch(name.lower())}
        for name in ("x-amz-date", "x-amz-content-sha256"):
            headers.pop(name, None)
        acl = headers.get("x-amz-acl")
        if acl is not None and not self.settings["acls"] and acl != "bucket-owner-full-control":
            raise S3Error("AccessControlListNotSupported", message="The bucket does not allow ACLs")
        if acl is not None and acl not in ACLS:
            raise S3Error("InvalidArgument")
        if headers.get("x-amz-server-side-encryption", "AES256") not in ("AES256", "aws:kms", "aws:kms:dsse"):
            raise S3Error("InvalidArgument", message="The encryption method specified is not supported")
        tags = urllib.parse.parse_qsl(headers.get("x-amz-tagging", ""), keep_blank_values=True)
        if len(tags) > 10 or len({name for name, _ in tags}) != len(tags) or any(len(name) > 128 or len(value) > 256 for name, value in tags):
            raise S3Error("InvalidTag")
        return headers

    def _file(self):
        with self.lock:
            self.counter += 1
            return self.folder / f"object-{self.counter}"

    def _keep(self, request):
        file = self._file()
        request.body.seek(0)
        with open(file, "wb") as out:
            shutil.copyfileobj(request.body, out, PIECE)
        return {"file": file, "size": request.body_length, "md5": request.md5, "etag": request.md5}

    def put_object(self, bucket, key, content, **headers):
        """For tests: an object without a request."""
        file, md5 = self._file(), hashlib.md5(content).hexdigest()
        file.write_bytes(content)
        with self.lock:
            self.objects[bucket, key] = {"file": file, "size": len(content), "md5": md5, "etag": md5, "headers": headers, "at": time.time()}

    def _put(self, request, bucket, key):
        headers = self._object_headers(request)
        kept = self._keep(request)
        with self.lock:
            self.objects[bucket, key] = {**kept, "headers": headers, "at": time.time()}
        request.answer(200, b"", {"ETag": f'"{kept["etag"]}"'})

    def _get(self, request, bucket, key):
        with self.lock:
            found = self.objects.get((bucket, key))
        if not found:
            raise S3Error("NoSuchKey", f"<Key>{html.escape(key)}</Key>")
        etag = f'"{found["etag"]}"'
        if request.headers.get("If-Match", etag) not in (etag, "*"):
            raise S3Error("PreconditionFailed")
        headers = {name: value for name, value in found["headers"].items() if SHOWN.fullmatch(name)}
        headers.update({"ETag": etag, "Accept-Ranges": "bytes", "Last-Modified": request.date_time_string(found["at"])})
        headers.setdefault("content-type", "binary/octet-stream")
        start, end, status = 0, found["size"], 200
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", ""))
        if asked:
            start, end, status = int(asked[1]), min(int(asked[2]) + 1 if asked[2] else end, end), 206
            if start >= found["size"]:
                raise S3Error("InvalidRange")
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{found['size']}"
        with open(found["file"], "rb") as file:
            file.seek(start)
            if "truncate" in request.do or "corrupt" in request.do:
                content = bytearray(file.read(end - start)[:request.do.get("truncate")])
                if "corrupt" in request.do and content:
                    content[len(content) // 2] ^= 1
                request.answer(status, bytes(content), {**headers, "Content-Length": str(end - start)})
                if len(content) < end - start:
                    raise Gone
            else:
                request.answer(status, _Part(file, end - start), headers, end - start)

    def _delete(self, request, bucket, key):
        with self.lock:
            self.objects.pop((bucket, key), None)
        request.answer(204)

    def _list(self, request, bucket):
        query = request.query
        second = query.get("list-type") == "2"
        most = max(0, min(int(query.get("max-keys") or 1000), self.settings["page_size"]))
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        after = query.get("start-after", "") if second else query.get("marker", "")
        if second and "continuation-token" in query:
            try:
                after = base64.urlsafe_b64decode(query["continuation-token"].encode()).decode()[3:]
            except ValueError:
                raise S3Error("InvalidArgument", message="The continuation token provided is incorrect") from None
        with self.lock:
            names = sorted((key for b, key in self.objects if b == bucket and key.startswith(prefix)), key=lambda key: key.encode())
            objects = {key: self.objects[bucket, key] for key in names}
        show = (lambda text: sigv4.encode(text, "-_.~/")) if query.get("encoding-type") == "url" else html.escape
        entries, folders, last, truncated = [], [], "", False
        for name in names:
            cut = name.find(delimiter, len(prefix)) if delimiter else -1
            entry = name if cut < 0 else name[:cut + len(delimiter)]
            if entry.encode() <= after.encode() or entry in folders:
                continue
            if len(entries) + len(folders) == most:
                truncated = True
                break
            last = entry
            (entries if cut < 0 else folders).append(entry)
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult {XMLNS}><Name>{bucket}</Name><Prefix>{show(prefix)}</Prefix>'
        body += f"<MaxKeys>{most}</MaxKeys><IsTruncated>{str(truncated).lower()}</IsTruncated>"
        if query.get("encoding-type") == "url":
            body += "<EncodingType>url</EncodingType>"
        if second:
            body += f"<KeyCount>{len(entries) + len(folders)}</KeyCount>"
            if truncated:  # with letters that have to be encoded in a query
                body += f"<NextContinuationToken>{base64.urlsafe_b64encode(b'+/=' + last.encode()).decode()}</NextContinuationToken>"
        elif truncated and delimiter:
            body += f"<NextMarker>{show(last)}</NextMarker>"
        for name in entries:
            found = objects[name]
            at = datetime.datetime.fromtimestamp(found["at"], datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            body += (f"<Contents><Key>{show(name)}</Key><LastModified>{at}</LastModified><ETag>&quot;{found['etag']}&quot;</ETag>"
                     f"<Size>{found['size']}</Size><StorageClass>STANDARD</StorageClass></Contents>")
        body += "".join(f"<CommonPrefixes><Prefix>{show(name)}</Prefix></CommonPrefixes>" for name in folders) + "</ListBucketResult>"
        self._answer_xml(request, 200, body)

    # Multipart

    def _begin(self, request, bucket, key):
        headers = self._object_headers(request)
        with self.lock:
            self.counter += 1
            name = f"upload-{self.counter}+/="
            self.uploads[name] = {"bucket": bucket, "key": key, "parts": {}, "headers": headers}
        self._answer_xml(request, 200, f'<?xml version="1.0" encoding="UTF-8"?>\n<InitiateMultipartUploadResult {XMLNS}><Bucket>{bucket}</Bucket>'
                                       f"<Key>{html.escape(key)}</Key><UploadId>{name}</UploadId></InitiateMultipartUploadResult>")

    def _upload(self, request, bucket, key):
        found = self.uploads.get(request.query["uploadId"])
        if not found or (found["bucket"], found["key"]) != (bucket, key):
            raise S3Error("NoSuchUpload")
        return found

    def _part(self, request, bucket, key):
        number = request.query.get("partNumber", "")
        if not number.isdigit() or not 1 <= int(number) <= 10000:
            raise S3Error("InvalidArgument")
        with self.lock:
            upload = self._upload(request, bucket, key)
        kept = self._keep(request)
        with self.lock:
            upload["parts"][int(number)] = kept
        request.answer(200, b"", {"ETag": f'"{kept["etag"]}"'})

    def _complete(self, request, bucket, key):
        text = request.read_body().decode()
        wanted = [(int(re.search(r"<PartNumber>\s*(\d+)\s*<", part)[1]), html.unescape(re.search(r"<ETag>\s*([^<]*?)\s*<", part)[1]).strip('"'))
                  for part in re.findall(r"<Part>(.*?)</Part>", text, re.DOTALL) if "<PartNumber>" in part and "<ETag>" in part]
        if not wanted or not text.lstrip().startswith("<"):
            raise S3Error("MalformedXML")
        if "error_in_200" in request.do:
            return self._answer_error(request, S3Error(request.do["error_in_200"]), status=200, spaces="   \n")
        with self.lock:
            upload = self._upload(request, bucket, key)
            parts = [upload["parts"].get(number) for number, _ in wanted]
        if sorted({n for n, _ in wanted}) != [n for n, _ in wanted]:
            raise S3Error("InvalidPart", message="The list of parts was not in ascending order")
        if any(part is None or part["etag"] != etag for part, (_, etag) in zip(parts, wanted)):
            raise S3Error("InvalidPart")
        if any(part["size"] < self.settings["min_part_size"] for part in parts[:-1]):
            raise S3Error("EntityTooSmall")
        file, md5 = self._file(), hashlib.md5()
        with open(file, "wb") as out:
            for part in parts:
                with open(part["file"], "rb") as source:
                    while piece := source.read(PIECE):
                        md5.update(piece)
                        out.write(piece)
        etag = hashlib.md5(b"".join(bytes.fromhex(part["md5"]) for part in parts)).hexdigest() + f"-{len(parts)}"
        with self.lock:
            self.uploads.pop(request.query["uploadId"], None)
            self.objects[bucket, key] = {"file": file, "size": sum(part["size"] for part in parts), "md5": md5.hexdigest(), "etag": etag,
                                         "headers": upload["headers"], "at": time.time()}
        self._answer_xml(request, 200, f'<?xml version="1.0" encoding="UTF-8"?>\n<CompleteMultipartUploadResult {XMLNS}><Bucket>{bucket}</Bucket>'
                                       f"<Key>{html.escape(key)}</Key><ETag>&quot;{etag}&quot;</ETag></CompleteMultipartUploadResult>")

    def _abort(self, request, bucket, key):
        with self.lock:
            self._upload(request, bucket, key)
            del self.uploads[request.query["uploadId"]]
        request.answer(204)

    # Answers

    def _answer_xml(self, request, status, body, headers=None):
        request.answer(status, " " * request.do.get("spaces", 0) + body, {"Content-Type": "application/xml", **(headers or {})})

    def _answer_error(self, request, error, status=None, spaces=""):
        message = error.message or MESSAGES.get(error.code, f"The stub was told to answer {error.code}.")
        body = (f'{spaces}<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{error.code}</Code><Message>{html.escape(message)}</Message>{error.more}'
                f"<Resource>{html.escape(request.raw_path)}</Resource><RequestId>0000TEST</RequestId></Error>")
        request.entry["error"] = error.code
        request.answer(status or STATUSES.get(error.code, 400), body, {"Content-Type": "application/xml", **error.headers})


class _Part:
    """So many bytes of a file."""

    def __init__(self, file, length):
        self.file, self.left = file, length

    def read(self, size):
        piece = self.file.read(min(size, self.left))
        self.left -= len(piece)
        return piece
