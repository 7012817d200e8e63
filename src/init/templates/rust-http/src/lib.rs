//! Answers HTTP requests with a greeting.

use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::types::{
    Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam,
};

/// As many bytes as a stream takes in one call.
const AT_ONCE: usize = 4096;

struct Hello;

wasip2::http::proxy::export!(Hello);

impl Guest for Hello {
    fn handle(request: IncomingRequest, response: ResponseOutparam) {
        let path = request.path_with_query().unwrap_or_default();
        let answer = OutgoingResponse::new(Fields::new());
        let body = answer.body().expect("the body is taken once");
        ResponseOutparam::set(response, Ok(answer));
        let stream = body.write().expect("the stream is taken once");
        for piece in greeting(&path).as_bytes().chunks(AT_ONCE) {
            if stream.blocking_write_and_flush(piece).is_err() {
                // A client that has gone is no error.
                break;
            }
        }
        drop(stream);
        let _ = OutgoingBody::finish(body, None);
    }
}

/// Greets who is named by the path: `/World`.
fn greeting(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let name = path.trim_start_matches('/');
    format!("Hello, {}!\n", if name.is_empty() { "World" } else { name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_says_the_name_in_the_path() {
        assert_eq!(greeting("/"), "Hello, World!\n");
        assert_eq!(greeting("/Ada?loud"), "Hello, Ada!\n");
    }
}
