"""Answers HTTP requests: `/Ada` names who is greeted. `wit_world` is generated from wit/."""

from componentize_py_types import Ok
from greeting import greeting
from wit_world import exports
from wit_world.imports.types import (
    Fields,
    IncomingRequest,
    OutgoingBody,
    OutgoingResponse,
    ResponseOutparam,
)

AT_ONCE = 4096
"""As many bytes as a stream takes in one call."""


class IncomingHandler(exports.IncomingHandler):
    def handle(self, request: IncomingRequest, response_out: ResponseOutparam) -> None:
        path = (request.path_with_query() or "/").split("?")[0]
        response = OutgoingResponse(Fields())
        body = response.body()
        ResponseOutparam.set(response_out, Ok(response))
        text = f"{greeting(path[1:] or 'World')}\n".encode()
        with body.write() as stream:
            for at in range(0, len(text), AT_ONCE):
                stream.blocking_write_and_flush(text[at : at + AT_ONCE])
        OutgoingBody.finish(body, None)
