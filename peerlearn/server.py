"""The ASGI server: daphne, with an end that breaks nothing and errors in our own words.

Measured with 20 clients and SIGTERM in the middle: stock daphne cancels what is in flight (20 of 20 requests ended
without an answer) and drops its sockets without a close frame. Here the listening socket closes first, open requests
are answered, sockets are closed with 1001, and only then does the process end.
"""

import asyncio
import logging
import os
import signal
import threading
import time
from functools import lru_cache
from typing import Any

import daphne.server
from autobahn.websocket.protocol import PreparedMessage
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet import reactor
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.tcp import Port
from twisted.logger import STDLibLogObserver, globalLogPublisher
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel, _GenericHTTPChannelProtocol

from api.core.errors import response_for
from api.core.sockets import DIRECT_WRITE

log = logging.getLogger(__name__)

# A client that has just been answered may have its next request under way: so long must it be quiet before we end.
QUIET_SECONDS = 0.5
# What is not answered by then never will be.
DRAIN_SECONDS = 20.0
# The process is gone by then, even if a thread hangs (goal R15: 30 s). What it leaves undone, its rows remember.
EXIT_SECONDS = 28.0
GOING_AWAY = 1001
# A larger frame closes its socket (1009) before it is read into memory.
LARGEST_FRAME = 64 * 1024
# So much may wait for a client that does not read. More is dropped, socket and all: it is in the client's stream.
MOST_UNREAD = 1024 * 1024


class Channel(HTTPChannel):
    def _respondToBadRequestAndDisconnect(self) -> None:  # noqa: N802 - Twisted's name
        """Bytes that are no HTTP get the error body of the API too: Twisted's own answer has none."""
        answer = response_for(400)
        headers = {**answer.headers, "Content-Length": str(len(answer.content)), "Connection": "close"}
        head = "\r\n".join(["HTTP/1.1 400 Bad Request", *(f"{name}: {value}" for name, value in headers.items())])
        self.transport.write(f"{head}\r\n\r\n".encode() + answer.content)
        self.loseConnection()


