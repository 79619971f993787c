"""What all of them have, and the plain HTTP that most speak."""
import json
import pathlib
import sys
import urllib.error
import urllib.request
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
import sigv4  # noqa: E402, F401  (for the modules beside this one)

CONTAINER = "recast"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), type("NoRedirects", (urllib.request.HTTPRedirectHandler,), {
    "redirect_request": lambda *_: None}))


def call(method, url, body=None, headers=None):
    """Status, body, headers; errors are answers like others."""
    request = urllib.request.Request(url, body, {"Content-Type": "", **(headers or {})}, method=method)
    try:
        with OPENER.open(request, timeout=60) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


def texts(xml_text, name):
    return [element.text or "" for element in xml.etree.ElementTree.fromstring(xml_text).iter() if element.tag.rsplit("}")[-1] == name]


class Store:
    """name is what stands behind import/ and export/; single and many are the options that name one object and several."""

    name = title = container_option = ""
    single, many, folders = "file", "file_prefix", False
    part_rule = None  # fits the upload of the second part of a large file
    whole_rule = {"method": "PUT"}  # fits the upload of a small one
    bound_to_container = False  # the credentials are good for no other one
    joins_parts = True  # a large file can go in parts at all
    keeps_parts = True  # a large file arrives in parts that one can count

    def __init__(self, said, up_name):
        self.reason = said["absent"].get(up_name)
        self.here = said.get(up_name, {})
        self.fault = said["faults"].get(up_name, {})
        self.control = self.fault.get("control") or self.here.get("control")
        self.own_control = self.here.get("control")
        self.containers = {self.container_option: CONTAINER} if self.container_option else {}
        self.secrets = []
        if not self.reason:
            self.prepare()

    def prepare(self):
        """Makes the container."""

    def access(self):
        """What both operations want."""
        raise NotImplementedError

    def wrong(self):
        """The same with credentials that are not right, and those."""
        raise NotImplementedError

    def imports(self, **options):
        return {"operation": f"import/{self.name}", **self.access(), **options}

    def exports(self, **options):
        return {"operation": f"export/{self.name}", "input": "in", **self.access(), **options}

    # The other client

    def put(self, name, content):
        raise NotImplementedError

    def get(self, name):
        """The object's bytes, or None."""
        raise NotImplementedError

    def names(self, prefix):
        raise NotImplementedError

    def leftovers(self):
        """What unfinished uploads left in the store."""
        return []

    def parts_of(self, name):
        """How many parts a large object came in."""
        raise NotImplementedError

    # Faults

    def rule(self, do, **rule):
        self.order({**rule, "do": do})

    def order(self, order, control=None):
        status, text, _ = call("POST", control or self.control, json.dumps(order).encode())
        assert status == 200, text

    def requests(self):
        return json.loads(call("GET", self.control)[1])["requests"]

    def state(self, control=None):
        return json.loads(call("GET", control or self.control)[1])

    def clear(self):
        """Forgets rules and requests of the proxy; never the objects of a double."""
        if self.fault:
            call("DELETE", self.control)
