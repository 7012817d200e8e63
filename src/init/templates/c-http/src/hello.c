/* Answers HTTP requests: `/Ada` names who is greeted. hello.h is generated from wit/. */
#include "greeting.h"
#include "hello.h"

#include <stdlib.h>
#include <string.h>

/* The greeting for a path, as a line; the caller frees it. */
static char *line_for(wasi_http_types_own_incoming_request_t request) {
    hello_string_t path = {0};
    bool has_path = wasi_http_types_method_incoming_request_path_with_query(
        wasi_http_types_borrow_incoming_request(request), &path);
    const char *end = has_path ? memchr(path.ptr, '?', path.len) : NULL;
    size_t ends = end ? (size_t)(end - (const char *)path.ptr) : path.len;
    char *text = ends > 1 ? greeting((const char *)path.ptr + 1, ends - 1)
                          : greeting("World", strlen("World"));
    if (has_path)
        hello_string_free(&path);
    size_t length = strlen(text);
    text = realloc(text, length + 2);
    if (text == NULL)
        abort();
    strcpy(text + length, "\n");
    return text;
}

/* Writes all of it, in pieces that a stream takes at once. A client that has gone is no error. */
static void write_all(wasi_io_streams_borrow_output_stream_t stream, char *text) {
    const size_t most = 4096;
    for (size_t left = strlen(text); left > 0;) {
        hello_list_u8_t piece = {(uint8_t *)text, left < most ? left : most};
        wasi_io_streams_stream_error_t gone;
        if (!wasi_io_streams_method_output_stream_blocking_write_and_flush(stream, &piece, &gone)) {
            wasi_io_streams_stream_error_free(&gone);
            return;
        }
        text += piece.len;
        left -= piece.len;
    }
}

void exports_wasi_http_incoming_handler_handle(
    exports_wasi_http_incoming_handler_own_incoming_request_t request,
    exports_wasi_http_incoming_handler_own_response_outparam_t response_out) {
    char *text = line_for(request);
    wasi_http_types_incoming_request_drop_own(request);
    wasi_http_types_own_outgoing_response_t response =
        wasi_http_types_constructor_outgoing_response(wasi_http_types_constructor_fields());
    wasi_http_types_own_outgoing_body_t body;
    wasi_io_streams_own_output_stream_t stream;
    if (!wasi_http_types_method_outgoing_response_body(
            wasi_http_types_borrow_outgoing_response(response), &body) ||
        !wasi_http_types_method_outgoing_body_write(
            wasi_http_types_borrow_outgoing_body(body), &stream))
        abort();
    wasi_http_types_result_own_outgoing_response_error_code_t answer = {.val.ok = response};
    wasi_http_types_static_response_outparam_set(response_out, &answer);

    write_all(wasi_io_streams_borrow_output_stream(stream), text);
    wasi_io_streams_output_stream_drop_own(stream);
    wasi_http_types_error_code_t error;
    wasi_http_types_static_outgoing_body_finish(body, NULL, &error);
    free(text);
}
