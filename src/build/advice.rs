//! What does a build advise where a command would advise its options?

use super::plan::{Step, Task};
use crate::diagnostic::Diagnostic;

/// The diagnostic of a step, with keys of the manifest in place of options.
pub fn in_manifest(diagnostic: Box<Diagnostic>, step: &Step) -> Box<Diagnostic> {
    if diagnostic.code.starts_with("file/") {
        return of_files(diagnostic);
    }
    let unit = &step.unit;
    match (diagnostic.without_options(), step.task) {
        ((diagnostic, false), _) => diagnostic,
        ((diagnostic, true), Task::New) => diagnostic.help(format!(
            "say it in the manifest: `wit`, `world` and `adapter` are keys of `[component.{unit}]`"
        )),
        ((diagnostic, true), Task::Compose) => diagnostic.help(format!(
            "change `[compose.{unit}]`: `plug` adds a part, `open` leaves an import to the host, \
             `wires` wires it by hand, `stub` does without"
        )),
        ((diagnostic, true), task @ (Task::Shrink | Task::Metadata | Task::Validate)) => {
            let task = task.name();
            diagnostic.help(format!(
                "see `wct {task} --help` for what the manifest has no key for"
            ))
        }
        ((diagnostic, true), _) => diagnostic,
    }
}

/// The error of a file that a build reads or writes.
pub fn of_files(error: Box<Diagnostic>) -> Box<Diagnostic> {
    match error.code {
        "file/unwritable" => {
            let (error, _) = error.without_options();
            match error.help.is_empty() {
                true => error.help("make room, or see to it that you may write there"),
                false => error,
            }
        }
        _ => error,
    }
}
