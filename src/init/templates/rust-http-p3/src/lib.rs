//! Answers HTTP requests with a greeting.

use wasip3::exports::http::handler::Guest;
use wasip3::http::types::{ErrorCode, Fields, Request, Response};
use wasip3::{wit_bindgen, wit_future, wit_stream};

struct Hello;

wasip3::http::service::export!(Hello);

impl Guest for Hello {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let path = request.get_path_with_query().unwrap_or_default();
        let (mut body, reader) = wit_stream::new();
        let (_, trailers) = wit_future::new(|| Ok(None));
        let (response, _) = Response::new(Fields::new(), Some(reader), trailers);
        wit_bindgen::spawn_local(async move {
            // A client that has gone is no error.
            let _ = body.write_all(greeting(&path).into_bytes()).await;
        });
        Ok(response)
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
