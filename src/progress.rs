//! How far along is the work?

/// Told about long work. Silent by default.
pub trait Progress: Sync {
    /// A step begins: `validate`, with how many parts it has.
    fn begin(&self, _step: &str, _parts: u64) {}

    /// So many more parts are done.
    fn advance(&self, _parts: u64) {}

    /// The step is over.
    fn end(&self) {}

    /// One of several tasks that are done at the same time begins.
    fn start(&self, _task: &str) {}

    /// A task is over. It took so many milliseconds; `None` where there was nothing to do.
    fn finish(&self, _task: &str, _millis: Option<u64>) {}
}

/// Says nothing.
pub struct Silent;

impl Progress for Silent {}
