//! What has no form in WIT, and where is it?

use crate::diagnostic::Diagnostic;

pub(super) type Fit<T> = Result<T, Misfit>;

/// Something valid that WIT cannot say.
pub(super) struct Misfit {
    /// Where it is, from the innermost outwards: ``field `a` ``, ``type `t` ``, ``import `i` ``.
    path: Vec<String>,
    why: String,
}

impl Misfit {
    pub fn new(why: impl Into<String>) -> Misfit {
        Misfit {
            path: Vec::new(),
            why: why.into(),
        }
    }

    /// An item of a kind that cannot stand there.
    pub fn of(kind: &str) -> Misfit {
        let article = if kind.starts_with('i') { "an" } else { "a" };
        Misfit::new(format!("{article} {kind} cannot stand here in WIT"))
    }

    #[must_use]
    pub fn within(mut self, step: String) -> Misfit {
        self.path.push(step);
        self
    }

    pub fn diagnose(self) -> Box<Diagnostic> {
        let mut path = self.path.into_iter().rev();
        let outermost = path.next().unwrap_or_else(|| "the binary".to_string());
        let inner: Vec<String> = path.collect();
        let message = format!("{outermost} has no form in WIT");
        let cause = if inner.is_empty() {
            self.why
        } else {
            format!("{}: {}", inner.join(", "), self.why)
        };
        Diagnostic::error("wit/not-expressible", message)
            .cause(cause)
            .help("print it as text instead: `wct inspect --print --skeleton`")
    }
}

/// Adds a step to the path of a failure.
pub(super) fn within<T>(step: impl FnOnce() -> String, result: Fit<T>) -> Fit<T> {
    result.map_err(|misfit| misfit.within(step()))
}
