#!/usr/bin/env python3
"""Holds the running service against docs/openapi.yaml: every route is documented, every documented operation exists, and
what it answers has a documented status, the documented media type, and a body that fits its schema.

Usage: openapi_test.py PROGRAM SOURCE_DIR"""

import json
import re
import struct
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
import zlib
from pathlib import Path

import jsonschema
import yaml

PROGRAM, SOURCE = sys.argv.pop(1), Path(sys.argv.pop(1))
DOCUMENT = yaml.safe_load((SOURCE / "docs/openapi.yaml").read_text())


def png(width=64, height=48):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((x * 4 % 256, y * 5 % 256, 128)[i] for x in range(width) for i in range(3)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Server:
    def __init__(self):
        self.directory = tempfile.TemporaryDirectory()
        arguments = ["--data-dir", self.directory.name + "/data", "--max-upload-bytes", "64KiB", "--max-pixels", "100000"]
        self.process = subprocess.Popen([PROGRAM, "serve", "--listen", "127.0.0.1:0", *arguments], stderr=subprocess.PIPE,
                                        stdout=subprocess.DEVNULL, text=True)
        line = json.loads(self.process.stderr.readline())
        self.url = line["url"]
        self.tokens = {user: self.token(user) for user in ("ann", "bob")}

    def token(self, user):
        command = [PROGRAM, "token", "--user", user, "--data-dir", self.directory.name + "/data"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def open(self, path, user="ann"):
        """The answer of a GET while it arrives."""
        request = urllib.request.Request(self.url + path, headers={"Authorization": "Bearer " + self.tokens[user]})
        return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30)

    def send(self, method, path, body=None, user="ann", **headers):
        request = urllib.request.Request(self.url + path, data=body, method=method)
        if user:
            request.add_header("Authorization", "Bearer " + self.tokens[user])
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def stop(self):
        self.process.terminate()
        code = self.process.wait(timeout=20)
        self.process.stderr.close()
        self.directory.cleanup()
        return code


def resolve(node):
    while "$ref" in node:
        target = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def check_schema(body, schema):
    # Local references are found in the document itself.
    jsonschema.Draft202012Validator({"$defs": {}, **schema, "components": DOCUMENT["components"]}).validate(body)


class OpenApi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.id = cls.server.send("POST", "/images?title=one&tags=t", png()).json()["imageId"]
        cls.key = f"images/ann/{cls.id}.webp"

    @classmethod
    def tearDownClass(cls):
        assert cls.server.stop() == 0

    def expect(self, operation_path, method, status, path=None, body=None, user="ann", **headers):
        """Sends one request and checks the answer against the operation's documentation."""
        answer = self.server.send(method.upper(), path or operation_path, body, user, **headers)
        self.assertEqual(answer.status, status, answer.body[:300])
        documented = DOCUMENT["paths"][operation_path][method]["responses"]
        self.assertIn(str(status), documented, f"{method} {operation_path} answers {status}, which is not documented")
        response = resolve(documented[str(status)])
        for name in response.get("headers", {}):
            self.assertIn(name.lower(), [header.lower() for header in answer.headers])
        media = answer.headers.get_content_type() if answer.body else None
        content = response.get("content", {})
        if media is None:
            self.assertEqual(content, {}, "a body is documented and none came")
        else:
            self.assertIn(media, content)
            if media.endswith("json"):
                check_schema(answer.json(), content[media]["schema"])
        return answer

    def test_every_route_is_documented_and_every_operation_routed(self):
        table = (SOURCE / "src/http/routes.cpp").read_text()
        routes = {(method.lower(), path.replace("...}", "}")) for method, path in re.findall(r'^\s*\{"([A-Z]+)",\s*"([^"]+)"', table, re.M)}
        documented = {(method, path) for path, item in DOCUMENT["paths"].items() for method in item if method != "parameters"}
        self.assertGreater(len(routes), 8)
        self.assertEqual(routes, documented)

    def test_every_error_code_is_documented(self):
        codes = set(DOCUMENT["components"]["schemas"]["Problem"]["properties"]["code"]["enum"])
        source = (SOURCE / "src/base/error.cpp").read_text()
        inside_only = {"DEADLINE_EXCEEDED", "CLAIM_LOST", "ALREADY_EXISTS"}  # shown as others: src/http/error_response.cpp
        in_code = set(re.findall(r'return "([A-Z_]+)";', source)) - inside_only
        for file in (SOURCE / "src").rglob("*.cpp"):
            if not file.name.endswith("_test.cpp"):
                in_code |= set(re.findall(r'problem\(\d{3}, "([A-Z_]+)"', file.read_text()))
        self.assertEqual(codes, in_code)

    def test_document_is_served_as_it_is(self):
        self.assertEqual(self.server.send("GET", "/openapi.yaml", user=None).body, (SOURCE / "docs/openapi.yaml").read_bytes())

    def test_upload(self):
        self.expect("/images", "post", 201, body=png())
        form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.png"\r\n\r\n' + png() + b"\r\n--b--\r\n"
        self.expect("/images", "post", 201, body=form, Content_Type="multipart/form-data; boundary=b")
        self.expect("/images", "post", 400, body=form[:-10], Content_Type="multipart/form-data; boundary=b")
        self.expect("/images", "post", 400, path="/images?title=" + "x" * 201, body=png())
        self.expect("/images", "post", 401, body=png(), user=None)
        self.expect("/images", "post", 413, body=b"\xff\xd8\xff" + b"x" * 65536)
        self.expect("/images", "post", 415, body=b"GIF89a not taken")
        self.expect("/images", "post", 422, body=png()[:-60])
        too_many = self.expect("/images", "post", 422, body=png(400, 300)).json()
        self.assertEqual((too_many["code"], too_many["limit"], too_many["actual"]), ("IMAGE_TOO_LARGE", 100000, 120000))

    def test_list(self):
        for query in ("", "?limit=1", "?albumId=none", "?tag=t&sortOrder=asc"):
            self.expect("/images", "get", 200, path="/images" + query)
        self.expect("/images", "get", 400, path="/images?limit=1000")
        self.expect("/images", "get", 400, path="/images?cursor=x")
        self.expect("/images", "get", 401, user=None)

    def test_record(self):
        path = f"/images/{self.id}"
        etag = self.expect("/images/{id}", "get", 200, path=path).headers["ETag"]
        self.expect("/images/{id}", "get", 304, path=path, If_None_Match=etag)
        self.expect("/images/{id}", "get", 401, path=path, user=None)
        self.expect("/images/{id}", "get", 403, path=path, user="bob")
        self.expect("/images/{id}", "get", 404, path="/images/none")

    def test_wait(self):
        path = f"/images/{self.id}?wait="
        self.expect("/images/{id}", "get", 200, path=path + "1")
        self.expect("/images/{id}", "get", 400, path=path + "61")
        preferred = self.expect("/images/{id}", "get", 200, path=f"/images/{self.id}", Prefer="wait=1")
        self.assertEqual(preferred.headers["Preference-Applied"], "wait=1")

    def test_events(self):
        path = "/images/" + self.server.send("POST", "/images", png()).json()["imageId"]
        with self.server.open(path + "/events") as stream:
            documented = resolve(DOCUMENT["paths"]["/images/{id}/events"]["get"]["responses"]["200"])
            self.assertIn(stream.headers.get_content_type(), documented["content"])
            for name, header in documented["headers"].items():
                check_schema(stream.headers[name], header["schema"])
            self.server.send("DELETE", path)
            text = stream.read().decode()
        self.assertEqual(re.findall(r"^event: (.*)$", text, re.M), ["completed", "deleted"])
        for line in re.findall(r"^data: (.*)$", text, re.M):
            check_schema(json.loads(line), DOCUMENT["components"]["schemas"]["ImageEvent"])
        self.expect("/images/{id}/events", "get", 404, path=path + "/events")
        self.expect("/images/{id}/events", "get", 400, path=f"/images/{self.id}/events?lastEventId=x")
        self.expect("/images/{id}/events", "get", 401, path=f"/images/{self.id}/events", user=None)
        self.expect("/images/{id}/events", "get", 403, path=f"/images/{self.id}/events", user="bob")
        self.expect("/events", "get", 400, path="/events?lastEventId=x")
        self.expect("/events", "get", 401, user=None)

    def test_patch_and_delete(self):
        path = "/images/" + self.server.send("POST", "/images", png()).json()["imageId"]

        def patch(status, change, **more):
            return self.expect("/images/{id}", "patch", status, path=path, body=json.dumps(change).encode(), **more)

        patch(200, {"title": "x", "tags": ["a"], "version": 1})
        self.assertEqual(patch(409, {"title": "y", "version": 1}).json()["currentVersion"], 2)
        patch(400, {"unknown": 1, "version": 2})
        patch(401, {}, user=None)
        patch(403, {"title": "z", "version": 2}, user="bob")
        patch(413, {"title": "x" * 70000})
        self.expect("/images/{id}", "delete", 403, path=path, user="bob")
        self.expect("/images/{id}", "delete", 401, path=path, user=None)
        self.expect("/images/{id}", "delete", 204, path=path)
        self.expect("/images/{id}", "delete", 204, path=path)
        patch(404, {"title": "z", "version": 2})

    def test_blob(self):
        path = "/blobs/" + self.key
        etag = self.expect("/blobs/{key}", "get", 200, path=path, user=None).headers["ETag"]
        self.expect("/blobs/{key}", "get", 206, path=path, Range="bytes=0-9")
        self.expect("/blobs/{key}", "get", 304, path=path, If_None_Match=etag)
        self.expect("/blobs/{key}", "get", 404, path="/blobs/none")
        self.expect("/blobs/{key}", "get", 416, path=path, Range="bytes=9999999-")

    def test_operations(self):
        for path in ("/livez", "/readyz", "/health", "/metrics", "/ops/stats", "/openapi.yaml"):
            self.expect(path, "get", 200, user=None)


if __name__ == "__main__":
    unittest.main()
