// Answers HTTP requests: `/Ada` names who is greeted. hello.h is generated from wit/.
#include "greeting.hpp"
#include "hello.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

/// The greeting for the path of a request, as a line.
static std::string line_for(wasi_http_types_own_incoming_request_t request) {
    hello_string_t path;
    if (!wasi_http_types_method_incoming_request_path_with_query(
            wasi_http_types_borrow_incoming_request(request), &path))
        return greeting("World") + "\n";
    std::string_view name(reinterpret_cast<const char *>(path.ptr), path.len);
    name = name.substr(0, name.find('?'));
    name.remove_prefix(name.empty() ? 0 : 1);
    std::string line = greeting(name.empty() ? "World" : name) + "\n";
    hello_string_free(&path);
    return line;
}

/// Writes all of it, in pieces that a stream takes at once. A client that has gone is no error.
static void write_all(wasi_io_streams_borrow_output_stream_t stream, std::string text) {
    const std::size_t most = 4096;
    for (std::size_t at = 0; at < text.size(); at += most) {
        hello_list_u8_t piece{reinterpret_cast<uint8_t *>(text.data()) + at,
                              std::min(most, text.size() - at)};
        wasi_io_streams_stream_error_t gone;
        if (!wasi_io_streams_method_output_stream_blocking_write_and_flush(stream, &piece, &gone)) {
            wasi_io_streams_stream_error_free(&gone);
            return;
        }
    }
}

void exports_wasi_http_incoming_handler_handle(
    exports_wasi_http_incoming_handler_own_incoming_request_t request,
    exports_wasi_http_incoming_handler_own_response_outparam_t response_out) {
    std::string line = line_for(request);
    wasi_http_types_incoming_request_drop_own(request);
    auto response =
        wasi_http_types_constructor_outgoing_response(wasi_http_types_constructor_fields());
    wasi_http_types_own_outgoing_body_t body;
    wasi_io_streams_own_output_stream_t stream;
    if (!wasi_http_types_method_outgoing_response_body(
            wasi_http_types_borrow_outgoing_response(response), &body) ||
        !wasi_http_types_method_outgoing_body_write(
            wasi_http_types_borrow_outgoing_body(body), &stream))
        std::abort();
    wasi_http_types_result_own_outgoing_response_error_code_t answer{};
    answer.val.ok = response;
    wasi_http_types_static_response_outparam_set(response_out, &answer);

    write_all(wasi_io_streams_borrow_output_stream(stream), std::move(line));
    wasi_io_streams_output_stream_drop_own(stream);
    wasi_http_types_error_code_t error;
    wasi_http_types_static_outgoing_body_finish(body, nullptr, &error);
}
