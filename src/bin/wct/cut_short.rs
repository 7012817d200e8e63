//! What is said when an input is cut short while it is mapped?
//!
//! Who reads where a mapped file no longer is gets a signal. Nothing can be made of the input any
//! more, so that is the end; but a clear one.

#[cfg(unix)]
pub use unix::{explain, speak_json};

#[cfg(not(unix))]
pub fn explain() {}

#[cfg(not(unix))]
pub fn speak_json() {}

#[cfg(unix)]
mod unix {
    use std::sync::atomic::{AtomicBool, Ordering};

    static JSON: AtomicBool = AtomicBool::new(false);

    const TEXT: &str = "error: an input was cut short while it was read\n |\n \
                        = help: run again once it is written\n";

    const VALUE: &str = r#"{
  "error": {
    "severity": "error",
    "fault": "input",
    "code": "file/changed",
    "message": "an input was cut short while it was read",
    "help": [
      "run again once it is written"
    ]
  }
}
"#;

    /// The answer is JSON.
    pub fn speak_json() {
        JSON.store(true, Ordering::Relaxed);
    }

    /// Takes the signals that files send: says what one of a map means, and lets those that are
    /// too large be errors of whoever writes them.
    pub fn explain() {
        let handler: extern "C" fn(libc::c_int) = end;
        // SAFETY: the handler does nothing but what signal-safety(7) allows, and no other thread
        // runs yet.
        unsafe {
            libc::signal(libc::SIGBUS, handler as libc::sighandler_t);
            libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
        }
    }

    extern "C" fn end(_: libc::c_int) {
        let (stream, text) = match JSON.load(Ordering::Relaxed) {
            true => (libc::STDOUT_FILENO, VALUE),
            false => (libc::STDERR_FILENO, TEXT),
        };
        // SAFETY: the text outlives the call, and both calls are allowed in a handler.
        unsafe {
            libc::write(stream, text.as_ptr().cast(), text.len());
            libc::_exit(1);
        }
    }
}