class Request(WebRequest):
    def __init__(self, *positional: Any) -> None:
        # Twisted would read every form into memory before Django does, and refuse a broken one in its own way.
        super().__init__(*positional, parsePOSTFormSubmission=False)

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """What daphne refuses by itself (header bytes that are not allowed, a crash) gets the error body as well."""
        answer = response_for(status, message=f"{body}." if status < 500 else "")
        headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
        self.handle_reply({"type": "http.response.start", "status": status, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": answer.content})


class Factory(HTTPFactory):
    def protocol(self) -> _GenericHTTPChannelProtocol:
        return _GenericHTTPChannelProtocol(Channel())

    def buildProtocol(self, addr: IPv4Address | IPv6Address) -> Any:  # noqa: N802 - Twisted's name
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = Request
        return protocol


class Socket(WebSocketProtocol):
    """A socket that closes for a reason it can name, and that does not hoard what its client does not read."""

    is_clogged = False
    unread = 0

    def onOpen(self) -> None:  # noqa: N802 - Autobahn's name
        self.transport.unregisterProducer()  # the HTTP channel that this connection began as
        self.transport.registerProducer(self, True)
        super().onOpen()

    def serverSend(self, content: Any, binary: bool = False) -> None:  # noqa: N802 - daphne's name
        if self._takes(len(content)):
            super().serverSend(content, binary)

    def write(self, text: str) -> None:
        """What applications may call instead of sending a message: the same text for many sockets is framed once."""
        if self.state == self.STATE_OPEN and self._takes(len(text)):
            self.sendPreparedMessage(_framed(text, self.factory))

    def _takes(self, size: int) -> bool:
        """False ends the socket: its client has not read for too long."""
        if self.is_clogged:
            self.unread += size
        if self.unread > MOST_UNREAD:
            self.transport.abortConnection()
            return False
        return True

    # The transport calls these: its buffer is fuller than it likes, or empty again.

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        self.is_clogged = True

    def resumeProducing(self) -> None:  # noqa: N802 - Twisted's name
        self.is_clogged = False
        self.unread = 0

    def stopProducing(self) -> None:  # noqa: N802 - Twisted's name
        pass


@lru_cache(maxsize=16)
def _framed(text: str, factory: WebSocketFactory) -> PreparedMessage:
    return factory.prepareMessage(text.encode(), isBinary=False, doNotCompress=True)


class SocketFactory(WebSocketFactory):
    protocol = Socket

    def __init__(self, *positional: Any, **options: Any) -> None:
        super().__init__(*positional, **options)
        self.setProtocolOptions(failByDrop=False)  # close with a code instead


class Server(daphne.server.Server):
    """Daphne's server that ends gracefully on SIGTERM and SIGINT, and at once on the second one."""

    connections: dict[Any, dict[str, Any]]

    def __init__(self, application: Any, **options: Any) -> None:
        super().__init__(
            application,
            signal_handlers=False,
            server_name="",
            websocket_max_message_size=LARGEST_FRAME,
            websocket_max_frame_size=LARGEST_FRAME,
            **options,
        )
        self.ports: list[Port] = []
        self.failure = ""  # why it could not listen
        self.draining_since: float | None = None
        self.last_busy = 0.0

    def run(self) -> None:
        globalLogPublisher.addObserver(STDLibLogObserver("daphne.twisted"))  # daphne drops what Twisted complains of
        # Daphne has no other way to say which classes answer.
        daphne.server.HTTPFactory, daphne.server.WebSocketFactory = Factory, SocketFactory
        loop: asyncio.AbstractEventLoop = reactor._asyncioEventloop
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.drain)
        super().run()

    def listen_success(self, port: Port) -> None:
        self.ports.append(port)
        super().listen_success(port)

    def listen_error(self, failure: Failure) -> None:
        self.failure = failure.getErrorMessage()
        self.stop()

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> asyncio.Queue | None:
        # Daphne believes a header `Daphne-Root-Path` from anybody.
        scope["root_path"] = self.root_path
        if isinstance(protocol, Socket):
            scope["extensions"] = {**scope.get("extensions", {}), DIRECT_WRITE: protocol.write}
        return super().create_application(protocol, scope)

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        if self.draining_since and message["type"] == "http.response.start" and protocol.channel:
            protocol.channel.persistent = False
            message["headers"] = [*message.get("headers", []), (b"Connection", b"close")]
        await super().handle_reply(protocol, message)

    # --- The end ----------------------------------------------------------------------------------------------

    def drain(self) -> None:
        """Accept nothing new, answer what is open, then stop."""
        if self.draining_since:
            os._exit(1)  # asked twice: whoever asks does not want to wait for threads either
        self.draining_since = self.last_busy = time.monotonic()
        watchdog = threading.Timer(EXIT_SECONDS, os._exit, [1])
        watchdog.daemon = True
        watchdog.start()
        for port in self.ports:
            # Whoever is already in the queue of the kernel has been promised an answer.
            port.numberAccepts = 1000
            port.doRead()
            port.stopListening()
        self._drain_on()

    def _drain_on(self) -> None:
        now = time.monotonic()
        for protocol in self._sockets():
            protocol.sendCloseFrame(code=GOING_AWAY, reasonUtf8=b"The server is restarting.")
        if self._is_busy():
            self.last_busy = now
        if now - self.last_busy >= QUIET_SECONDS:
            self.stop()
        elif now - (self.draining_since or now) >= DRAIN_SECONDS:
            log.warning("stopped_with_open_requests", extra={"open": len(self.connections)})
            self.stop()
        else:
            reactor.callLater(0.05, self._drain_on)

    def _sockets(self) -> list[WebSocketProtocol]:
        """The sockets that are open and not yet being closed."""
        return [
            protocol
            for protocol in self.connections
            if isinstance(protocol, WebSocketProtocol) and protocol.state == protocol.STATE_OPEN
        ]

    def _is_busy(self) -> bool:
        """Whether something is being received, worked on or sent."""
        return bool(reactor.getWriters()) or any(
            "disconnected" not in details or _runs(details.get("application_instance"))
            for details in self.connections.values()
        )

    def kill_all_applications(self) -> Any:
        # Daphne trips over connections whose application has already ended.
        self.connections = {
            protocol: details for protocol, details in self.connections.items() if "application_instance" in details
        }
        return super().kill_all_applications()


def _runs(application: asyncio.Future | None) -> bool:
    return application is not None and not application.done()
