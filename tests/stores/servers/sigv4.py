"""Signature Version 4, once for the doubles that check it and the tests that make it. Written from the specification, not from Recast."""
import datetime
import hashlib
import hmac
import urllib.parse

UNSIGNED = "UNSIGNED-PAYLOAD"
EMPTY = hashlib.sha256(b"").hexdigest()


def encode(text, safe="-_.~"):
    return urllib.parse.quote(text, safe=safe)


def canonical_query(raw_query, without=()):
    pairs = [part.partition("=") for part in raw_query.split("&") if part]
    pairs = [(encode(urllib.parse.unquote(name)), encode(urllib.parse.unquote(value))) for name, _, value in pairs]
    return "&".join(f"{name}={value}" for name, value in sorted(pairs) if name not in without)


def canonical_request(method, raw_path, raw_query, headers, signed, payload_hash, without=()):
    """headers by lower-case name; the path as it was sent, encoded once more in the one right way."""
    path = encode(urllib.parse.unquote(raw_path), "/-_.~") or "/"
    lines = "".join(f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in signed)
    return "\n".join([method, path, canonical_query(raw_query, without), lines, ";".join(signed), payload_hash])


def signature(secret, amz_date, region, request):
    scope = f"{amz_date[:8]}/{region}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", amz_date, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def now(offset=0):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=offset)).strftime("%Y%m%dT%H%M%SZ")


def sign(method, url, region, key_id, secret, body=b"", headers=None, token=None, at=None):
    """The headers of a signed request."""
    parts = urllib.parse.urlsplit(url)
    made = {name.lower(): value for name, value in (headers or {}).items()}
    made.update({"host": parts.netloc, "x-amz-date": at or now(), "x-amz-content-sha256": hashlib.sha256(body).hexdigest()})
    if token:
        made["x-amz-security-token"] = token
    signed = sorted(made)
    request = canonical_request(method, parts.path, parts.query, made, signed, made["x-amz-content-sha256"])
    made["authorization"] = (f"AWS4-HMAC-SHA256 Credential={key_id}/{made['x-amz-date'][:8]}/{region}/s3/aws4_request, "
                             f"SignedHeaders={';'.join(signed)}, Signature={signature(secret, made['x-amz-date'], region, request)}")
    return made


def presign(method, url, region, key_id, secret, seconds=900, at=None):
    parts = urllib.parse.urlsplit(url)
    at = at or now()
    query = "&".join(filter(None, [parts.query, urllib.parse.urlencode({
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": f"{key_id}/{at[:8]}/{region}/s3/aws4_request", "X-Amz-Date": at,
        "X-Amz-Expires": seconds, "X-Amz-SignedHeaders": "host"}, quote_via=urllib.parse.quote, safe="")]))
    request = canonical_request(method, parts.path, query, {"host": parts.netloc}, ["host"], UNSIGNED)
    return f"{parts.scheme}://{parts.netloc}{parts.path}?{query}&X-Amz-Signature={signature(secret, at, region, request)}"
