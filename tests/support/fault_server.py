"""An HTTP/1.1 server on loopback for a directory, with faults on demand, that counts what it sends.

    with FaultServer(directory) as server:
        server.faults["/v6.9/amd64/CHECKSUMS"] = Truncate(100)
        ...  # fetch server.url + "v6.9/amd64/CHECKSUMS"
        server.sent["/v6.9/amd64/CHECKSUMS"]  # bytes of the body
        server.requests[0].range              # "bytes=100-", or None

A fault is for one path (as in the URL, decoded), until it is taken away, or for the first `times` requests. The
server is a proxy as well: a request for http://any.host/PATH is answered from the same directory, whatever the host,
and nothing is ever sent elsewhere.
"""

import collections
import dataclasses
import email.utils
import http.server
import os
import re
import socket
import struct
import threading
import urllib.parse


@dataclasses.dataclass
class Fault:
    times: int | None = dataclasses.field(default=None, kw_only=True)  # how many requests it lasts; None: all


@dataclasses.dataclass
class Truncate(Fault):
    """Announces the whole, sends that many bytes of it, and closes the connection in good order."""

    after: int


@dataclasses.dataclass
class Stall(Fault):
    """Sends that many bytes and then nothing, until server.resume() or the end of the server."""

    after: int


@dataclasses.dataclass
class Reset(Fault):
    """Resets the connection (RST) after that many bytes; None: before it answers at all."""

    after: int | None = None


@dataclasses.dataclass
class Refuse(Fault):
    """Answers with that status: 404, 503."""

    status: int


@dataclasses.dataclass
class Flip(Fault):
    """Sends the file with its byte at that offset changed."""

    at: int


@dataclasses.dataclass
class Redirect(Fault):
    """Sends to that URL instead: absolute, or a path of this server."""

    to: str
    status: int = 302


@dataclasses.dataclass(frozen=True)
class Request:
    method: str
    path: str  # decoded, with the "/" that it begins with
    range: str | None  # the Range header
    proxied_for: str | None  # "any.host" where the client took this server for its proxy


class FaultServer:
    """Serves `directory` from its making to close(), or to the end of a `with`."""

    def __init__(self, directory):
        self.directory = os.path.abspath(directory)
        self.faults = {}  # path -> Fault
        self.sent = collections.Counter()  # path -> bytes of bodies that were sent
        self.requests = []  # in the order in which they came
        self._lock = threading.Lock()
        self._resumed = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def resume(self):
        """Lets all that is stalled, or will be, go on."""
        self._resumed.set()

    def forget(self):
        """Counts anew from here on; the faults stay."""
        with self._lock:
            self.sent.clear()
            self.requests.clear()

    def close(self):
        self.resume()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _take_fault(self, request):
        """What goes wrong with this request, which is one of its times."""
        with self._lock:
            self.requests.append(request)
            fault = self.faults.get(request.path)
            if fault and fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    del self.faults[request.path]
            return fault

    def _count(self, path, size):
        with self._lock:
            self.sent[path] += size


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a client that keeps its connection open does not keep the test

    def handle_error(self, request, client_address):
        """Clients that go away are what the tests are about."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    block = 1 << 16

    def log_message(self, *_):
        pass

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        self.asked = urllib.parse.unquote(url.path)
        fault = self.server.owner._take_fault(
            Request(self.command, self.asked, self.headers.get("Range"), url.netloc or None))
        if isinstance(fault, Reset) and fault.after is None:
            return self._reset()
        if isinstance(fault, Refuse):
            return self._answer(fault.status)
        if isinstance(fault, Redirect):
            return self._answer(fault.status, Location=fault.to)
        self._send_file(fault)

    do_HEAD = do_GET

    def _file(self):
        """The file that is asked for; None where there is none, or none below our directory."""
        root = self.server.owner.directory
        path = os.path.realpath(root + self.asked)
        if os.path.isdir(path) and self.asked.endswith("/"):
            path = os.path.join(path, "index.html")
        inside = path.startswith(os.path.realpath(root) + os.sep)
        return path if inside and os.path.isfile(path) else None

    def _send_file(self, fault):
        path = self._file()
        if path is None:
            return self._answer(404)
        size, changed = os.path.getsize(path), email.utils.formatdate(os.path.getmtime(path), usegmt=True)
        if self.headers.get("If-Modified-Since") == changed:
            return self._answer(304)
        begin, end = self._wanted(size, changed)
        if begin >= size > 0:
            return self._answer(416, Content_Range=f"bytes */{size}")
        partial = {"Content_Range": f"bytes {begin}-{end - 1}/{size}"} if (begin, end) != (0, size) else {}
        self._begin(206 if partial else 200, end - begin, Last_Modified=changed, Accept_Ranges="bytes", **partial)
        if self.command == "GET":
            self._send_body(path, begin, end, fault)

    def _wanted(self, size, changed):
        """What of the file is wanted: all of it where it is not the one of which the client has a part."""
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not wanted or self.headers.get("If-Range", changed) != changed:
            return 0, size
        return int(wanted[1]), min(int(wanted[2]) + 1, size) if wanted[2] else size

    def _send_body(self, path, begin, end, fault):
        stop = min(begin + fault.after, end) if isinstance(fault, (Truncate, Stall, Reset)) else end
        self._send_part(path, begin, stop, fault)
        if isinstance(fault, Reset):
            self._reset()
        elif isinstance(fault, Truncate) and stop < end:
            self.close_connection = True
        elif isinstance(fault, Stall):
            self.server.owner._resumed.wait()
            self._send_part(path, stop, end, fault)

    def _send_part(self, path, begin, end, fault):
        with open(path, "rb") as file:
            file.seek(begin)
            while begin < end:
                data = file.read(min(self.block, end - begin))
                if not data:
                    break  # the file has become shorter
                if isinstance(fault, Flip) and begin <= fault.at < begin + len(data):
                    at = fault.at - begin
                    data = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
                self.wfile.write(data)
                self.server.owner._count(self.asked, len(data))
                begin += len(data)

    def _begin(self, status, length, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def _answer(self, status, **headers):
        """An answer without a file; with a page, as servers have one for those who look."""
        page = b"" if status == 304 else f"<html><body>{status}</body></html>\n".encode()
        self._begin(status, len(page), **headers)
        if self.command == "GET":
            self.wfile.write(page)

    def _reset(self):
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())
