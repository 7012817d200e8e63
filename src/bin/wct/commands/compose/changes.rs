//! How is what was asked for changed before it is composed?

use std::path::Path;

use wct::compose::edit::Edit;
use wct::compose::{self, Components, Options};
use wct::diagnostic::Result;
use wct::files;
use wct::input;
use wct::progress::Silent;

use super::ask::{Asked, to_binaries};

#[derive(clap::Args)]
pub struct Changes {
    /// Give an instance another component: INSTANCE=FILE
    #[arg(long = "replace", value_name = "CHANGE")]
    replace: Vec<String>,
    /// Put a middleware before a provider: INSTANCE:IMPORT=FILE
    #[arg(long = "interpose", value_name = "CHANGE")]
    interpose: Vec<String>,
}

impl Changes {
    pub fn is_empty(&self) -> bool {
        self.replace.is_empty() && self.interpose.is_empty()
    }

    /// Changes the plan after everything in it is decided: what is replaced first, in the order
    /// given, then the middlewares.
    pub fn apply(&self, asked: Asked) -> Result<Asked> {
        if self.is_empty() {
            return Ok(asked);
        }
        let mut asked = decided(asked)?;
        let replace = self.replace.iter().map(|text| Edit::replace(text));
        let interpose = self.interpose.iter().map(|text| Edit::interpose(text));
        for edit in replace.chain(interpose) {
            let edit = edit?;
            let bytes = files::read(Path::new(edit.path()))?;
            let binary = input::to_binary(edit.path(), &bytes)?;
            let id = edit.apply(&mut asked.plan, &binary)?;
            asked.files.insert(id, bytes);
        }
        Ok(asked)
    }
}

/// The same with its plan as it would be carried out.
fn decided(mut asked: Asked) -> Result<Asked> {
    let binaries = to_binaries(&asked)?;
    let components: Components<'_> = binaries
        .iter()
        .map(|(id, bytes)| (id.clone(), &**bytes))
        .collect();
    let options = Options {
        dry_run: true,
        bodies_later: true,
    };
    let tried = compose::compose(&asked.plan, &components, &options, &Silent)?;
    asked.plan = tried.report.plan;
    Ok(asked)
}
