"""Short heads: a request whose first line and headers have no end is refused before it fills the memory.

The server's own reader of requests (httptools) bounds neither; browsers and proxies send at most some tens of kilobytes.
"""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_BYTES = 1 << 16
REFUSAL = b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class ShortHeads(HttpToolsProtocol):
    """The server's reader of requests, with an end to heads."""

    _unfinished, _read = False, 0

    def on_message_begin(self) -> None:
        """A head begins."""
        self._unfinished = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """What follows is a body, which has a bound of its own."""
        self._unfinished = False
        super().on_headers_complete()

    def _unsupported_upgrade_warning(self) -> None:
        """Whoever asks for another protocol is answered in this one; the log need not tell us to install it."""

    def data_received(self, data: bytes) -> None:
        """Reads on, unless a head has taken too much already."""
        super().data_received(data)
        self._read = self._read + len(data) if self._unfinished else 0
        if self._read > MOST_BYTES and not self.transport.is_closing():
            self.transport.write(REFUSAL)
            self.transport.close()
